//! Responses with an event stream, and the event by which the server ends one.
//!
//! Events are bytes, so that many streams share those of one batch and write them at once: with the events of axum, each
//! a copy and a chunk of its own, hundreds of open pages took twice the processor time.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use std::convert::Infallible;
use std::time::Duration;

/// Time after which a quiet stream sends a comment, so that nobody between takes its connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The event by which the server announces the end of a stream, with the reason.
const ENDED: &str = "ended";

/// The reason why the server ended a stream; its name is sent to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A newer stream of the same session displaced it, at the limit per session.
    Displaced,
    /// A newer stream displaced it, at the limit of the server.
    LimitReached,
    /// The session has ended.
    SignedOut,
}

impl Ended {
    /// Returns the name in the event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Displaced => "elsewhere",
            Self::LimitReached => "crowded",
            Self::SignedOut => "signed-out",
        }
    }
}

/// Returns whether the client expects an event stream.
pub fn is_stream(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/event-stream"))
}

/// Responds to a stream request without a session, by an event: scripts never learn an error status and would retry.
pub fn signed_out() -> Response {
    answer(stream::once(async { ended(Ended::SignedOut) }))
}

/// Appends an event with an id; its data is one line.
pub fn add_event(id: i64, data: &str, to: &mut String) {
    to.push_str("id: ");
    to.push_str(&id.to_string());
    to.push_str("\ndata: ");
    to.extend(data.chars().map(|letter| if matches!(letter, '\r' | '\n') { ' ' } else { letter }));
    to.push_str("\n\n");
}

/// Builds the event that ends a stream.
pub fn ended(why: Ended) -> Bytes {
    format!("event: {ENDED}\ndata: {}\n\n", why.as_str()).into()
}

/// Builds a stream response. It begins with a comment, as some browsers report a stream open at its first byte only.
pub fn answer(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let begin = stream::once(async { Bytes::from_static(b": live\n\n") });
    let events = stream::unfold(begin.chain(events).boxed(), |mut events| async {
        match tokio::time::timeout(KEEP_ALIVE, events.next()).await {
            Ok(next) => next.map(|next| (Ok::<_, Infallible>(next), events)),
            Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), events)),
        }
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Some reverse proxies buffer responses unless told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
