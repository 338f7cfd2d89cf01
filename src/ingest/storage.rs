//! Whether requests can be stored at the moment: set by the writer, reported by `/readyz` and on the overview.

use crate::clock::Clock;
use crate::store::StoreError;
use domain::health::CannotStore;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Intervals, during an outage, between attempts to store and between log lines.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// The storage state. Clones share it: messages and refused requests may be written side by side.
#[derive(Clone, Debug)]
pub struct Storage {
    clock: Clock,
    state: watch::Sender<Option<CannotStore>>,
    failures: Arc<Mutex<Failures>>,
}

#[derive(Debug)]
struct Failures {
    count: u64,
    try_at: Instant,
    log_at: Instant,
}

impl Storage {
    /// Creates the state, without a failure.
    pub fn new(clock: Clock) -> Self {
        let failures = Failures { count: 0, try_at: Instant::now(), log_at: Instant::now() };
        Self { clock, state: watch::Sender::new(None), failures: Arc::new(Mutex::new(failures)) }
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to the state.
    pub fn state(&self) -> watch::Receiver<Option<CannotStore>> {
        self.state.subscribe()
    }

    /// Returns when to try again; `None` while nothing is wrong.
    pub fn try_at(&self) -> Option<Instant> {
        let failures = self.failures();
        (failures.count > 0).then_some(failures.try_at)
    }

    /// Records a successful write.
    pub fn succeeded(&self) {
        let mut failures = self.failures();
        if failures.count == 0 {
            return;
        }
        tracing::info!(failures = failures.count, "requests are stored again");
        failures.count = 0;
        self.state.send_replace(None);
    }

    /// Records a failed write. An outage is logged when it begins, when it ends, and once a minute in between.
    pub fn failed(&self, error: &StoreError) {
        let now = Instant::now();
        let reason = error.reason();
        let mut failures = self.failures();
        if failures.count == 0 || now >= failures.log_at {
            tracing::error!(%error, reason, failures = failures.count + 1, "requests cannot be stored");
            failures.log_at = now + LOG_INTERVAL;
        }
        failures.count += 1;
        failures.try_at = now + RETRY_INTERVAL;
        let since = self.state.borrow().as_ref().map_or_else(|| self.clock.now(), |known| known.since);
        self.state.send_replace(Some(CannotStore { since, reason: reason.to_owned() }));
    }
}
