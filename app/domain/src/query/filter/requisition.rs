//! The filter of the list of spend requisitions.

use super::listing::{cols, cols_text};
use super::{Cursor, Listing, Order, Query, SortKey, currency, days, get, phrase, put, search};
use crate::event::spend::AmountType;
use crate::lifecycle::spend::RequisitionState;
use crate::money::Currency;
use crate::query::column_names::{self, ColumnName};
use serde::{Deserialize, Serialize};

/// `/spend?…`, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequisitionFilter {
    /// Part of a title or of the client's own number, or a whole id.
    pub q: Option<String>,
    /// The state.
    pub state: Option<RequisitionState>,
    /// The client of a contract that draws on it: an id. Requisitions do not name their client.
    pub client: Option<String>,
    /// A hirer of a contract that draws on it: an id, or part of a name.
    pub hirer: Option<String>,
    /// A running contract that draws on it ends within this number of days.
    pub ending: Option<u16>,
    /// A custom field: `Name:Value`, or a name alone for any value.
    pub field: Option<String>,
    /// The currency of its amount.
    pub currency: Option<Currency>,
    /// The type of its amount.
    pub amount_type: Option<AmountType>,
    /// Test subjects instead of live ones.
    pub test: bool,
    /// The order; by the last event if `None`.
    pub sort: Option<Order>,
    /// The columns; the default ones if empty.
    pub cols: Vec<String>,
    /// The cursor.
    pub after: Option<Cursor>,
}

impl Query for RequisitionFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            state: get(pairs, "state").and_then(RequisitionState::parse),
            client: phrase(pairs, "client"),
            hirer: phrase(pairs, "hirer"),
            ending: days(pairs, "ending"),
            field: phrase(pairs, "field"),
            currency: currency(pairs),
            amount_type: phrase(pairs, "amount_type").map(AmountType::from),
            test: get(pairs, "test") == Some("1"),
            sort: Order::read(pairs, Self::SORTS),
            cols: cols(pairs, Self::COLUMNS),
            after: get(pairs, "after").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "state", self.state.map(RequisitionState::as_str));
        put(&mut pairs, "client", self.client.clone());
        put(&mut pairs, "hirer", self.hirer.clone());
        put(&mut pairs, "ending", self.ending.map(|days| days.to_string()));
        put(&mut pairs, "field", self.field.clone());
        put(&mut pairs, "currency", self.currency.as_ref().map(Currency::as_str));
        put(&mut pairs, "amount_type", self.amount_type.as_ref().map(AmountType::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "sort", self.sort.map(Order::to_text));
        put(&mut pairs, "cols", cols_text(&self.cols));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

impl Listing for RequisitionFilter {
    const KIND: &'static str = "requisition";
    const PATH: &'static str = "/spend";
    const SORTS: &'static [SortKey] = &[SortKey::Last, SortKey::Title, SortKey::Amount];
    const IS_SORTED_IN_THE_PAST: bool = false;
    const COLUMNS: &'static [ColumnName] = column_names::REQUISITION;

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
