//! Findings as their list shows them, and the filter of that list.

use crate::id::Subject;
use crate::lifecycle::finding::{Finding, FindingKind, Severity};
use crate::lifecycle::rules::Rule;
use crate::view::filter::{Cursor, Query};
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

/// A kind of subject, as a filter of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Contractors.
    Contractor,
    /// Contracts.
    Contract,
    /// Requisitions.
    Requisition,
}

impl About {
    /// All kinds, in the order of the filter.
    pub const ALL: [Self; 3] = [Self::Contract, Self::Requisition, Self::Contractor];

    /// Returns `Subject::kind`, which is also the value in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contractor => "contractor",
            Self::Contract => "contract",
            Self::Requisition => "requisition",
        }
    }

    /// The inverse of [`About::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.as_str() == text)
    }

    /// Returns the label of a chip.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contractor => "Contractors",
            Self::Contract => "Contracts",
            Self::Requisition => "Spend",
        }
    }
}

/// `/findings?…`, the most severe first, then the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingFilter {
    /// Part of a title or of a contractor's name, or a whole id.
    pub q: Option<String>,
    /// One kind.
    pub kind: Option<FindingKind>,
    /// The minimum severity.
    pub severity: Option<Severity>,
    /// One kind of subject.
    pub about: Option<About>,
    /// The dismissed ones instead of the open ones.
    pub dismissed: bool,
    /// Findings of test subjects instead of live ones.
    pub test: bool,
    /// The cursor.
    pub after: Option<Cursor>,
}

impl Query for FindingFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        const LONGEST_SEARCH: usize = 200;
        let get = |key: &str| {
            let found = pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim());
            found.filter(|value| !value.is_empty())
        };
        let cut = |text: &str| text.chars().take(LONGEST_SEARCH).collect::<String>().trim_end().to_owned();
        Self {
            q: get("q").map(cut),
            kind: get("kind").and_then(FindingKind::parse),
            severity: get("severity").and_then(Severity::parse),
            about: get("about").and_then(About::parse),
            dismissed: get("dismissed") == Some("1"),
            test: get("test") == Some("1"),
            after: get("after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let words = [
            ("q", self.q.clone()),
            ("kind", self.kind.map(|kind| kind.as_str().to_owned())),
            ("severity", self.severity.map(|severity| severity.as_str().to_owned())),
            ("about", self.about.map(|about| about.as_str().to_owned())),
            ("dismissed", self.dismissed.then(|| "1".to_owned())),
            ("test", self.test.then(|| "1".to_owned())),
            ("after", self.after.as_ref().map(Cursor::to_text)),
        ];
        words.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_through_a_link() {
        let filter = FindingFilter {
            q: Some("Amara & Co".to_owned()),
            kind: Some(FindingKind::OfferOpen),
            severity: Some(Severity::Warning),
            about: Some(About::Contract),
            dismissed: true,
            test: true,
            after: Some(Cursor { key: "2.5".to_owned(), id: "a~b~3".to_owned() }),
        };
        assert_eq!(FindingFilter::from_query(&filter.to_query()), filter);
        assert_eq!(FindingFilter::from_query("?kind=nonsense&severity=&about=x"), FindingFilter::default());
    }
}
