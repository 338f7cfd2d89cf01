//! Where a delivery is read: on a page of its own, or beside the list. Its links lead to the same kind of place.

use crate::shell::context::{query_value, with_moment};
use crate::ui::delivery_row::opened_at;
use domain::query::filter::{DeliveryFilter, Query as _};

/// The form in which a body is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As a tree.
    Tree,
    /// As indented text.
    Text,
    /// As it came.
    Raw,
}

impl Form {
    pub(super) const ALL: [Self; 3] = [Self::Tree, Self::Text, Self::Raw];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Text => "text",
            Self::Raw => "raw",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Tree => "Tree",
            Self::Text => "Indented text",
            Self::Raw => "Raw, byte for byte",
        }
    }
}

/// The place where a delivery is read, with what its address asks for.
#[derive(Clone, Debug)]
pub struct Spot {
    seq: i64,
    /// The filter of the list that it stands beside.
    beside: Option<DeliveryFilter>,
    /// The form of the body; `None` for the usual one.
    pub(super) form: Option<Form>,
    /// The part of the body, from 1.
    pub(super) part: usize,
    /// The part of the headers, from 1.
    pub(super) headers: usize,
}

impl Spot {
    /// The page of a delivery.
    pub fn page(seq: i64) -> Self {
        Self::asked(seq, None)
    }

    /// Beside the list with this filter.
    pub fn beside(seq: i64, filter: &DeliveryFilter) -> Self {
        Self::asked(seq, Some(filter.clone()))
    }

    fn asked(seq: i64, beside: Option<DeliveryFilter>) -> Self {
        let number = |key| query_value(key).and_then(|text| text.parse().ok()).unwrap_or(1_usize).max(1);
        let form = query_value("form").and_then(|word| Form::ALL.into_iter().find(|form| form.as_str() == word));
        Self { seq, beside, form, part: number("part"), headers: number("headers") }
    }

    /// Returns whether there is little room.
    pub fn is_beside(&self) -> bool {
        self.beside.is_some()
    }

    /// Returns the first number on a page of its own, the second beside the list.
    pub(super) fn either<T>(&self, page: T, beside: T) -> T {
        if self.is_beside() { beside } else { page }
    }

    /// Returns the address of another delivery at the same kind of place.
    pub(super) fn to(&self, seq: i64) -> String {
        with_moment(match &self.beside {
            Some(filter) => opened_at(filter, seq),
            None => format!("/deliveries/{seq}"),
        })
    }

    /// Returns the address of a part of the body.
    pub(super) fn to_part(&self, form: Form, part: usize) -> String {
        let part = (part > 1).then(|| ("part", part.to_string()));
        let pairs = [("form", form.as_str().to_owned())].into_iter().chain(part);
        self.here(pairs, "payload")
    }

    /// Returns the address of a part of the headers.
    pub(super) fn to_headers(&self, part: usize) -> String {
        self.here([("headers", part.to_string())].into_iter(), "headers")
    }

    fn here(&self, pairs: impl Iterator<Item = (&'static str, String)>, anchor: &str) -> String {
        let list = self.beside.iter().flat_map(DeliveryFilter::pairs);
        let open = self.beside.iter().map(|_| ("open", self.seq.to_string()));
        let pairs: Vec<(&str, String)> = list.chain(open).chain(pairs).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let path = if self.is_beside() { "/deliveries".to_owned() } else { format!("/deliveries/{}", self.seq) };
        with_moment(format!("{path}?{query}#{anchor}"))
    }
}
