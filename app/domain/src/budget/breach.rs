//! The event at which a requisition's contracts first cost more than its amount.

mod bound;

use crate::commitment::Commitment;
use crate::event::EventType;
use crate::id::ContractId;
use crate::money::Money;
use crate::timeline::{Amount, RequisitionStory};
use bound::Bound;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A breach that still holds, since the event that caused it. One that was resolved (by a higher amount, by notice) is
/// not reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Time of the event.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
    /// The event type.
    pub event_type: EventType,
    /// The contract it was about; `None` if it lowered the amount of the requisition.
    pub contract: Option<ContractId>,
    /// The current excess, not that at the event.
    pub over: Money,
}

/// An event that changed either side.
struct Change<'a> {
    at: Timestamp,
    seq: i64,
    to: To<'a>,
}

/// Ordered as events of one instant are: the amount first, then by contract.
#[derive(Clone, Copy)]
enum To<'a> {
    Amount(&'a Amount),
    Commitment(&'a ContractId, &'a Commitment),
}

impl<'a> To<'a> {
    fn event_type(self) -> &'a EventType {
        match self {
            Self::Amount(amount) => &amount.event_type,
            Self::Commitment(_, commitment) => &commitment.event_type,
        }
    }

    fn contract(self) -> Option<&'a ContractId> {
        match self {
            Self::Amount(_) => None,
            Self::Commitment(contract, _) => Some(contract),
        }
    }
}

/// Finds the breach by the commitments of each contract. `remaining` is the final remainder; there is a breach only if
/// it is negative.
pub(super) fn find<'a>(
    requisition: &'a RequisitionStory,
    histories: impl Iterator<Item = (&'a ContractId, &'a [Commitment])>,
    remaining: &Money,
) -> Option<Breach> {
    if !remaining.is_below_zero() {
        return None;
    }
    // Nothing draws on a requisition before it is requested, but the event with its amount may be missing, or known
    // from a later contract event only: the first known amount holds from the beginning.
    let mut bound = Bound::new(&requisition.facts.id);
    bound.limit_to(requisition.limits.iter().find(|amount| amount.money.is_some()));
    let mut since: Option<Change<'_>> = None;
    for change in in_order(requisition, histories) {
        match change.to {
            To::Amount(amount) if amount.money.is_some() => bound.limit_to(Some(amount)),
            To::Amount(_) => {}
            To::Commitment(contract, commitment) => bound.commit(contract, commitment),
        }
        since = bound.is_over().then(|| since.unwrap_or(change));
    }
    since.map(|change| Breach {
        at: change.at,
        seq: change.seq,
        event_type: change.to.event_type().clone(),
        contract: change.to.contract().cloned(),
        over: Money { amount: remaining.amount.abs(), currency: remaining.currency.clone() },
    })
}

fn in_order<'a>(
    requisition: &'a RequisitionStory,
    histories: impl Iterator<Item = (&'a ContractId, &'a [Commitment])>,
) -> Vec<Change<'a>> {
    let amounts = &requisition.limits;
    let mut all: Vec<Change<'a>> =
        amounts.iter().map(|amount| Change { at: amount.at, seq: amount.seq, to: To::Amount(amount) }).collect();
    for (contract, history) in histories {
        all.extend(history.iter().map(|commitment| Change {
            at: commitment.at,
            seq: commitment.seq,
            to: To::Commitment(contract, commitment),
        }));
    }
    // A stable sort: events of one contract at one instant keep the order of its history.
    all.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.to.contract().cmp(&b.to.contract())));
    all
}
