//! `POST /webhooks/{endpoint}`: the door. Answers are short and carry nothing of the inside; the sender's portal shows
//! them.

use super::moment::occurred;
use super::quarantine::headers_as_json;
use super::signature::{Key, Refusal, claimed_id, verify};
use super::writer::{NotStored, Writer};
use crate::clock::Clock;
use crate::config::Lock;
use crate::store::log::{NewMessage, NewRefusal, Recorded};
use app::view::delivery::Outcome;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Our own patience for one request, below the sender's 15 seconds, so that it hears from us why.
const DEADLINE: Duration = Duration::from_secs(10);

/// What the door needs to know.
#[derive(Clone, Debug)]
pub struct Intake {
    endpoints: BTreeMap<String, Door>,
    writer: Writer,
    clock: Clock,
    max_body_bytes: usize,
}

/// One endpoint, ready.
#[derive(Clone, Debug)]
pub struct Door {
    /// Any of these may have signed; never empty.
    pub keys: Vec<Key>,
    /// The second check, if any.
    pub lock: Option<Lock>,
}

impl Intake {
    /// A door for each endpoint.
    pub fn new(endpoints: BTreeMap<String, Door>, writer: Writer, clock: Clock, max_body_bytes: usize) -> Self {
        Self { endpoints, writer, clock, max_body_bytes }
    }

    /// Both spellings of the URL: a redirect would count as a failure with the sender.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/webhooks/{endpoint}", post(receive).fallback(wrong_method))
            .route("/webhooks/{endpoint}/", post(receive).fallback(wrong_method))
            .with_state(Arc::new(self))
    }
}

fn answer(status: StatusCode, word: &str, text: &str) -> Response {
    let body = serde_json::json!({ word: text }).to_string();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut response = (status, headers, body).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

async fn wrong_method() -> Response {
    let mut response = answer(
        StatusCode::METHOD_NOT_ALLOWED,
        "error",
        "This is a webhook endpoint: it takes signed POST requests. Paste its URL into the YunoJuno portal.",
    );
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn receive(State(intake): State<Arc<Intake>>, Path(endpoint): Path<String>, request: Request) -> Response {
    let started = tokio::time::Instant::now();
    let received_at = intake.clock.now();
    let Some(door) = intake.endpoints.get(&endpoint) else {
        return answer(StatusCode::NOT_FOUND, "error", "There is no webhook endpoint of this name.");
    };
    let remote = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.to_string());
    let (parts, body) = request.into_parts();
    let body = match read_body(&parts.headers, body, intake.max_body_bytes).await {
        Ok(body) => body,
        Err(response) => return response,
    };

    let header = |name: &str| parts.headers.get(name).map(HeaderValue::as_bytes);
    let verdict = verify(header, &body, &door.keys, received_at).and_then(|verified| {
        let opened = door.lock.as_ref().is_none_or(|lock| opens(lock, &parts.headers));
        if opened { Ok(verified) } else { Err(Refusal::SecondLock) }
    });
    let lock_header = match &door.lock {
        Some(Lock::Header { name, .. }) => Some(name.as_str()),
        _ => None,
    };
    let headers = headers_as_json(&parts.headers, lock_header);
    let verified = match verdict {
        Ok(verified) => verified,
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            tracing::info!(endpoint, code = refusal.code(), "a request was refused");
            intake.writer.keep_refused(NewRefusal {
                endpoint,
                received_at,
                code: refusal.code(),
                reason: refusal.to_string(),
                message_id: claimed_id(header),
                headers,
                remote,
                body,
            });
            return answer(status, "error", &refusal.to_string());
        }
    };

    let message = read(Envelope { endpoint, received_at, headers, remote, body }, verified);
    let left = DEADLINE.saturating_sub(started.elapsed());
    match tokio::time::timeout(left, intake.writer.store(message)).await {
        Ok(Ok(Recorded::New)) => answer(StatusCode::OK, "status", "stored"),
        Ok(Ok(Recorded::Repeat)) => answer(StatusCode::OK, "status", "duplicate"),
        Ok(Err(NotStored::QueueFull)) => {
            answer(StatusCode::SERVICE_UNAVAILABLE, "error", "Too many requests are waiting. Please send it again.")
        }
        Ok(Err(NotStored::Failed)) | Err(_) => {
            answer(StatusCode::SERVICE_UNAVAILABLE, "error", "It could not be stored just now. Please send it again.")
        }
    }
}

/// What came with a verified request.
struct Envelope {
    endpoint: String,
    received_at: Timestamp,
    headers: String,
    remote: Option<String>,
    body: Bytes,
}

/// A genuine request is stored whatever it holds; here it is only decided how it will be marked.
fn read(envelope: Envelope, verified: super::signature::Verified) -> NewMessage {
    let (occurred_at, occurred_from) = occurred(&verified.id, verified.sent_at);
    let label = app::event::label(&envelope.body);
    let outcome = if label.unreadable.is_none() { Outcome::Stored } else { Outcome::Unreadable };
    NewMessage {
        endpoint: envelope.endpoint,
        message_id: verified.id,
        received_at: envelope.received_at,
        sent_at: verified.sent_at,
        occurred_at,
        occurred_from,
        event_type: label.event_type,
        mode: label.mode,
        outcome,
        reason: label.unreadable.map(|unreadable| unreadable.to_string()),
        headers: envelope.headers,
        remote: envelope.remote,
        signed_with: verified.fingerprint,
        body: envelope.body,
    }
}

async fn read_body(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Response> {
    let too_large = || answer(StatusCode::PAYLOAD_TOO_LARGE, "error", "The body is larger than this endpoint takes.");
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    // Chunked bodies announce no length, so the limit is kept while reading.
    match tokio::time::timeout(DEADLINE, Limited::new(body, most).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(answer(StatusCode::BAD_REQUEST, "error", "The body broke off.")),
        Err(_) => Err(answer(StatusCode::REQUEST_TIMEOUT, "error", "The body did not arrive in time.")),
    }
}

/// Compares in constant time. Lengths may show: they are no secret worth hiding behind a hash.
fn opens(lock: &Lock, headers: &HeaderMap) -> bool {
    let same = |expected: &[u8], name: &str| {
        headers.get(name).is_some_and(|value| bool::from(value.as_bytes().ct_eq(expected)))
    };
    match lock {
        Lock::Header { name, value } => same(value.0.as_bytes(), name),
        Lock::Basic { user, password } => {
            let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.0)));
            same(expected.as_bytes(), header::AUTHORIZATION.as_str())
        }
    }
}

#[cfg(test)]
mod tests;
