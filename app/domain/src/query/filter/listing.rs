//! What the three lists of subjects have in common.

use super::{Cursor, Order, Query, SortKey};
use crate::query::column_names::{ColumnName, Shown};

/// The filter of a list with selectable order and columns.
pub trait Listing: Query + Clone + Send + Sync + 'static {
    /// A row of the list.
    /// The kind of its rows, a value of `Subject::kind`.
    const KIND: &'static str;
    /// The path of the list.
    const PATH: &'static str;
    /// The sort keys; the first is the default.
    const SORTS: &'static [SortKey];
    /// Whether lists of the past can be sorted, or are always in the default order.
    const IS_SORTED_IN_THE_PAST: bool;
    /// All columns.
    const COLUMNS: &'static [ColumnName];

    /// Returns the requested order, unless it is the default.
    fn sort(&self) -> Option<Order>;
    /// Returns the keys of the requested columns; empty for the default.
    fn cols(&self) -> &[String];
    /// Returns the cursor.
    fn after(&self) -> Option<&Cursor>;
    /// Returns whether test subjects are listed instead of live ones.
    fn is_test(&self) -> bool;

    /// Returns the effective order.
    fn order(&self) -> Order {
        self.sort().unwrap_or_else(|| Order::first(Self::SORTS[0]))
    }

    /// Returns the effective columns, in their own order.
    fn shows(&self, column: &ColumnName) -> bool {
        let chosen = self.cols();
        match column.shown {
            Shown::Always => true,
            Shown::ByDefault if chosen.is_empty() => true,
            Shown::ByDefault | Shown::OnRequest => chosen.iter().any(|one| one == column.key),
        }
    }
}

/// `cols=name,state` or `cols=name&cols=state`, as a form with boxes to tick sends it. Empty for the list's own columns.
pub(super) fn cols(pairs: &[(String, String)], all: &[ColumnName]) -> Vec<String> {
    let asked: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "cols")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .collect();
    let is_chosen = |column: &&ColumnName| column.shown != Shown::Always && asked.contains(&column.key);
    let chosen: Vec<&ColumnName> = all.iter().filter(is_chosen).collect();
    let is_own = all.iter().filter(|column| column.shown == Shown::ByDefault).count() == chosen.len()
        && chosen.iter().all(|column| column.shown == Shown::ByDefault);
    if is_own { Vec::new() } else { chosen.iter().map(|column| column.key.to_owned()).collect() }
}

/// Returns the value in the URL.
pub(super) fn cols_text(cols: &[String]) -> Option<String> {
    (!cols.is_empty()).then(|| cols.join(","))
}
