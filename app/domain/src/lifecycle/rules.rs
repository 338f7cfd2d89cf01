//! Declarative rules, one for each possible defect, as patterns of precedence, response, absence and succession.
//!
//! The transition tables move states; a rule says what it means when an event does not fit. `tests` holds the two
//! together: whatever a table calls a gap or a contradiction is a breach of exactly one rule.

mod declared;
#[cfg(test)]
mod tests;

use super::finding::{FindingKind, Severity};
use crate::event::{EventType, Family};
use declared::declared;
use serde::{Deserialize, Serialize};

/// A rule, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A contract is offered before anything comes of the offer.
    OfferComesFirst,
    /// A contract is accepted before it ends in any way.
    AcceptanceComesFirst,
    /// A contractor is created before they join.
    InvitationComesFirst,
    /// A contractor registers before onboarding ends.
    RegistrationComesFirst,
    /// A requisition is created before it is updated or approved.
    RequestComesFirst,
    /// The steps of a contract come one after the other.
    ContractInOrder,
    /// The steps of joining come one after the other.
    JoiningInOrder,
    /// The steps of a requisition come one after the other.
    SpendInOrder,
    /// A revoked offer is offered again before it is accepted.
    SecondOfferBeforeAcceptance,
    /// What was accepted cannot be revoked.
    NoRevocationAfterAcceptance,
    /// What was cancelled before its start cannot be given notice.
    NoNoticeAfterCancellation,
    /// What was cancelled before its start cannot be completed.
    NoCompletionAfterCancellation,
    /// What was cancelled is not approved, offered or signed again.
    NothingAfterCancellation,
    /// What runs under notice cannot be cancelled before its start.
    NoCancellationAfterNotice,
    /// What is completed cannot be cancelled before its start.
    NoCancellationAfterCompletion,
    /// What has begun cannot be cancelled.
    NoCancellationAfterStart,
    /// Nothing follows a deletion.
    NothingAfterDeletion,
    /// A contract ends on its first day or later.
    EndsAfterStart,
    /// An offer is answered within some days.
    OfferIsAnswered,
    /// A contract that ends is renewed some days before.
    RenewedBeforeEnd,
    /// Approved spend is drawn on within some days.
    ApprovedSpendIsUsed,
    /// Contracts cost no more than their requisition is for.
    WithinBudget,
    /// A message arrives within five minutes.
    ArrivesOnTime,
    /// A message says the same every time it comes.
    SaysTheSame,
    /// Test events are about test things.
    TestsStayApart,
}

/// How events must relate to each other, or to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `first` comes before any of `then`.
    Precedence {
        /// What must have come.
        first: &'static EventType,
        /// Before any of these.
        then: &'static [EventType],
    },
    /// These come in this order, and none again after a later one.
    Succession(&'static [EventType]),
    /// After `of`, no `then` without a `between`.
    Between {
        /// What happened.
        of: &'static EventType,
        /// What must come in between.
        between: &'static EventType,
        /// Before this.
        then: &'static EventType,
    },
    /// None of `never` comes once one of `after` did.
    Absence {
        /// What must not come.
        never: &'static [EventType],
        /// Once one of these came.
        after: &'static [EventType],
    },
    /// One of `by` follows each `after` within a time.
    Response {
        /// What asks for an answer.
        after: &'static EventType,
        /// What answers it.
        by: &'static [EventType],
        /// How long there is.
        within: Deadline,
    },
    /// Something that holds for a subject, or a message, and not between events.
    Always,
}

/// Until when a response must have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// So many days later as [`Limits::offer_days`] says.
    OfferDays,
    /// So many days before the contract's last day as [`Limits::ending_days`] says.
    EndingDays,
    /// So many days later as [`Limits::unused_days`] says.
    UnusedDays,
}

/// What is declared of one rule.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Its name in the database, never changed: dismissals are kept under it.
    pub id: &'static str,
    /// What kind of finding its breach is.
    pub kind: FindingKind,
    /// How much its breach matters.
    pub severity: Severity,
    /// What must hold.
    pub pattern: Pattern,
    /// What its breach means, as a sentence. Where an event, a date or a sum belongs into it, the finding says more.
    pub says: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// The days after which a person is told; what the operator decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An offer may stay open so long.
    pub offer_days: u16,
    /// So long before its end a contract should have a renewal.
    pub ending_days: u16,
    /// Approved spend may stay unused so long.
    pub unused_days: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self { offer_days: 7, ending_days: 14, unused_days: 30 }
    }
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::OfferComesFirst,
        Self::AcceptanceComesFirst,
        Self::InvitationComesFirst,
        Self::RegistrationComesFirst,
        Self::RequestComesFirst,
        Self::ContractInOrder,
        Self::JoiningInOrder,
        Self::SpendInOrder,
        Self::SecondOfferBeforeAcceptance,
        Self::NoRevocationAfterAcceptance,
        Self::NoNoticeAfterCancellation,
        Self::NoCompletionAfterCancellation,
        Self::NothingAfterCancellation,
        Self::NoCancellationAfterNotice,
        Self::NoCancellationAfterCompletion,
        Self::NoCancellationAfterStart,
        Self::NothingAfterDeletion,
        Self::EndsAfterStart,
        Self::OfferIsAnswered,
        Self::RenewedBeforeEnd,
        Self::ApprovedSpendIsUsed,
        Self::WithinBudget,
        Self::ArrivesOnTime,
        Self::SaysTheSame,
        Self::TestsStayApart,
    ];

    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        declared(self).id
    }

    /// The inverse of [`Rule::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    /// What kind of finding its breach is.
    pub fn kind(self) -> FindingKind {
        declared(self).kind
    }

    /// How much its breach matters.
    pub fn severity(self) -> Severity {
        declared(self).severity
    }

    /// What must hold.
    pub fn pattern(self) -> Pattern {
        declared(self).pattern
    }

    /// What its breach means, as a sentence.
    pub fn says(self) -> &'static str {
        declared(self).says
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        declared(self).advice
    }

    /// Whether its advice is to fetch something from the sender's portal, which keeps it for some days only.
    pub fn asks_for_replay(self) -> bool {
        declared::asks_for_replay(self.advice())
    }

    /// The rule that says `first` must have come.
    pub fn that_first_came(first: &EventType) -> Option<Self> {
        let asks = |rule: &Self| matches!(rule.pattern(), Pattern::Precedence { first: asked, .. } if asked == first);
        Self::ALL.into_iter().find(asks)
    }

    /// The rule about the order of a family's steps.
    pub fn of_order(family: Family) -> Self {
        match family {
            Family::Contract => Self::ContractInOrder,
            Family::Contact => Self::JoiningInOrder,
            Family::Spend => Self::SpendInOrder,
        }
    }

    /// The rule whose breach a transition table gives this sentence as the reason for.
    pub fn that_says(why: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.says() == why)
    }
}
