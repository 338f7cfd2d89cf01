//! The event stream of new deliveries, and downloads of raw bodies.

mod rows;
mod streams;

use self::rows::{FilteredRows, SharedRows};
use self::streams::{Streams, Ticket};
use super::event_stream::{Ended, answer, ended, signed_out};
use super::session::{SessionHandle, Sessions};
use super::unavailable::failed;
use crate::clock::Clock;
use crate::outage::Outage;
use crate::read_model::StoreReadModel;
use app::view::viewer::Viewer;
use axum::Router;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::policy::{Thing, sees};
use domain::query::filter::{DeliveryFilter, Query};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Interval at which an idle stream looks whether its session has ended.
const SESSION_CHECK: Duration = Duration::from_secs(2);

/// Default limit on open streams in total.
const STREAMS: usize = 1_000;

/// The outage of the questions of open streams, which ask again every few seconds.
static OUTAGE: Outage = Outage::new();

/// The state of the stream handlers.
#[derive(Clone)]
pub struct Live {
    reader: Arc<StoreReadModel>,
    sessions: Sessions,
    rows: SharedRows,
    streams: Streams,
    stop: CancellationToken,
}

impl Live {
    /// Creates the state. `head` changes with every commit; `stop` ends every stream.
    pub fn new(
        reader: Arc<StoreReadModel>,
        sessions: Sessions,
        head: watch::Receiver<i64>,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        let rows = SharedRows::start(Arc::clone(&reader), head, clock, stop.clone());
        Self { reader, sessions, rows, streams: Streams::new(STREAMS), stop }
    }

    /// Limits streams to a quarter of `connections`, which leaves the rest to pages and webhooks.
    #[must_use]
    pub fn within(self, connections: usize) -> Self {
        Self { streams: Streams::new(STREAMS.min(connections / 4)), ..self }
    }
}

/// Returns the routes `GET /live/deliveries?<filter>&since=<seq>` and `GET /deliveries/{seq}/body`.
pub fn routes(live: Live) -> Router {
    Router::new().route("/live/deliveries", get(deliveries)).route("/deliveries/{seq}/body", get(body)).with_state(live)
}

/// Sends one event per new row: `id` is its sequence number in the log, `data` the HTML of its table row, escaped on
/// the server. Where requests came that the filter leaves out, an event `counted` says so. A stream that the server ends
/// sends the reason last.
///
/// A reconnecting browser sends the last row it had in `Last-Event-ID`. Sequence numbers follow the order of commits,
/// so a query for greater ones cannot skip a row of a transaction still in progress.
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
            Err(error) => return failed(error),
        },
    };
    // The guard has admitted this session; without one the stream could not be ended with it.
    let Some(session) = live.sessions.handle(&headers) else { return signed_out() };
    let ticket = live.streams.open(session.clone());
    let stop = live.stop.clone();
    let rows = live.rows.for_filter(filter);
    let reading = Reading { rows, session, ticket, since, is_over: false };
    let events = stream::unfold(reading, Reading::next);
    answer(events.take_until(stop.cancelled_owned()))
}

/// The state of one stream.
struct Reading {
    rows: FilteredRows,
    session: SessionHandle,
    ticket: Ticket,
    /// The sequence number up to which rows were sent.
    since: i64,
    is_over: bool,
}

impl Reading {
    /// Waits for the next events; `None` after the last.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.is_over {
            return None;
        }
        let Self { rows, session, ticket, since, .. } = &mut self;
        let outcome = tokio::select! {
            biased;
            why = ticket.ended() => Err(why),
            events = next_events(rows, session, since) => events,
        };
        let events = outcome.unwrap_or_else(|why| {
            self.is_over = true;
            ended(why)
        });
        Some((events, self))
    }
}

/// Waits until there are new rows, or the session has ended.
async fn next_events(rows: &mut FilteredRows, session: &SessionHandle, since: &mut i64) -> Result<Bytes, Ended> {
    loop {
        // Only the session is looked at until something is committed.
        while tokio::time::timeout(SESSION_CHECK, rows.changed()).await.is_err() {
            match session.role().await.map(|role| sees(role, Thing::LiveDeliveries)) {
                Ok(true) => OUTAGE.worked(),
                Ok(false) => return Err(Ended::SignedOut),
                Err(error) => OUTAGE.failed("session", &error),
            }
        }
        let found = rows.after(*since).await;
        // Checked between reading and sending, so that nothing is sent after the session has ended, nor while the
        // database cannot tell.
        match (session.role().await.map(|role| sees(role, Thing::LiveDeliveries)), found) {
            (Ok(false), _) => return Err(Ended::SignedOut),
            (Ok(true), Ok(found)) => {
                OUTAGE.worked();
                *since = found.until;
                if !found.events.is_empty() {
                    return Ok(found.events.clone());
                }
                continue;
            }
            (Ok(true), Err(error)) => OUTAGE.failed("live_deliveries", &error),
            (Err(error), _) => OUTAGE.failed("session", &error),
        }
        rows.read_again().await;
    }
}

/// Responds with the exact bytes of a body as a download, never as a page, whatever they contain.
async fn body(State(live): State<Live>, Extension(viewer): Extension<Viewer>, Path(seq): Path<String>) -> Response {
    let Ok(seq) = seq.parse::<i64>() else {
        return (StatusCode::NOT_FOUND, "There is no such delivery.").into_response();
    };
    match live.reader.body(seq, viewer.role()).await {
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
        Err(error) => failed(error),
    }
}

#[cfg(test)]
mod tests;
