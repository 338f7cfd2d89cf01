//! Log lines about something that keeps failing: the first failure, then a count at intervals, then the recovery.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Minimum interval between two lines about the same outage.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// An outage ends with the first success this long after the last failure; before that, results may be mixed.
const RECOVERY_TIME: Duration = Duration::from_secs(2);

/// Failures of one kind of operation, which may share a cause.
#[derive(Debug)]
pub struct Outage {
    /// The operation, as the subject of a sentence, such as "storing messages".
    what: &'static str,
    /// Whether there is an outage: an atomic, as every success checks it.
    is_on: AtomicBool,
    state: Mutex<Option<State>>,
}

#[derive(Debug)]
struct State {
    began_at: Instant,
    last_at: Instant,
    logged_at: Instant,
    failures: u64,
}

/// What to log after a failure.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    First,
    Still { failures: u64, seconds: u64 },
}

impl Outage {
    /// Creates the tracker. `what` is the subject of the lines, such as "storing messages".
    pub const fn new(what: &'static str) -> Self {
        Self { what, is_on: AtomicBool::new(false), state: Mutex::new(None) }
    }

    /// Counts a failure, and logs it if it is the first, or the last line about it is old enough.
    pub fn failed(&self, error: &dyn Display) {
        match self.count(Instant::now()) {
            Some(Line::First) => tracing::error!(%error, "{} fails", self.what),
            Some(Line::Still { failures, seconds }) => {
                tracing::error!(%error, failures, seconds, "{} still fails", self.what);
            }
            None => {}
        }
    }

    /// Logs the end of an outage, once.
    pub fn worked(&self) {
        if !self.is_on.load(Ordering::Relaxed) {
            return;
        }
        if let Some((failures, seconds)) = self.end(Instant::now()) {
            tracing::info!(failures, seconds, "{} works again", self.what);
        }
    }

    fn count(&self, now: Instant) -> Option<Line> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_on.store(true, Ordering::Relaxed);
        let Some(state) = &mut *state else {
            *state = Some(State { began_at: now, last_at: now, logged_at: now, failures: 1 });
            return Some(Line::First);
        };
        state.failures += 1;
        state.last_at = now;
        if now.saturating_duration_since(state.logged_at) < LOG_INTERVAL {
            return None;
        }
        state.logged_at = now;
        Some(Line::Still { failures: state.failures, seconds: now.saturating_duration_since(state.began_at).as_secs() })
    }

    fn end(&self, now: Instant) -> Option<(u64, u64)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(state.as_ref()?.last_at) < RECOVERY_TIME {
            return None;
        }
        self.is_on.store(false, Ordering::Relaxed);
        state.take().map(|ended| (ended.failures, now.saturating_duration_since(ended.began_at).as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_seconds_of_failures_are_three_lines() {
        let outage = Outage::new("storing messages");
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(outage.end(at(0)), None, "nothing is wrong yet");
        let lines: Vec<Line> = (0..2_500).filter_map(|n| outage.count(at(n * 8))).collect();
        assert_eq!(lines, [Line::First, Line::Still { failures: 1_251, seconds: 10 }]);
        assert_eq!(outage.end(at(20_000)), None, "one success among failures is no recovery");
        assert_eq!(outage.count(at(20_001)), Some(Line::Still { failures: 2_501, seconds: 20 }));
        assert_eq!(outage.end(at(22_001)), Some((2_501, 22)));
        assert_eq!(outage.end(at(30_000)), None, "said once");
        assert_eq!(outage.count(at(40_000)), Some(Line::First), "the next one is another");
    }
}
