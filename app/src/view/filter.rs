//! What a list is asked for: filters and cursors that round-trip through the query string.
//!
//! A query string is never trusted: what cannot be read is left out, so a mistyped link shows a list and not an error.

use crate::event::Family;
use crate::lifecycle::contact::ContactState;
use crate::lifecycle::contract::Phase;
use crate::lifecycle::spend::RequisitionState;
use crate::view::delivery::Outcome;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The place after which the next page starts: the sort key and id of the last row, as text the reader need not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort key of the last row.
    pub key: String,
    /// What tells rows with the same key apart.
    pub id: String,
}

impl Cursor {
    /// `key~id`; neither part may be misread, so `~` and `%` are escaped.
    pub fn to_text(&self) -> String {
        let escape = |part: &str| part.replace('%', "%25").replace('~', "%7E");
        format!("{}~{}", escape(&self.key), escape(&self.id))
    }

    /// The inverse of [`Cursor::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        let (key, id) = text.split_once('~')?;
        let unescape = |part: &str| part.replace("%7E", "~").replace("%25", "%");
        Some(Self { key: unescape(key), id: unescape(id) })
    }
}

/// Reads and writes one filter as a query string.
pub trait Query: Sized + Default {
    /// Takes what it knows; ignores the rest, and what it cannot read.
    fn read(pairs: &[(String, String)]) -> Self;
    /// Only what differs from the default, in a fixed order.
    fn pairs(&self) -> Vec<(&'static str, String)>;

    /// From the text after `?`.
    fn from_query(query: &str) -> Self {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).unwrap_or_default();
        Self::read(&pairs)
    }

    /// With its `?`, or empty when nothing is filtered.
    fn to_query(&self) -> String {
        match serde_urlencoded::to_string(self.pairs()) {
            Ok(text) if !text.is_empty() => format!("?{text}"),
            _ => String::new(),
        }
    }

    /// What stands in the query string under this key.
    fn value(&self, key: &str) -> Option<String> {
        self.pairs().into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// What narrows the list; the place in it is not a filter.
    fn filters(&self) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, _)| !CURSORS.contains(name)).collect()
    }

    /// The same list without this filter, from its first page: a place in one list means nothing in another.
    #[must_use]
    fn without(&self, key: &str) -> Self {
        Self::read(&owned(self.filters().into_iter().filter(|(name, _)| *name != key)))
    }

    /// The same list with this filter, from its first page unless the key is the place itself.
    #[must_use]
    fn with(&self, key: &'static str, value: &str) -> Self {
        let others = self.filters().into_iter().filter(|(name, _)| *name != key);
        Self::read(&owned(others.chain([(key, value.to_owned())])))
    }
}

/// The keys that hold a place in a list.
const CURSORS: [&str; 2] = ["after", "before"];

fn owned(pairs: impl Iterator<Item = (&'static str, String)>) -> Vec<(String, String)> {
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn get<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// Longer searches than this are cut: no name or id is longer.
const LONGEST_SEARCH: usize = 200;

fn search(pairs: &[(String, String)]) -> Option<String> {
    get(pairs, "q").map(|text| text.chars().take(LONGEST_SEARCH).collect::<String>().trim_end().to_owned())
}

fn put(pairs: &mut Vec<(&'static str, String)>, key: &'static str, value: Option<impl Into<String>>) {
    if let Some(value) = value {
        pairs.push((key, value.into()));
    }
}

/// `/deliveries?…`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFilter {
    /// A wire name, known or not.
    pub event_type: Option<String>,
    /// A whole family.
    pub family: Option<Family>,
    /// One outcome.
    pub outcome: Option<Outcome>,
    /// Received on or after this day, UTC.
    pub from: Option<Date>,
    /// Received on or before this day, UTC.
    pub to: Option<Date>,
    /// A message id or a subject's id, exact.
    pub q: Option<String>,
    /// Older than this row.
    pub before: Option<Cursor>,
}

impl Query for DeliveryFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            event_type: get(pairs, "type").map(str::to_owned),
            family: get(pairs, "family").and_then(Family::parse),
            outcome: get(pairs, "outcome").and_then(Outcome::parse),
            from: get(pairs, "from").and_then(|text| text.parse().ok()),
            to: get(pairs, "to").and_then(|text| text.parse().ok()),
            q: search(pairs),
            before: get(pairs, "before").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "type", self.event_type.clone());
        put(&mut pairs, "family", self.family.map(Family::as_str));
        put(&mut pairs, "outcome", self.outcome.map(Outcome::as_str));
        put(&mut pairs, "from", self.from.map(|day| day.to_string()));
        put(&mut pairs, "to", self.to.map(|day| day.to_string()));
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "before", self.before.as_ref().map(Cursor::to_text));
        pairs
    }
}

/// `/contractors?…`, in order of name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractorFilter {
    /// Part of a name or e-mail address, or a whole id.
    pub q: Option<String>,
    /// How far they have come.
    pub state: Option<ContactState>,
    /// Show test subjects instead of live ones.
    pub test: bool,
    /// After this row.
    pub after: Option<Cursor>,
}

impl Query for ContractorFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            state: get(pairs, "state").and_then(ContactState::parse),
            test: get(pairs, "test") == Some("1"),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "state", self.state.map(ContactState::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

/// `/contracts?…`, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFilter {
    /// Part of a title or contractor's name, or a whole id.
    pub q: Option<String>,
    /// What the reader is told today.
    pub phase: Option<Phase>,
    /// Show test subjects instead of live ones.
    pub test: bool,
    /// After this row.
    pub after: Option<Cursor>,
}

impl Query for ContractFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            phase: get(pairs, "state").and_then(Phase::parse),
            test: get(pairs, "test") == Some("1"),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "state", self.phase.map(Phase::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

/// `/spend?…`, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequisitionFilter {
    /// Part of a title or of the client's own number, or a whole id.
    pub q: Option<String>,
    /// How far it has come.
    pub state: Option<RequisitionState>,
    /// Show test subjects instead of live ones.
    pub test: bool,
    /// After this row.
    pub after: Option<Cursor>,
}

impl Query for RequisitionFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            state: get(pairs, "state").and_then(RequisitionState::parse),
            test: get(pairs, "test") == Some("1"),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "state", self.state.map(RequisitionState::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_was(key in any::<String>(), id in any::<String>()) {
            let cursor = Cursor { key, id };
            prop_assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor));
        }

        #[test]
        fn a_cursor_comes_back_through_a_link(key in "[ -~]{1,20}[a-z]", id in "[a-z%~&=+?# ]{1,20}[a-z]") {
            let filter = ContractFilter { after: Some(Cursor { key: format!("k{key}"), id }), ..Default::default() };
            prop_assert_eq!(ContractFilter::from_query(&filter.to_query()), filter);
        }

        #[test]
        fn a_query_string_never_fails(query in any::<String>()) {
            let read = DeliveryFilter::from_query(&query);
            prop_assert_eq!(DeliveryFilter::from_query(&read.to_query()), read);
        }
    }

    fn full() -> DeliveryFilter {
        DeliveryFilter {
            event_type: Some("client.contract.offered".to_owned()),
            family: Some(Family::Contract),
            outcome: Some(Outcome::Stored),
            from: Some(jiff::civil::date(2026, 2, 1)),
            to: Some(jiff::civil::date(2026, 2, 28)),
            q: Some("a&b=c d".to_owned()),
            before: Some(Cursor { key: "7".to_owned(), id: "7".to_owned() }),
        }
    }

    #[test]
    fn a_filter_comes_back_through_a_link() {
        assert_eq!(DeliveryFilter::from_query(&full().to_query()), full());
    }

    #[test]
    fn a_chip_removes_exactly_its_filter_and_the_place() {
        let all = full();
        for (key, _) in all.filters() {
            let rest = all.without(key);
            assert_eq!(rest.value(key), None);
            assert_eq!(rest.before, None);
            let mut expected = all.filters();
            expected.retain(|(name, _)| *name != key);
            assert_eq!(rest.pairs(), expected);
        }
    }

    #[test]
    fn the_next_page_keeps_every_filter() {
        let all = full();
        let next = all.with("before", "3~3");
        assert_eq!(next.filters(), all.filters());
        assert_eq!(next.before, Some(Cursor { key: "3".to_owned(), id: "3".to_owned() }));
    }

    #[test]
    fn choosing_another_value_replaces_the_first() {
        let chosen = full().with("outcome", "refused");
        assert_eq!(chosen.outcome, Some(Outcome::Refused));
        assert_eq!(chosen.pairs().iter().filter(|(key, _)| *key == "outcome").count(), 1);
    }
}
