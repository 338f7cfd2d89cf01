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
mod tell;
#[cfg(test)]
mod tests;
mod walk;
pub mod words;

pub use lateness::{LATE_MILLISECONDS, is_late, replays_in_words};

use crate::event::contract::Rate;
use crate::event::spend::{AmountType, Priced, limit};
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

/// Where the time of an event was taken from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeOrigin {
    /// The time inside the message id: the moment YunoJuno sent the event, the same on every replay.
    MessageId,
    /// The timestamp header of the first attempt seen.
    FirstAttempt,
    /// The moment it arrived here.
    Arrival,
}

impl TimeOrigin {
    /// The word stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageId => "id",
            Self::FirstAttempt => "attempt",
            Self::Arrival => "arrival",
        }
    }

    /// The inverse of [`TimeOrigin::as_str`]; anything else is the least trusted origin.
    pub fn parse(text: &str) -> Self {
        match text {
            "id" => Self::MessageId,
            "attempt" => Self::FirstAttempt,
            _ => Self::Arrival,
        }
    }
}

/// One stored message about the subject, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Its place in the log; the key of its delivery page.
    pub seq: i64,
    /// Svix's id.
    pub message_id: MessageId,
    /// When it happened, as well as can be known.
    pub occurred_at: Timestamp,
    /// Where `occurred_at` comes from.
    pub occurred_from: TimeOrigin,
    /// When its first attempt to reach us was stored.
    pub received_at: Timestamp,
    /// How many attempts reached us, at least 1.
    pub attempts: u32,
    /// What it said; shared, as one event is folded into several stories.
    pub event: Arc<Event>,
}

/// How an event fitted into the lifecycle when its turn came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// The table has this step from here.
    Expected,
    /// The step can be taken, but the one that must come before it was never seen.
    AfterAGap,
    /// The subject was past this step already: the event is told, and changes no state.
    OutOfOrder,
    /// It changes no state by its nature (fields updated, unknown types).
    Neutral,
}

/// One piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Plain words.
    Text(String),
    /// Words that name what the sentence is about, linked to its page where there is one.
    Name(String, Option<Subject>),
    /// Words that matter.
    Strong(String),
}

/// A sentence a hirer can read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence(pub Vec<Span>);

impl Sentence {
    /// Without marks and links.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|span| match span {
                Span::Text(text) | Span::Name(text, _) | Span::Strong(text) => text.as_str(),
            })
            .collect()
    }
}

/// One event in the story, told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Links to `/deliveries/{seq}`.
    pub seq: i64,
    /// What kind of event.
    pub event_type: EventType,
    /// Live or test.
    pub mode: Mode,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Where that time comes from.
    pub occurred_from: TimeOrigin,
    /// When it reached us first.
    pub received_at: Timestamp,
    /// How many attempts reached us.
    pub attempts: u32,
    /// "Brand refresh was offered to Amara by Priya Raman."
    pub sentence: Sentence,
    /// "£520.00 a day, 1 March to 29 May 2026, 7 days’ notice"
    pub detail: Option<String>,
    /// Which subject the event itself belongs to (a contract's event in a contractor's story names the contract).
    pub subject: Option<Subject>,
    /// How it fitted.
    pub fit: Fit,
    /// What is wrong or missing right here.
    pub findings: Vec<Finding>,
}

/// A stretch of a contract's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The state entered.
    pub state: ContractState,
    /// When; `None` when the step must have happened but was never seen.
    pub at: Option<Timestamp>,
    /// The delivery that says so.
    pub seq: Option<i64>,
}

/// The story of one contract.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractStory {
    /// The state after the last event.
    pub state: ContractState,
    /// The states it went through, oldest first, with the missing ones that must have been.
    pub steps: Vec<Step>,
    /// Every event, oldest first.
    pub entries: Vec<Entry>,
    /// All findings of all entries, in the same order.
    pub findings: Vec<Finding>,
    /// The facts as the newest event that carried each of them had them.
    pub facts: crate::event::contract::Contract,
    /// The last day as far as it is known: `actual_end_date`, else `end_date`.
    pub ends_on: Option<Date>,
    /// The last day as it was agreed, where notice or completion moved it; `None` where they did not.
    pub planned_end_on: Option<Date>,
    /// Whether it counts as taken back, and an event that cannot be true beside that says otherwise: what it costs is then
    /// in question.
    pub is_disputed: bool,
    /// Whether every event is a test event. Where live ones exist, test ones are left out of states and facts.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: Timestamp,
}

/// The story of one contractor, without their contracts (those are stories of their own).
#[derive(Clone, Debug, PartialEq)]
pub struct ContractorStory {
    /// The state after the last contact event; `Known` when only contracts named them.
    pub state: ContactState,
    /// Every contact event, oldest first.
    pub entries: Vec<Entry>,
    /// All findings.
    pub findings: Vec<Finding>,
    /// The newest facts of the relationship.
    pub facts: crate::event::contact::Contact,
    /// Whether every event is a test event.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: Timestamp,
}

/// How much of a requisition may be spent from an event on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// When the event happened.
    pub at: Timestamp,
    /// Its delivery.
    pub seq: i64,
    /// How much; `None` while no event had said both figure and currency.
    pub money: Option<Money>,
    /// Per day or in total.
    pub kind: Option<AmountType>,
}

/// The story of one spend requisition.
#[derive(Clone, Debug, PartialEq)]
pub struct RequisitionStory {
    /// The state after the last event; `Known` when only a contract named it.
    pub state: RequisitionState,
    /// Every requisition event, oldest first.
    pub entries: Vec<Entry>,
    /// All findings.
    pub findings: Vec<Finding>,
    /// The newest facts.
    pub facts: crate::event::spend::Requisition,
    /// How much of it may be spent, from which event on, oldest first; by its own events and those of contracts that carry
    /// it. See [`limit`].
    pub limits: Vec<Amount>,
    /// What was approved last; it may be for another amount now. `None` where no approval was seen.
    pub approved: Option<Priced>,
    /// How many created/updated snapshots there were.
    pub versions: u32,
    /// Whether every event is a test event.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: Timestamp,
}

impl RequisitionStory {
    /// How much of it may be spent in the end.
    pub fn limit(&self) -> Option<Priced> {
        limit(self.approved.as_ref(), self.facts.priced().as_ref()).cloned()
    }
}

/// What a contract story needs to know of the others of the same contractor, to link renewals.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Which contract.
    pub id: ContractId,
    /// Its first day.
    pub start_on: Option<Date>,
    /// Its last day as far as known.
    pub ends_on: Option<Date>,
    /// Contract ids its `renewal_meta` names.
    pub renewal_ids: Vec<ContractId>,
    /// Its rate, shown beside the link.
    pub rate: Option<Rate>,
    /// What events have said of it: what was taken back renews nothing.
    pub state: ContractState,
}

/// How far the renewal of a contract has come.
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
    /// What a contract in this state is as a renewal.
    pub fn of(state: ContractState) -> Self {
        match state {
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => Self::Signed,
            ContractState::Offered => Self::Offered,
            ContractState::Known
            | ContractState::Approved
            | ContractState::Revoked
            | ContractState::Cancelled
            | ContractState::Deleted => Self::Nothing,
        }
    }
}

/// The story of the one contract these happenings are about; `None` when none of them is about a contract.
pub fn contract(happenings: &[Happening]) -> Option<ContractStory> {
    contract::fold(happenings)
}

/// The events of the one contract these happenings are about, each message once, oldest first, without test events where
/// live ones exist. Every beginning of this list is what had happened by then, so its story is the story as it was then.
pub fn contract_events(happenings: &[Happening]) -> Vec<Happening> {
    contract::events(happenings)
}

/// The story of this contractor. Contract events that name them give facts that no contact event carried, but are no
/// entries: they belong to the contracts' stories. `None` when nothing names them.
pub fn contractor(id: &ContractorId, happenings: &[Happening]) -> Option<ContractorStory> {
    contractor::fold(id, happenings)
}

/// The story of this requisition. Contract events that embed its snapshot give facts, but are no entries. `None` when
/// nothing names it.
pub fn requisition(id: &RequisitionId, happenings: &[Happening]) -> Option<RequisitionStory> {
    requisition::fold(id, happenings)
}

/// A contract linked by a renewal, if there is one. The flag is true where `renewal_meta` states the link, false where it
/// is read from dates that touch.
pub type RenewalLink = Option<(ContractId, bool)>;

/// Which contract `me` renews, and which one renews `me`, of `others` of the same contractor and mode. What was taken back
/// renews nothing, and is renewed only where that is stated. Of several that renew `me`, the one that has come furthest is
/// meant: a signed one, then an offered one, then a draft. Dates touch where no working day lies between them.
pub fn renewals(me: &Neighbour, others: &[Neighbour]) -> (RenewalLink, RenewalLink) {
    renewal::of(me, others)
}

/// How far the renewal of this contract has come, by the other ones of the same contractor and mode.
pub fn renewal(id: &ContractId, contracts: &[Neighbour]) -> Renewal {
    let me = contracts.iter().find(|one| one.id == *id);
    let found = me.and_then(|me| renewals(me, contracts).1);
    let other = found.and_then(|(id, _)| contracts.iter().find(|one| one.id == id));
    other.map_or(Renewal::Nothing, |other| Renewal::of(other.state))
}
