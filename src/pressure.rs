//! The current rate of incoming requests, measured by the log's writer. Background work checks it and pauses in a
//! burst.
//!
//! A thousand a second is nothing to hold back for: lists are kept within a second of it. But a sender that waits for
//! each answer before it sends on is slowed by whoever works beside it, and then looks like an everyday stream. So whoever
//! works also rests now and then, and sees how fast they come when nobody slows them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More than this a second are a burst.
const BURST_RATE: f64 = 1_200.0;

/// Arrivals are counted over stretches of this length at least: a commit that waits for the disk, and what gathers
/// meanwhile, does not look like a burst.
const STRETCH: Duration = Duration::from_millis(500);

/// A burst counts as going on for this long after it was last seen: while it lasts, the next one is recognised sooner.
const BURST: Duration = Duration::from_millis(600);

/// What is known of the stream of requests; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Pressure {
    rows: Arc<AtomicU64>,
    last_burst: Arc<Mutex<Option<Instant>>>,
}

/// The start of a stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    at: Instant,
    rows: u64,
}

impl Pressure {
    /// So many rows came; they are counted from `since`, which begins anew after each stretch.
    pub(crate) fn came(&self, rows: usize, since: &mut Since) {
        let more = u64::try_from(rows).unwrap_or(u64::MAX);
        let all = self.rows.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        // A whole stretch's rows, however soon they came.
        if rate(all.saturating_sub(since.rows), since.at.elapsed().max(STRETCH)) >= BURST_RATE {
            self.burst();
        }
        if since.at.elapsed() >= STRETCH {
            *since = self.begin();
        }
    }

    /// Begins a stretch.
    pub fn begin(&self) -> Since {
        Since { at: Instant::now(), rows: self.rows.load(Ordering::Relaxed) }
    }

    /// How many a second came since then.
    pub fn rate(&self, since: Since) -> f64 {
        rate(self.rows.load(Ordering::Relaxed).saturating_sub(since.rows), since.at.elapsed())
    }

    /// Whether requests arrive in a burst right now.
    pub fn is_burst(&self) -> bool {
        let last = *self.last_burst.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < BURST)
    }

    pub(crate) fn burst(&self) {
        *self.last_burst.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// Whether requests come faster than every day while nobody works beside them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Haste {
    /// How many rests in a row they did.
    times: u8,
}

impl Haste {
    /// So many a second are more than a stream of a thousand that is not quite even.
    const RATE: f64 = 1_150.0;
    /// Once may be chance.
    const ENOUGH: u8 = 2;

    /// How many a second came in a rest, once what had been held up was through.
    pub fn saw(&mut self, rate: f64) {
        self.times = if rate >= Self::RATE { self.times.saturating_add(1) } else { 0 };
    }

    /// Whether whoever works should let them pass.
    pub fn is_on(&self) -> bool {
        self.times >= Self::ENOUGH
    }
}

/// Rows a second.
fn rate(rows: u64, over: Duration) -> f64 {
    // No stretch holds more than a float counts exactly.
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
