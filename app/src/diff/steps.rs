//! What did each event of a story change against the one before it?

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

/// What each of these events changed, at most `most` changes of each; they are given in the story's order, oldest
/// first. Bodies that cannot be read are left out.
pub fn steps<'a>(story: impl IntoIterator<Item = Told<'a>>, most: usize) -> BTreeMap<i64, WhatChanged> {
    let mut last = BTreeMap::<Mode, (Since, Snapshot)>::new();
    let mut found = BTreeMap::new();
    for told in story {
        let Some(snapshot) = Snapshot::read(told.body) else { continue };
        let given = snapshot.changes.as_ref().map(|changes| given::changes(changes, most)).unwrap_or_default();
        let since = last.get(&told.mode);
        let is_reference = snapshot.is_reference();
        let diff = match since {
            Some((_, before)) if !is_reference => between(before, &snapshot).cut(most),
            _ => Diff::default(),
        };
        let since = since.map(|(since, _)| since.clone());
        found.insert(told.seq, WhatChanged { since, diff, given, is_reference });
        if !is_reference {
            last.insert(told.mode, (Since { seq: told.seq, event_type: told.event_type.clone() }, snapshot));
        }
    }
    found
}
