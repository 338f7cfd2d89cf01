//! Responses with an event stream, and the event by which the server ends one.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use std::convert::Infallible;
use std::time::Duration;

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
    answer(stream::once(async { Ok(ended(Ended::SignedOut)) }))
}

/// Builds the event that ends a stream.
pub fn ended(why: Ended) -> Event {
    Event::default().event(ENDED).data(why.as_str())
}

/// Builds a stream response. It begins with a comment, as some browsers report a stream open at its first byte only.
pub fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let begin = stream::once(async { Ok(Event::default().comment("live")) });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    let mut response = Sse::new(begin.chain(events).boxed()).keep_alive(keep_alive).into_response();
    // Some reverse proxies buffer responses unless told not to.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
