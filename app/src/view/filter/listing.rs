//! The operations that the three subject lists' filters share.

use super::{Cursor, Order, Query, SortKey};
use crate::view::columns::Column;

/// A filter of a list with an order and columns to choose from.
pub trait Listing: Query + Clone + Send + Sync + 'static {
    /// One row of the list.
    type Row: Clone + Send + Sync + 'static;
    /// What its rows are, as `Subject::kind` has it.
    const KIND: &'static str;
    /// Where the list is.
    const PATH: &'static str;
    /// What rows can be put in order by; the first is the list's own order.
    const SORTS: &'static [SortKey];
    /// Whether a list of the past can be put in order too, or has the list's own first order.
    const IS_SORTED_IN_THE_PAST: bool;
    /// Everything that can be shown of a row.
    const COLUMNS: &'static [Column<Self::Row>];

    /// The order asked for, where it is not the list's own.
    fn sort(&self) -> Option<Order>;
    /// The keys of the columns asked for, where they are not the list's own.
    fn cols(&self) -> &[String];
    /// The place in the list.
    fn after(&self) -> Option<&Cursor>;
    /// Test subjects instead of live ones.
    fn is_test(&self) -> bool;

    /// The order in force.
    fn order(&self) -> Order {
        self.sort().unwrap_or_else(|| Order::first(Self::SORTS[0]))
    }

    /// The columns in force, in their own order.
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

/// `cols=name,state` or `cols=name&cols=state`, as a form with boxes to tick sends it. Empty for the list's own columns.
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

/// As it stands in the URL.
pub(super) fn cols_text(cols: &[String]) -> Option<String> {
    (!cols.is_empty()).then(|| cols.join(","))
}
