//! The id of each request, the span that all its log lines carry, and its access line.

use crate::client_address::TrustedProxies;
use app::api::RequestId;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Response};
use axum::middleware::Next;
use domain::text::cut;
use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;
use tracing::Span;
use tracing::field::Empty;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Maximum length of an id that a proxy gives: a UUID has 36 characters, some proxies send two in one.
const MAX_ID_LENGTH: usize = 80;

/// Maximum length of a route or a subject in a line: both may be a stranger's text.
const MAX_FIELD_LENGTH: usize = 100;

/// The lists whose pages show one subject each, at `/{list}/{id}`.
const SUBJECT_LISTS: [&str; 5] = ["contractors", "contracts", "spend", "deliveries", "catalog"];

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Returns the id of the request that this task answers; `None` outside of [`identify`].
pub fn current_id() -> Option<RequestId> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Middleware that gives every request its id, and names it in the answer's `x-request-id`. The id of the request's own
/// header is taken over only from a trusted proxy: a client could otherwise hide among the lines of others.
pub async fn identify(State(trusted): State<TrustedProxies>, request: Request, next: Next) -> axum::response::Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let given = request.headers().get(HEADER).filter(|_| peer.is_some_and(|peer| trusted.trusts(peer)));
    let id = given.and_then(well_formed).unwrap_or_else(|| RequestId(format!("{:016x}", rand::random::<u64>()).into()));
    let header = HeaderValue::from_str(&id.0).ok();
    let mut response = CURRENT.scope(id, next.run(request)).await;
    response.headers_mut().extend(header.map(|id| (HEADER, id)));
    response
}

fn well_formed(value: &HeaderValue) -> Option<RequestId> {
    let text = value.to_str().ok().filter(|text| (1..=MAX_ID_LENGTH).contains(&text.len()))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/=+".contains(&byte);
    text.bytes().all(is_plain).then(|| RequestId(text.into()))
}

/// Creates the span of a request. It is an error's, so that no log filter takes the id from a line. Queries are never
/// part of it: they hold search terms. Handlers record the other fields once they are known.
pub fn span<B>(request: &axum::http::Request<B>) -> Span {
    let (route, subject) = route(request);
    let id = current_id();
    tracing::error_span!(
        "request",
        request_id = id.as_ref().map(|id| &*id.0),
        method = request.method().as_str(),
        route,
        subject = subject.as_deref(),
        endpoint = Empty,
        message_id = Empty
    )
}

/// Returns the route of a request, and the subject of its page. Pages have no route in the router. Of all other
/// addresses only the first segment is told: a mistyped one-time link is still a secret.
fn route<B>(request: &axum::http::Request<B>) -> (String, Option<Cow<'_, str>>) {
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        return (matched.as_str().to_owned(), None);
    }
    let path = request.uri().path();
    let mut segments = path.split('/').skip(1);
    match (segments.next().unwrap_or_default(), segments.next(), segments.next()) {
        (list, Some(id), None) if SUBJECT_LISTS.contains(&list) => {
            (format!("/{list}/{{id}}"), Some(cut(id, MAX_FIELD_LENGTH)))
        }
        (first, None, _) => (format!("/{}", cut(first, MAX_FIELD_LENGTH)), None),
        (first, Some(_), _) => (format!("/{}/…", cut(first, MAX_FIELD_LENGTH)), None),
    }
}

/// Records the endpoint of a webhook in the span of its request.
pub fn record_endpoint(name: &str) {
    Span::current().record("endpoint", name);
}

/// Records the id of a verified message in the span of its request.
pub fn record_message(id: &str) {
    Span::current().record("message_id", id);
}

/// Logs the access line, once the head of the response is known.
pub fn answered<B>(response: &Response<B>, latency: Duration, _: &Span) {
    let milliseconds = (latency.as_secs_f64() * 10_000.0).round() / 10.0;
    tracing::debug!(status = response.status().as_u16(), milliseconds, "answered");
}
