//! Findings as their list shows them, and the filter of that list.

use domain::id::Subject;
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Rule;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSummary {
    /// What names it, for dismissing it.
    pub key: String,
    /// What is wrong and what to do.
    pub finding: Finding,
    /// What it is about.
    pub subject: Subject,
    /// Its title or name; the id when none is known.
    pub title: String,
    /// Whose contract it is.
    pub contractor_name: Option<String>,
    /// Only test events name the subject.
    pub is_test: bool,
    /// When its event happened, or since when it holds.
    pub at: Timestamp,
}

impl FindingSummary {
    /// Where it stands in the timeline of its subject. A budget may be passed by an event of a contract, which the
    /// requisition's timeline does not tell: then it is the top of the page.
    pub fn place(&self) -> Option<String> {
        let path = self.subject.path()?;
        Some(if self.finding.rule == Rule::WithinBudget { path } else { format!("{path}#event-{}", self.finding.seq) })
    }
}
