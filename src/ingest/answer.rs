//! Responses to webhooks: a status with one JSON member.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Builds a response whose body is `{word: text}`. With 503 it asks the sender to retry after five seconds.
pub(super) fn answer(status: StatusCode, word: &str, text: &str) -> Response {
    let body = serde_json::json!({ word: text }).to_string();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut response = (status, headers, body).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}
