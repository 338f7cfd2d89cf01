//! The send queue: new messages in order, failed ones again after their wait, never faster than the given rate.

use super::traffic::Parcel;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// So many failed messages may wait for their next attempt before no fresh ones are taken.
const MAX_WAITING: usize = 10_000;

/// A parcel and the number of the attempt that is to be made, from 1.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) parcel: Parcel,
    pub(super) attempt: usize,
}

/// What a connection is to do next.
pub(super) enum Turn {
    /// Send this, but not before the given time.
    Send(Try, Instant),
    /// Ask again at this time, or when something changes.
    WaitUntil(Instant),
    /// Ask again when something changes.
    Wait,
    /// Nothing is left.
    Done,
}

/// The queue that all connections stand at.
pub(super) struct Line<I> {
    state: Mutex<State<I>>,
    /// Rung whenever a turn that was not there before may be there now.
    pub(super) changed: Notify,
    interval: Duration,
    max_waiting: usize,
}

struct State<I> {
    fresh: I,
    fresh_ended: bool,
    waiting: BTreeMap<(Instant, u64), Try>,
    counted: u64,
    in_flight: usize,
    next_slot: Instant,
}

impl<I: Iterator<Item = Parcel>> Line<I> {
    /// With a single connection the order is kept even through failures: nothing fresh while one message waits.
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

    /// What to do now; whoever gets a [`Turn::Send`] must call [`Line::done`] afterwards.
    pub(super) fn turn(&self) -> Turn {
        let now = Instant::now();
        let mut state = self.state();
        if let Some(entry) = state.waiting.first_entry()
            && entry.key().0 <= now
        {
            let again = entry.remove();
            state.in_flight += 1;
            return Turn::Send(again, now);
        }
        if !state.fresh_ended && state.waiting.len() < self.max_waiting {
            if let Some(parcel) = state.fresh.next() {
                let slot = state.next_slot.max(now);
                state.next_slot = slot + self.interval;
                state.in_flight += 1;
                return Turn::Send(Try { parcel, attempt: 1 }, slot);
            }
            state.fresh_ended = true;
        }
        match (state.waiting.first_key_value(), state.in_flight) {
            (Some(((due, _), _)), _) => Turn::WaitUntil(*due),
            (None, 0) => Turn::Done,
            (None, _) => Turn::Wait,
        }
    }

    /// An attempt is over; `again` is to be tried once more after a wait.
    pub(super) fn done(&self, again: Option<(Try, Duration)>) {
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

    /// How many messages were given up on because the line was left before its end.
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
