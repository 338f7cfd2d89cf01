//! Log lines about something that keeps failing: some failures of each interval, a count of the others, and the recovery.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Number of failures that are logged within an interval; all others are only counted, as strangers can cause them.
const LINES: u64 = 5;
const INTERVAL: Duration = Duration::from_secs(10);

/// An outage ends with the first success this long after the last failure; before that, results may be mixed.
const RECOVERY_TIME: Duration = Duration::from_secs(2);

/// Failures of one kind of question to the database, which may share a cause.
#[derive(Debug, Default)]
pub struct Outage {
    /// Whether there is an outage: an atomic, as every success checks it.
    is_on: AtomicBool,
    state: Mutex<Option<State>>,
}

#[derive(Debug)]
struct State {
    began_at: Instant,
    last_at: Instant,
    interval_at: Instant,
    /// Failures in this interval.
    failures: u64,
    /// Failures since the last line.
    unlogged: u64,
}

impl Outage {
    /// Creates the tracker.
    pub const fn new() -> Self {
        Self { is_on: AtomicBool::new(false), state: Mutex::new(None) }
    }

    /// Counts a failure, and logs it unless enough were logged in this interval.
    pub fn failed(&self, question: &'static str, error: &dyn Display) {
        if let Some(unlogged) = self.count(Instant::now()) {
            tracing::error!(question, %error, unlogged, "a question was not answered");
        }
    }

    /// Logs the end of an outage, once.
    pub fn worked(&self) {
        if !self.is_on.load(Ordering::Relaxed) {
            return;
        }
        if let Some((unlogged, seconds)) = self.end(Instant::now()) {
            tracing::info!(unlogged, seconds, "questions are answered again");
        }
    }

    /// Returns the number of failures before this one that were not logged; `None` if this one is not to be either.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_on.store(true, Ordering::Relaxed);
        let state =
            state.get_or_insert(State { began_at: now, last_at: now, interval_at: now, failures: 0, unlogged: 0 });
        state.last_at = now;
        if now.saturating_duration_since(state.interval_at) >= INTERVAL {
            (state.interval_at, state.failures) = (now, 0);
        }
        state.failures += 1;
        if state.failures <= LINES {
            return Some(std::mem::take(&mut state.unlogged));
        }
        state.unlogged += 1;
        None
    }

    /// Returns the number of failures that were not logged since the last line, and the length of the outage in seconds,
    /// if it has just ended.
    fn end(&self, now: Instant) -> Option<(u64, u64)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(state.as_ref()?.last_at) < RECOVERY_TIME {
            return None;
        }
        self.is_on.store(false, Ordering::Relaxed);
        state.take().map(|ended| (ended.unlogged, now.saturating_duration_since(ended.began_at).as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_seconds_of_failures_are_ten_lines() {
        let outage = Outage::new();
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(outage.end(at(0)), None, "nothing is wrong yet");
        let lines: Vec<u64> = (0..2_500).filter_map(|n| outage.count(at(n * 8))).collect();
        assert_eq!(lines, [0, 0, 0, 0, 0, 1_245, 0, 0, 0, 0]);
        assert_eq!(outage.end(at(20_000)), None, "one success among failures is no recovery");
        assert_eq!(outage.count(at(20_001)), Some(1_245));
        assert_eq!(outage.end(at(22_001)), Some((0, 22)));
        assert_eq!(outage.end(at(30_000)), None, "said once");
        assert_eq!(outage.count(at(40_000)), Some(0), "the next one is another");
    }
}
