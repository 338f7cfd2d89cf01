//! List queries: filters and cursors that round-trip through the query string.
//!
//! A query string is never trusted: what cannot be read is left out, so a mistyped link shows a list and not an error.

mod contract;
mod contractor;
mod delivery;
mod finding;
mod listing;
mod order;
mod requisition;

pub use contract::ContractFilter;
pub use contractor::{ContractorFilter, Has};
pub use delivery::DeliveryFilter;
pub use finding::FindingFilter;
pub use listing::Listing;
pub use order::{Order, SortKey};
pub use requisition::RequisitionFilter;

use crate::money::Currency;
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

/// The pairs of a query string, with or without its `?`. No name, id or title that is stored holds a NUL, and `PostgreSQL`
/// takes no text that does: a pair with one is left out, as is all that cannot be read.
pub fn pairs_of(query: &str) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).unwrap_or_default();
    pairs.into_iter().filter(|(_, value)| !value.contains('\0')).collect()
}

/// Reads and writes one filter as a query string.
pub trait Query: Sized + Default {
    /// Takes what it knows; ignores the rest, and what it cannot read.
    fn read(pairs: &[(String, String)]) -> Self;
    /// Only what differs from the default, in a fixed order.
    fn pairs(&self) -> Vec<(&'static str, String)>;

    /// From the text after `?`.
    fn from_query(query: &str) -> Self {
        Self::read(&pairs_of(query))
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

    /// What leaves rows out: neither the place, nor the order, nor which columns are shown.
    fn narrowing(&self) -> Vec<(&'static str, String)> {
        self.filters().into_iter().filter(|(name, _)| !SHAPES.contains(name)).collect()
    }

    /// The same list without this filter, from its first page: a place in one list means nothing in another.
    #[must_use]
    fn without(&self, key: &str) -> Self {
        Self::read(&owned(self.filters().into_iter().filter(|(name, _)| *name != key)))
    }

    /// The whole list, in the same order, columns and month.
    #[must_use]
    fn cleared(&self) -> Self {
        Self::read(&owned(self.filters().into_iter().filter(|(name, _)| SHAPES.contains(name))))
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

/// The keys that say how rows are shown, and not which.
const SHAPES: [&str; 3] = ["sort", "cols", "month"];

fn owned(pairs: impl Iterator<Item = (&'static str, String)>) -> Vec<(String, String)> {
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn get<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// Longer searches than this are cut: no name or id is longer.
const LONGEST_SEARCH: usize = 200;

/// Further ahead nobody looks.
const MOST_DAYS: u16 = 3_660;

fn search(pairs: &[(String, String)]) -> Option<String> {
    phrase(pairs, "q")
}

/// A short piece of text: the name of a hirer, a custom field.
fn phrase(pairs: &[(String, String)], key: &str) -> Option<String> {
    get(pairs, key).map(|text| text.chars().take(LONGEST_SEARCH).collect::<String>().trim_end().to_owned())
}

/// So many days ahead; a longer time than ten years is no answer anybody waits for.
fn days(pairs: &[(String, String)], key: &str) -> Option<u16> {
    get(pairs, key).and_then(|text| text.parse().ok()).filter(|days| *days <= MOST_DAYS)
}

fn currency(pairs: &[(String, String)]) -> Option<Currency> {
    phrase(pairs, "currency").as_deref().and_then(Currency::parse)
}

fn put(pairs: &mut Vec<(&'static str, String)>, key: &'static str, value: Option<impl Into<String>>) {
    if let Some(value) = value {
        pairs.push((key, value.into()));
    }
}

#[cfg(test)]
mod tests;
