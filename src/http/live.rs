//! Live rows, and the bytes of one body: what is about raw deliveries but no page. For admins only, see
//! [`crate::http::session`].

use crate::clock::Clock;
use crate::read_model::Reader;
use app::view::filter::{DeliveryFilter, Query};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Rows sent at once; a reader further behind gets the rest in the next round.
const ROWS: u32 = 100;

/// Commits of other server instances are noticed by looking this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Rows are held back until the projector has named what they are about, but no longer than this: a row that says less
/// is better than none.
const LONGEST_SETTLE: Duration = Duration::from_secs(2);

/// How often that is asked; a burst of commits becomes one round in the meantime.
const SETTLE: Duration = Duration::from_millis(50);

/// What live streams need.
#[derive(Clone)]
pub struct Live {
    reader: Arc<Reader>,
    committed: watch::Receiver<i64>,
    clock: Clock,
    stop: CancellationToken,
}

impl Live {
    /// `committed` changes with every commit on this instance; `stop` ends every stream.
    pub fn new(reader: Arc<Reader>, committed: watch::Receiver<i64>, clock: Clock, stop: CancellationToken) -> Self {
        Self { reader, committed, clock, stop }
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

/// One event per new row: `id` is its number in the log, `data` the HTML of its table row, escaped on the server.
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
    let stop = live.stop.clone();
    let events = stream::unfold((live, filter, since), next_rows).flat_map(stream::iter);
    let stream = events.take_until(stop.cancelled_owned());
    let mut response =
        Sse::new(stream.boxed()).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Some reverse proxies collect an answer before they pass it on, unless told not to.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

type Round = (Live, DeliveryFilter, i64);

/// Waits until there is something new, and says it. Never ends by itself.
async fn next_rows((mut live, filter, mut since): Round) -> Option<(Vec<Result<Event, Infallible>>, Round)> {
    loop {
        let known = *live.committed.borrow_and_update();
        live.settle().await;
        match live.reader.deliveries_after(&filter, since, ROWS).await {
            Ok((rows, until)) if !rows.is_empty() => {
                let now = live.clock.now();
                let events = rows
                    .iter()
                    .map(|row| {
                        let html = app::ui::delivery_row::delivery_row_html(row, now);
                        Ok(Event::default().id(row.seq.to_string()).data(html.replace(['\r', '\n'], " ")))
                    })
                    .collect();
                return Some((events, (live, filter, until)));
            }
            Ok((_, until)) => since = until,
            Err(error) => tracing::debug!(%error, "live rows could not be read this time"),
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
