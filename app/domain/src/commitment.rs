//! Whether a contract commits money, and how much after each of its events.

use crate::estimate;
use crate::event::EventType;
use crate::id::RequisitionId;
use crate::lifecycle::contract::ContractState;
use crate::money::Money;
use crate::timeline::{ContractStory, StoredEvent, contract, contract_events};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a contract commits money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentState {
    /// Signed: accepted, under notice, or with its end known.
    Committed,
    /// May still be signed: approved or offered.
    Pending,
    /// Withdrawn, and resumed by an event that contradicts that. It is not committed, and its money is in question
    /// until somebody has checked.
    Disputed,
    /// Revoked, cancelled before its start, deleted, or only mentioned.
    Nothing,
}

impl CommitmentState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Committed, Self::Pending, Self::Disputed, Self::Nothing];

    /// Returns whether a requisition counts it: as committed, or as what may still be.
    pub fn is_counted(self) -> bool {
        match self {
            Self::Committed | Self::Pending => true,
            Self::Disputed | Self::Nothing => false,
        }
    }

    /// Returns the value stored in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Pending => "pending",
            Self::Disputed => "disputed",
            Self::Nothing => "nothing",
        }
    }

    /// The inverse of [`CommitmentState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Returns the standing of a contract by its events.
pub fn commitment_state_of(story: &ContractStory) -> CommitmentState {
    if story.is_disputed { CommitmentState::Disputed } else { standing(story.state) }
}

/// Returns the standing of a state, without contradicting events.
pub fn standing(state: ContractState) -> CommitmentState {
    if state.is_signed() {
        CommitmentState::Committed
    } else if state.is_proposed() {
        CommitmentState::Pending
    } else {
        CommitmentState::Nothing
    }
}

/// The commitment of a contract from an event on, until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Time of the event.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
    /// The event type.
    pub event_type: EventType,
    /// The standing.
    pub standing: CommitmentState,
    /// The estimate at that time; `None` for [`CommitmentState::Nothing`], and where there is none.
    pub amount: Option<Money>,
    /// The highest cost of a working day; `None` as for `amount`, and for work not paid by time.
    pub cost_per_day: Option<Money>,
    /// The requisition it drew on at that time.
    pub draws_on: Option<RequisitionId>,
}

/// Returns the commitments of one contract, one for each event that changed it, oldest first: by the events up to then
/// in the order in which they happened. Nothing is committed before the first.
pub fn history(stored_events: &[StoredEvent]) -> Vec<Commitment> {
    let events = contract_events(stored_events);
    let mut all: Vec<Commitment> = Vec::new();
    for (place, event) in events.iter().enumerate() {
        let Some(story) = events.get(..=place).and_then(contract) else { continue };
        let next = after(event, &story);
        let is_news = all.last().map_or(next.standing != CommitmentState::Nothing, |last| !is_same(last, &next));
        if is_news {
            all.push(next);
        }
    }
    all
}

fn after(event: &StoredEvent, story: &ContractStory) -> Commitment {
    let standing = commitment_state_of(story);
    let estimate = Some(estimate::of(&story.facts, story.ends_on)).filter(|_| standing != CommitmentState::Nothing);
    Commitment {
        at: event.occurred_at,
        seq: event.seq,
        event_type: event.event.event_type.clone(),
        standing,
        amount: estimate.as_ref().and_then(|estimate| estimate.total.clone()),
        cost_per_day: estimate.and_then(|estimate| estimate.cost_per_day),
        draws_on: story.facts.requisition.as_ref().map(|requisition| requisition.id.clone()),
    }
}

fn is_same(one: &Commitment, other: &Commitment) -> bool {
    one.standing == other.standing
        && one.amount == other.amount
        && one.cost_per_day == other.cost_per_day
        && one.draws_on == other.draws_on
}
