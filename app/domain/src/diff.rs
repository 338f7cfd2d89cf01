//! Differences between two payloads of the same subject.
//!
//! What is compared is `data.object` of two bodies, as facts and not as text. No change are: another order of keys or
//! of a list's items, another spelling of a number (`1.0` and `1`; `"450.00"` and `450.0` where the tables of the
//! catalog say decimal), and a field that is null or empty in one body and absent from the other, because fields were
//! added to the payloads over time and old bodies lack them.

mod compare;
mod given;
mod label;
mod number;
mod place;
mod snapshot;
mod steps;
#[cfg(test)]
mod tests;
mod value;

pub use snapshot::Snapshot;
pub use steps::{Since, Steps, Told, WhatChanged};

use serde::{Deserialize, Serialize};

/// One field that differs, in words a hirer can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Below `data.object`, items of lists by what tells them apart: `hirers[hp_1].email`.
    pub path: String,
    /// "End date", "Requisition: amount", "Custom field Cost centre".
    pub label: String,
    /// What it was, as people write it, long texts cut; `None` when it was not there.
    pub before: Option<String>,
    /// What it is; `None` when it is there no more. Never `None` together with `before`.
    pub after: Option<String>,
    /// Whether it is a field of a person that no table of the catalog has: nobody knows what it holds, so its name and its
    /// values are for admins.
    pub is_for_admins: bool,
}

/// Everything that differs between two payloads. Turned around it is the difference of the two turned around.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// In the order of the catalog's tables; fields nobody described come last.
    pub changes: Vec<Change>,
    /// How many changes there are besides those.
    pub more: usize,
    /// How many fields are the same in both.
    pub unchanged: usize,
    /// How many changes were taken out because they are for admins.
    pub withheld: usize,
}

impl Diff {
    /// With no more changes than these; the rest is counted.
    #[must_use]
    pub fn cut(mut self, most: usize) -> Self {
        self.more += self.changes.len().saturating_sub(most);
        self.changes.truncate(most);
        self
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.more == 0 && self.withheld == 0
    }

    /// As readers other than admins may have it: without the names and values of what is for admins, which is counted.
    #[must_use]
    pub fn for_hirers(mut self) -> Self {
        let all = self.changes.len();
        self.changes.retain(|change| !change.is_for_admins);
        self.withheld += all - self.changes.len();
        self
    }
}

/// What differs between two payloads, the earlier one first.
pub fn between(before: &Snapshot, after: &Snapshot) -> Diff {
    compare::snapshots(before, after)
}
