//! The single writer of the log, with group commit: queued requests share a commit, and are answered after it.
//!
//! There is no timer: a batch is the first waiting request and all others that are queued by then (up to 256), so a
//! lone request costs one commit and sixty-four concurrent ones share it. Refused requests follow genuine ones, in
//! transactions of their own.

use super::refused::RefusedQueue;
use super::storage::Storage;
use crate::clock::Clock;
use crate::pressure::Pressure;
use crate::store::Store;
use crate::store::log::{Bounds, NewMessage, NewRefusal, Recorded};
use app::view::overview::CannotStore;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

/// Most rows in one transaction: more would only make the last of them wait longer.
const BATCH: usize = 256;

/// How much genuine requests may take together while they wait, in bytes of their bodies. One may always wait.
const WAITING_BYTES: usize = 32 << 20;

/// Refused requests are written this seldom, however many there are…
const REFUSED_EVERY: Duration = Duration::from_millis(100);
/// … and this often even while genuine ones come without a pause.
const REFUSED_AT_LEAST_EVERY: Duration = Duration::from_secs(1);

struct Waiting {
    message: NewMessage,
    answer: oneshot::Sender<Recorded>,
}

/// Hands requests to the writer. Clones share it; when the last one is dropped, the writer empties its queue and ends.
#[derive(Clone, Debug)]
pub struct Writer {
    messages: mpsc::Sender<Waiting>,
    waiting_bytes: Arc<AtomicUsize>,
    refused: Arc<RefusedQueue>,
    committed: watch::Receiver<i64>,
    storage: watch::Receiver<Option<CannotStore>>,
    pressure: Pressure,
}

/// Why a genuine request is not stored: our own failure, which the sender should try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// More requests wait than the queue holds.
    #[error("too many requests are waiting to be stored")]
    QueueFull,
    /// The database did not take it.
    #[error("the database did not take it")]
    Failed,
}

impl Writer {
    /// Starts the writer on the current runtime. The handle ends when every [`Writer`] is dropped and all that waited
    /// is stored or failed.
    pub fn start(store: Store, queue_length: usize, bounds: Bounds) -> (Self, tokio::task::JoinHandle<()>) {
        Self::start_by(Clock::system(), store, queue_length, bounds)
    }

    /// The same; the clock says since when nothing can be stored.
    pub fn start_by(
        clock: Clock,
        store: Store,
        queue_length: usize,
        bounds: Bounds,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (messages, waiting_messages) = mpsc::channel(queue_length.max(1));
        let (announce, committed) = watch::channel(0);
        let (storage, pressure) = (Storage::new(clock), Pressure::default());
        let writer = Self {
            messages,
            waiting_bytes: Arc::default(),
            refused: Arc::default(),
            committed,
            storage: storage.state(),
            pressure: pressure.clone(),
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
            pressure,
        };
        let running = if store_blocks {
            // A thread of its own, which no request has to wait for, and which nothing else keeps from its next batch.
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(task.run()))
        } else {
            tokio::spawn(task.run())
        };
        (writer, running)
    }

    /// Returns after the commit that holds the message.
    pub async fn store(&self, message: NewMessage) -> Result<Recorded, NotStored> {
        let (answer, answered) = oneshot::channel();
        let length = message.body.len();
        // Never wait for room: the sender's retry is a better queue than our memory.
        let before = self.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        let has_room = before == 0 || before.saturating_add(length) <= WAITING_BYTES;
        if !has_room || self.messages.try_send(Waiting { message, answer }).is_err() {
            self.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
            return Err(NotStored::QueueFull);
        }
        answered.await.map_err(|_| NotStored::Failed)
    }

    /// Counts a refused request, and keeps it as soon as there is time. Where more wait than fit, what looks least like
    /// the sender's is let go: the quarantine would not keep it either.
    pub fn keep_refused(&self, refusal: NewRefusal) {
        self.refused.push(refusal);
    }

    /// Counts a request that came to no endpoint.
    pub fn count_wrong_address(&self, at: Timestamp, path: String) {
        self.refused.push_wrong_address(at, path);
    }

    /// The number of the last commit on this instance; changes with every commit.
    pub fn committed(&self) -> watch::Receiver<i64> {
        self.committed.clone()
    }

    /// Since when nothing can be stored, and why; `None` while all is well.
    pub fn storage(&self) -> watch::Receiver<Option<CannotStore>> {
        self.storage.clone()
    }

    /// How hard requests press on this instance.
    pub fn pressure(&self) -> Pressure {
        self.pressure.clone()
    }

    /// Whether the writer is alive and has room, for `/readyz`.
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
    /// When refused requests may be written next.
    refused_at: Instant,
    /// Whether the last attempt to write some of them failed.
    refused_failed: bool,
    announce: watch::Sender<i64>,
    storage: Storage,
    pressure: Pressure,
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
        let mut since = self.pressure.begin();
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
                    self.pressure.came(waiting.len(), &mut since);
                    self.store_messages(&mut waiting).await;
                    if self.refused_at + REFUSED_AT_LEAST_EVERY <= Instant::now() && !self.refused.is_empty() {
                        self.store_refused().await;
                    }
                }
                Turn::Refused => {
                    self.store_refused().await;
                }
                Turn::Try => match self.store.try_log().await {
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
                // Known before anybody is answered: who is told that it is stored, and asks, hears the same.
                self.storage.succeeded();
                // A caller who went away is no loss: the row is stored, and the sender's retry will be a repeat.
                for (answer, recorded) in answers.into_iter().zip(appended.recorded) {
                    let _ = answer.send(recorded);
                }
                self.announce.send_replace(appended.last_seq);
            }
            // Dropped after this, the answers tell every waiting request that it failed.
            Err(error) => {
                self.storage.failed(&error);
                drop(answers);
            }
        }
    }

    /// Writes some of what was refused; whether that went well.
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
            // One of these requests itself must not look like a failure of the store, nor come back for ever.
            Err(error) if self.refused_failed && self.store.try_log().await.is_ok() => {
                tracing::warn!(%error, refused = batch.kept.len(), "refused requests could not be kept, and are let go");
                self.refused_failed = false;
                true
            }
            Err(error) => {
                self.refused.put_back(batch);
                self.refused_failed = true;
                if self.store.try_log().await.is_err() {
                    self.storage.failed(&error);
                    // Whether anything can be stored again is found out by something smaller.
                    self.refused_at = self.storage.try_at().unwrap_or(self.refused_at) + REFUSED_EVERY;
                }
                false
            }
        }
    }
}

/// How often SQLite's write-ahead log is moved into the file: long enough to be cheap, short enough to stay small.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);

/// After so many looks without a commit the log's space is given back: five seconds.
const IDLE_LOOKS: u32 = 10;

/// Keeps SQLite's write-ahead log short, beside the writer, until the task is aborted.
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
