//! The answers of the read model: everything a page shows, and nothing else.

pub mod account;
pub mod calendar;
pub mod catalog;
pub mod choices;
pub mod columns;
pub mod delivery;
pub mod detail;
pub mod finding;
pub mod first_event;
pub mod overview;
pub mod password;
pub mod summary;
pub mod viewer;

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<domain::query::filter::Cursor>,
}
