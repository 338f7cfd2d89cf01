//! The current rate of incoming requests, measured by the log's writer. Background work checks it and pauses in a
//! burst.
//!
//! At a thousand requests a second no pause is needed: lists stay within a second. But a sender that waits for each
//! response is slowed by concurrent work, so that a burst looks like ordinary traffic. Background work therefore rests
//! at intervals, and measures the rate without its own influence.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Rows per second above which requests count as a burst.
const BURST_RATE: f64 = 1_200.0;

/// Minimum length of the interval over which the rate is measured, so that the requests that queue up behind one slow
/// commit do not look like a burst.
const STRETCH: Duration = Duration::from_millis(500);

/// Time for which a burst is assumed to last after it was last observed. The next one is recognised sooner in it.
const BURST: Duration = Duration::from_millis(600);

/// The measured rate of requests; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Pressure {
    rows: Arc<AtomicU64>,
    last_burst: Arc<Mutex<Option<Instant>>>,
}

/// The start of a measurement interval.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    at: Instant,
    rows: u64,
}

impl Pressure {
    /// Counts rows since `since`, which is reset after each interval.
    pub(crate) fn came(&self, rows: usize, since: &mut Since) {
        let more = u64::try_from(rows).unwrap_or(u64::MAX);
        let all = self.rows.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        // The rate of a full interval, even if it was shorter.
        if rate(all.saturating_sub(since.rows), since.at.elapsed().max(STRETCH)) >= BURST_RATE {
            self.burst();
        }
        if since.at.elapsed() >= STRETCH {
            *since = self.begin();
        }
    }

    /// Starts a measurement interval.
    pub fn begin(&self) -> Since {
        Since { at: Instant::now(), rows: self.rows.load(Ordering::Relaxed) }
    }

    /// Returns the rows per second since then.
    pub fn rate(&self, since: Since) -> f64 {
        rate(self.rows.load(Ordering::Relaxed).saturating_sub(since.rows), since.at.elapsed())
    }

    /// Returns whether there is a burst at the moment.
    pub fn is_burst(&self) -> bool {
        let last = *self.last_burst.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < BURST)
    }

    pub(crate) fn burst(&self) {
        *self.last_burst.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// Detection of senders that are held back by background work: their rate rises while that work pauses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Haste {
    /// Number of consecutive pauses with a high rate.
    times: u8,
}

impl Haste {
    /// Rows per second above the variation of an even stream of a thousand.
    const RATE: f64 = 1_150.0;
    /// Pauses needed: a single one may be chance.
    const ENOUGH: u8 = 2;

    /// Records the rate in a pause, measured after the backlog was processed.
    pub fn saw(&mut self, rate: f64) {
        self.times = if rate >= Self::RATE { self.times.saturating_add(1) } else { 0 };
    }

    /// Returns whether background work should wait.
    pub fn is_on(&self) -> bool {
        self.times >= Self::ENOUGH
    }
}

/// Returns rows per second.
fn rate(rows: u64, over: Duration) -> f64 {
    // No interval has more rows than a float represents exactly.
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / over.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_that_is_full_at_once_is_a_burst_and_one_row_is_none() {
        let pressure = Pressure::default();
        let mut since = pressure.begin();
        pressure.came(1, &mut since);
        assert!(!pressure.is_burst());
        pressure.came(599, &mut since);
        assert!(pressure.is_burst());
    }

    #[test]
    fn haste_is_seen_twice_in_a_row() {
        let mut haste = Haste::default();
        for rate in [1_300.0, 1_000.0, 1_300.0] {
            haste.saw(rate);
            assert!(!haste.is_on(), "once may be chance");
        }
        haste.saw(1_200.0);
        assert!(haste.is_on());
        haste.saw(1_100.0);
        assert!(!haste.is_on());
    }

    #[test]
    fn a_rate_is_of_the_time_since() {
        let pressure = Pressure::default();
        let ago = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        pressure.came(500, &mut pressure.begin());
        assert!(pressure.rate(Since { at: ago, rows: 0 }) <= 50.0);
        assert!(pressure.rate(Since { at: ago, rows: 100 }) <= 40.0);
    }
}
