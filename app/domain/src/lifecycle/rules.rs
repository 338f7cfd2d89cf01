//! Declarative rules, one for each possible defect, as patterns of precedence, response, absence and succession.
//!
//! The transition tables change states; a rule explains an event that does not fit. `tests` keeps both consistent:
//! whatever a table calls a gap or a contradiction is a breach of exactly one rule.

mod declared;
#[cfg(test)]
mod tests;

use super::kind::{FindingKind, Severity};
use crate::event::{EventType, Family};
use declared::declared;
use serde::{Deserialize, Serialize};

/// The name of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A contract is offered before it is accepted or revoked.
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
    /// A cancelled contract cannot be given notice.
    NoNoticeAfterCancellation,
    /// A cancelled contract cannot be completed.
    NoCompletionAfterCancellation,
    /// A cancelled contract is not approved, offered or signed again.
    NothingAfterCancellation,
    /// A contract under notice cannot be cancelled before its start.
    NoCancellationAfterNotice,
    /// A completed contract cannot be cancelled before its start.
    NoCancellationAfterCompletion,
    /// A contract that has started cannot be cancelled.
    NoCancellationAfterStart,
    /// Nothing follows a deletion.
    NothingAfterDeletion,
    /// A contract ends on its first day or later.
    EndsAfterStart,
    /// An offer is answered within a number of days.
    OfferIsAnswered,
    /// A contract is renewed a number of days before its end.
    RenewedBeforeEnd,
    /// Approved spend is drawn on within a number of days.
    ApprovedSpendIsUsed,
    /// Contracts cost no more than their requisition's amount.
    WithinBudget,
    /// A message arrives within five minutes.
    ArrivesOnTime,
    /// Every attempt of a message has the same body.
    #[serde(rename = "says-the-same")]
    BodyIsUnchanged,
    /// Test events are about test subjects.
    #[serde(rename = "tests-stay-apart")]
    TestEventsAreSeparate,
}

/// The pattern of a rule: a relation between events, or to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `first` comes before any of `then`.
    Precedence {
        /// The required event.
        first: &'static EventType,
        /// The events it must precede.
        then: &'static [EventType],
    },
    /// These come in this order, and none recurs after a later one.
    Succession(&'static [EventType]),
    /// After `of`, no `then` without a `between`.
    Between {
        /// The first event.
        of: &'static EventType,
        /// The event required in between.
        between: &'static EventType,
        /// The last event.
        then: &'static EventType,
    },
    /// None of `never` occurs after one of `after`.
    Absence {
        /// The excluded events.
        never: &'static [EventType],
        /// The events after which they are excluded.
        after: &'static [EventType],
    },
    /// One of `by` follows each `after` within a time limit.
    Response {
        /// The event that requires a response.
        after: &'static EventType,
        /// The possible responses.
        by: &'static [EventType],
        /// The time limit.
        within: Deadline,
    },
    /// An invariant of a subject or a message, rather than a relation between events.
    Always,
}

/// The time limit of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// [`Limits::offer_days`] after the event.
    OfferDays,
    /// [`Limits::ending_days`] before the contract's last day.
    EndingDays,
    /// [`Limits::unused_days`] after the event.
    UnusedDays,
}

/// The declaration of a rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleDeclaration {
    /// Its name in the database, which never changes, as dismissals refer to it.
    pub id: &'static str,
    /// The kind of its findings.
    pub kind: FindingKind,
    /// The severity of its findings.
    pub severity: Severity,
    /// The required pattern.
    pub pattern: Pattern,
    /// The meaning of a breach, as a sentence. Findings add events, dates and amounts where these belong.
    pub says: &'static str,
    /// The advice.
    pub advice: &'static str,
}

/// The configured day limits of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of days for which an offer may stay open.
    pub offer_days: u16,
    /// Number of days before its end by which a contract should have a renewal.
    pub ending_days: u16,
    /// Maximum number of days for which approved spend may stay unused.
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
        Self::BodyIsUnchanged,
        Self::TestEventsAreSeparate,
    ];

    /// Returns the value in the database.
    pub fn as_str(self) -> &'static str {
        declared(self).id
    }

    /// The inverse of [`Rule::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    /// Returns the kind of its findings.
    pub fn kind(self) -> FindingKind {
        declared(self).kind
    }

    /// Returns the severity of its findings.
    pub fn severity(self) -> Severity {
        declared(self).severity
    }

    /// Returns the required pattern.
    pub fn pattern(self) -> Pattern {
        declared(self).pattern
    }

    /// Returns the meaning of a breach, as a sentence.
    pub fn says(self) -> &'static str {
        declared(self).says
    }

    /// Returns the advice.
    pub fn advice(self) -> &'static str {
        declared(self).advice
    }

    /// Returns whether the advice is to replay messages from the sender's portal, which keeps them for a limited time.
    pub fn asks_for_replay(self) -> bool {
        declared::asks_for_replay(self.advice())
    }

    /// Returns the rule that requires `first` before other events.
    pub fn that_first_came(first: &EventType) -> Option<Self> {
        let asks = |rule: &Self| matches!(rule.pattern(), Pattern::Precedence { first: asked, .. } if asked == first);
        Self::ALL.into_iter().find(asks)
    }

    /// Returns the rule about the order of a family's steps.
    pub fn of_order(family: Family) -> Self {
        match family {
            Family::Contract => Self::ContractInOrder,
            Family::Contact => Self::JoiningInOrder,
            Family::Spend => Self::SpendInOrder,
        }
    }
}
