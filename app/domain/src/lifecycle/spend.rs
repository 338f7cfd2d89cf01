//! The states of a spend requisition, and which event leads from which to which: see `docs/yunojuno.md`, Spend
//! requisition lifecycle.

use super::transition::{Transition, look_up};
use crate::event::EventType;
use serde::{Deserialize, Serialize};

/// The state of a requisition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequisitionState {
    /// Mentioned by contracts only, without an event of its own.
    Known,
    /// Created; waiting for approval where the client has an approval flow.
    Requested,
    /// Approved.
    Approved,
}

impl RequisitionState {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Known, Self::Requested, Self::Approved];

    /// Returns the value in the database and in URLs.
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

    /// Returns the words after "the requisition" in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Known => "was known from a contract",
            Self::Requested => "was created",
            Self::Approved => "was approved",
        }
    }

    /// Returns the label of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Known from a contract",
            Self::Requested => "Requested",
            Self::Approved => "Approved",
        }
    }
}

const COLUMNS: [EventType; 3] = [EventType::SpendCreated, EventType::SpendUpdated, EventType::SpendApproved];

const CREATION: &[EventType] = &[EventType::SpendCreated];

/// See `docs/yunojuno.md`, Spend requisition lifecycle. Whether an update may follow an approval, or ask for another
/// one, is not documented: neither is a finding.
const TABLE: [(RequisitionState, [Transition<RequisitionState>; 3]); 3] = {
    use RequisitionState::{Approved, Known, Requested};
    use Transition::{Gap, Past, To};
    [
        // created, updated, approved
        (Known, [To(Requested), Gap(Requested, CREATION), Gap(Approved, CREATION)]),
        (Requested, [Past, To(Requested), To(Approved)]),
        (Approved, [Past, To(Approved), To(Approved)]),
    ]
};

/// Returns the transition of a requisition by an event.
pub fn after(state: RequisitionState, event: &EventType) -> Transition<RequisitionState> {
    look_up(&COLUMNS, &TABLE, state, event)
}

/// Returns the rank of an event among those of the same instant. Events that change no state come last.
pub fn rank(event: &EventType) -> u8 {
    match event {
        EventType::SpendCreated => 0,
        EventType::SpendUpdated => 1,
        EventType::SpendApproved => 2,
        _ => 3,
    }
}
