//! The answers to requests outside a page that fail. When the database does not answer: what failed, and a way to
//! retry, without a database, a style sheet or a script.

use app::api::ApiError;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// Responds 503. `failed` is a whole sentence, shown above a link that repeats the request.
pub fn unavailable(failed: &'static str) -> Response {
    answer(failed, "", "Try again")
}

/// Responds 503 to a form. `back` is the page of the form, which the browser still has filled in.
pub fn form_failed(failed: &'static str, back: &str) -> Response {
    answer(failed, back, "Back to the page, to try again")
}

/// Responds to a request that is no page, with the status of the error and its sentence.
pub fn failed(error: ApiError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, format!("{error}\n")).into_response()
}

fn answer(failed: &str, href: &str, words: &str) -> Response {
    let href = href.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>Not just now · Junoscope</title></head>\n<body><main><h1>Not just now</h1><p>{failed}</p>\
         <p><a href=\"{href}\">{words}</a></p></main></body>\n</html>\n"
    );
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_failed_is_said_with_a_way_to_try_again() {
        let response = form_failed("The finding was not changed.", "/findings?q=\"><script>&kind=late");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("The finding was not changed."), "{text}");
        assert!(text.contains("href=\"/findings?q=&quot;>&lt;script>&amp;kind=late\""), "{text}");
    }
}
