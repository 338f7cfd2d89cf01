//! The event at which a requisition's contracts first cost more than its amount.

use super::Measure;
use crate::estimate::{Commitment, CommitmentState};
use crate::id::ContractId;
use crate::money::Money;
use crate::timeline::{Amount, ContractStory, RequisitionStory};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A breach that still holds, since the event that caused it. One that was resolved (by a higher amount, by notice) is
/// not reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Time of the event.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
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
    fn contract(self) -> Option<&'a ContractId> {
        match self {
            Self::Amount(_) => None,
            Self::Commitment(contract, _) => Some(contract),
        }
    }
}

/// Finds the breach. `remaining` is the final remainder; there is a breach only if it is negative.
pub(super) fn find(
    requisition: &RequisitionStory,
    contracts: &[&(ContractStory, Vec<Commitment>)],
    remaining: &Money,
) -> Option<Breach> {
    if !remaining.is_below_zero() {
        return None;
    }
    // Nothing draws on a requisition before it is requested, but the event with its amount may be missing, or known
    // from a later contract event only: the first known amount holds from the beginning.
    let mut limit = requisition.limits.iter().find(|amount| amount.money.is_some());
    let mut bound: BTreeMap<&ContractId, &Commitment> = BTreeMap::new();
    let mut since: Option<Change<'_>> = None;
    for change in in_order(requisition, contracts) {
        match change.to {
            To::Amount(amount) => limit = Some(amount).filter(|amount| amount.money.is_some()).or(limit),
            To::Commitment(contract, commitment) => _ = bound.insert(contract, commitment),
        }
        let is_over = limit.is_some_and(|limit| is_over(limit, requisition, &bound));
        since = is_over.then(|| since.unwrap_or(change));
    }
    since.map(|change| Breach {
        at: change.at,
        seq: change.seq,
        contract: change.to.contract().cloned(),
        over: Money { amount: remaining.amount.abs(), currency: remaining.currency.clone() },
    })
}

fn in_order<'a>(
    requisition: &'a RequisitionStory,
    contracts: &[&'a (ContractStory, Vec<Commitment>)],
) -> Vec<Change<'a>> {
    let amounts = &requisition.limits;
    let mut all: Vec<Change<'a>> =
        amounts.iter().map(|amount| Change { at: amount.at, seq: amount.seq, to: To::Amount(amount) }).collect();
    for (story, history) in contracts {
        all.extend(history.iter().map(|commitment| Change {
            at: commitment.at,
            seq: commitment.seq,
            to: To::Commitment(&story.facts.id, commitment),
        }));
    }
    // A stable sort: events of one contract at one instant keep the order of its history.
    all.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.to.contract().cmp(&b.to.contract())));
    all
}

fn is_over(limit: &Amount, of: &RequisitionStory, bound: &BTreeMap<&ContractId, &Commitment>) -> bool {
    let Some((measure, money)) = Measure::of(limit.kind.as_ref()).zip(limit.money.as_ref()) else { return false };
    let counts = |commitment: &&&Commitment| {
        commitment.standing == CommitmentState::Committed && commitment.draws_on.as_ref() == Some(&of.facts.id)
    };
    let costs = bound
        .values()
        .filter(counts)
        .filter_map(|commitment| measure.pick(commitment.amount.as_ref(), commitment.cost_per_day.as_ref()))
        .filter(|cost| cost.currency == money.currency);
    let committed = measure.join(&money.currency, costs);
    committed.and_then(|committed| money.minus(&committed)).is_some_and(|left| left.is_below_zero())
}
