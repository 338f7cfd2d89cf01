//! The states of a contract, and which event leads from which to which: see `docs/yunojuno.md`, Contract lifecycle.

mod phase;

pub use phase::Phase;

use super::rules::Rule;
use super::transition::{Transition, look_up};
use crate::event::EventType;
use crate::event::{any_contact_event, any_spend_event};
use serde::{Deserialize, Serialize};

/// The state of a contract by its events alone. See [`Phase`] for the state on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractState {
    /// Mentioned by an event that does not tell its state.
    Known,
    /// Passed its pre-offer approval, so that it can be offered.
    Approved,
    /// Offered to the contractor.
    Offered,
    /// The offer was withdrawn; it may be approved or offered again.
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

    /// Returns the value in the database.
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

    /// Returns whether it was revoked, cancelled or deleted.
    pub fn is_void(self) -> bool {
        match self {
            Self::Revoked | Self::Cancelled | Self::Deleted => true,
            Self::Known | Self::Approved | Self::Offered | Self::Accepted | Self::NoticeServed | Self::EndKnown => {
                false
            }
        }
    }

    /// Returns whether it is signed and was not withdrawn: accepted, under notice, or with its end known.
    pub fn is_signed(self) -> bool {
        match self {
            Self::Accepted | Self::NoticeServed | Self::EndKnown => true,
            Self::Known | Self::Approved | Self::Offered | Self::Revoked | Self::Cancelled | Self::Deleted => false,
        }
    }

    /// Returns whether it may still be signed: approved or offered.
    pub fn is_proposed(self) -> bool {
        match self {
            Self::Approved | Self::Offered => true,
            Self::Known
            | Self::Revoked
            | Self::Accepted
            | Self::Cancelled
            | Self::NoticeServed
            | Self::EndKnown
            | Self::Deleted => false,
        }
    }

    /// Returns whether an offer waits for the contractor's answer.
    pub fn is_open_offer(self) -> bool {
        self == Self::Offered
    }

    /// Returns the label of its badge: that of [`Phase`], as long as no date decides.
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

    /// Returns the words after "the contract" in a sentence.
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

/// See `docs/yunojuno.md`, Contract lifecycle. What came before a cancellation and was only sent after it is excused by
/// the fold, which knows the times.
/// An approval is optional, so it is never missing. A refusal by the contractor and an approval that failed
/// send nothing, so an offer may follow an offer.
const TABLE: [(ContractState, [Transition<ContractState>; 8]); 9] = {
    use ContractState::{Accepted, Approved, Cancelled, Deleted, EndKnown, Known, NoticeServed, Offered, Revoked};
    use Transition::{Contradiction as No, Gap, Past, To, Unless};
    let signed = No(Rule::NoRevocationAfterAcceptance);
    let again = No(Rule::NothingAfterCancellation);
    let gone = No(Rule::NothingAfterDeletion);
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
                Unless(Accepted, OFFER, Rule::SecondOfferBeforeAcceptance),
                Gap(Cancelled, SIGNING),
                Gap(NoticeServed, SIGNING),
                Gap(EndKnown, SIGNING),
                To(Deleted),
            ],
        ),
        (Accepted, [Past, Past, signed, Past, To(Cancelled), To(NoticeServed), To(EndKnown), To(Deleted)]),
        (
            Cancelled,
            [
                again,
                again,
                signed,
                again,
                Past,
                No(Rule::NoNoticeAfterCancellation),
                No(Rule::NoCompletionAfterCancellation),
                To(Deleted),
            ],
        ),
        (
            NoticeServed,
            [
                Past,
                Past,
                signed,
                Past,
                No(Rule::NoCancellationAfterNotice),
                To(NoticeServed),
                To(EndKnown),
                To(Deleted),
            ],
        ),
        (
            EndKnown,
            [Past, Past, signed, Past, No(Rule::NoCancellationAfterCompletion), Past, To(EndKnown), To(Deleted)],
        ),
        (Deleted, [gone; 8]),
    ]
};

/// Returns the transition of a contract by an event.
pub fn after(state: ContractState, event: &EventType) -> Transition<ContractState> {
    look_up(&COLUMNS, &TABLE, state, event)
}

/// Returns the rank of an event among those of the same instant. Events that change no state come last.
pub fn rank(event: &EventType) -> u8 {
    match event {
        EventType::ContractApproved => 0,
        EventType::ContractOffered => 1,
        EventType::ContractRevoked | EventType::ContractAccepted => 2,
        EventType::ContractCancelled | EventType::ContractNoticeServed => 3,
        EventType::ContractCompleted => 4,
        EventType::ContractDeleted => 5,
        any_contact_event!() | any_spend_event!() | EventType::Unknown(_) => 6,
    }
}

/// Returns the state that an event leads to by itself; `None` for one that changes no state.
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
        any_contact_event!() | any_spend_event!() | EventType::Unknown(_) => return None,
    })
}
