//! Findings as their list shows them, and the filter of that list.

use domain::id::Subject;
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Rule;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSummary {
    /// Its key, for dismissal.
    pub key: String,
    /// The finding.
    pub finding: Finding,
    /// Its subject.
    pub subject: Subject,
    /// Its title or name; the id when none is known.
    pub title: String,
    /// The contractor of the contract.
    pub contractor_name: Option<String>,
    /// Whether only test events mention the subject.
    pub is_test: bool,
    /// Time of its event, or the time from which on it holds.
    pub at: Timestamp,
}

impl FindingSummary {
    /// Returns the link to it in the timeline of its subject; to the top of the page for a breach of a budget, which an
    /// event of a contract may cause that is not in the requisition's timeline.
    pub fn place(&self) -> Option<String> {
        let path = self.subject.path()?;
        Some(if self.finding.rule == Rule::WithinBudget { path } else { format!("{path}#event-{}", self.finding.seq) })
    }
}
