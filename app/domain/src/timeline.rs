//! The fold from the set of a subject's events to its story.
//!
//! The input is a set: any order of arrival and any repetition gives the same story (`tests` proves it). Events are
//! ordered by `occurred_at`, then by their rank in the lifecycle, then by message id.

mod contract;
mod contractor;
mod lateness;
mod newest;
mod order;
mod renewal;
mod requisition;
mod revival;
mod sentences;
#[cfg(test)]
mod tests;
mod walk;
pub mod words;

pub use lateness::{LATE_MILLISECONDS, is_late, replays_in_words};

use crate::event::contract::Rate;
use crate::event::spend::{AmountType, TypedAmount, limit};
use crate::event::{Event, EventType, Mode};
use crate::id::{ContractId, ContractorId, MessageId, RequisitionId, Subject};
use crate::lifecycle::contact::ContactState;
use crate::lifecycle::contract::ContractState;
use crate::lifecycle::finding::Finding;
use crate::lifecycle::spend::RequisitionState;
use crate::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The origin of an event's time, most reliable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeOrigin {
    /// The time in the message id, at which YunoJuno sent the event; it is the same on every replay.
    MessageId,
    /// The timestamp header of the first attempt received.
    FirstAttempt,
    /// The time of its arrival here.
    Arrival,
}

impl TimeOrigin {
    /// Returns the value stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageId => "id",
            Self::FirstAttempt => "attempt",
            Self::Arrival => "arrival",
        }
    }

    /// The inverse of [`TimeOrigin::as_str`]; unknown values give the least reliable origin.
    pub fn parse(text: &str) -> Self {
        match text {
            "id" => Self::MessageId,
            "attempt" => Self::FirstAttempt,
            _ => Self::Arrival,
        }
    }
}

/// A stored message about the subject, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The sequence number in the log, which is the key of its delivery page.
    pub seq: i64,
    /// Svix's id.
    pub message_id: MessageId,
    /// The time of the event, as well as it is known.
    pub occurred_at: Timestamp,
    /// The origin of `occurred_at`.
    pub occurred_from: TimeOrigin,
    /// When its first attempt was stored.
    pub received_at: Timestamp,
    /// The number of attempts received, at least 1.
    pub attempts: u32,
    /// The event; shared, as it is folded into several stories.
    pub event: Arc<Event>,
}

/// How an event fitted into the lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// As the transition table expects.
    Expected,
    /// Possible, but a preceding event was never received.
    AfterAGap,
    /// The subject was already past this step; the state stays.
    OutOfOrder,
    /// It never changes the state (fields updated, unknown types).
    Neutral,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Plain text.
    Text(String),
    /// The name of a subject, linked to its page if it has one.
    Name(String, Option<Subject>),
    /// Emphasised text.
    Strong(String),
}

/// A sentence for hirers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence(pub Vec<Span>);

impl Sentence {
    /// Returns the text without emphasis and links.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|span| match span {
                Span::Text(text) | Span::Name(text, _) | Span::Strong(text) => text.as_str(),
            })
            .collect()
    }
}

/// An event as an entry of a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The sequence number, for links to `/deliveries/{seq}`.
    pub seq: i64,
    /// The event type.
    pub event_type: EventType,
    /// Live or test.
    pub mode: Mode,
    /// Time of the event.
    pub occurred_at: Timestamp,
    /// The origin of that time.
    pub occurred_from: TimeOrigin,
    /// Time of its first arrival.
    pub received_at: Timestamp,
    /// The number of attempts received.
    pub attempts: u32,
    /// "Brand refresh was offered to Amara by Priya Raman."
    pub sentence: Sentence,
    /// "£520.00 a day, 1 March to 29 May 2026, 7 days’ notice"
    pub detail: Option<String>,
    /// The subject of the event itself (in a contractor's story, the contract of a contract event).
    pub subject: Option<Subject>,
    /// How it fitted into the lifecycle.
    pub fit: Fit,
    /// The findings at this event.
    pub findings: Vec<Finding>,
}

/// A step of a contract's lifecycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The state entered.
    pub state: ContractState,
    /// Its time; `None` for a step that must have happened but was never received.
    pub at: Option<Timestamp>,
    /// The sequence number of its delivery.
    pub seq: Option<i64>,
}

/// The story of one contract.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractStory {
    /// The state after the last event.
    pub state: ContractState,
    /// The steps so far, oldest first, with inferred ones.
    pub steps: Vec<Step>,
    /// Every event, oldest first.
    pub entries: Vec<Entry>,
    /// The findings of all entries, in the same order.
    pub findings: Vec<Finding>,
    /// The newest known value of each field.
    pub facts: crate::event::contract::Contract,
    /// The known last day: `actual_end_date`, else `end_date`.
    pub ends_on: Option<Date>,
    /// The last day as agreed, if notice or completion moved it.
    pub planned_end_on: Option<Date>,
    /// Whether it counts as withdrawn but a later event contradicts that, so that its cost is in question.
    pub is_disputed: bool,
    /// Whether every event is a test event. If there are live ones, test events do not enter states and facts.
    pub is_test: bool,
    /// Time of the last event.
    pub last_at: Timestamp,
}

/// The story of one contractor, without their contracts, which have stories of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractorStory {
    /// The state after the last contact event; `Known` when only contracts mention them.
    pub state: ContactState,
    /// Every contact event, oldest first.
    pub entries: Vec<Entry>,
    /// All findings.
    pub findings: Vec<Finding>,
    /// The newest facts.
    pub facts: crate::event::contact::Contact,
    /// Whether every event is a test event.
    pub is_test: bool,
    /// Time of the last event.
    pub last_at: Timestamp,
}

/// The amount that may be spent from an event on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Time of the event.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
    /// The event type.
    pub event_type: EventType,
    /// The amount; `None` while its figure or currency is unknown.
    pub money: Option<Money>,
    /// Per day or in total.
    pub kind: Option<AmountType>,
}

/// The story of one spend requisition.
#[derive(Clone, Debug, PartialEq)]
pub struct RequisitionStory {
    /// The state after the last event; `Known` when only contracts mention it.
    pub state: RequisitionState,
    /// Every requisition event, oldest first.
    pub entries: Vec<Entry>,
    /// All findings.
    pub findings: Vec<Finding>,
    /// The newest facts.
    pub facts: crate::event::spend::Requisition,
    /// The amounts that may be spent over time, oldest first, by its own events and those of contracts that embed it.
    /// See [`limit`].
    pub limits: Vec<Amount>,
    /// The amount approved last, which may have changed since. `None` without an approval.
    pub approved: Option<TypedAmount>,
    /// The number of created and updated snapshots.
    pub versions: u32,
    /// Whether every event is a test event.
    pub is_test: bool,
    /// Time of the last event.
    pub last_at: Timestamp,
}

impl RequisitionStory {
    /// Returns the amount that may be spent now.
    pub fn limit(&self) -> Option<TypedAmount> {
        limit(self.approved.as_ref(), self.facts.priced().as_ref()).cloned()
    }
}

/// The facts about another contract of the same contractor from which renewals are inferred.
#[derive(Clone, Debug, PartialEq)]
pub struct RenewalCandidate {
    /// The id.
    pub id: ContractId,
    /// Its first day.
    pub start_on: Option<Date>,
    /// Its known last day.
    pub ends_on: Option<Date>,
    /// Contract ids in its `renewal_meta`.
    pub renewal_ids: Vec<ContractId>,
    /// Its rate, shown beside the link.
    pub rate: Option<Rate>,
    /// Its state: a withdrawn contract renews nothing.
    pub state: ContractState,
}

/// The progress of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// There is none, or only a draft.
    Nothing,
    /// It is offered, and not signed.
    Offered,
    /// It is signed.
    Signed,
}

impl Renewal {
    /// Returns the progress of a renewal by a contract in this state.
    pub fn of(state: ContractState) -> Self {
        if state.is_signed() {
            Self::Signed
        } else if state.is_open_offer() {
            Self::Offered
        } else {
            Self::Nothing
        }
    }
}

/// Returns the story of the one contract these events are about; `None` when none is about a contract.
pub fn contract(stored_events: &[StoredEvent]) -> Option<ContractStory> {
    contract::fold(stored_events)
}

/// Returns the events of the one contract these are about, deduplicated, oldest first, without test events if there are
/// live ones. Every prefix of this list gives the story as it was at that time.
pub fn contract_events(stored_events: &[StoredEvent]) -> Vec<StoredEvent> {
    contract::events(stored_events)
}

/// Returns the story of this contractor. Contract events that mention them contribute facts, but are no entries: they
/// belong to the contracts' stories. `None` when no event mentions them.
pub fn contractor(id: &ContractorId, stored_events: &[StoredEvent]) -> Option<ContractorStory> {
    contractor::fold(id, stored_events)
}

/// Returns the story of this requisition. Contract events that embed its snapshot contribute facts, but are no entries.
/// `None` when no event mentions it.
pub fn requisition(id: &RequisitionId, stored_events: &[StoredEvent]) -> Option<RequisitionStory> {
    requisition::fold(id, stored_events)
}

/// A contract linked by a renewal, if any. The flag is true where `renewal_meta` states the link, false where it is
/// inferred from adjoining dates.
pub type RenewalLink = Option<(ContractId, bool)>;

/// Returns which contract `me` renews, and which one renews `me`, among `others` of the same contractor and mode. A
/// withdrawn contract renews nothing, and is renewed only if that is stated. Of several that renew `me`, a signed one
/// is preferred to an offered one, and that to a draft. Dates adjoin if no working day lies between them.
pub fn renewals(me: &RenewalCandidate, others: &[RenewalCandidate]) -> (RenewalLink, RenewalLink) {
    renewal::of(me, others)
}

/// Returns whether one of two contracts may renew the other: if not, neither has a part in the renewals of the other.
pub fn may_link(one: &RenewalCandidate, other: &RenewalCandidate) -> bool {
    renewal::may_link(one, other)
}

/// Returns the progress of this contract's renewal, among contracts of the same contractor and mode.
pub fn renewal(id: &ContractId, contracts: &[RenewalCandidate]) -> Renewal {
    let me = contracts.iter().find(|one| one.id == *id);
    let found = me.and_then(|me| renewals(me, contracts).1);
    let other = found.and_then(|(id, _)| contracts.iter().find(|one| one.id == id));
    other.map_or(Renewal::Nothing, |other| Renewal::of(other.state))
}
