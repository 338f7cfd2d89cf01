//! The send queue: new messages in order, failed ones again after their wait, never faster than the given rate.

use super::traffic::Outgoing;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Number of failed messages waiting for a retry above which no new ones are taken.
const MAX_WAITING: usize = 10_000;

/// A message and the number of its next attempt, from 1.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) outgoing: Outgoing,
    pub(super) attempt: usize,
}

/// The next action of a connection.
pub(super) enum NextAction {
    /// Send this, but not before the given time.
    Send(Attempt, Instant),
    /// Ask again at this time, or when notified.
    WaitUntil(Instant),
    /// Ask again when notified.
    Wait,
    /// Nothing is left.
    Done,
}

/// The send queue, shared by all connections.
pub(super) struct SendQueue<I> {
    state: Mutex<State<I>>,
    /// Notified when there may be a new action.
    pub(super) changed: Notify,
    interval: Duration,
    max_waiting: usize,
}

struct State<I> {
    fresh: I,
    fresh_ended: bool,
    waiting: BTreeMap<(Instant, u64), Attempt>,
    counted: u64,
    in_flight: usize,
    next_slot: Instant,
}

impl<I: Iterator<Item = Outgoing>> SendQueue<I> {
    /// Creates a queue. With a single connection the order is kept even through failures: a failed message blocks new
    /// ones.
    pub(super) fn new(fresh: I, connections: usize, interval: Duration) -> Self {
        let state = State {
            fresh,
            fresh_ended: false,
            waiting: BTreeMap::new(),
            counted: 0,
            in_flight: 0,
            next_slot: Instant::now(),
        };
        let max_waiting = if connections == 1 { 1 } else { MAX_WAITING };
        Self { state: Mutex::new(state), changed: Notify::new(), interval, max_waiting }
    }

    /// Returns the next action; after a [`NextAction::Send`], [`SendQueue::done`] must be called.
    pub(super) fn next_action(&self) -> NextAction {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(entry) = state.waiting.first_entry()
            && entry.key().0 <= now
        {
            let again = entry.remove();
            state.in_flight += 1;
            return NextAction::Send(again, now);
        }
        if !state.fresh_ended && state.waiting.len() < self.max_waiting {
            if let Some(outgoing) = state.fresh.next() {
                let slot = state.next_slot.max(now);
                state.next_slot = slot + self.interval;
                state.in_flight += 1;
                return NextAction::Send(Attempt { outgoing, attempt: 1 }, slot);
            }
            state.fresh_ended = true;
        }
        match (state.waiting.first_key_value(), state.in_flight) {
            (Some(((due, _), _)), _) => NextAction::WaitUntil(*due),
            (None, 0) => NextAction::Done,
            (None, _) => NextAction::Wait,
        }
    }

    /// Records the end of an attempt; `again` is to be retried after a delay.
    pub(super) fn done(&self, again: Option<(Attempt, Duration)>) {
        let mut state = self.state();
        state.in_flight -= 1;
        let idle_must_know = again.is_some() || state.fresh_ended;
        if let Some((again, wait)) = again {
            state.counted += 1;
            let key = (Instant::now() + wait, state.counted);
            state.waiting.insert(key, again);
        }
        drop(state);
        if idle_must_know {
            self.changed.notify_waiters();
        }
    }

    /// Returns how many retries were still waiting when sending stopped.
    pub(super) fn left_waiting(&self) -> usize {
        self.state().waiting.len()
    }

    pub(super) fn into_fresh(self) -> I {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).fresh
    }

    fn state(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
