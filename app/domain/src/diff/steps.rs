//! What each event of a story changed relative to the one before it.

use super::{Diff, Snapshot, between, stated};
use crate::account::Role;
use crate::event::{EventType, Mode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An event of a story, with its body.
#[derive(Clone, Copy, Debug)]
pub struct EventBody<'a> {
    /// The sequence number in the log.
    pub seq: i64,
    /// The event type.
    pub event_type: &'a EventType,
    /// The mode: test events are compared with test events only.
    pub mode: Mode,
    /// The body.
    pub body: &'a [u8],
}

/// The event that another one is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The sequence number in the log.
    pub seq: i64,
    /// Its event type.
    pub event_type: EventType,
}

/// The changes of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChanges {
    /// The previous event with fields; `None` for the first one.
    pub since: Option<Since>,
    /// The differences from that one; empty if there is none, or this event carries no fields.
    pub diff: Diff,
    /// The changes that the event itself states.
    pub stated: Diff,
    /// Whether it carries only ids and no other fields.
    pub is_reference: bool,
}

impl EventChanges {
    /// Removes the changes that a role may not see.
    #[must_use]
    pub fn seen_by(self, role: Option<Role>) -> Self {
        Self { diff: self.diff.seen_by(role), stated: self.stated.seen_by(role), ..self }
    }
}

/// Computes the changes of each event of a story, holding no more than two bodies at a time.
#[derive(Debug)]
pub struct Steps {
    most: usize,
    last: BTreeMap<Mode, (Since, Snapshot)>,
    found: BTreeMap<i64, EventChanges>,
}

impl Steps {
    /// Creates it with a limit on changes per event; further ones are counted.
    pub fn new(most: usize) -> Self {
        Self { most, last: BTreeMap::new(), found: BTreeMap::new() }
    }

    /// Adds the next event of the story, oldest first. An unreadable body is skipped.
    pub fn add(&mut self, event: EventBody<'_>) {
        let Some(snapshot) = Snapshot::read(event.body) else { return };
        let changes = snapshot.changes.as_ref();
        let stated = changes.map(|changes| stated::changes(changes, event.event_type, snapshot.family, self.most));
        let since = self.last.get(&event.mode);
        let is_reference = snapshot.is_reference();
        let diff = match since {
            Some((_, before)) if !is_reference => between(before, &snapshot).cut(self.most),
            _ => Diff::default(),
        };
        let since = since.map(|(since, _)| since.clone());
        let stated = stated.unwrap_or_default();
        self.found.insert(event.seq, EventChanges { since, diff, stated, is_reference });
        if !is_reference {
            self.last.insert(event.mode, (Since { seq: event.seq, event_type: event.event_type.clone() }, snapshot));
        }
    }

    /// Returns the changes by sequence number.
    pub fn done(self) -> BTreeMap<i64, EventChanges> {
        self.found
    }
}
