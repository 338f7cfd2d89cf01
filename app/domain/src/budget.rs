//! The budget of a requisition: the committed costs of its contracts, and the event that first exceeded it.
//!
//! Costs are compared with the approved amount, or less where it was lowered since. Without an approval they are
//! compared with the requested amount, as clients without an approval flow never send one, and a lost message must not
//! hide a breach; [`Budget::state`] tells which it is.
//! - A `TOTAL` amount is compared with the sum of the estimates of all committed contracts that draw on it.
//! - A `DAY_RATE` amount is compared with the most expensive working day of any committed contract.
//! - Currencies are never added. A contract in another one is listed but not counted, with a remark.

mod breach;
#[cfg(test)]
mod tests;

pub use breach::Breach;

use crate::commitment;
use crate::commitment::{Commitment, CommitmentState};
use crate::estimate;
use crate::event::spend::{AmountType, TypedAmount};
use crate::id::{ContractId, RequisitionId};
use crate::lifecycle::spend::RequisitionState;
use crate::money::{Currency, Money};
use crate::timeline::{ContractStory, RequisitionStory};
use serde::{Deserialize, Serialize};

/// A requisition compared with the contracts that draw on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The state, which tells whether an approval was seen.
    pub state: RequisitionState,
    /// The amount that may be spent: [`limit`](crate::event::spend::limit).
    pub approved: Option<Money>,
    /// Whether that is per day or in total.
    pub amount_type: Option<AmountType>,
    /// The approved amount and the current one, where they differ.
    pub altered: Option<(TypedAmount, TypedAmount)>,
    /// The commitment of signed contracts: their sum, or for a day rate the most expensive day. A lower bound if
    /// [`Budget::is_partial`].
    pub committed: Option<Money>,
    /// What offers and approved drafts would add, or for a day rate the most expensive day among them.
    pub pending: Option<Money>,
    /// The amount minus what is committed; negative where it is exceeded.
    pub remaining: Option<Money>,
    /// Whether a signed contract could not be counted, or only in part, so that the commitment is a lower bound.
    pub is_partial: bool,
    /// Every contract that draws on it, in the order given.
    pub shares: Vec<ContractShare>,
    /// The event since which the amount is exceeded, if it is.
    pub breach: Option<Breach>,
    /// Why something could not be compared or counted, in plain sentences.
    pub obstacles: Vec<String>,
}

/// The part of one contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractShare {
    /// The contract.
    pub contract: ContractId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// Whether it commits money.
    pub standing: CommitmentState,
    /// The compared cost: its estimate, or for a day rate its most expensive day. Given for any standing and currency.
    pub cost: Option<Money>,
    /// Whether it is part of the sums: only with a cost, in the same currency, and if money is committed.
    pub is_counted: bool,
    /// Why it costs more than `cost`; as [`Estimate::at_least`](crate::estimate::Estimate::at_least). `None` for a day
    /// rate.
    pub at_least: Option<String>,
    /// Why its cost is unknown, to follow "because".
    pub obstacle: Option<String>,
}

/// How the costs of several contracts are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// They are added up.
    Total,
    /// The most expensive day counts.
    DayRate,
}

impl Measure {
    /// Returns the measure of an amount type; `None` for an unknown one.
    pub fn of(amount_type: Option<&AmountType>) -> Option<Self> {
        match amount_type? {
            AmountType::Total => Some(Self::Total),
            AmountType::DayRate => Some(Self::DayRate),
            AmountType::Other(_) => None,
        }
    }

    /// Selects the compared figure of a contract.
    pub fn pick<'a>(self, amount: Option<&'a Money>, cost_per_day: Option<&'a Money>) -> Option<&'a Money> {
        match self {
            Self::Total => amount,
            Self::DayRate => cost_per_day,
        }
    }

    /// Combines figures of one currency; zero for none, `None` on overflow or where currencies differ.
    pub fn join<'a>(self, currency: &Currency, costs: impl IntoIterator<Item = &'a Money>) -> Option<Money> {
        costs.into_iter().try_fold(Money::zero(currency.clone()), |joined, cost| match self {
            Self::Total => joined.plus(cost),
            Self::DayRate if joined.currency != cost.currency => None,
            Self::DayRate => Some(if joined.amount < cost.amount { cost.clone() } else { joined }),
        })
    }
}

/// The two figures of one contract's cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The total cost.
    pub total: Option<Money>,
    /// The cost of the most expensive working day.
    pub per_day: Option<Money>,
}

impl Cost {
    /// Returns whether the total is a lower bound: where a day has a price but the total is zero, no day was a working
    /// day.
    pub fn is_at_least(&self) -> bool {
        self.total.as_ref().is_some_and(|total| total.amount.is_zero())
            && self.per_day.as_ref().is_some_and(|day| !day.amount.is_zero())
    }
}

/// The use of an amount, without the history of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetUse {
    /// As [`Budget::committed`].
    pub committed: Option<Money>,
    /// As [`Budget::remaining`].
    pub remaining: Option<Money>,
    /// As [`Budget::is_partial`].
    pub is_partial: bool,
}

/// Compares an amount with the signed contracts that draw on it: the figures of [`of`] where only the costs are known.
pub fn used(amount: Option<&Money>, amount_type: Option<&AmountType>, committed: &[Cost]) -> BudgetUse {
    let known = Measure::of(amount_type);
    let measure = known.unwrap_or(Measure::Total);
    let costs = committed.iter().filter_map(|cost| measure.pick(cost.total.as_ref(), cost.per_day.as_ref()));
    let counted: Vec<&Money> =
        costs.filter(|cost| amount.is_some_and(|amount| amount.currency == cost.currency)).collect();
    let is_lower = measure == Measure::Total && committed.iter().any(Cost::is_at_least);
    let is_partial = is_lower || counted.len() < committed.len();
    let committed = amount.and_then(|amount| measure.join(&amount.currency, counted));
    let remaining = amount.filter(|_| known.is_some()).and_then(|amount| amount.minus(committed.as_ref()?));
    BudgetUse { committed, remaining, is_partial }
}

/// What one contract contributes to the use of the requisition it draws on, now and over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The contract.
    pub contract: ContractId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// Whether it commits money.
    pub standing: CommitmentState,
    /// Its estimated cost; empty for [`CommitmentState::Nothing`].
    pub cost: Cost,
    /// Its [`commitment::history`].
    pub history: Vec<Commitment>,
}

impl Contribution {
    /// Returns the contribution of a contract to this requisition; `None` if it does not draw on it.
    pub fn of((story, history): &(ContractStory, Vec<Commitment>), on: &RequisitionId) -> Option<Self> {
        story.facts.requisition.as_ref().filter(|drawn| drawn.id == *on)?;
        let standing = commitment::commitment_state_of(story);
        let estimate = Some(estimate::of(&story.facts, story.ends_on)).filter(|_| standing != CommitmentState::Nothing);
        Some(Self {
            contract: story.facts.id.clone(),
            title: story.facts.title.clone().unwrap_or_else(|| story.facts.id.to_string()),
            standing,
            cost: estimate.map(|of| Cost { total: of.total, per_day: of.cost_per_day }).unwrap_or_default(),
            history: history.clone(),
        })
    }
}

/// Returns the event since which a requisition is exceeded by the contracts that draw on it, if it is: the breach of
/// [`of`] where only the contributions are known.
pub fn breach(requisition: &RequisitionStory, contributions: &[Contribution]) -> Option<Breach> {
    let limit = requisition.limit()?;
    let committed = contributions.iter().filter(|one| one.standing == CommitmentState::Committed);
    let committed: Vec<Cost> = committed.map(|one| one.cost.clone()).collect();
    let remaining = used(Some(&limit.money), limit.kind.as_ref(), &committed).remaining?;
    let histories = contributions.iter().map(|one| (&one.contract, one.history.as_slice()));
    breach::find(requisition, histories, &remaining)
}

/// Returns the approved amount of a requisition and its current one, where they differ.
pub fn altered(requisition: &RequisitionStory) -> Option<(TypedAmount, TypedAmount)> {
    requisition.approved.clone().zip(requisition.facts.priced()).filter(|(approved, now)| approved != now)
}

/// Compares a requisition with these contracts, each with its [`commitment::history`]. Contracts that draw on another
/// one, or no longer on this one, are ignored.
pub fn of(requisition: &RequisitionStory, contracts: &[(ContractStory, Vec<Commitment>)]) -> Budget {
    let facts = &requisition.facts;
    let draws_on_it = |contract: &&(ContractStory, Vec<Commitment>)| {
        contract.0.facts.requisition.as_ref().is_some_and(|drawn| drawn.id == facts.id)
    };
    let contracts: Vec<&(ContractStory, Vec<Commitment>)> = contracts.iter().filter(draws_on_it).collect();
    let mut obstacles = Vec::new();
    let limit = requisition.limit();
    // Without an amount, costs are still compared in the requisition's currency.
    let (approved, amount_type, currency) = match limit {
        Some(TypedAmount { money, kind }) => (Some(money.clone()), kind, Some(money.currency)),
        None => (None, facts.amount_type.clone(), facts.currency.clone()),
    };
    let currency = currency.as_ref();
    let measure = Measure::of(amount_type.as_ref());
    if let Some(obstacle) = incomparable(approved.as_ref(), amount_type.as_ref()) {
        obstacles.push(obstacle);
    }
    // Where the type of the amount is unknown, contracts are listed with their total cost.
    let shares: Vec<ContractShare> =
        contracts.iter().map(|(story, _)| share(story, measure.unwrap_or(Measure::Total), currency)).collect();
    for share in &shares {
        obstacles.extend(uncounted(share, measure.unwrap_or(Measure::Total), currency));
    }
    let joined = |standing: CommitmentState| {
        let costs = shares.iter().filter(|share| share.is_counted && share.standing == standing);
        measure.unwrap_or(Measure::Total).join(currency?, costs.filter_map(|share| share.cost.as_ref()))
    };
    let (committed, pending) = (joined(CommitmentState::Committed), joined(CommitmentState::Pending));
    if currency.is_some() && (committed.is_none() || pending.is_none()) {
        obstacles.push("Its contracts’ costs are too large to compute with.".to_owned());
    }
    let remaining =
        approved.as_ref().filter(|_| measure.is_some()).and_then(|approved| approved.minus(committed.as_ref()?));
    let is_left_out = |share: &ContractShare| {
        share.standing == CommitmentState::Committed && (!share.is_counted || share.at_least.is_some())
    };
    Budget {
        state: requisition.state,
        amount_type,
        altered: altered(requisition),
        is_partial: shares.iter().any(is_left_out),
        breach: remaining.as_ref().and_then(|remaining| {
            let histories = contracts.iter().map(|(story, history)| (&story.facts.id, history.as_slice()));
            breach::find(requisition, histories, remaining)
        }),
        approved,
        committed,
        pending,
        remaining,
        shares,
        obstacles,
    }
}

fn share(story: &ContractStory, measure: Measure, currency: Option<&Currency>) -> ContractShare {
    let estimate = estimate::of(&story.facts, story.ends_on);
    let standing = commitment::commitment_state_of(story);
    let cost = measure.pick(estimate.total.as_ref(), estimate.cost_per_day.as_ref()).cloned();
    let is_of_currency = cost.as_ref().is_some_and(|cost| Some(&cost.currency) == currency);
    ContractShare {
        contract: story.facts.id.clone(),
        title: story.facts.title.clone().unwrap_or_else(|| story.facts.id.to_string()),
        standing,
        is_counted: is_of_currency && standing.is_counted(),
        at_least: estimate.at_least.filter(|_| measure == Measure::Total),
        obstacle: estimate
            .obstacle
            .or_else(|| cost.is_none().then(|| "it is not paid by the day, and the requisition is".to_owned())),
        cost,
    }
}

fn incomparable(approved: Option<&Money>, amount_type: Option<&AmountType>) -> Option<String> {
    Some(match amount_type {
        _ if approved.is_none() => "No event says how much this requisition is for.".to_owned(),
        None => "No event says whether the amount is per day or in total, so nothing is compared with it.".to_owned(),
        Some(AmountType::Other(word)) => {
            format!("The amount is for “{word}”, which is not known here, so nothing is compared with it.")
        }
        Some(AmountType::Total | AmountType::DayRate) => return None,
    })
}

fn uncounted(share: &ContractShare, measure: Measure, currency: Option<&Currency>) -> Option<String> {
    let title = &share.title;
    if share.standing == CommitmentState::Nothing {
        return None;
    }
    if share.standing == CommitmentState::Disputed {
        let cost = share.cost.as_ref().map(|cost| format!(" of {cost}")).unwrap_or_default();
        return Some(format!(
            "The cost{cost} of “{title}” is in question, and not counted: it was taken back and taken up again."
        ));
    }
    if let Some(why) = &share.at_least {
        return Some(format!("“{title}” costs at least {}: {why}.", share.cost.as_ref()?));
    }
    if share.is_counted {
        return None;
    }
    if let Some(obstacle) = &share.obstacle {
        return Some(format!("“{title}” cannot be estimated because {obstacle}."));
    }
    let (theirs, ours) = (&share.cost.as_ref()?.currency, currency?);
    let verb = if measure == Measure::Total { "added" } else { "compared" };
    Some(format!("“{title}” is paid in {theirs}, the requisition is in {ours}: it is not {verb}."))
}
