//! What the three lists of subjects have in common.

use super::{Cursor, Order, Query, SortKey};
use crate::query::columns::{ColumnName, Shown};

/// A filter of a list with an order and columns to choose from.
pub trait Listing: Query + Clone + Send + Sync + 'static {
    /// The kind of its rows, as `Subject::kind` has it.
    const KIND: &'static str;
    /// The path of the list.
    const PATH: &'static str;
    /// What rows can be put in order by; the first is the list's own order.
    const SORTS: &'static [SortKey];
    /// Whether a list of the past can be put in order too, or has the list's own first order.
    const IS_SORTED_IN_THE_PAST: bool;
    /// Every column that can be shown, from left to right.
    const COLUMNS: &'static [ColumnName];

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

    /// Whether this column is shown.
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

/// As it stands in the URL.
pub(super) fn cols_text(cols: &[String]) -> Option<String> {
    (!cols.is_empty()).then(|| cols.join(","))
}
