//! The order of a subject's events, deduplicated, and which of them count.

use super::{Happening, TimeOrigin};
use crate::event::{Event, EventType, Mode};
use jiff::Timestamp;
use std::cmp::Ordering;
use std::sync::Arc;

/// An event in its order, merged from all its deliveries.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) seq: i64,
    message_id: &'a str,
    pub(super) occurred_at: Timestamp,
    pub(super) occurred_from: TimeOrigin,
    pub(super) received_at: Timestamp,
    pub(super) attempts: u32,
    pub(super) event: &'a Arc<Event>,
    /// Whether it counts for states and facts: a test event does not if there are live ones.
    pub(super) counts: bool,
}

/// Returns the events accepted by `concerns`, one per message, ordered by time, lifecycle rank and message id. The
/// order of the input has no effect.
pub(super) fn in_order<'a>(
    happenings: &'a [Happening],
    rank: fn(&EventType) -> u8,
    concerns: impl Fn(&Event) -> bool,
) -> Vec<Turn<'a>> {
    let mut given: Vec<&Happening> = happenings.iter().filter(|happening| concerns(&happening.event)).collect();
    given.sort_by(|a, b| message(a).cmp(&message(b)));

    let has_live = given.iter().any(|happening| happening.event.mode == Mode::Live);
    let mut turns: Vec<Turn<'a>> = Vec::with_capacity(given.len());
    for happening in given {
        match turns.last_mut() {
            Some(turn) if turn.message_id == happening.message_id.as_str() => turn.merge(happening),
            _ => turns.push(Turn {
                seq: happening.seq,
                message_id: happening.message_id.as_str(),
                occurred_at: happening.occurred_at,
                occurred_from: happening.occurred_from,
                received_at: happening.received_at,
                attempts: happening.attempts,
                event: &happening.event,
                counts: !has_live || happening.event.mode == Mode::Live,
            }),
        }
    }
    turns.sort_by(|a, b| {
        let by_rank = || rank(&a.event.event_type).cmp(&rank(&b.event.event_type));
        a.occurred_at.cmp(&b.occurred_at).then_with(by_rank).then_with(|| a.message_id.cmp(b.message_id))
    });
    turns
}

/// Orders deliveries of a message by `seq`: the event is taken from the first.
fn message(happening: &Happening) -> (&str, i64) {
    (happening.message_id.as_str(), happening.seq)
}

impl Turn<'_> {
    /// Converts it to a single delivery with the best data of all.
    pub(super) fn happening(&self) -> Happening {
        Happening {
            seq: self.seq,
            message_id: self.message_id.into(),
            occurred_at: self.occurred_at,
            occurred_from: self.occurred_from,
            received_at: self.received_at,
            attempts: self.attempts,
            event: Arc::clone(self.event),
        }
    }

    /// Merges another delivery of the same message, with a later `seq` (or a duplicate).
    fn merge(&mut self, again: &Happening) {
        self.attempts = self.attempts.max(again.attempts);
        self.received_at = self.received_at.min(again.received_at);
        let better = self.occurred_from.cmp(&again.occurred_from).then(self.occurred_at.cmp(&again.occurred_at));
        if better == Ordering::Greater {
            (self.occurred_from, self.occurred_at) = (again.occurred_from, again.occurred_at);
        }
    }
}

/// Returns whether there are only test events.
pub(super) fn is_test(turns: &[Turn<'_>]) -> bool {
    turns.iter().all(|turn| turn.event.mode != Mode::Live)
}

/// Returns the time of the last event that counts; `None` for no events.
pub(super) fn last_at(turns: &[Turn<'_>]) -> Option<Timestamp> {
    turns.iter().rev().find(|turn| turn.counts).map(|turn| turn.occurred_at)
}
