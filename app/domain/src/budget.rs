//! The budget of a requisition: the committed costs of its contracts, and the event that first exceeded it.
//!
//! What is compared is the amount that was approved, or less where it was lowered since; where no approval was seen, the
//! amount asked for: a client without an approval flow never sends one, and a lost message must not hide a breach.
//! [`Budget::state`] says which.
//! - A `TOTAL` amount is compared with the sum of the estimates of all committed contracts that draw on it.
//! - A `DAY_RATE` amount is compared with a working day of each committed contract; the dearest one is told.
//! - Currencies are never added. A contract in another one has its own line and is left out, and that is said.

mod breach;
#[cfg(test)]
mod tests;

pub use breach::Breach;

use crate::estimate::{self, Commitment, Standing};
use crate::event::spend::{AmountType, Priced};
use crate::id::ContractId;
use crate::lifecycle::spend::RequisitionState;
use crate::money::{Currency, Money};
use crate::timeline::{ContractStory, RequisitionStory};
use serde::{Deserialize, Serialize};

/// One requisition against what draws on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Whether an approval was seen.
    pub state: RequisitionState,
    /// The amount that may be spent: [`limit`](crate::event::spend::limit).
    pub approved: Option<Money>,
    /// Whether that is per day or in total.
    pub amount_type: Option<AmountType>,
    /// What was approved and what it is for now, where these differ.
    pub altered: Option<(Priced, Priced)>,
    /// What signed contracts bind: their sum, or for a day rate the dearest day. At least this, where [`Budget::is_partial`].
    pub committed: Option<Money>,
    /// What offers and approved drafts would add, or for a day rate the dearest day among them.
    pub pending: Option<Money>,
    /// The amount less what is committed; below zero where it is passed.
    pub remaining: Option<Money>,
    /// Whether a signed contract could not be counted, or not all of it, so that more is committed than could be told.
    pub is_partial: bool,
    /// Every contract that draws on it, in the order given.
    pub draws: Vec<Draw>,
    /// Where more is committed than the amount: since which event.
    pub breach: Option<Breach>,
    /// In plain sentences, why something could not be compared or counted.
    pub obstacles: Vec<String>,
}

/// One contract's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Which contract.
    pub contract: ContractId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// Whether it binds money.
    pub standing: Standing,
    /// What is compared: its estimate, or for a day rate its dearest day. Told in any standing and any currency.
    pub cost: Option<Money>,
    /// Whether it enters the sums: not without a cost, nor in another currency, nor when nothing is bound.
    pub is_counted: bool,
    /// Why it costs more than `cost`; as [`Estimate::at_least`](crate::estimate::Estimate::at_least). A day has no such
    /// doubt.
    pub at_least: Option<String>,
    /// Why its cost cannot be told, as it follows "because".
    pub obstacle: Option<String>,
}

/// How costs of several contracts become one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// They add up.
    Total,
    /// The dearest day counts.
    DayRate,
}

impl Measure {
    /// What an amount type asks for; `None` where that is not known.
    pub fn of(amount_type: Option<&AmountType>) -> Option<Self> {
        match amount_type? {
            AmountType::Total => Some(Self::Total),
            AmountType::DayRate => Some(Self::DayRate),
            AmountType::Other(_) => None,
        }
    }

    /// The one of a contract's two figures that is compared.
    pub fn pick<'a>(self, amount: Option<&'a Money>, cost_per_day: Option<&'a Money>) -> Option<&'a Money> {
        match self {
            Self::Total => amount,
            Self::DayRate => cost_per_day,
        }
    }

    /// One figure of many in one currency; zero for none, `None` where it does not fit or currencies differ.
    pub fn join<'a>(self, currency: &Currency, costs: impl IntoIterator<Item = &'a Money>) -> Option<Money> {
        costs.into_iter().try_fold(Money::zero(currency.clone()), |joined, cost| match self {
            Self::Total => joined.plus(cost),
            Self::DayRate if joined.currency != cost.currency => None,
            Self::DayRate => Some(if joined.amount < cost.amount { cost.clone() } else { joined }),
        })
    }
}

/// What one contract costs, in the two ways that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// In all.
    pub total: Option<Money>,
    /// The dearest working day.
    pub per_day: Option<Money>,
}

impl Cost {
    /// Whether it costs more in all than could be counted: where a day has a price and all of them together have none,
    /// no day was a working day.
    pub fn is_at_least(&self) -> bool {
        self.total.as_ref().is_some_and(|total| total.amount.is_zero())
            && self.per_day.as_ref().is_some_and(|day| !day.amount.is_zero())
    }
}

/// How much of an amount is bound, without the events that bound it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// As [`Budget::committed`].
    pub committed: Option<Money>,
    /// As [`Budget::remaining`].
    pub remaining: Option<Money>,
    /// As [`Budget::is_partial`].
    pub is_partial: bool,
}

/// What may be spent against the signed contracts that draw on it: the figures of [`of`] where only the costs are known.
pub fn used(amount: Option<&Money>, amount_type: Option<&AmountType>, committed: &[Cost]) -> Used {
    let known = Measure::of(amount_type);
    let measure = known.unwrap_or(Measure::Total);
    let costs = committed.iter().filter_map(|cost| measure.pick(cost.total.as_ref(), cost.per_day.as_ref()));
    let counted: Vec<&Money> =
        costs.filter(|cost| amount.is_some_and(|amount| amount.currency == cost.currency)).collect();
    let is_lower = measure == Measure::Total && committed.iter().any(Cost::is_at_least);
    let is_partial = is_lower || counted.len() < committed.len();
    let committed = amount.and_then(|amount| measure.join(&amount.currency, counted));
    let remaining = amount.filter(|_| known.is_some()).and_then(|amount| amount.minus(committed.as_ref()?));
    Used { committed, remaining, is_partial }
}

/// The requisition against these contracts, each with its [`estimate::history`]. A contract that draws on another one, or
/// no longer on this one, is passed over: what it bound once is bound no more.
pub fn of(requisition: &RequisitionStory, contracts: &[(ContractStory, Vec<Commitment>)]) -> Budget {
    let facts = &requisition.facts;
    let draws_on_it = |contract: &&(ContractStory, Vec<Commitment>)| {
        contract.0.facts.requisition.as_ref().is_some_and(|drawn| drawn.id == facts.id)
    };
    let contracts: Vec<&(ContractStory, Vec<Commitment>)> = contracts.iter().filter(draws_on_it).collect();
    let mut obstacles = Vec::new();
    let limit = requisition.limit();
    // A currency without an amount is still one that costs are told in.
    let (approved, amount_type, currency) = match limit {
        Some(Priced { money, kind }) => (Some(money.clone()), kind, Some(money.currency)),
        None => (None, facts.amount_type.clone(), facts.currency.clone()),
    };
    let currency = currency.as_ref();
    let measure = Measure::of(amount_type.as_ref());
    if let Some(obstacle) = incomparable(approved.as_ref(), amount_type.as_ref()) {
        obstacles.push(obstacle);
    }
    // Where it is not known what the amount is for, the contracts are still told, by what they cost in all.
    let draws: Vec<Draw> =
        contracts.iter().map(|(story, _)| draw(story, measure.unwrap_or(Measure::Total), currency)).collect();
    for draw in &draws {
        obstacles.extend(uncounted(draw, measure.unwrap_or(Measure::Total), currency));
    }
    let joined = |standing: Standing| {
        let costs = draws.iter().filter(|draw| draw.is_counted && draw.standing == standing);
        measure.unwrap_or(Measure::Total).join(currency?, costs.filter_map(|draw| draw.cost.as_ref()))
    };
    let (committed, pending) = (joined(Standing::Committed), joined(Standing::Pending));
    if currency.is_some() && (committed.is_none() || pending.is_none()) {
        obstacles.push("Its contracts’ costs are too large to compute with.".to_owned());
    }
    let remaining =
        approved.as_ref().filter(|_| measure.is_some()).and_then(|approved| approved.minus(committed.as_ref()?));
    let is_left_out =
        |draw: &Draw| draw.standing == Standing::Committed && (!draw.is_counted || draw.at_least.is_some());
    Budget {
        state: requisition.state,
        amount_type,
        altered: requisition.approved.clone().zip(facts.priced()).filter(|(approved, now)| approved != now),
        is_partial: draws.iter().any(is_left_out),
        breach: remaining.as_ref().and_then(|remaining| breach::find(requisition, &contracts, remaining)),
        approved,
        committed,
        pending,
        remaining,
        draws,
        obstacles,
    }
}

fn draw(story: &ContractStory, measure: Measure, currency: Option<&Currency>) -> Draw {
    let estimate = estimate::of(&story.facts, story.ends_on);
    let standing = estimate::standing_of(story);
    let cost = measure.pick(estimate.total.as_ref(), estimate.cost_per_day.as_ref()).cloned();
    let is_of_currency = cost.as_ref().is_some_and(|cost| Some(&cost.currency) == currency);
    Draw {
        contract: story.facts.id.clone(),
        title: story.facts.title.clone().unwrap_or_else(|| story.facts.id.to_string()),
        standing,
        is_counted: is_of_currency && matches!(standing, Standing::Committed | Standing::Pending),
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

fn uncounted(draw: &Draw, measure: Measure, currency: Option<&Currency>) -> Option<String> {
    let title = &draw.title;
    if draw.standing == Standing::Nothing {
        return None;
    }
    if draw.standing == Standing::Disputed {
        let cost = draw.cost.as_ref().map(|cost| format!(" of {cost}")).unwrap_or_default();
        return Some(format!(
            "The cost{cost} of “{title}” is in question, and not counted: it was taken back and taken up again."
        ));
    }
    if let Some(why) = &draw.at_least {
        return Some(format!("“{title}” costs at least {}: {why}.", draw.cost.as_ref()?));
    }
    if draw.is_counted {
        return None;
    }
    if let Some(obstacle) = &draw.obstacle {
        return Some(format!("“{title}” cannot be estimated because {obstacle}."));
    }
    let (theirs, ours) = (&draw.cost.as_ref()?.currency, currency?);
    let verb = if measure == Measure::Total { "added" } else { "compared" };
    Some(format!("“{title}” is paid in {theirs}, the requisition is in {ours}: it is not {verb}."))
}
