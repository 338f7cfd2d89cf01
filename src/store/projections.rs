//! The tables that lists are read from, and how the projector keeps them up to date.

pub mod altered;
mod arrivals;
mod beginning;
pub mod findings;
pub mod follow;
pub mod limits;
pub mod list;
pub mod making;
mod pages;
pub mod row;
mod source;
mod states;
pub(crate) mod tables;
mod trigrams;
mod volume;
mod write;

/// Maximum length of an id, in bytes: a longer one would not fit into an index key of `PostgreSQL`, and stop the
/// projector.
const LONGEST_KEY: usize = 500;

/// Returns whether a text can be a key.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() <= LONGEST_KEY && !text.contains('\0')
}
