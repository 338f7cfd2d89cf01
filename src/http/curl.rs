//! A stored message as a curl command that sends it again, signed anew.
//!
//! The command holds a signature, which is valid for five minutes, and never a secret. Refused requests have none: to
//! sign what a stranger sent would make it genuine.

use super::unavailable::failed;
use crate::clock::Clock;
use crate::config::AdditionalCheck;
use crate::ingest::intake::VerifiedEndpoint;
use crate::ingest::signature::SigningKey;
use crate::read_model::{GenuineMessage, StoreReadModel};
use app::view::viewer::Viewer;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::in_path;
use domain::text::is_direction_control;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Maximum length of a body as an argument, in bytes: Linux takes 128 KiB in one.
const LONGEST_ARGUMENT: usize = 100_000;

/// Length of a line of base64.
const LINE: usize = 76;

/// An endpoint for which requests can be signed.
#[derive(Clone, Debug)]
pub struct SigningEndpoint {
    url: String,
    key: SigningKey,
    /// The name of the header that it also asks for.
    additional_header: Option<String>,
}

/// Returns the endpoints that have a URL and a key, by name. Of several keys the first one signs.
pub fn signing_endpoints(
    urls: &[(String, String)],
    verified: &BTreeMap<String, VerifiedEndpoint>,
) -> BTreeMap<String, SigningEndpoint> {
    let endpoint = |(name, url): &(String, String)| {
        let verified = verified.get(name)?;
        let additional_header = verified.additional_check.as_ref().map(|check| match check {
            AdditionalCheck::Header { name, .. } => name.clone(),
            AdditionalCheck::Basic { .. } => header::AUTHORIZATION.as_str().to_owned(),
        });
        Some((
            name.clone(),
            SigningEndpoint { url: url.clone(), key: verified.keys.first()?.clone(), additional_header },
        ))
    };
    urls.iter().filter_map(endpoint).collect()
}

/// The state of the handler.
#[derive(Clone)]
pub struct Curl {
    reader: Arc<StoreReadModel>,
    endpoints: Arc<BTreeMap<String, SigningEndpoint>>,
    clock: Clock,
}

impl Curl {
    /// Creates the state from the read model of the pages.
    pub fn new(reader: Arc<StoreReadModel>, endpoints: BTreeMap<String, SigningEndpoint>, clock: Clock) -> Self {
        Self { reader, endpoints: Arc::new(endpoints), clock }
    }
}

/// Returns the route `POST /deliveries/{seq}/curl`. A GET leads to the page with its button.
pub fn routes(curl: Curl) -> Router {
    let to_page = |Path(seq): Path<String>| async move { Redirect::to(&format!("/deliveries/{}", in_path(&seq))) };
    Router::new()
        .route("/deliveries/{seq}/curl", post(command).get(to_page))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .with_state(curl)
}

async fn command(State(curl): State<Curl>, Extension(viewer): Extension<Viewer>, Path(seq): Path<String>) -> Response {
    let missing = || {
        let told = "There is no such message. Only what was verified can be signed again.\n";
        (StatusCode::NOT_FOUND, told).into_response()
    };
    let Ok(seq) = seq.parse() else { return missing() };
    let message = match curl.reader.genuine_message(seq, viewer.role()).await {
        Ok(Some(message)) => message,
        Ok(None) => return missing(),
        Err(error) => return failed(error),
    };
    let Some(endpoint) = curl.endpoints.get(&message.endpoint) else {
        let told =
            format!("The endpoint {} is not configured any more, so nothing is signed for it.\n", message.endpoint);
        return (StatusCode::CONFLICT, told).into_response();
    };
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], written(endpoint, &message, curl.clock.now()))
        .into_response()
}

/// Returns the command for a POSIX shell, with the exact bytes of the body.
fn written(endpoint: &SigningEndpoint, message: &GenuineMessage, now: Timestamp) -> String {
    let seconds = now.as_second();
    let signature = endpoint.key.header(&message.id, seconds, &message.body);
    let mut lines = vec![
        format!("curl --include {}", quoted(&endpoint.url)),
        "-H 'content-type: application/json'".to_owned(),
        format!("-H {}", quoted(&format!("svix-id: {}", message.id))),
        format!("-H 'svix-timestamp: {seconds}'"),
        format!("-H 'svix-signature: {signature}'"),
    ];
    // Its value is a secret, too, which whoever runs the command gives.
    lines.extend(endpoint.additional_header.as_ref().map(|name| {
        format!("-H \"{name}: ${{WEBHOOK_HEADER:?set it to the value of the header {name} of this endpoint}}\"")
    }));
    if let Some(argument) = as_argument(&message.body) {
        lines.push(format!("--data-binary {argument}"));
        return format!("{}\n", lines.join(" \\\n  "));
    }
    lines.push("--data-binary @-".to_owned());
    format!("base64 --decode <<'END' | {}\n{}END\n", lines.join(" \\\n  "), base64_lines(&message.body))
}

/// Returns a body as one argument in quotation marks; `None` where a shell, an argument or a copy could alter it.
fn as_argument(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let is_safe = |one: char| one == '\n' || !(one.is_control() || is_direction_control(one));
    // After an @ curl reads a file.
    (body.len() <= LONGEST_ARGUMENT && !text.starts_with('@') && text.chars().all(is_safe)).then(|| quoted(text))
}

/// Returns a text in quotation marks in which a shell replaces nothing.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn base64_lines(body: &[u8]) -> String {
    let encoded = STANDARD.encode(body);
    let mut rest = encoded.as_str();
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    while !rest.is_empty() {
        // Base64 is ASCII, so every place is between two characters.
        let (line, after) = rest.split_at(rest.len().min(LINE));
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{line}");
        rest = after;
    }
    lines
}

#[cfg(test)]
mod tests;
