//! The filter of the list of contracts.

use super::listing::{cols, cols_text};
use super::{Cursor, Days, Listing, Order, Query, SortKey, currency, days, get, phrase, put, search};
use crate::lifecycle::contract::Phase;
use crate::money::Currency;
use crate::query::column_names::{self, ColumnName};
use serde::{Deserialize, Serialize};

/// `/contracts?…`, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFilter {
    /// Part of a title or contractor's name, or a whole id.
    pub q: Option<String>,
    /// The phase today.
    pub phase: Option<Phase>,
    /// A hirer: part of a name, or a whole id.
    pub hirer: Option<String>,
    /// The client: an id.
    pub client: Option<String>,
    /// A custom field: `Name:Value`, or a name alone for any value.
    pub field: Option<String>,
    /// Running, with an end within this number of days.
    pub ending: Option<u16>,
    /// Starting within this number of days.
    pub starting: Option<u16>,
    /// Approved, offered or signed, with a first day in this range.
    pub starts: Days,
    /// Approved, offered or signed, with a last day in this range.
    pub ends: Days,
    /// Signed, with work on a day of this range.
    pub work: Days,
    /// Paid in this currency.
    pub currency: Option<Currency>,
    /// Test subjects instead of live ones.
    pub test: bool,
    /// The order; by the last event if `None`.
    pub sort: Option<Order>,
    /// The columns; the default ones if empty.
    pub cols: Vec<String>,
    /// The cursor.
    pub after: Option<Cursor>,
}

impl Query for ContractFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            phase: get(pairs, "state").and_then(Phase::parse),
            hirer: phrase(pairs, "hirer"),
            client: phrase(pairs, "client"),
            field: phrase(pairs, "field"),
            ending: days(pairs, "ending"),
            starting: days(pairs, "starting"),
            starts: Days::read(pairs, "starts_from", "starts_to"),
            ends: Days::read(pairs, "ends_from", "ends_to"),
            work: Days::read(pairs, "work_from", "work_to"),
            currency: currency(pairs),
            test: get(pairs, "test") == Some("1"),
            sort: Order::read(pairs, Self::SORTS),
            cols: cols(pairs, Self::COLUMNS),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "state", self.phase.map(Phase::as_str));
        put(&mut pairs, "hirer", self.hirer.clone());
        put(&mut pairs, "client", self.client.clone());
        put(&mut pairs, "field", self.field.clone());
        put(&mut pairs, "ending", self.ending.map(|days| days.to_string()));
        put(&mut pairs, "starting", self.starting.map(|days| days.to_string()));
        self.starts.put(&mut pairs, "starts_from", "starts_to");
        self.ends.put(&mut pairs, "ends_from", "ends_to");
        self.work.put(&mut pairs, "work_from", "work_to");
        put(&mut pairs, "currency", self.currency.as_ref().map(Currency::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "sort", self.sort.map(Order::to_text));
        put(&mut pairs, "cols", cols_text(&self.cols));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

impl Listing for ContractFilter {
    const KIND: &'static str = "contract";
    const PATH: &'static str = "/contracts";
    const SORTS: &'static [SortKey] = &[SortKey::Last, SortKey::Title, SortKey::Start, SortKey::End, SortKey::Rate];
    const IS_SORTED_IN_THE_PAST: bool = true;
    const COLUMNS: &'static [ColumnName] = column_names::CONTRACT;

    fn sort(&self) -> Option<Order> {
        self.sort
    }
    fn cols(&self) -> &[String] {
        &self.cols
    }
    fn after(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }
    fn is_test(&self) -> bool {
        self.test
    }
}
