//! Whether requests can be stored at the moment: set by the writer, reported by `/readyz` and on the overview.

use crate::clock::Clock;
use crate::store::StoreError;
use app::view::overview::CannotStore;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// While nothing can be stored, it is tried this often whether something can be again, and said again this seldom.
const TRY_EVERY: Duration = Duration::from_secs(5);
const SAY_EVERY: Duration = Duration::from_mins(1);

/// The writer's side.
#[derive(Debug)]
pub struct Storage {
    clock: Clock,
    state: watch::Sender<Option<CannotStore>>,
    try_at: Instant,
    say_at: Instant,
    failures: u64,
}

impl Storage {
    /// Until something fails, everything can be stored.
    pub fn new(clock: Clock) -> Self {
        Self { clock, state: watch::Sender::new(None), try_at: Instant::now(), say_at: Instant::now(), failures: 0 }
    }

    /// Follows the state.
    pub fn state(&self) -> watch::Receiver<Option<CannotStore>> {
        self.state.subscribe()
    }

    /// When it should be tried again; `None` while there is nothing wrong.
    pub fn try_at(&self) -> Option<Instant> {
        (self.failures > 0).then_some(self.try_at)
    }

    /// Something was stored.
    pub fn succeeded(&mut self) {
        if self.failures == 0 {
            return;
        }
        tracing::info!(failures = self.failures, "requests are stored again");
        self.failures = 0;
        self.state.send_replace(None);
    }

    /// Something was not stored. An outage has a line when it begins, when it ends, and one a minute in between.
    pub fn failed(&mut self, error: &StoreError) {
        let now = Instant::now();
        let reason = error.reason();
        if self.failures == 0 || now >= self.say_at {
            tracing::error!(%error, failures = self.failures + 1, "cannot store: {reason}");
            self.say_at = now + SAY_EVERY;
        }
        self.failures += 1;
        self.try_at = now + TRY_EVERY;
        let since = self.state.borrow().as_ref().map_or_else(|| self.clock.now(), |known| known.since);
        self.state.send_replace(Some(CannotStore { since, reason: reason.to_owned() }));
    }
}
