//! The queue of refused requests that wait to be written: bounded in bytes, counted whether kept or not, and drained in
//! small batches, so that writing them hardly delays genuine requests.

use crate::store::log::{MAX_PLAUSIBILITY, NewRefusal, RefusedBatch, minute};
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Maximum total size of queued requests, in bytes.
const WAITING_BYTES: usize = 2 << 20;

/// Maximum size of one transaction, in bytes and in requests.
const BATCH_BYTES: usize = 256 << 10;
const BATCH: usize = 256;

/// Overhead counted per request besides body and headers, in bytes, which bounds the number of empty ones.
const EACH: usize = 512;

/// The queue of refused requests.
#[derive(Debug, Default)]
pub struct RefusedQueue {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Requests by plausibility; at the limit the lowest plausibility, least like a genuine request, is dropped first.
    by_plausibility: [VecDeque<NewRefusal>; MAX_PLAUSIBILITY + 1],
    bytes: usize,
    /// Counts that are not written yet; its `kept` is empty.
    counted: RefusedBatch,
    /// The minute of the last log line for each endpoint and code.
    said: BTreeMap<(String, &'static str), i64>,
}

impl Waiting {
    /// Logs a refusal, at most once a minute for each endpoint and code, so that a flood does not fill the log.
    fn say(&mut self, refusal: &NewRefusal) {
        let now = minute(refusal.received_at);
        let said = self.said.insert((refusal.endpoint.clone(), refusal.code), now);
        if said != Some(now) {
            let (endpoint, code) = (&refusal.endpoint, refusal.code);
            tracing::info!(endpoint, code, "a request was refused; others of this minute and kind are only counted");
        }
    }

    fn push(&mut self, refusal: NewRefusal) {
        self.bytes += cost(&refusal);
        self.by_plausibility[refusal.plausibility().min(MAX_PLAUSIBILITY)].push_back(refusal);
        while self.bytes > WAITING_BYTES {
            let Some(oldest) = self.by_plausibility.iter_mut().find_map(VecDeque::pop_front) else { return };
            self.bytes -= cost(&oldest);
        }
    }
}

fn cost(refusal: &NewRefusal) -> usize {
    refusal.size() + refusal.reason.len() + EACH
}

impl RefusedQueue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a refused request and queues it; at the limit the one of the lowest plausibility is dropped.
    pub fn push(&self, refusal: NewRefusal) {
        let mut waiting = self.lock();
        waiting.say(&refusal);
        waiting.counted.count(&refusal);
        waiting.push(refusal);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Counts a request to an unknown endpoint.
    pub fn push_wrong_address(&self, at: Timestamp, path: String) {
        self.lock().counted.count_wrong_address(at, path);
        self.filled.notify_one();
    }

    /// Returns whether nothing is queued or counted.
    pub fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.counted.is_empty() && waiting.bytes == 0
    }

    /// Waits until there is something to write.
    pub async fn filled(&self) {
        while self.is_empty() {
            self.filled.notified().await;
        }
    }

    /// Takes the next batch: all counts, and the requests of the highest plausibility, oldest first.
    pub fn take(&self) -> RefusedBatch {
        let mut waiting = self.lock();
        let mut batch = std::mem::take(&mut waiting.counted);
        let mut bytes = 0;
        for plausibility in (0..=MAX_PLAUSIBILITY).rev() {
            while bytes < BATCH_BYTES
                && batch.kept.len() < BATCH
                && let Some(refusal) = waiting.by_plausibility[plausibility].pop_front()
            {
                bytes += cost(&refusal);
                batch.kept.push(refusal);
            }
        }
        waiting.bytes -= bytes;
        // In the order of arrival within a transaction.
        batch.kept.sort_by_key(|refusal| refusal.received_at);
        batch
    }

    /// Returns a batch that could not be written to the queue, which may exceed `WAITING_BYTES` for a while.
    pub fn put_back(&self, mut batch: RefusedBatch) {
        let mut waiting = self.lock();
        for refusal in std::mem::take(&mut batch.kept).into_iter().rev() {
            waiting.bytes += cost(&refusal);
            waiting.by_plausibility[refusal.plausibility().min(MAX_PLAUSIBILITY)].push_front(refusal);
        }
        waiting.counted.add_counts_before(batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::history::refused;

    fn long(id: &str, code: &'static str) -> NewRefusal {
        NewRefusal { body: vec![b'x'; 65_536].into(), ..refused(id, 1, code, "Why.") }
    }

    fn taken(queue: &RefusedQueue) -> (usize, i64) {
        let (mut kept, mut counted) = (0, 0);
        while !queue.is_empty() {
            let batch = queue.take();
            assert!(batch.kept.iter().map(cost).sum::<usize>() < BATCH_BYTES + 70_000);
            kept += batch.kept.len();
            counted += batch.counts.values().sum::<i64>();
        }
        (kept, counted)
    }

    #[test]
    fn what_waits_is_bounded_in_bytes_and_all_of_it_is_counted() {
        let queue = RefusedQueue::default();
        for n in 0..1_000 {
            queue.push(long(&format!("msg_{n}"), "bad_signature"));
            assert!(queue.lock().bytes <= WAITING_BYTES);
        }
        let (kept, counted) = taken(&queue);
        assert!((25..32).contains(&kept), "{kept}");
        assert_eq!(counted, 1_000);
        assert_eq!(queue.lock().bytes, 0);
    }

    #[test]
    fn noise_pushes_out_noise_and_not_what_looks_genuine() {
        let queue = RefusedQueue::default();
        queue.push(long("msg_genuine", "bad_signature"));
        for n in 0..20_000 {
            queue.push(refused(&format!("msg_{n}"), 1, "missing_header", "Why."));
        }
        let first = queue.take();
        assert!(first.kept.iter().any(|refusal| refusal.message_id.as_deref() == Some("msg_genuine")));
        assert!(first.kept.len() <= BATCH);
    }

    #[test]
    fn what_could_not_be_written_waits_again() {
        let queue = RefusedQueue::default();
        queue.push(refused("msg_1", 1, "stale", "Why."));
        queue.push_wrong_address("2026-03-01T10:00:00Z".parse().unwrap(), "/webhook/a".to_owned());
        let batch = queue.take();
        assert!(queue.is_empty());
        queue.push(refused("msg_2", 1, "stale", "Why."));
        queue.put_back(batch);
        let batch = queue.take();
        assert_eq!((batch.kept.len(), batch.counts.values().sum::<i64>(), batch.wrong_addresses.len()), (2, 2, 1));
    }
}
