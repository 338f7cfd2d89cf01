//! The event stream of new deliveries, and downloads of raw bodies.

mod streams;

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
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::policy::{Thing, sees};
use domain::query::filter::{DeliveryFilter, Query};
use futures_util::{StreamExt, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Maximum number of rows sent at once; the rest follows in the next round.
const ROWS: u32 = 100;

/// Polling interval, at which commits of other server instances and the end of a session are noticed.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Maximum time for which rows wait until the projector has caught up and their subjects have names; after it they are
/// sent without.
const MAX_PROJECTOR_WAIT: Duration = Duration::from_secs(2);

/// Polling interval of that wait, which also merges a burst of commits into one round.
const PROJECTOR_POLL: Duration = Duration::from_millis(50);

/// Default limit on open streams in total.
const STREAMS: usize = 200;

/// The outage of the questions of open streams, which ask again every few seconds.
static OUTAGE: Outage = Outage::new();

/// The state of the stream handlers.
#[derive(Clone)]
pub struct Live {
    reader: Arc<StoreReadModel>,
    sessions: Sessions,
    committed: watch::Receiver<i64>,
    clock: Clock,
    streams: Streams,
    stop: CancellationToken,
}

impl Live {
    /// Creates the state. `committed` changes with every commit on this instance; `stop` ends every stream.
    pub fn new(
        reader: Arc<StoreReadModel>,
        sessions: Sessions,
        committed: watch::Receiver<i64>,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        Self { reader, sessions, committed, clock, streams: Streams::new(STREAMS), stop }
    }

    /// Limits streams to a quarter of `connections`, which leaves the rest to pages and webhooks.
    #[must_use]
    pub fn within(self, connections: usize) -> Self {
        Self { streams: Streams::new(STREAMS.min(connections / 4)), ..self }
    }

    /// Waits until the projector has caught up, for a limited time.
    async fn wait_for_projector(&self) {
        let caught_up = async {
            while matches!(self.reader.is_caught_up().await, Ok(false)) {
                tokio::time::sleep(PROJECTOR_POLL).await;
            }
        };
        let _ = tokio::time::timeout(MAX_PROJECTOR_WAIT, caught_up).await;
    }
}

/// Returns the routes `GET /live/deliveries?<filter>&since=<seq>` and `GET /deliveries/{seq}/body`.
pub fn routes(live: Live) -> Router {
    Router::new().route("/live/deliveries", get(deliveries)).route("/deliveries/{seq}/body", get(body)).with_state(live)
}

/// Sends one event per new row: `id` is its sequence number in the log, `data` the HTML of its table row, escaped on
/// the server. Where rows came that the filter leaves out, an event `counted` says so. A stream that the server ends sends
/// the reason last.
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
    let reading = Reading { live, session, ticket, filter, since, is_over: false };
    let events = stream::unfold(reading, Reading::next).flat_map(stream::iter);
    answer(events.take_until(stop.cancelled_owned()))
}

/// The state of one stream.
struct Reading {
    live: Live,
    session: SessionHandle,
    ticket: Ticket,
    filter: DeliveryFilter,
    /// The sequence number up to which rows were sent.
    since: i64,
    is_over: bool,
}

/// A batch of events.
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

/// Waits until there are new rows, or the session has ended.
async fn next_rows(
    live: &mut Live,
    session: &SessionHandle,
    filter: &DeliveryFilter,
    since: &mut i64,
) -> Result<Events, Ended> {
    loop {
        let known = *live.committed.borrow_and_update();
        live.wait_for_projector().await;
        let found = live.reader.deliveries_after(filter, live.clock.now(), *since, ROWS).await;
        // Checked between reading and sending, so that nothing is sent after the session has ended, nor while the
        // database cannot tell.
        match (session.role().await.map(|role| sees(role, Thing::LiveDeliveries)), found) {
            (Ok(false), _) => return Err(Ended::SignedOut),
            (Ok(true), Ok((rows, until))) => {
                OUTAGE.worked();
                let is_more = until > *since;
                *since = until;
                if !rows.is_empty() {
                    let now = live.clock.now();
                    let event = |row| {
                        let html = app::ui::delivery_row::delivery_row_html(row, filter, now);
                        Event::default().id(row.seq.to_string()).data(html.replace(['\r', '\n'], " "))
                    };
                    return Ok(rows.iter().map(|row| Ok(event(row))).collect());
                }
                if is_more {
                    // Without data browsers would not report it.
                    return Ok(vec![Ok(Event::default().event("counted").data("1"))]);
                }
            }
            (Ok(true), Err(error)) => OUTAGE.failed("deliveries_after", &error),
            (Err(error), _) => OUTAGE.failed("session", &error),
        }
        if *live.committed.borrow() == known {
            // Wakes on a commit here, or when it is time to poll for commits elsewhere. A closed channel means the
            // writer has stopped, and the stop signal is about to end this stream.
            let changed = tokio::time::timeout(POLL_INTERVAL, live.committed.changed()).await;
            if matches!(changed, Ok(Err(_))) {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
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
