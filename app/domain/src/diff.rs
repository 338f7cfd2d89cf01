//! Differences between two payloads of the same subject.
//!
//! `data.object` of two bodies is compared by meaning, not as text. No changes are: another order of keys or list
//! items, another notation of a number (`1.0` and `1`; `"450.00"` and `450.0` where the tables of the catalog say
//! decimal), and a field that is null or empty in one body and absent from the other, as old bodies lack fields that
//! were added later.

mod compare;
mod label;
mod located;
mod place;
mod snapshot;
mod stated;
mod steps;
#[cfg(test)]
mod tests;
mod value;

pub use located::changed_paths;
pub use snapshot::Snapshot;
pub use steps::{EventBody, EventChanges, Since, Steps};

use crate::account::Role;
use crate::policy::{Sight, Thing, sight};
use serde::{Deserialize, Serialize};

/// One field that differs, in words for hirers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The path below `data.object`, with list items by their identity: `hirers[hp_1].email`.
    pub path: String,
    /// The label: "End date", "Requisition: amount", "Custom field Cost centre".
    pub label: String,
    /// The old value as readable text, cut if long; `None` when the field was absent.
    pub before: Option<String>,
    /// The new value; `None` when the field is absent now. Never `None` together with `before`.
    pub after: Option<String>,
    /// Whether it is an undocumented field of a person: [`Thing::UndescribedPersonFields`].
    pub is_undescribed: bool,
}

/// All differences between two payloads. Swapping the payloads swaps each change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// In the order of the catalog's tables; undocumented fields come last.
    pub changes: Vec<Change>,
    /// Number of further changes.
    pub more: usize,
    /// Number of equal fields.
    pub unchanged: usize,
    /// Number of changes removed because the viewer may not see them.
    pub withheld: usize,
}

impl Diff {
    /// Limits the number of changes; further ones are counted.
    #[must_use]
    pub fn cut(mut self, most: usize) -> Self {
        self.more += self.changes.len().saturating_sub(most);
        self.changes.truncate(most);
        self
    }

    /// Returns whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.more == 0 && self.withheld == 0
    }

    /// Removes the changes that a role may not see. Masked ones are counted.
    #[must_use]
    pub fn seen_by(mut self, role: Option<Role>) -> Self {
        let sight = sight(role, Thing::UndescribedPersonFields);
        if sight != Sight::Seen {
            let all = self.changes.len();
            self.changes.retain(|change| !change.is_undescribed);
            self.withheld += if sight == Sight::Masked { all - self.changes.len() } else { 0 };
        }
        self
    }
}

/// Compares two payloads, the earlier one first.
pub fn between(before: &Snapshot, after: &Snapshot) -> Diff {
    compare::snapshots(before, after)
}
