//! The operations that the three subject lists' filters share.

use super::{Cursor, Order, Query, SortKey};
use crate::view::columns::Column;

/// The filter of a list with selectable order and columns.
pub trait Listing: Query + Clone + Send + Sync + 'static {
    /// A row of the list.
    type Row: Clone + Send + Sync + 'static;
    /// The kind of its rows, a value of `Subject::kind`.
    const KIND: &'static str;
    /// The path of the list.
    const PATH: &'static str;
    /// The sort keys; the first is the default.
    const SORTS: &'static [SortKey];
    /// Whether lists of the past can be sorted, or are always in the default order.
    const IS_SORTED_IN_THE_PAST: bool;
    /// All columns.
    const COLUMNS: &'static [Column<Self::Row>];

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
    fn columns(&self) -> Vec<&'static Column<Self::Row>> {
        let chosen = self.cols();
        Self::COLUMNS
            .iter()
            .filter(|column| {
                column.is_fixed || if chosen.is_empty() { column.by_default } else { is_in(chosen, column.key) }
            })
            .collect()
    }
}

fn is_in(chosen: &[String], key: &str) -> bool {
    chosen.iter().any(|one| one == key)
}

/// Parses `cols=name,state`, or `cols=name&cols=state`, as a form with checkboxes sends it. Empty for the default
/// columns.
pub(super) fn cols<T>(pairs: &[(String, String)], all: &[Column<T>]) -> Vec<String> {
    let asked: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "cols")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .collect();
    let chosen: Vec<&Column<T>> = all.iter().filter(|column| !column.is_fixed && asked.contains(&column.key)).collect();
    let is_own = all.iter().filter(|column| !column.is_fixed && column.by_default).count() == chosen.len()
        && chosen.iter().all(|column| column.by_default);
    if is_own { Vec::new() } else { chosen.iter().map(|column| column.key.to_owned()).collect() }
}

/// Returns the value in the URL.
pub(super) fn cols_text(cols: &[String]) -> Option<String> {
    (!cols.is_empty()).then(|| cols.join(","))
}
