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
use tokio_util::sync::CancellationToken;

/// Maximum number of rows in a transaction: more would only delay the last of them.
const BATCH: usize = 256;

/// Maximum total size of queued bodies of genuine requests, in bytes. A single one always fits.
const WAITING_BYTES: usize = 32 << 20;

/// Minimum interval between batches of refused requests…
const REFUSED_INTERVAL: Duration = Duration::from_millis(100);
/// … and the maximum one, while genuine requests arrive without a pause.
const MAX_REFUSED_INTERVAL: Duration = Duration::from_secs(1);

struct QueuedMessage {
    message: NewMessage,
    answer: oneshot::Sender<Recorded>,
}

/// A handle to the writer. Clones share it; when the last one is dropped, the writer drains its queue and ends.
#[derive(Clone, Debug)]
pub struct Writer {
    messages: mpsc::Sender<QueuedMessage>,
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
        Self::start_with_clock(Clock::system(), store, queue_length, bounds)
    }

    /// Like [`Writer::start`], with a clock for the start time of outages.
    pub fn start_with_clock(
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
        let refused = RefusedWriter {
            store: store.clone(),
            bounds,
            refused: Arc::clone(&writer.refused),
            at: Instant::now(),
            has_failed: false,
            announce: announce.clone(),
            storage: storage.clone(),
        };
        let waiting_bytes = Arc::clone(&writer.waiting_bytes);
        let mut task = Task { store, bounds, waiting_messages, waiting_bytes, refused: None, announce, storage, gate };
        let running = if store_blocks {
            task.refused = Some(refused);
            // A blocking thread of its own, so that neither delays the other: requests and the next batch.
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(task.run()))
        } else {
            // PostgreSQL writes both side by side, on two connections: a message never waits for a refused request.
            tokio::spawn(async move {
                let end = CancellationToken::new();
                let both = (refused.run(end.clone()), async {
                    task.run().await;
                    end.cancel();
                });
                tokio::join!(both.0, both.1);
            })
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
        if !has_room || self.messages.try_send(QueuedMessage { message, answer }).is_err() {
            self.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
            return Err(NotStored::QueueFull);
        }
        answered.await.map_err(|_| NotStored::Failed)
    }

    /// Counts a refused request, and queues it for quarantine. At the limit the one of the lowest plausibility is dropped,
    /// which the quarantine would not keep either.
    pub fn enqueue_refused(&self, refusal: NewRefusal) {
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
    waiting_messages: mpsc::Receiver<QueuedMessage>,
    waiting_bytes: Arc<AtomicUsize>,
    /// `None` where refused requests are written side by side with messages.
    refused: Option<RefusedWriter>,
    announce: watch::Sender<i64>,
    storage: Storage,
    gate: LoadGate,
}

enum NextWork {
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
            let refused = self.refused.as_ref();
            let try_at = self.storage.try_at();
            let next = tokio::select! {
                biased;
                taken = self.waiting_messages.recv_many(&mut waiting, BATCH) => {
                    if taken == 0 { NextWork::End } else { NextWork::Messages }
                }
                () = async {
                    match refused {
                        Some(refused) => refused.is_due().await,
                        None => std::future::pending().await,
                    }
                } => NextWork::Refused,
                () = tokio::time::sleep_until(try_at.unwrap_or_else(Instant::now)), if try_at.is_some() => NextWork::Try,
            };
            match next {
                NextWork::Messages => {
                    self.gate.count(waiting.len(), &mut interval);
                    self.store_messages(&mut waiting).await;
                    if let Some(refused) = &mut self.refused
                        && refused.at + MAX_REFUSED_INTERVAL <= Instant::now()
                        && !refused.refused.is_empty()
                    {
                        refused.write().await;
                    }
                }
                NextWork::Refused => {
                    if let Some(refused) = &mut self.refused {
                        refused.write().await;
                    }
                }
                NextWork::Try => match self.store.probe_log().await {
                    Ok(()) => self.storage.succeeded(),
                    Err(error) => self.storage.failed(&error),
                },
                NextWork::End => {
                    if let Some(refused) = &mut self.refused {
                        refused.write_rest().await;
                    }
                    return;
                }
            }
        }
    }

    async fn store_messages(&mut self, waiting: &mut Vec<QueuedMessage>) {
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
                announce(&self.announce, appended.last_seq);
            }
            // Dropping the channels after this tells every waiting request that it failed.
            Err(error) => {
                self.storage.failed(&error);
                drop(answers);
            }
        }
    }
}

/// Tells of a commit. Of two commits side by side the greater number stays.
fn announce(to: &watch::Sender<i64>, last_seq: i64) {
    to.send_modify(|known| *known = last_seq.max(*known));
}

/// Writes refused requests, a batch at a time.
struct RefusedWriter {
    store: Store,
    bounds: Bounds,
    refused: Arc<RefusedQueue>,
    /// The earliest time of the next batch.
    at: Instant,
    /// Whether the last batch failed.
    has_failed: bool,
    announce: watch::Sender<i64>,
    storage: Storage,
}

impl RefusedWriter {
    /// Returns when there is something to write, and time for it.
    async fn is_due(&self) {
        self.refused.filled().await;
        tokio::time::sleep_until(self.at).await;
    }

    /// Writes whatever comes until the end, and what is left then.
    async fn run(mut self, end: CancellationToken) {
        loop {
            tokio::select! {
                () = end.cancelled() => break,
                () = self.is_due() => {}
            }
            self.write().await;
        }
        self.write_rest().await;
    }

    async fn write_rest(&mut self) {
        while !self.refused.is_empty() && self.write().await {}
    }

    /// Writes one batch of refused requests; returns whether that succeeded.
    async fn write(&mut self) -> bool {
        let batch = self.refused.take();
        let outcome = self.store.set_aside(&batch, self.bounds).await;
        self.at = Instant::now() + REFUSED_INTERVAL;
        match outcome {
            Ok(last_seq) => {
                if !batch.kept.is_empty() {
                    announce(&self.announce, last_seq);
                }
                self.has_failed = false;
                self.storage.succeeded();
                true
            }
            // If the log is writable, one of these requests causes the failure: the batch is dropped, as it would fail
            // for ever.
            Err(error) if self.has_failed && self.store.probe_log().await.is_ok() => {
                tracing::warn!(%error, refused = batch.kept.len(), "refused requests could not be kept, and are let go");
                self.has_failed = false;
                true
            }
            Err(error) => {
                self.refused.put_back(batch);
                self.has_failed = true;
                if self.store.probe_log().await.is_err() {
                    self.storage.failed(&error);
                    // Recovery is tested with a smaller write first.
                    self.at = self.storage.try_at().unwrap_or(self.at) + REFUSED_INTERVAL;
                }
                false
            }
        }
    }
}

/// Interval of SQLite's checkpoints: long enough to be cheap, short enough to keep the write-ahead log small.
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(500);

/// Number of intervals without a commit after which the write-ahead log is truncated: five seconds.
const IDLE_INTERVALS: u32 = 10;

/// Checkpoints SQLite's write-ahead log, beside the writer, until the task is aborted.
pub async fn run_checkpoints(store: Store) {
    let mut beat = tokio::time::interval(CHECKPOINT_INTERVAL);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut last_pages, mut idle) = (0, 0);
    loop {
        beat.tick().await;
        let shortened = match store.checkpoint().await {
            Ok(pages) => {
                idle = if pages > 0 && pages == last_pages { idle + 1 } else { 0 };
                last_pages = pages;
                if idle == IDLE_INTERVALS { store.empty_write_ahead_logs().await } else { Ok(()) }
            }
            Err(error) => Err(error),
        };
        if idle == IDLE_INTERVALS {
            idle = 0;
        }
        if let Err(error) = shortened {
            tracing::debug!(%error, "the write-ahead log was not moved this time");
        }
    }
}

#[cfg(test)]
mod tests;
