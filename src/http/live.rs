//! The event stream of new deliveries, and downloads of raw bodies. For admins only, see [`crate::http::session`].

mod streams;

use self::streams::{Ended, Streams, Ticket};
use super::session::{HeldSession, Sessions};
use crate::clock::Clock;
use crate::read_model::Reader;
use app::view::filter::{DeliveryFilter, Query};
use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{Stream, StreamExt, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Rows sent at once; a reader further behind gets the rest in the next round.
const ROWS: u32 = 100;

/// Commits of other server instances are noticed by looking this often, and so is the end of a session.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Rows are held back until the projector has named what they are about, but no longer than this: a row that says less
/// is better than none.
const LONGEST_SETTLE: Duration = Duration::from_secs(2);

/// How often that is asked; a burst of commits becomes one round in the meantime.
const SETTLE: Duration = Duration::from_millis(50);

/// Live streams in all, where nobody says otherwise.
const STREAMS: usize = 200;

/// The event that tells a page that its stream ends, and why.
const ENDED: &str = "ended";

/// What live streams need.
#[derive(Clone)]
pub struct Live {
    reader: Arc<Reader>,
    sessions: Sessions,
    committed: watch::Receiver<i64>,
    clock: Clock,
    streams: Streams,
    stop: CancellationToken,
}

impl Live {
    /// `committed` changes with every commit on this instance; `stop` ends every stream.
    pub fn new(
        reader: Arc<Reader>,
        sessions: Sessions,
        committed: watch::Receiver<i64>,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        Self { reader, sessions, committed, clock, streams: Streams::new(STREAMS), stop }
    }

    /// Streams take at most a quarter of so many connections, so that pages and webhooks have the rest.
    #[must_use]
    pub fn within(self, connections: usize) -> Self {
        Self { streams: Streams::new(STREAMS.min(connections / 4)), ..self }
    }

    /// Waits for the projector.
    async fn settle(&self) {
        let caught_up = async {
            while matches!(self.reader.is_caught_up().await, Ok(false)) {
                tokio::time::sleep(SETTLE).await;
            }
        };
        let _ = tokio::time::timeout(LONGEST_SETTLE, caught_up).await;
    }
}

/// `GET /live/deliveries?<filter>&since=<seq>` and `GET /deliveries/{seq}/body`.
pub fn routes(live: Live) -> Router {
    Router::new().route("/live/deliveries", get(deliveries)).route("/deliveries/{seq}/body", get(body)).with_state(live)
}

/// Whether an answer would be read as a stream of events.
pub(super) fn is_stream(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/event-stream"))
}

/// What a stream is told that was opened without a session. A status would tell its page nothing: scripts never learn it,
/// and would go on asking.
pub(super) fn signed_out() -> Response {
    answer(stream::once(async { Ok(ended(Ended::SignedOut)) }))
}

fn ended(why: Ended) -> Event {
    Event::default().event(ENDED).data(why.as_str())
}

/// Begins with a comment: some browsers say that a stream is open only when its first byte is there.
fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let begin = stream::once(async { Ok(Event::default().comment("live")) });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    let mut response = Sse::new(begin.chain(events).boxed()).keep_alive(keep_alive).into_response();
    // Some reverse proxies collect an answer before they pass it on, unless told not to.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// One event per new row: `id` is its number in the log, `data` the HTML of its table row, escaped on the server. The
/// last event of a stream that ends while its reader is still there says why.
///
/// A browser whose connection dropped says with `Last-Event-ID` which row it had last. Numbers are given in the order
/// of commits, so asking for what is greater can never skip a row that was still on its way.
async fn deliveries(State(live): State<Live>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let filter = DeliveryFilter { before: None, ..DeliveryFilter::from_query(&query) };
    let resumed = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let asked = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "since")
        .and_then(|(_, value)| value.parse().ok());
    let since = match resumed.or(asked) {
        Some(since) => since,
        None => match live.reader.last_seq().await {
            Ok(since) => since,
            Err(error) => return (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
        },
    };
    // The guard has let this session in; without one there is nothing to go on under.
    let Some(session) = live.sessions.held(&headers) else { return signed_out() };
    let ticket = live.streams.open(session.clone());
    let stop = live.stop.clone();
    let reading = Reading { live, session, ticket, filter, since, is_over: false };
    let events = stream::unfold(reading, Reading::next).flat_map(stream::iter);
    answer(events.take_until(stop.cancelled_owned()))
}

/// Where one stream is.
struct Reading {
    live: Live,
    session: HeldSession,
    ticket: Ticket,
    filter: DeliveryFilter,
    /// The place in the log up to which everything was told.
    since: i64,
    is_over: bool,
}

/// What is sent at once.
type Events = Vec<Result<Event, Infallible>>;

impl Reading {
    /// Waits for the next events; `None` after the last.
    async fn next(mut self) -> Option<(Events, Self)> {
        if self.is_over {
            return None;
        }
        let Self { live, session, ticket, filter, since, .. } = &mut self;
        let outcome = tokio::select! {
            biased;
            why = ticket.ended() => Err(why),
            rows = next_rows(live, session, filter, since) => rows,
        };
        let events = outcome.unwrap_or_else(|why| {
            self.is_over = true;
            vec![Ok(ended(why))]
        });
        Some((events, self))
    }
}

/// Waits until there is something new, or the session is over.
async fn next_rows(
    live: &mut Live,
    session: &HeldSession,
    filter: &DeliveryFilter,
    since: &mut i64,
) -> Result<Events, Ended> {
    loop {
        let known = *live.committed.borrow_and_update();
        live.settle().await;
        let found = live.reader.deliveries_after(filter, *since, ROWS).await;
        // Asked after the rows were read and before they are sent: nothing leaves after the end of a session. While the
        // database does not say, nothing leaves either.
        match (session.is_admin().await, found) {
            (Ok(false), _) => return Err(Ended::SignedOut),
            (Ok(true), Ok((rows, until))) => {
                *since = until;
                if !rows.is_empty() {
                    let now = live.clock.now();
                    let event = |row| {
                        let html = app::ui::delivery_row::delivery_row_html(row, now);
                        Event::default().id(row.seq.to_string()).data(html.replace(['\r', '\n'], " "))
                    };
                    return Ok(rows.iter().map(|row| Ok(event(row))).collect());
                }
            }
            (Ok(true), Err(error)) => tracing::debug!(%error, "live rows could not be read this time"),
            (Err(error), _) => tracing::debug!(%error, "the session of live rows could not be looked up this time"),
        }
        if *live.committed.borrow() == known {
            // Either wakes: a commit here, or time to look for commits elsewhere. A closed channel means the writer is
            // gone, and the stop signal is about to end this stream.
            let changed = tokio::time::timeout(LOOK_EVERY, live.committed.changed()).await;
            if matches!(changed, Ok(Err(_))) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// The exact bytes, as a download: never as a page, whatever they hold.
async fn body(State(live): State<Live>, Path(seq): Path<String>) -> Response {
    let Ok(seq) = seq.parse::<i64>() else {
        return (StatusCode::NOT_FOUND, "There is no such delivery.").into_response();
    };
    match live.reader.body(seq).await {
        Ok(Some(bytes)) => (
            [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"delivery-{seq}.json\"")),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ],
            bytes,
        )
            .into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such delivery.").into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

#[cfg(test)]
mod tests;
