//! The handler of `POST /webhooks/{endpoint}`. Responses are short and disclose no internals, as the sender's portal
//! shows them.
//!
//! What can be decided by the headers is decided before the body is read. A refused request is stored in quarantine,
//! with as much of the body as was read and fits; requests to an unknown endpoint are only counted.

use super::answer::answer;
use super::body::{BodyBudget, BodyError, announced};
use super::moment::occurred;
use super::quarantine::headers_as_json;
use super::signature::{Refusal, SigningKey, UnverifiedClaims, Verified, claimed_id};
use super::writer::{NotStored, Writer};
use super::wrong_address::UnknownEndpoints;
use crate::client_address::ClientAddress;
use crate::clock::Clock;
use crate::config::AdditionalCheck;
use crate::store::log::{NewMessage, NewRefusal, Recorded, stored_prefix};
use crate::telemetry::request::{record_endpoint, record_message};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::response::Response;
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::query::outcome::Outcome;
use domain::refusal::RefusalCode;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use tokio::time::Instant;

/// Time limit of one request, below the sender's 15 seconds so that it gets a response that says why.
const DEADLINE: Duration = Duration::from_secs(10);

/// The state of the webhook handler.
#[derive(Clone, Debug)]
pub struct Intake {
    endpoints: BTreeMap<String, VerifiedEndpoint>,
    writer: Writer,
    clock: Clock,
    body_budget: BodyBudget,
    unknown_endpoints: UnknownEndpoints,
}

/// An endpoint, ready to verify requests.
#[derive(Clone, Debug)]
pub struct VerifiedEndpoint {
    /// The signing keys, any of which may match; never empty.
    pub keys: Vec<SigningKey>,
    /// The additional check, if any.
    pub additional_check: Option<AdditionalCheck>,
}

impl Intake {
    /// Creates the handler's state.
    pub fn new(
        endpoints: BTreeMap<String, VerifiedEndpoint>,
        writer: Writer,
        clock: Clock,
        max_body_bytes: usize,
    ) -> Self {
        let unknown_endpoints = UnknownEndpoints::new(writer.clone(), clock.clone());
        Self { endpoints, writer, clock, body_budget: BodyBudget::new(max_body_bytes), unknown_endpoints }
    }

    /// Sets the public URL that responses to unknown endpoints name.
    #[must_use]
    pub fn at(mut self, public_url: &str) -> Self {
        self.unknown_endpoints = self.unknown_endpoints.at(public_url);
        self
    }

    /// Returns the handler of webhooks to other paths, which the router runs before pages.
    pub fn unknown_endpoints(&self) -> UnknownEndpoints {
        self.unknown_endpoints.clone()
    }

    /// Returns the routes, with and without a trailing slash: a redirect would count as a failure with the sender.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/webhooks/{endpoint}", any(receive))
            .route("/webhooks/{endpoint}/", any(receive))
            .with_state(Arc::new(self))
    }
}

fn wrong_method() -> Response {
    let mut response = answer(
        StatusCode::METHOD_NOT_ALLOWED,
        "error",
        "This is a webhook endpoint: it takes signed POST requests. Paste its URL into the YunoJuno portal.",
    );
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn receive(
    State(intake): State<Arc<Intake>>,
    endpoint: Result<Path<String>, axum::extract::rejection::PathRejection>,
    request: Request,
) -> Response {
    let deadline = Instant::now() + DEADLINE;
    let received_at = intake.clock.now();
    let found = endpoint.ok().and_then(|Path(name)| Some((intake.endpoints.get(&name)?, name)));
    let Some((endpoint, name)) = found else { return intake.unknown_endpoints.answer(&request) };
    record_endpoint(&name);
    let remote = ClientAddress::of(request.extensions()).ip().map(|address| address.to_string());
    let (parts, body) = request.into_parts();
    let header = |name: &str| parts.headers.get(name).map(HeaderValue::as_bytes);
    let secret_header = match &endpoint.additional_check {
        Some(AdditionalCheck::Header { name, .. }) => Some(name.as_str()),
        _ => None,
    };
    let incoming = IncomingRequest {
        writer: &intake.writer,
        endpoint: &name,
        received_at,
        headers: &parts.headers,
        secret_header,
        remote: remote.as_deref(),
    };
    if parts.method != Method::POST {
        // A browser that opens the URL just gets the message. With a sender's headers the request is kept in
        // quarantine.
        if claimed_id(header).is_some() {
            incoming.keep(
                RefusalCode::WrongMethod,
                format!("Webhooks are POST requests; this was a {}.", parts.method),
                None,
            );
        }
        return wrong_method();
    }

    let claims = UnverifiedClaims::read(header, received_at).and_then(|claims| {
        let passes = endpoint
            .additional_check
            .as_ref()
            .is_none_or(|additional_check| passes_additional_check(additional_check, &parts.headers));
        if passes { Ok(claims) } else { Err(Refusal::AdditionalCheck) }
    });
    let claims = match claims {
        Ok(claims) => claims,
        Err(refusal) => return incoming.refuse(&refusal, None),
    };
    let mut reading = Reading { incoming: &incoming, ended: false };
    let whole = intake.body_budget.read(&parts.headers, body, deadline).await;
    reading.ended = true;
    drop(reading);
    let whole = match whole {
        Ok(whole) => whole,
        Err(error) => return incoming.refuse_body(error, intake.body_budget.longest()),
    };
    let (verdict, body) = if whole.is_long() {
        // Hashing a megabyte takes half a millisecond or more, too long for a thread of the async runtime.
        let (keys, body) = (endpoint.keys.clone(), whole.bytes.clone());
        match tokio::task::spawn_blocking(move || (claims.verify(&body, &keys), body)).await {
            Ok(checked) => checked,
            // The runtime is shutting down, so the signature was not checked.
            Err(_) => return not_stored(),
        }
    } else {
        (claims.verify(&whole.bytes, &endpoint.keys), whole.bytes.clone())
    };
    let verified = match verdict {
        Ok(verified) => verified,
        Err(refusal) => {
            let is_long = whole.is_long();
            let mut response = incoming.refuse(&refusal, Some(&body));
            drop(body);
            whole.refuse();
            if is_long && parts.version <= Version::HTTP_11 {
                // Closing the connection also frees its grown buffer.
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            return response;
        }
    };

    record_message(&verified.id);
    let headers = incoming.headers_as_json();
    let message = read(Envelope { endpoint: name, received_at, headers, remote, body }, verified);
    match tokio::time::timeout_at(deadline, intake.writer.store(message)).await {
        Ok(Ok(Recorded::New)) => answer(StatusCode::OK, "status", "stored"),
        Ok(Ok(Recorded::Repeat)) => answer(StatusCode::OK, "status", "duplicate"),
        Ok(Err(NotStored::QueueFull)) => {
            answer(StatusCode::SERVICE_UNAVAILABLE, "error", "Too many requests are waiting. Please send it again.")
        }
        Ok(Err(NotStored::Failed)) | Err(_) => not_stored(),
    }
}

fn not_stored() -> Response {
    answer(StatusCode::SERVICE_UNAVAILABLE, "error", "It could not be stored just now. Please send it again.")
}

/// A request to an endpoint, as far as known before its body.
struct IncomingRequest<'r> {
    writer: &'r Writer,
    endpoint: &'r str,
    received_at: Timestamp,
    headers: &'r HeaderMap,
    secret_header: Option<&'r str>,
    remote: Option<&'r str>,
}

impl IncomingRequest<'_> {
    fn headers_as_json(&self) -> String {
        headers_as_json(self.headers, self.secret_header)
    }

    /// Queues the request for quarantine; `body` is `None` when it was not read to its end.
    fn keep(&self, code: RefusalCode, reason: String, body: Option<&Bytes>) {
        self.writer.enqueue_refused(NewRefusal {
            endpoint: self.endpoint.to_owned(),
            received_at: self.received_at,
            code: code.as_str(),
            reason,
            message_id: claimed_id(|name| self.headers.get(name).map(HeaderValue::as_bytes)),
            headers: self.headers_as_json(),
            remote: self.remote.map(str::to_owned),
            body: body.map(stored_prefix).unwrap_or_default(),
            body_length: match body {
                Some(body) => u64::try_from(body.len()).ok(),
                None => announced(self.headers),
            },
        });
    }

    fn refuse(&self, refusal: &Refusal, body: Option<&Bytes>) -> Response {
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        self.keep(refusal.code(), refusal.to_string(), body);
        answer(status, "error", &refusal.to_string())
    }

    fn refuse_body(&self, why: BodyError, longest: usize) -> Response {
        let (status, code, reason) = match why {
            BodyError::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                RefusalCode::TooLarge,
                format!("The body is larger than the {longest} bytes this endpoint takes."),
            ),
            BodyError::TimedOut => (
                StatusCode::REQUEST_TIMEOUT,
                RefusalCode::TimedOut,
                format!("The body did not arrive within {} seconds.", DEADLINE.as_secs()),
            ),
            BodyError::BrokenOff => (StatusCode::BAD_REQUEST, RefusalCode::BrokenOff, BROKEN_OFF.to_owned()),
            BodyError::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                RefusalCode::Busy,
                "Too many large requests are being read. Please send it again.".to_owned(),
            ),
        };
        self.keep(code, reason.clone(), None);
        answer(status, "error", &reason)
    }
}

const BROKEN_OFF: &str = "The body broke off.";

/// Guards the reading of a body. When the sender disconnects, the future may be dropped before the read fails; then
/// `drop` queues the request for quarantine.
struct Reading<'r> {
    incoming: &'r IncomingRequest<'r>,
    ended: bool,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.incoming.keep(RefusalCode::BrokenOff, BROKEN_OFF.to_owned(), None);
        }
    }
}

/// The parts of a verified request.
struct Envelope {
    endpoint: String,
    received_at: Timestamp,
    headers: String,
    remote: Option<String>,
    body: Bytes,
}

/// Classifies a genuine request, which is stored whatever it contains.
fn read(envelope: Envelope, verified: Verified) -> NewMessage {
    let (occurred_at, occurred_from) = occurred(&verified.id, verified.sent_at);
    let label = domain::event::label(&envelope.body);
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

/// Returns whether the additional check passes, in constant time for values of equal length. The length is not secret.
fn passes_additional_check(additional_check: &AdditionalCheck, headers: &HeaderMap) -> bool {
    let same = |expected: &[u8], name: &str| {
        headers.get(name).is_some_and(|value| bool::from(value.as_bytes().ct_eq(expected)))
    };
    match additional_check {
        AdditionalCheck::Header { name, value } => same(value.0.as_bytes(), name),
        AdditionalCheck::Basic { user, password } => {
            let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.0)));
            same(expected.as_bytes(), header::AUTHORIZATION.as_str())
        }
    }
}

#[cfg(test)]
mod tests;
