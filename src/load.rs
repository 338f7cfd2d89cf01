//! The gate that the projector passes before each batch: closed while requests arrive so fast that it would slow them.
//!
//! The rule: the gate is closed while the log's writer counts 1,200 requests a second or more over half a second, or
//! 1,150 or more in two pauses of the projector in a row. An open gate lets whole batches through, a closed one a small
//! batch a second.
//!
//! At a thousand requests a second no waiting is needed: lists stay within a second. But a sender that waits for each
//! response is slowed by concurrent work, so that a burst looks like ordinary traffic. The projector therefore pauses at
//! intervals, and the rate is measured without its influence.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Requests per second, counted by the writer, from which on they are a burst.
const BURST_RATE: f64 = 1_200.0;
/// Minimum length of the interval over which the writer counts, so that the requests that queue up behind one slow
/// commit do not look like a burst.
const INTERVAL: Duration = Duration::from_millis(500);
/// Time for which a burst is assumed to last after it was last observed. The next one is recognised sooner in it.
const BURST: Duration = Duration::from_millis(600);
/// Requests per second in a pause above the variation of an even stream of a thousand.
const PAUSE_RATE: f64 = 1_150.0;
/// Pauses in a row with that rate: a single one may be chance.
const FAST_PAUSES: u8 = 2;
/// Maximum number of messages in a batch through the closed gate, so that processor and disk are soon free again.
const SMALL_BATCH: usize = 128;
/// Maximum wait at the closed gate. Bursts are exceptional, and lists may wait for their end.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Interval at which a waiter looks whether the gate is open.
const CHECK_INTERVAL: Duration = Duration::from_millis(25);

/// The gate between the log's writer, which counts requests, and the projector; clones share it.
#[derive(Clone, Debug, Default)]
pub struct LoadGate(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    last_burst: Mutex<Option<Instant>>,
    fast_pauses: AtomicU8,
}

/// The start of an interval over which requests are counted.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    at: Instant,
    requests: u64,
}

impl LoadGate {
    /// Counts requests in an interval, which is begun anew when it is long enough.
    pub(crate) fn count(&self, requests: usize, interval: &mut Interval) {
        let more = u64::try_from(requests).unwrap_or(u64::MAX);
        let all = self.0.requests.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        // The rate of a full interval, even if it was shorter.
        if rate(all.saturating_sub(interval.requests), interval.at.elapsed().max(INTERVAL)) >= BURST_RATE {
            self.burst();
        }
        if interval.at.elapsed() >= INTERVAL {
            *interval = self.begin();
        }
    }

    /// Begins an interval.
    pub fn begin(&self) -> Interval {
        Interval { at: Instant::now(), requests: self.0.requests.load(Ordering::Relaxed) }
    }

    /// Ends an interval in which the projector paused, with its backlog processed.
    pub(crate) fn end_pause(&self, pause: Interval) {
        self.paused_at(self.rate(pause));
    }

    /// Forgets the pauses: there is no work whose influence they could show.
    pub(crate) fn forget_pauses(&self) {
        self.0.fast_pauses.store(0, Ordering::Relaxed);
    }

    /// Returns whether background work should wait.
    pub fn is_closed(&self) -> bool {
        let last = *self.0.last_burst.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|at| at.elapsed() < BURST) || self.0.fast_pauses.load(Ordering::Relaxed) >= FAST_PAUSES
    }

    /// Returns the maximum number of messages in the next batch.
    pub(crate) fn batch(&self, full: usize) -> usize {
        if self.is_closed() { full.min(SMALL_BATCH) } else { full }
    }

    /// Waits until the gate is open, for a second at most.
    pub(crate) async fn wait(&self, shutdown: &CancellationToken) {
        let mut waited = Duration::ZERO;
        while self.is_closed() && waited < MAX_WAIT && !shutdown.is_cancelled() {
            sleep(CHECK_INTERVAL).await;
            waited += CHECK_INTERVAL;
        }
    }

    pub(crate) fn burst(&self) {
        *self.0.last_burst.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn paused_at(&self, rate: f64) {
        let before = self.0.fast_pauses.load(Ordering::Relaxed);
        self.0.fast_pauses.store(if rate >= PAUSE_RATE { before.saturating_add(1) } else { 0 }, Ordering::Relaxed);
    }

    /// Returns the requests per second since the beginning of an interval.
    fn rate(&self, since: Interval) -> f64 {
        rate(self.0.requests.load(Ordering::Relaxed).saturating_sub(since.requests), since.at.elapsed())
    }
}

/// Returns requests per second.
fn rate(requests: u64, over: Duration) -> f64 {
    // No interval has more requests than a float represents exactly.
    f64::from(u32::try_from(requests).unwrap_or(u32::MAX)) / over.as_secs_f64().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_is_full_at_once_is_a_burst_and_one_request_is_none() {
        let gate = LoadGate::default();
        let mut interval = gate.begin();
        gate.count(1, &mut interval);
        assert!(!gate.is_closed());
        gate.count(599, &mut interval);
        assert!(gate.is_closed());
    }

    #[test]
    fn two_fast_pauses_in_a_row_close_the_gate() {
        let gate = LoadGate::default();
        for rate in [1_300.0, 1_000.0, 1_300.0] {
            gate.paused_at(rate);
            assert!(!gate.is_closed(), "once may be chance");
        }
        gate.paused_at(1_200.0);
        assert!(gate.is_closed());
        assert_eq!((gate.batch(512), gate.batch(5)), (SMALL_BATCH, 5));
        gate.paused_at(1_100.0);
        assert!(!gate.is_closed());
        assert_eq!(gate.batch(512), 512);
    }

    #[test]
    fn a_rate_is_of_the_time_since() {
        let gate = LoadGate::default();
        let ago = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
        gate.count(500, &mut gate.begin());
        assert!(gate.rate(Interval { at: ago, requests: 0 }) <= 50.0);
        assert!(gate.rate(Interval { at: ago, requests: 100 }) <= 40.0);
    }
}
