//! The states of a contract, and which event leads from which to which (facts 5.1).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What events have said so far. Dates do not enter: see [`Phase`] for what a reader is told on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractState {
    /// Named by an event that tells nothing of its state.
    Known,
    /// Passed its pre-offer approval; ready to be offered.
    Approved,
    /// Offered to the contractor.
    Offered,
    /// The offer was taken back; may be approved or offered again.
    Revoked,
    /// Signed.
    Accepted,
    /// Cancelled after signing, before the start.
    Cancelled,
    /// Notice was served; still running until its end.
    NoticeServed,
    /// The actual end date is known; the day may still lie ahead.
    EndKnown,
    /// Permanently deleted.
    Deleted,
}

impl ContractState {
    /// All of them, in lifecycle order.
    pub const ALL: [Self; 9] = [
        Self::Known,
        Self::Approved,
        Self::Offered,
        Self::Revoked,
        Self::Accepted,
        Self::Cancelled,
        Self::NoticeServed,
        Self::EndKnown,
        Self::Deleted,
    ];

    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Revoked => "revoked",
            Self::Accepted => "accepted",
            Self::Cancelled => "cancelled",
            Self::NoticeServed => "notice_served",
            Self::EndKnown => "end_known",
            Self::Deleted => "deleted",
        }
    }

    /// The inverse of [`ContractState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What a reader is told on a given day: the state, with the dates taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Seen only in passing.
    Known,
    /// Ready to be offered.
    Approved,
    /// Waiting for the contractor.
    Offered,
    /// The offer was taken back.
    Revoked,
    /// Signed, not yet started.
    Upcoming,
    /// Running, no end announced.
    Active,
    /// Running under notice.
    UnderNotice,
    /// Running, and its actual end is known: "ending on …".
    Ending,
    /// The last day has passed.
    Completed,
    /// Cancelled before the start.
    Cancelled,
    /// Permanently deleted.
    Deleted,
}

impl Phase {
    /// All of them, in the order lists show them.
    pub const ALL: [Self; 11] = [
        Self::Approved,
        Self::Offered,
        Self::Upcoming,
        Self::Active,
        Self::UnderNotice,
        Self::Ending,
        Self::Completed,
        Self::Revoked,
        Self::Cancelled,
        Self::Deleted,
        Self::Known,
    ];

    /// What to tell on `today` (a calendar day; contracts know no time of day). The last day itself still counts as
    /// running. A contract without an end date never completes by itself. An accepted contract whose planned end has
    /// passed counts as completed even when `completed` was never seen: the missing event is a finding, not a state.
    pub fn on(today: Date, state: ContractState, start_on: Option<Date>, ends_on: Option<Date>) -> Self {
        let over = ends_on.is_some_and(|last| last < today);
        match state {
            ContractState::Known => Self::Known,
            ContractState::Approved => Self::Approved,
            ContractState::Offered => Self::Offered,
            ContractState::Revoked => Self::Revoked,
            ContractState::Cancelled => Self::Cancelled,
            ContractState::Deleted => Self::Deleted,
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown if over => Self::Completed,
            ContractState::NoticeServed => Self::UnderNotice,
            ContractState::EndKnown => Self::Ending,
            ContractState::Accepted if start_on.is_some_and(|first| first > today) => Self::Upcoming,
            ContractState::Accepted => Self::Active,
        }
    }

    /// The word used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Revoked => "revoked",
            Self::Upcoming => "upcoming",
            Self::Active => "active",
            Self::UnderNotice => "under_notice",
            Self::Ending => "ending",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
        }
    }

    /// The inverse of [`Phase::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }

    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Seen in passing",
            Self::Approved => "Approved",
            Self::Offered => "Offered",
            Self::Revoked => "Offer revoked",
            Self::Upcoming => "Signed",
            Self::Active => "Active",
            Self::UnderNotice => "Under notice",
            Self::Ending => "Ending",
            Self::Completed => "Completed",
            Self::Cancelled => "Cancelled",
            Self::Deleted => "Deleted",
        }
    }

    /// Work is being done or due: these count as active contracts.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::UnderNotice | Self::Ending)
    }
}
