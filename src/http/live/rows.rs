//! New rows, read and rendered once for all streams with the same filter.

use crate::clock::Clock;
use crate::http::event_stream::add_event;
use crate::read_model::StoreReadModel;
use crate::store::StoreError;
use app::ui::delivery_row::{delivery_row_html, skipped_row_html};
use bytes::Bytes;
use domain::query::filter::{DeliveryFilter, Query as _};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Maximum number of rows sent at once: as many as a page keeps, so that one that many others were left out before shows
/// no gap.
const ROWS: u32 = 200;

/// Minimum time between two rounds: a reader sees no difference, and hundreds of readers would read after each commit.
const ROUND_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum time for which rows wait until the projector has caught up and their subjects have names; after it they are
/// sent without.
const MAX_PROJECTOR_WAIT: Duration = Duration::from_secs(2);

/// Polling interval of that wait, which also merges a burst of commits into one round.
const PROJECTOR_POLL: Duration = Duration::from_millis(50);

/// Time after which rows that could not be read are read again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Maximum number of batches kept in one round, by readers of different filters and positions.
const MAX_BATCHES: usize = 1_000;

/// The event that reports requests that the filter leaves out. Without data browsers would not report it.
const COUNTED: &str = "event: counted\ndata: 1\n\n";

/// Rows after one position, as the events of a stream.
#[derive(Debug)]
pub(super) struct Batch {
    /// One event for each row, oldest first; without a row, the one that others arrived.
    pub(super) events: Bytes,
    /// The position up to which no row is left.
    pub(super) until: i64,
    /// Whether more may follow already, as the batch is full or the time of a search was over.
    is_behind: bool,
}

/// The batches of one round, by filter and position.
type Batches = HashMap<(String, i64), Arc<OnceCell<Arc<Batch>>>>;

/// The new rows of all streams; clones share them.
#[derive(Clone)]
pub(super) struct SharedRows {
    reader: Arc<StoreReadModel>,
    clock: Clock,
    /// The number of the round, which begins after commits.
    round: watch::Receiver<i64>,
    batches: Arc<Mutex<Batches>>,
}

impl SharedRows {
    /// Starts rounds until `stop`. `head` changes with every commit.
    pub(super) fn start(
        reader: Arc<StoreReadModel>,
        head: watch::Receiver<i64>,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        let (begin, round) = watch::channel(0);
        let shared = Self { reader, clock, round, batches: Arc::default() };
        let rounds = shared.clone().run(head, begin);
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = rounds => {}
            }
        });
        shared
    }

    /// Begins a round at once, and after each commit.
    async fn run(self, mut head: watch::Receiver<i64>, begin: watch::Sender<i64>) {
        loop {
            let next = Instant::now() + ROUND_INTERVAL;
            // Read before the wait, so that every row up to it has been projected then.
            let until = loop {
                match self.reader.head().await {
                    Ok(until) => break until,
                    // Logged by whoever is asked for something: in an outage each of a server's tasks fails.
                    Err(_) => tokio::time::sleep(RETRY_AFTER).await,
                }
            };
            self.wait_for_projector().await;
            self.batches.lock().unwrap_or_else(PoisonError::into_inner).clear();
            begin.send_replace(until);
            tokio::time::sleep_until(next).await;
            if head.changed().await.is_err() {
                return;
            }
        }
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

    /// Returns the rows that a filter admits.
    pub(super) fn for_filter(&self, filter: DeliveryFilter) -> FilteredRows {
        FilteredRows { key: filter.to_query(), filter, shared: self.clone(), is_due: true }
    }
}

/// The new rows of one filter.
pub(super) struct FilteredRows {
    shared: SharedRows,
    filter: DeliveryFilter,
    key: String,
    /// Whether there may be rows already.
    is_due: bool,
}

impl FilteredRows {
    /// Returns rows after a position, from the batch of another stream if there is one.
    pub(super) async fn after(&mut self, since: i64) -> Result<Arc<Batch>, StoreError> {
        let head = *self.shared.round.borrow_and_update();
        let cell = {
            let mut batches = self.shared.batches.lock().unwrap_or_else(PoisonError::into_inner);
            if batches.len() >= MAX_BATCHES {
                batches.clear();
            }
            Arc::clone(batches.entry((self.key.clone(), since)).or_default())
        };
        let batch = cell.get_or_try_init(|| self.read(since, head)).await.map(Arc::clone)?;
        self.is_due = batch.is_behind;
        Ok(batch)
    }

    async fn read(&self, since: i64, head: i64) -> Result<Arc<Batch>, StoreError> {
        let now = self.shared.clock.now();
        let found = self.shared.reader.live_deliveries(&self.filter, now, (since, head), ROWS).await?;
        let mut events = String::new();
        if let Some(first) = found.skipped {
            add_event(first.1 - 1, &skipped_row_html(&self.filter, first), &mut events);
        }
        for row in &found.rows {
            add_event(row.seq, &delivery_row_html(row, &self.filter, now), &mut events);
        }
        if events.is_empty() && found.until > since {
            events.push_str(COUNTED);
        }
        Ok(Arc::new(Batch { events: events.into(), until: found.until, is_behind: found.is_behind }))
    }

    /// Waits a little after a failure, and then lets the same rows be read again.
    pub(super) async fn read_again(&mut self) {
        tokio::time::sleep(RETRY_AFTER).await;
        self.is_due = true;
    }

    /// Waits until there may be rows after those of the last batch.
    pub(super) async fn changed(&mut self) {
        if !self.is_due && self.shared.round.changed().await.is_err() {
            // The server stops, and is about to end this stream.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the round that sends rows up to a position.
    #[cfg(test)]
    pub(super) async fn is_reached(&mut self, seq: i64) {
        self.shared.round.wait_for(|until| *until >= seq).await.unwrap();
    }
}
