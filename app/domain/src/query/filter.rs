//! List queries: filters and cursors that round-trip through the query string.
//!
//! A query string is untrusted: invalid parts are ignored, so that a mistyped link shows a list and not an error.

mod contract;
mod contractor;
mod days;
mod delivery;
mod finding;
mod listing;
mod order;
mod requisition;

pub use contract::ContractFilter;
pub use contractor::{ContractorFilter, CurrentContracts};
pub use days::Days;
pub use delivery::DeliveryFilter;
pub use finding::FindingFilter;
pub use listing::Listing;
pub use order::{Order, SortKey};
pub use requisition::RequisitionFilter;

use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// A cursor of keyset pagination: the sort key and id of the last row, as opaque text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort key of the last row.
    pub key: String,
    /// The id, which distinguishes rows with equal keys.
    pub id: String,
}

impl Cursor {
    /// Returns `key~id`, in which `~` and `%` are escaped.
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

/// Parses a query string, with or without its `?`. Pairs with a NUL character are dropped, as is everything invalid: no
/// stored text contains one, and `PostgreSQL` rejects it in parameters.
pub fn pairs_of(query: &str) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).unwrap_or_default();
    pairs.into_iter().filter(|(_, value)| !value.contains('\0')).collect()
}

/// A filter that is read from and written to a query string.
pub trait Query: Sized + Default {
    /// Parses known pairs; ignores unknown and invalid ones.
    fn read(pairs: &[(String, String)]) -> Self;
    /// Returns the pairs that differ from the default, in a fixed order.
    fn pairs(&self) -> Vec<(&'static str, String)>;

    /// Parses the text after `?`.
    fn from_query(query: &str) -> Self {
        Self::read(&pairs_of(query))
    }

    /// Returns the query string with its `?`, or an empty one without pairs.
    fn to_query(&self) -> String {
        match serde_urlencoded::to_string(self.pairs()) {
            Ok(text) if !text.is_empty() => format!("?{text}"),
            _ => String::new(),
        }
    }

    /// Returns the value of a key.
    fn value(&self, key: &str) -> Option<String> {
        self.pairs().into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Returns the pairs except the cursor.
    fn filters(&self) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, _)| !CURSORS.contains(name)).collect()
    }

    /// Returns the pairs that exclude rows: neither cursor, order nor columns.
    fn row_filters(&self) -> Vec<(&'static str, String)> {
        self.filters().into_iter().filter(|(name, _)| !PRESENTATION_KEYS.contains(name)).collect()
    }

    /// Removes a pair, and the cursor, which depends on the filter.
    #[must_use]
    fn without(&self, key: &str) -> Self {
        Self::read(&owned(self.filters().into_iter().filter(|(name, _)| *name != key)))
    }

    /// Removes everything that excludes rows; order, columns and month stay.
    #[must_use]
    fn cleared(&self) -> Self {
        Self::read(&owned(self.filters().into_iter().filter(|(name, _)| PRESENTATION_KEYS.contains(name))))
    }

    /// Sets a pair, and removes the cursor unless the key is the cursor itself.
    #[must_use]
    fn with(&self, key: &'static str, value: &str) -> Self {
        let others = self.filters().into_iter().filter(|(name, _)| *name != key);
        Self::read(&owned(others.chain([(key, value.to_owned())])))
    }
}

/// The keys of cursors.
const CURSORS: [&str; 2] = ["after", "before"];

/// The keys that determine how rows are shown, and not which.
const PRESENTATION_KEYS: [&str; 3] = ["sort", "cols", "month"];

fn owned(pairs: impl Iterator<Item = (&'static str, String)>) -> Vec<(String, String)> {
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn get<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// Maximum length of a search, in characters: no name or id is longer.
const MAX_SEARCH_LENGTH: usize = 200;

/// Maximum number of days ahead: ten years.
const MAX_DAYS: u16 = 3_660;

fn search(pairs: &[(String, String)]) -> Option<String> {
    phrase(pairs, "q")
}

/// Reads a short text: the name of a hirer, a custom field.
fn phrase(pairs: &[(String, String)], key: &str) -> Option<String> {
    get(pairs, key).map(|text| text.chars().take(MAX_SEARCH_LENGTH).collect::<String>().trim_end().to_owned())
}

/// Reads a number of days ahead, up to the maximum.
fn days(pairs: &[(String, String)], key: &str) -> Option<u16> {
    get(pairs, key).and_then(|text| text.parse().ok()).filter(|days| *days <= MAX_DAYS)
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
