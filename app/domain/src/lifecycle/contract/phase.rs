//! The phases of a contract: its state on a given day.

use super::ContractState;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The state of a contract on a given day, by its events and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Only mentioned.
    Known,
    /// Ready to be offered.
    Approved,
    /// Offered, waiting for the contractor.
    Offered,
    /// The offer was withdrawn.
    Revoked,
    /// Signed, not yet started; there may already be a notice or a known end.
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
    /// All phases, in the order of lists.
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

    /// Returns the phase on `today`, a calendar day, as contracts have no time of day. The last day still counts as
    /// running, and nothing runs before its first day. Without an end a contract never completes by itself. An accepted
    /// contract whose planned end has passed counts as completed even without `completed`: until when that event is
    /// sent is undocumented, so no rule can require it.
    pub fn on(today: Date, state: ContractState, start_on: Option<Date>, ends_on: Option<Date>) -> Self {
        if state.is_signed() && ends_on.is_some_and(|last| last < today) {
            return Self::Completed;
        }
        if state.is_signed() && start_on.is_some_and(|first| first > today) {
            return Self::Upcoming;
        }
        match state {
            ContractState::Known => Self::Known,
            ContractState::Approved => Self::Approved,
            ContractState::Offered => Self::Offered,
            ContractState::Revoked => Self::Revoked,
            ContractState::Cancelled => Self::Cancelled,
            ContractState::Deleted => Self::Deleted,
            ContractState::NoticeServed => Self::UnderNotice,
            ContractState::EndKnown => Self::Ending,
            ContractState::Accepted => Self::Active,
        }
    }

    /// Returns the value in URLs: the [`Phase::label`] without capitals and spaces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Revoked => "revoked",
            Self::Upcoming => "signed",
            Self::Active => "at_work",
            Self::UnderNotice => "under_notice",
            Self::Ending => "ending",
            Self::Completed => "ended",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
        }
    }

    /// The inverse of [`Phase::as_str`]. Values of earlier versions are accepted, so that their links and feeds still
    /// work.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "upcoming" => Some(Self::Upcoming),
            "active" => Some(Self::Active),
            "completed" => Some(Self::Completed),
            _ => Self::ALL.into_iter().find(|phase| phase.as_str() == text),
        }
    }

    /// Returns the label of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Seen in passing",
            Self::Approved => "Approved",
            Self::Offered => "Offered",
            Self::Revoked => "Revoked",
            Self::Upcoming => "Signed",
            Self::Active => "At work",
            Self::UnderNotice => "Under notice",
            Self::Ending => "Ending",
            Self::Completed => "Ended",
            Self::Cancelled => "Cancelled",
            Self::Deleted => "Deleted",
        }
    }

    /// Returns the label with its day: "Ending on 13 Feb 2026".
    pub fn label_on(self, ends_on: Option<Date>) -> String {
        match ends_on.filter(|_| self == Self::Ending) {
            Some(last) => format!("{} on {}", self.label(), last.strftime("%-d %b %Y")),
            None => self.label().to_owned(),
        }
    }

    /// Returns whether work is being done or due, which makes it an active contract.
    pub fn is_running(self) -> bool {
        match self {
            Self::Active | Self::UnderNotice | Self::Ending => true,
            Self::Known
            | Self::Approved
            | Self::Offered
            | Self::Revoked
            | Self::Upcoming
            | Self::Completed
            | Self::Cancelled
            | Self::Deleted => false,
        }
    }

    /// Returns whether nothing more is expected: it ended, or was withdrawn.
    pub fn is_over(self) -> bool {
        match self {
            Self::Completed | Self::Revoked | Self::Cancelled | Self::Deleted => true,
            Self::Known
            | Self::Approved
            | Self::Offered
            | Self::Upcoming
            | Self::Active
            | Self::UnderNotice
            | Self::Ending => false,
        }
    }

    /// Returns whether it is signed and not over, started or not.
    pub fn is_bound(self) -> bool {
        self.is_running() || self == Self::Upcoming
    }
}
