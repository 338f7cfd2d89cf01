//! What each event of a story changed relative to the one before it.

use super::{Diff, Snapshot, between, given};
use crate::event::{EventType, Mode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One event of a story, with its body.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Its place in the log.
    pub seq: i64,
    /// What kind of event.
    pub event_type: &'a EventType,
    /// Test events are compared with test events only.
    pub mode: Mode,
    /// Its body.
    pub body: &'a [u8],
}

/// Which event another one is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Its place in the log.
    pub seq: i64,
    /// What kind of event it was.
    pub event_type: EventType,
}

/// What one event changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatChanged {
    /// The event before it that carried fields; `None` for the first one.
    pub since: Option<Since>,
    /// Against that one; empty where there is none, and where this event carries no fields.
    pub diff: Diff,
    /// What the event itself says that changed, as given.
    pub given: Diff,
    /// Whether it only names its subject and says nothing of its fields.
    pub is_reference: bool,
}

impl WhatChanged {
    /// As readers other than admins may have it.
    #[must_use]
    pub fn for_hirers(self) -> Self {
        Self { diff: self.diff.for_hirers(), given: self.given.for_hirers(), ..self }
    }
}

/// What each event of a story changes, told one by one, so that no more than two bodies are held at a time.
#[derive(Debug)]
pub struct Steps {
    most: usize,
    last: BTreeMap<Mode, (Since, Snapshot)>,
    found: BTreeMap<i64, WhatChanged>,
}

impl Steps {
    /// Of each event at most `most` changes are told, the rest is counted.
    pub fn new(most: usize) -> Self {
        Self { most, last: BTreeMap::new(), found: BTreeMap::new() }
    }

    /// The next event of the story; the oldest comes first. A body that cannot be read is left out.
    pub fn tell(&mut self, told: Told<'_>) {
        let Some(snapshot) = Snapshot::read(told.body) else { return };
        let changes = snapshot.changes.as_ref();
        let given = changes.map(|changes| given::changes(changes, told.event_type, snapshot.family, self.most));
        let since = self.last.get(&told.mode);
        let is_reference = snapshot.is_reference();
        let diff = match since {
            Some((_, before)) if !is_reference => between(before, &snapshot).cut(self.most),
            _ => Diff::default(),
        };
        let since = since.map(|(since, _)| since.clone());
        let given = given.unwrap_or_default();
        self.found.insert(told.seq, WhatChanged { since, diff, given, is_reference });
        if !is_reference {
            self.last.insert(told.mode, (Since { seq: told.seq, event_type: told.event_type.clone() }, snapshot));
        }
    }

    /// What was found, by the places of the events in the log.
    pub fn done(self) -> BTreeMap<i64, WhatChanged> {
        self.found
    }
}
