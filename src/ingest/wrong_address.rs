//! Webhooks to unknown endpoints: answered by a 404 that describes valid addresses, counted, and logged at intervals.
//! Without these a typing error in the portal would look like silence.

use super::answer::answer;
use super::signature::claimed_id;
use super::writer::Writer;
use crate::clock::Clock;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// Minimum interval between log lines, however many requests there are.
const LOG_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// Maximum length of a stored path, in characters.
const MAX_PATH_LENGTH: usize = 200;

/// The handler and counter of such requests; clones share the counter.
#[derive(Clone, Debug)]
pub struct UnknownEndpoints {
    writer: Writer,
    clock: Clock,
    public_url: Arc<str>,
    last_line: Arc<Mutex<LastLine>>,
}

#[derive(Debug)]
struct LastLine {
    at: Timestamp,
    unlogged: u64,
}

impl UnknownEndpoints {
    /// Creates a handler whose counts `writer` stores.
    pub fn new(writer: Writer, clock: Clock) -> Self {
        let last_line = LastLine { at: Timestamp::MIN, unlogged: 0 };
        Self { writer, clock, public_url: "".into(), last_line: Arc::new(Mutex::new(last_line)) }
    }

    /// Sets the public URL.
    #[must_use]
    pub fn at(mut self, public_url: &str) -> Self {
        self.public_url = public_url.trim_end_matches('/').into();
        self
    }

    /// Counts the request and responds 404.
    pub fn answer(&self, request: &Request) -> Response {
        let path: String = redacted_path(request.uri().path()).chars().take(MAX_PATH_LENGTH).collect();
        let now = self.clock.now();
        self.log(now, &path);
        self.writer.count_wrong_address(now, path);
        let text = format!(
            "There is no webhook endpoint at this address. Webhook URLs look like {}/webhooks/NAME; copy yours from the \
             pages of Junoscope, exactly as it is written there.",
            self.public_url
        );
        answer(StatusCode::NOT_FOUND, "error", &text)
    }

    fn log(&self, now: Timestamp, path: &str) {
        let mut last_line = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(last_line.at) < LOG_INTERVAL {
            last_line.unlogged += 1;
            return;
        }
        tracing::warn!(path, unsaid = last_line.unlogged, "a webhook came to an address that does not exist");
        *last_line = LastLine { at: now, unlogged: 0 };
    }
}

/// Returns the path without the secret of a one-time link or a calendar link.
fn redacted_path(path: &str) -> &str {
    [("/feeds/", "/feeds/…"), ("/welcome/", "/welcome/…")]
        .into_iter()
        .find_map(|(secret, told)| path.starts_with(secret).then_some(told))
        .unwrap_or(path)
}

/// Middleware that responds here to whatever resembles a webhook, instead of redirecting it to the sign-in page.
pub async fn catch(State(wrong): State<UnknownEndpoints>, request: Request, next: Next) -> Response {
    if is_meant_for_an_endpoint(&request) { wrong.answer(&request) } else { next.run(request).await }
}

/// Returns whether the path resembles an endpoint, with any method, or the headers are a sender's, with any path.
fn is_meant_for_an_endpoint(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    let is_sent = matches!(*request.method(), Method::POST | Method::PUT) && claimed_id(header).is_some();
    is_sent || is_like_a_webhook(request.uri().path())
}

/// Matches `/webhook/yunojuno`, `/WebHooks`, `/api/hooks/yunojuno`, `//webhooks/yunojuno`: no page begins like that.
fn is_like_a_webhook(path: &str) -> bool {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut segments = decoded.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next().unwrap_or_default();
    let told = if first.eq_ignore_ascii_case("api") { segments.next().unwrap_or_default() } else { first };
    ["webhook", "webhooks", "web-hook", "web-hooks", "hook", "hooks"].iter().any(|word| told.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_webhooks_address_is_told_from_a_page() {
        for path in [
            "/webhook/yunojuno",
            "/webhooks",
            "/webhooks/",
            "/WebHooks/YunoJuno",
            "/webhooks/yunojuno/more",
            "//webhooks//yunojuno",
            "/%77ebhooks/x",
            "/api/webhooks/yunojuno",
            "/hooks/yunojuno",
        ] {
            assert!(is_like_a_webhook(path), "{path}");
        }
        for path in
            ["/", "/contracts/webhooks", "/catalog/client.contract.offered", "/deliveries", "/api", "/api/x", ""]
        {
            assert!(!is_like_a_webhook(path), "{path}");
        }
    }

    #[test]
    fn the_senders_headers_give_a_webhook_away_wherever_it_comes() {
        let request = |method: Method, name: &str| {
            Request::builder().method(method).uri("/").header(name, "msg_1").body(axum::body::Body::empty()).unwrap()
        };
        assert!(is_meant_for_an_endpoint(&request(Method::POST, "svix-id")));
        assert!(is_meant_for_an_endpoint(&request(Method::PUT, "webhook-id")));
        assert!(!is_meant_for_an_endpoint(&request(Method::GET, "svix-id")));
        assert!(!is_meant_for_an_endpoint(&request(Method::POST, "x-id")));
    }
}
