//! How hard do requests press right now? The writer of the log counts them; whoever works behind it asks before it goes
//! on, and lets a burst pass first.
//!
//! A thousand a second is nothing to hold back for: lists are kept within a second of it. But a sender that waits for
//! each answer before it sends on is slowed by whoever works beside it, and then looks like an everyday stream. So whoever
//! works also rests now and then, and sees whether they come faster while it does: a stream that nobody slows does not.

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

/// Whether requests come faster when nobody works beside them, as told by turns of work and rest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contrast {
    /// How many times in a row they did.
    times: u8,
}

impl Contrast {
    /// Fewer than so many a second are nobody's haste.
    const HASTE: f64 = 500.0;
    /// Once may be chance, as a sender that catches up.
    const ENOUGH: u8 = 2;

    /// How many a second came beside a turn of work, and how many in the rest after it.
    pub fn saw(&mut self, beside: f64, alone: f64) {
        // What is believed takes less to be believed on.
        let more = if self.is_hindering() { 1.15 } else { 1.3 };
        let is_faster = alone >= Self::HASTE && alone >= beside * more;
        self.times = if is_faster { self.times.saturating_add(1) } else { 0 };
    }

    /// Whether whoever works slows them.
    pub fn is_hindering(&self) -> bool {
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
    fn who_is_slowed_is_told_from_who_comes_at_a_pace_of_its_own() {
        let mut contrast = Contrast::default();
        contrast.saw(700.0, 1_100.0);
        assert!(!contrast.is_hindering(), "once may be chance");
        contrast.saw(700.0, 1_100.0);
        assert!(contrast.is_hindering());
        contrast.saw(900.0, 1_100.0);
        assert!(contrast.is_hindering());
        contrast.saw(1_000.0, 1_100.0);
        assert!(!contrast.is_hindering(), "no slower beside work than without");
        for _ in 0..9 {
            contrast.saw(950.0, 1_050.0);
            contrast.saw(10.0, 400.0);
        }
        assert!(!contrast.is_hindering(), "a stream at its own pace, and a few a second");
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
