//! The states of a spend requisition, and which event leads from which to which (facts 5.3).

use serde::{Deserialize, Serialize};

/// How far a requisition has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequisitionState {
    /// Only a contract named it; no requisition event was seen.
    Known,
    /// Created; waiting for approval where the client has an approval flow.
    Requested,
    /// Approved.
    Approved,
}

impl RequisitionState {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Known, Self::Requested, Self::Approved];

    /// The word stored in the database and used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Requested => "requested",
            Self::Approved => "approved",
        }
    }

    /// The inverse of [`RequisitionState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Known from a contract",
            Self::Requested => "Requested",
            Self::Approved => "Approved",
        }
    }
}
