//! The states of a contract, and which event leads from which to which: see `docs/yunojuno.md`, Contract lifecycle.

use super::transition::{Move, look_up};
use crate::event::EventType;
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

    /// Whether it was taken back: nothing comes of such a contract any more.
    pub fn is_void(self) -> bool {
        matches!(self, Self::Revoked | Self::Cancelled | Self::Deleted)
    }

    /// As a mark on a page says it: the word of [`Phase`], as long as no day decides.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => Phase::Known,
            Self::Approved => Phase::Approved,
            Self::Offered => Phase::Offered,
            Self::Revoked => Phase::Revoked,
            Self::Accepted => Phase::Upcoming,
            Self::Cancelled => Phase::Cancelled,
            Self::NoticeServed => Phase::UnderNotice,
            Self::EndKnown => Phase::Ending,
            Self::Deleted => Phase::Deleted,
        }
        .label()
    }

    /// As it follows "the contract" in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Known => "was only seen in passing",
            Self::Approved => "was approved",
            Self::Offered => "was offered",
            Self::Revoked => "had its offer revoked",
            Self::Accepted => "was signed",
            Self::Cancelled => "was cancelled",
            Self::NoticeServed => "was under notice",
            Self::EndKnown => "had its end date settled",
            Self::Deleted => "was deleted",
        }
    }
}

const COLUMNS: [EventType; 8] = [
    EventType::ContractApproved,
    EventType::ContractOffered,
    EventType::ContractRevoked,
    EventType::ContractAccepted,
    EventType::ContractCancelled,
    EventType::ContractNoticeServed,
    EventType::ContractCompleted,
    EventType::ContractDeleted,
];

const OFFER: &[EventType] = &[EventType::ContractOffered];
const ACCEPTANCE: &[EventType] = &[EventType::ContractAccepted];
const SIGNING: &[EventType] = &[EventType::ContractOffered, EventType::ContractAccepted];

/// Signing weighs more than a revocation: a contract that somebody signed must not vanish from the active ones.
pub(super) const REVOKED_THEN_ACCEPTED: &str =
    "The offer had been revoked and no second offer was seen, yet it was signed. It counts as signed.";
/// Also the finding's words where the revocation comes first; see the fold for when a second offer makes both true.
pub(super) const ACCEPTED_THEN_REVOKED: &str =
    "A contract that was signed cannot have its offer revoked, and no second offer was seen. It counts as signed.";
pub(super) const CANCELLED_THEN_NOTICE: &str =
    "The contract was cancelled before its start, so no notice can be served on it. It counts as cancelled.";
pub(super) const CANCELLED_THEN_COMPLETED: &str =
    "The contract was cancelled before its start, so it has no end date to settle. It counts as cancelled.";
pub(super) const NOTICE_THEN_CANCELLED: &str =
    "Notice was served on the contract already, so it cannot be cancelled before its start. It counts as under notice.";
pub(super) const COMPLETED_THEN_CANCELLED: &str = "The end date of the contract was settled already, so it cannot be cancelled before its start. It counts as ending.";
pub(super) const AFTER_CANCELLATION: &str = "The contract was cancelled, and taken up again after that. It counts as cancelled, and what it costs is in question.";
pub(super) const AFTER_DELETION: &str =
    "The contract was deleted before this: nothing can follow. It counts as deleted.";

/// See `docs/yunojuno.md`, Contract lifecycle. What came before a cancellation and was only sent after it is excused by
/// the fold, which knows the times.
/// An approval is optional, so it is never missing. A refusal by the contractor and an approval that failed
/// send nothing, so an offer may follow an offer.
const TABLE: [(ContractState, [Move<ContractState>; 8]); 9] = {
    use ContractState::{Accepted, Approved, Cancelled, Deleted, EndKnown, Known, NoticeServed, Offered, Revoked};
    use Move::{Contradiction as No, Gap, Past, To, Unless};
    let signed = No(ACCEPTED_THEN_REVOKED);
    let again = No(AFTER_CANCELLATION);
    let gone = No(AFTER_DELETION);
    [
        // approved, offered, revoked, accepted | cancelled, notice served, completed, deleted
        (
            Known,
            [
                To(Approved),
                To(Offered),
                Gap(Revoked, OFFER),
                Gap(Accepted, OFFER),
                Gap(Cancelled, SIGNING),
                Gap(NoticeServed, SIGNING),
                Gap(EndKnown, SIGNING),
                To(Deleted),
            ],
        ),
        (
            Approved,
            [
                To(Approved),
                To(Offered),
                Gap(Revoked, OFFER),
                Gap(Accepted, OFFER),
                Gap(Cancelled, SIGNING),
                Gap(NoticeServed, SIGNING),
                Gap(EndKnown, SIGNING),
                To(Deleted),
            ],
        ),
        (
            Offered,
            [
                Past,
                To(Offered),
                To(Revoked),
                To(Accepted),
                Gap(Cancelled, ACCEPTANCE),
                Gap(NoticeServed, ACCEPTANCE),
                Gap(EndKnown, ACCEPTANCE),
                To(Deleted),
            ],
        ),
        (
            Revoked,
            [
                To(Approved),
                To(Offered),
                Gap(Revoked, OFFER),
                Unless(Accepted, OFFER, REVOKED_THEN_ACCEPTED),
                Gap(Cancelled, SIGNING),
                Gap(NoticeServed, SIGNING),
                Gap(EndKnown, SIGNING),
                To(Deleted),
            ],
        ),
        (Accepted, [Past, Past, signed, Past, To(Cancelled), To(NoticeServed), To(EndKnown), To(Deleted)]),
        (
            Cancelled,
            [again, again, signed, again, Past, No(CANCELLED_THEN_NOTICE), No(CANCELLED_THEN_COMPLETED), To(Deleted)],
        ),
        (
            NoticeServed,
            [Past, Past, signed, Past, No(NOTICE_THEN_CANCELLED), To(NoticeServed), To(EndKnown), To(Deleted)],
        ),
        (EndKnown, [Past, Past, signed, Past, No(COMPLETED_THEN_CANCELLED), Past, To(EndKnown), To(Deleted)]),
        (Deleted, [gone; 8]),
    ]
};

/// What an event does to a contract in a state.
pub fn after(state: ContractState, event: &EventType) -> Move<ContractState> {
    look_up(&COLUMNS, &TABLE, state, event)
}

/// The place of an event in the lifecycle, for events of the same instant. What changes no state comes last.
pub fn rank(event: &EventType) -> u8 {
    match event {
        EventType::ContractApproved => 0,
        EventType::ContractOffered => 1,
        EventType::ContractRevoked | EventType::ContractAccepted => 2,
        EventType::ContractCancelled | EventType::ContractNoticeServed => 3,
        EventType::ContractCompleted => 4,
        EventType::ContractDeleted => 5,
        _ => 6,
    }
}

/// The state an event stands for, by itself; `None` for one that changes no state.
pub fn state_of(event: &EventType) -> Option<ContractState> {
    Some(match event {
        EventType::ContractApproved => ContractState::Approved,
        EventType::ContractOffered => ContractState::Offered,
        EventType::ContractRevoked => ContractState::Revoked,
        EventType::ContractAccepted => ContractState::Accepted,
        EventType::ContractCancelled => ContractState::Cancelled,
        EventType::ContractNoticeServed => ContractState::NoticeServed,
        EventType::ContractCompleted => ContractState::EndKnown,
        EventType::ContractDeleted => ContractState::Deleted,
        _ => return None,
    })
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
    /// Signed, not yet started; notice may have been served on it, or its end be settled.
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
    /// running, and nothing runs before its first day. A contract without an end date never completes by itself. An accepted contract whose planned end has
    /// passed counts as completed even when `completed` was never seen: until when that one is sent is not documented, so
    /// no rule can miss it.
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
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown
                if start_on.is_some_and(|first| first > today) =>
            {
                Self::Upcoming
            }
            ContractState::NoticeServed => Self::UnderNotice,
            ContractState::EndKnown => Self::Ending,
            ContractState::Accepted => Self::Active,
        }
    }

    /// The word used in URLs; its [`Phase::label`] without capitals and spaces.
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

    /// The inverse of [`Phase::as_str`]. Links and calendar feeds made with the words of earlier versions still work.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "upcoming" => Some(Self::Upcoming),
            "active" => Some(Self::Active),
            "completed" => Some(Self::Completed),
            _ => Self::ALL.into_iter().find(|phase| phase.as_str() == text),
        }
    }

    /// As a mark on a page says it.
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

    /// The label with the day that belongs to it: "Ending on 13 Feb 2026".
    pub fn label_on(self, ends_on: Option<Date>) -> String {
        match (self, ends_on) {
            (Self::Ending, Some(last)) => format!("{} on {}", self.label(), last.strftime("%-d %b %Y")),
            _ => self.label().to_owned(),
        }
    }

    /// Work is being done or due: these count as active contracts.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Active | Self::UnderNotice | Self::Ending)
    }

    /// Signed, and not over: its last day lies ahead, whether or not its first one does.
    pub fn is_bound(self) -> bool {
        self.is_running() || self == Self::Upcoming
    }
}
