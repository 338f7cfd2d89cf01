//! The filter of the list of findings.

use super::{Cursor, Query, get, put, search};
use crate::id::SubjectKind;
use crate::lifecycle::finding::{FindingKind, Severity};
use serde::{Deserialize, Serialize};

/// `/findings?…`, the gravest first, then the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingFilter {
    /// Part of a title or of a contractor's name, or a whole id.
    pub q: Option<String>,
    /// One kind.
    pub kind: Option<FindingKind>,
    /// At least this grave.
    pub severity: Option<Severity>,
    /// One kind of subject.
    pub about: Option<SubjectKind>,
    /// The dismissed ones instead of the open ones.
    pub dismissed: bool,
    /// Those of test subjects instead of live ones.
    pub test: bool,
    /// After this row.
    pub after: Option<Cursor>,
}

impl Query for FindingFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            kind: get(pairs, "kind").and_then(FindingKind::parse),
            severity: get(pairs, "severity").and_then(Severity::parse),
            about: get(pairs, "about").and_then(SubjectKind::parse),
            dismissed: get(pairs, "dismissed") == Some("1"),
            test: get(pairs, "test") == Some("1"),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "kind", self.kind.map(FindingKind::as_str));
        put(&mut pairs, "severity", self.severity.map(Severity::as_str));
        put(&mut pairs, "about", self.about.map(SubjectKind::as_str));
        put(&mut pairs, "dismissed", self.dismissed.then_some("1"));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
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
            about: Some(SubjectKind::Contract),
            dismissed: true,
            test: true,
            after: Some(Cursor { key: "2.5".to_owned(), id: "a~b~3".to_owned() }),
        };
        assert_eq!(FindingFilter::from_query(&filter.to_query()), filter);
        assert_eq!(FindingFilter::from_query("?kind=nonsense&severity=&about=x"), FindingFilter::default());
    }
}
