//! The single writer of the log, with group commit: queued requests share a commit, and are answered after it.
//!
//! There is no timer: a batch is the first waiting request and all others that are queued by then (up to 256), so a
//! lone request costs one commit and sixty-four concurrent ones share it. Refused requests follow genuine ones, in
//! transactions of their own.

use super::refused::RefusedQueue;
use super::storage::Storage;
use crate::clock::Clock;
use crate::load::LoadGate;
use crate::store::Store;
use crate::store::log::{Bounds, NewMessage, NewRefusal, Recorded};
use domain::health::CannotStore;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

/// Maximum number of rows in a transaction: more would only delay the last of them.
const BATCH: usize = 256;

/// Maximum total size of queued bodies of genuine requests, in bytes. A single one always fits.
const WAITING_BYTES: usize = 32 << 20;

/// Minimum interval between batches of refused requests…
const REFUSED_EVERY: Duration = Duration::from_millis(100);
/// … and the maximum one, while genuine requests arrive without a pause.
const REFUSED_AT_LEAST_EVERY: Duration = Duration::from_secs(1);

struct Waiting {
    message: NewMessage,
    answer: oneshot::Sender<Recorded>,
}

/// A handle to the writer. Clones share it; when the last one is dropped, the writer drains its queue and ends.
#[derive(Clone, Debug)]
pub struct Writer {
    messages: mpsc::Sender<Waiting>,
    waiting_bytes: Arc<AtomicUsize>,
    refused: Arc<RefusedQueue>,
    committed: watch::Receiver<i64>,
    storage: watch::Receiver<Option<CannotStore>>,
    gate: LoadGate,
}

/// The reason why a genuine request is not stored: a failure on this side, which the sender should retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// The queue is full.
    #[error("too many requests are waiting to be stored")]
    QueueFull,
    /// The database reported an error.
    #[error("the database did not take it")]
    Failed,
}

impl Writer {
    /// Starts the writer on the current runtime. The handle ends when every [`Writer`] is dropped and the queue is
    /// drained.
    pub fn start(store: Store, queue_length: usize, bounds: Bounds) -> (Self, tokio::task::JoinHandle<()>) {
        Self::start_by(Clock::system(), store, queue_length, bounds)
    }

    /// Like [`Writer::start`], with a clock for the start time of outages.
    pub fn start_by(
        clock: Clock,
        store: Store,
        queue_length: usize,
        bounds: Bounds,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (messages, waiting_messages) = mpsc::channel(queue_length.max(1));
        let (announce, committed) = watch::channel(0);
        let (storage, gate) = (Storage::new(clock), LoadGate::default());
        let writer = Self {
            messages,
            waiting_bytes: Arc::default(),
            refused: Arc::default(),
            committed,
            storage: storage.state(),
            gate: gate.clone(),
        };
        let store_blocks = store.append_blocks();
        let task = Task {
            store,
            bounds,
            waiting_messages,
            waiting_bytes: Arc::clone(&writer.waiting_bytes),
            refused: Arc::clone(&writer.refused),
            refused_at: Instant::now(),
            refused_failed: false,
            announce,
            storage,
            gate,
        };
        let running = if store_blocks {
            // A blocking thread of its own, so that neither delays the other: requests and the next batch.
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(task.run()))
        } else {
            tokio::spawn(task.run())
        };
        (writer, running)
    }

    /// Stores a message; returns after the commit that contains it.
    pub async fn store(&self, message: NewMessage) -> Result<Recorded, NotStored> {
        let (answer, answered) = oneshot::channel();
        let length = message.body.len();
        // No backpressure by waiting: the sender's retries are a better queue than this process's memory.
        let before = self.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        let has_room = before == 0 || before.saturating_add(length) <= WAITING_BYTES;
        if !has_room || self.messages.try_send(Waiting { message, answer }).is_err() {
            self.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
            return Err(NotStored::QueueFull);
        }
        answered.await.map_err(|_| NotStored::Failed)
    }

    /// Counts a refused request, and queues it for quarantine. At the limit the one of the lowest plausibility is dropped,
    /// which the quarantine would not keep either.
    pub fn keep_refused(&self, refusal: NewRefusal) {
        self.refused.push(refusal);
    }

    /// Counts a request to an unknown endpoint.
    pub fn count_wrong_address(&self, at: Timestamp, path: String) {
        self.refused.push_wrong_address(at, path);
    }

    /// Watches the number of the last commit on this instance, which changes with every commit.
    pub fn committed(&self) -> watch::Receiver<i64> {
        self.committed.clone()
    }

    /// Watches the storage state: since when nothing can be stored, and why; `None` while all is well.
    pub fn storage(&self) -> watch::Receiver<Option<CannotStore>> {
        self.storage.clone()
    }

    /// Returns the gate that counts the requests of this instance.
    pub fn gate(&self) -> LoadGate {
        self.gate.clone()
    }

    /// Returns whether the writer runs and has room in its queue, for `/readyz`.
    pub fn is_ready(&self) -> bool {
        !self.messages.is_closed() && self.messages.capacity() > 0
    }
}

struct Task {
    store: Store,
    bounds: Bounds,
    waiting_messages: mpsc::Receiver<Waiting>,
    waiting_bytes: Arc<AtomicUsize>,
    refused: Arc<RefusedQueue>,
    /// The earliest time to write refused requests.
    refused_at: Instant,
    /// Whether the last write of refused requests failed.
    refused_failed: bool,
    announce: watch::Sender<i64>,
    storage: Storage,
    gate: LoadGate,
}

enum Turn {
    Messages,
    Refused,
    Try,
    End,
}

impl Task {
    async fn run(mut self) {
        let mut waiting = Vec::with_capacity(BATCH);
        let mut interval = self.gate.begin();
        loop {
            let (refused, refused_at) = (&self.refused, self.refused_at);
            let try_at = self.storage.try_at();
            let turn = tokio::select! {
                biased;
                taken = self.waiting_messages.recv_many(&mut waiting, BATCH) => {
                    if taken == 0 { Turn::End } else { Turn::Messages }
                }
                () = async {
                    refused.filled().await;
                    tokio::time::sleep_until(refused_at).await;
                } => Turn::Refused,
                () = tokio::time::sleep_until(try_at.unwrap_or(refused_at)), if try_at.is_some() => Turn::Try,
            };
            match turn {
                Turn::Messages => {
                    self.gate.count(waiting.len(), &mut interval);
                    self.store_messages(&mut waiting).await;
                    if self.refused_at + REFUSED_AT_LEAST_EVERY <= Instant::now() && !self.refused.is_empty() {
                        self.store_refused().await;
                    }
                }
                Turn::Refused => {
                    self.store_refused().await;
                }
                Turn::Try => match self.store.probe_log().await {
                    Ok(()) => self.storage.succeeded(),
                    Err(error) => self.storage.failed(&error),
                },
                Turn::End => {
                    while !self.refused.is_empty() && self.store_refused().await {}
                    return;
                }
            }
        }
    }

    async fn store_messages(&mut self, waiting: &mut Vec<Waiting>) {
        let (messages, answers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|one| (one.message, one.answer)).unzip();
        let outcome = self.store.append(&messages, &[], self.bounds).await;
        let length = messages.iter().map(|message| message.body.len()).sum();
        self.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
        match outcome {
            Ok(appended) => {
                // Set before the responses, so that a client that was answered reads the same state.
                self.storage.succeeded();
                // A caller that is gone is no loss: the row is stored, and the sender's retry will be a repeat.
                for (answer, recorded) in answers.into_iter().zip(appended.recorded) {
                    let _ = answer.send(recorded);
                }
                self.announce.send_replace(appended.last_seq);
            }
            // Dropping the channels after this tells every waiting request that it failed.
            Err(error) => {
                self.storage.failed(&error);
                drop(answers);
            }
        }
    }

    /// Writes one batch of refused requests; returns whether that succeeded.
    async fn store_refused(&mut self) -> bool {
        let batch = self.refused.take();
        let outcome = self.store.set_aside(&batch, self.bounds).await;
        self.refused_at = Instant::now() + REFUSED_EVERY;
        match outcome {
            Ok(last_seq) => {
                if !batch.kept.is_empty() {
                    self.announce.send_replace(last_seq);
                }
                self.refused_failed = false;
                self.storage.succeeded();
                true
            }
            // If the log is writable, one of these requests causes the failure: the batch is dropped, as it would fail
            // for ever.
            Err(error) if self.refused_failed && self.store.probe_log().await.is_ok() => {
                tracing::warn!(%error, refused = batch.kept.len(), "refused requests could not be kept, and are let go");
                self.refused_failed = false;
                true
            }
            Err(error) => {
                self.refused.put_back(batch);
                self.refused_failed = true;
                if self.store.probe_log().await.is_err() {
                    self.storage.failed(&error);
                    // Recovery is tested with a smaller write first.
                    self.refused_at = self.storage.try_at().unwrap_or(self.refused_at) + REFUSED_EVERY;
                }
                false
            }
        }
    }
}

/// Interval of SQLite's checkpoints: long enough to be cheap, short enough to keep the write-ahead log small.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);

/// Number of intervals without a commit after which the write-ahead log is truncated: five seconds.
const IDLE_LOOKS: u32 = 10;

/// Checkpoints SQLite's write-ahead log, beside the writer, until the task is aborted.
pub async fn keep_log_short(store: Store) {
    let mut beat = tokio::time::interval(CHECKPOINT_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut last_pages, mut looks) = (0, 0);
    loop {
        beat.tick().await;
        let shortened = match store.checkpoint().await {
            Ok(pages) => {
                looks = if pages > 0 && pages == last_pages { looks + 1 } else { 0 };
                last_pages = pages;
                if looks == IDLE_LOOKS { store.empty_write_ahead_logs().await } else { Ok(()) }
            }
            Err(error) => Err(error),
        };
        if looks == IDLE_LOOKS {
            looks = 0;
        }
        if let Err(error) = shortened {
            tracing::debug!(%error, "the write-ahead log was not moved this time");
        }
    }
}

#[cfg(test)]
mod tests;
