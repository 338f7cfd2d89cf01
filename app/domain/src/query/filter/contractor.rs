//! The filter of the list of contractors.

use super::listing::{cols, cols_text};
use super::{Cursor, Listing, Order, Query, SortKey, currency, days, get, phrase, put, search};
use crate::lifecycle::contact::ContactState;
use crate::money::Currency;
use crate::query::column_names::{self, ColumnName};
use serde::{Deserialize, Serialize};

/// A condition on a contractor's current contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrentContracts {
    /// A running contract.
    Active,
    /// An unanswered offer.
    Offers,
}

impl CurrentContracts {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Active, Self::Offers];

    /// Returns the value in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "at_work",
            Self::Offers => "offers",
        }
    }

    /// The inverse of [`CurrentContracts::as_str`]; the value of earlier versions is accepted as well.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "active" {
            return Some(Self::Active);
        }
        Self::ALL.into_iter().find(|has| has.as_str() == text)
    }

    /// Returns the label of the filter.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "With contracts at work",
            Self::Offers => "With open offers",
        }
    }
}

/// `/contractors?…`, in order of name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractorFilter {
    /// Part of a name or e-mail address, or a whole id.
    pub q: Option<String>,
    /// The state of joining.
    pub state: Option<ContactState>,
    /// The condition on current contracts.
    pub has: Option<CurrentContracts>,
    /// A hirer of one of their contracts: part of a name, or a whole id.
    pub hirer: Option<String>,
    /// The client they work for: an id.
    pub client: Option<String>,
    /// A custom field: `Name:Value`, or a name alone for any value.
    pub field: Option<String>,
    /// A running contract of theirs ends within this number of days.
    pub ending: Option<u16>,
    /// One of their contracts is paid in this currency.
    pub currency: Option<Currency>,
    /// Test subjects instead of live ones.
    pub test: bool,
    /// The order; by name if `None`.
    pub sort: Option<Order>,
    /// The columns; the default ones if empty.
    pub cols: Vec<String>,
    /// The cursor.
    pub after: Option<Cursor>,
}

impl Query for ContractorFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            q: search(pairs),
            state: get(pairs, "state").and_then(ContactState::parse),
            has: get(pairs, "has").and_then(CurrentContracts::parse),
            hirer: phrase(pairs, "hirer"),
            client: phrase(pairs, "client"),
            field: phrase(pairs, "field"),
            ending: days(pairs, "ending"),
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
        put(&mut pairs, "state", self.state.map(ContactState::as_str));
        put(&mut pairs, "has", self.has.map(CurrentContracts::as_str));
        put(&mut pairs, "hirer", self.hirer.clone());
        put(&mut pairs, "client", self.client.clone());
        put(&mut pairs, "field", self.field.clone());
        put(&mut pairs, "ending", self.ending.map(|days| days.to_string()));
        put(&mut pairs, "currency", self.currency.as_ref().map(Currency::as_str));
        put(&mut pairs, "test", self.test.then_some("1"));
        put(&mut pairs, "sort", self.sort.map(Order::to_text));
        put(&mut pairs, "cols", cols_text(&self.cols));
        put(&mut pairs, "after", self.after.as_ref().map(Cursor::to_text));
        pairs
    }
}

impl Listing for ContractorFilter {
    const KIND: &'static str = "contractor";
    const PATH: &'static str = "/contractors";
    const SORTS: &'static [SortKey] = &[SortKey::Name, SortKey::Active, SortKey::NextEnd, SortKey::Last];
    const IS_SORTED_IN_THE_PAST: bool = false;
    const COLUMNS: &'static [ColumnName] = column_names::CONTRACTOR;

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
