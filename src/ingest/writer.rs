//! One writer, group commit: whatever waits is committed together, and only then answered.
//!
//! There is no timer: the first waiting request is taken, then all others that wait already (up to 256), so a lone
//! request costs one commit and sixty-four concurrent ones share it.

use crate::pressure::Pressure;
use crate::store::Store;
use crate::store::log::{Bounds, NewMessage, NewRefusal, Recorded};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Most rows in one transaction: more would only make the last of them wait longer.
const BATCH: usize = 256;

/// Refused requests wait in a queue of their own, so that a flood of them never keeps a genuine one out.
const REFUSALS_WAITING: usize = 1_024;

struct Waiting {
    message: NewMessage,
    answer: oneshot::Sender<Recorded>,
}

/// Hands requests to the writer. Clones share it; when the last one is dropped, the writer empties its queue and ends.
#[derive(Clone, Debug)]
pub struct Writer {
    messages: mpsc::Sender<Waiting>,
    refusals: mpsc::Sender<NewRefusal>,
    committed: watch::Receiver<i64>,
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
        let (messages, waiting_messages) = mpsc::channel(queue_length.max(1));
        let (refusals, waiting_refusals) = mpsc::channel(REFUSALS_WAITING);
        let (announce, committed) = watch::channel(0);
        let pressure = Pressure::default();
        let store_blocks = store.append_blocks();
        let task = Task { store, bounds, waiting_messages, waiting_refusals, announce, pressure: pressure.clone() };
        let running = if store_blocks {
            // A thread of its own, which no request has to wait for, and which nothing else keeps from its next batch.
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(task.run()))
        } else {
            tokio::spawn(task.run())
        };
        (Self { messages, refusals, committed, pressure }, running)
    }

    /// Returns after the commit that holds the message.
    pub async fn store(&self, message: NewMessage) -> Result<Recorded, NotStored> {
        let (answer, answered) = oneshot::channel();
        // Never wait for room: the sender's retry is a better queue than our memory.
        self.messages.try_send(Waiting { message, answer }).map_err(|_| NotStored::QueueFull)?;
        answered.await.map_err(|_| NotStored::Failed)
    }

    /// Keeps a refused request as soon as there is time. When more are waiting than fit, it is let go: the quarantine
    /// keeps only the newest anyway.
    pub fn keep_refused(&self, refusal: NewRefusal) {
        if self.refusals.try_send(refusal).is_err() {
            tracing::debug!("a refused request was let go: too many of them at once");
        }
    }

    /// The number of the last commit on this instance; changes with every commit.
    pub fn committed(&self) -> watch::Receiver<i64> {
        self.committed.clone()
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
    waiting_refusals: mpsc::Receiver<NewRefusal>,
    announce: watch::Sender<i64>,
    pressure: Pressure,
}

impl Task {
    async fn run(mut self) {
        let mut waiting = Vec::with_capacity(BATCH);
        let mut refusals = Vec::new();
        let mut since = self.pressure.begin();
        loop {
            let ended = tokio::select! {
                biased;
                taken = self.waiting_messages.recv_many(&mut waiting, BATCH) => taken == 0,
                taken = self.waiting_refusals.recv_many(&mut refusals, BATCH) => taken == 0,
            };
            while refusals.len() < BATCH
                && let Ok(refusal) = self.waiting_refusals.try_recv()
            {
                refusals.push(refusal);
            }
            if ended && waiting.is_empty() && refusals.is_empty() {
                return;
            }
            self.pressure.came(waiting.len(), &mut since);
            let (messages, answers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|one| (one.message, one.answer)).unzip();
            self.commit(&messages, answers, &refusals).await;
            refusals.clear();
        }
    }

    async fn commit(&self, messages: &[NewMessage], answers: Vec<oneshot::Sender<Recorded>>, refusals: &[NewRefusal]) {
        match self.store.append(messages, refusals, self.bounds).await {
            Ok(appended) => {
                // A caller who went away is no loss: the row is stored, and the sender's retry will be a repeat.
                for (answer, recorded) in answers.into_iter().zip(appended.recorded) {
                    let _ = answer.send(recorded);
                }
                self.announce.send_replace(appended.last_seq);
            }
            Err(error) => {
                // Dropping the answers tells every waiting request that it failed.
                tracing::error!(%error, messages = messages.len(), refusals = refusals.len(), "a batch was not stored");
            }
        }
    }
}

/// How often SQLite's write-ahead log is moved into the file: long enough to be cheap, short enough to stay small.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);

/// Keeps SQLite's write-ahead log short, beside the writer, until the task is aborted.
pub async fn keep_log_short(store: Store) {
    let mut beat = tokio::time::interval(CHECKPOINT_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if let Err(error) = store.checkpoint().await {
            tracing::debug!(%error, "the write-ahead log was not moved this time");
        }
    }
}
