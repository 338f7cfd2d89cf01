//! The order of a subject's events, deduplicated, and which of them count.

use super::{StoredEvent, TimeOrigin};
use crate::event::{Event, EventType, Mode};
use jiff::Timestamp;
use std::cmp::Ordering;
use std::sync::Arc;

/// An event in its order, merged from all its deliveries.
#[derive(Debug)]
pub(super) struct OrderedEvent<'a> {
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
    stored_events: &'a [StoredEvent],
    rank: fn(&EventType) -> u8,
    concerns: impl Fn(&Event) -> bool,
) -> Vec<OrderedEvent<'a>> {
    let mut given: Vec<&StoredEvent> =
        stored_events.iter().filter(|stored_event| concerns(&stored_event.event)).collect();
    given.sort_by(|a, b| message(a).cmp(&message(b)));

    let has_live = given.iter().any(|stored_event| stored_event.event.mode == Mode::Live);
    let mut ordered: Vec<OrderedEvent<'a>> = Vec::with_capacity(given.len());
    for stored_event in given {
        match ordered.last_mut() {
            Some(item) if item.message_id == stored_event.message_id.as_str() => item.merge(stored_event),
            _ => ordered.push(OrderedEvent {
                seq: stored_event.seq,
                message_id: stored_event.message_id.as_str(),
                occurred_at: stored_event.occurred_at,
                occurred_from: stored_event.occurred_from,
                received_at: stored_event.received_at,
                attempts: stored_event.attempts,
                event: &stored_event.event,
                counts: !has_live || stored_event.event.mode == Mode::Live,
            }),
        }
    }
    ordered.sort_by(|a, b| {
        let by_rank = || rank(&a.event.event_type).cmp(&rank(&b.event.event_type));
        a.occurred_at.cmp(&b.occurred_at).then_with(by_rank).then_with(|| a.message_id.cmp(b.message_id))
    });
    ordered
}

/// Orders deliveries of a message by `seq`: the event is taken from the first.
fn message(stored_event: &StoredEvent) -> (&str, i64) {
    (stored_event.message_id.as_str(), stored_event.seq)
}

impl OrderedEvent<'_> {
    /// Converts it to a single delivery with the best data of all.
    pub(super) fn stored_event(&self) -> StoredEvent {
        StoredEvent {
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
    fn merge(&mut self, again: &StoredEvent) {
        self.attempts = self.attempts.max(again.attempts);
        self.received_at = self.received_at.min(again.received_at);
        let better = self.occurred_from.cmp(&again.occurred_from).then(self.occurred_at.cmp(&again.occurred_at));
        if better == Ordering::Greater {
            (self.occurred_from, self.occurred_at) = (again.occurred_from, again.occurred_at);
        }
    }
}

/// Returns whether there are only test events.
pub(super) fn is_test(ordered: &[OrderedEvent<'_>]) -> bool {
    ordered.iter().all(|item| item.event.mode != Mode::Live)
}

/// Returns the time of the last event that counts; `None` for no events.
pub(super) fn last_at(ordered: &[OrderedEvent<'_>]) -> Option<Timestamp> {
    ordered.iter().rev().find(|item| item.counts).map(|item| item.occurred_at)
}
