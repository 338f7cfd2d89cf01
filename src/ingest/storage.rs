//! Whether requests can be stored at the moment: set by the writer, reported by `/readyz` and on the overview.

use crate::clock::Clock;
use crate::store::StoreError;
use domain::health::CannotStore;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Intervals, during an outage, between attempts to store and between log lines.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// The storage state, as the writer updates it.
#[derive(Debug)]
pub struct Storage {
    clock: Clock,
    state: watch::Sender<Option<CannotStore>>,
    try_at: Instant,
    log_at: Instant,
    failures: u64,
}

impl Storage {
    /// Creates the state, without a failure.
    pub fn new(clock: Clock) -> Self {
        Self { clock, state: watch::Sender::new(None), try_at: Instant::now(), log_at: Instant::now(), failures: 0 }
    }

    /// Subscribes to the state.
    pub fn state(&self) -> watch::Receiver<Option<CannotStore>> {
        self.state.subscribe()
    }

    /// Returns when to try again; `None` while nothing is wrong.
    pub fn try_at(&self) -> Option<Instant> {
        (self.failures > 0).then_some(self.try_at)
    }

    /// Records a successful write.
    pub fn succeeded(&mut self) {
        if self.failures == 0 {
            return;
        }
        tracing::info!(failures = self.failures, "requests are stored again");
        self.failures = 0;
        self.state.send_replace(None);
    }

    /// Records a failed write. An outage is logged when it begins, when it ends, and once a minute in between.
    pub fn failed(&mut self, error: &StoreError) {
        let now = Instant::now();
        let reason = error.reason();
        if self.failures == 0 || now >= self.log_at {
            tracing::error!(%error, failures = self.failures + 1, "cannot store: {reason}");
            self.log_at = now + LOG_INTERVAL;
        }
        self.failures += 1;
        self.try_at = now + RETRY_INTERVAL;
        let since = self.state.borrow().as_ref().map_or_else(|| self.clock.now(), |known| known.since);
        self.state.send_replace(Some(CannotStore { since, reason: reason.to_owned() }));
    }
}
