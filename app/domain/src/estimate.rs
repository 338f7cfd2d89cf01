//! The estimated cost of a contract from its start to its known end. It is never an invoice.
//!
//! The cost of a unit (rate and fees of the fee period in force on a day) times the units of work. Assumptions, where
//! the events leave something open:
//! - Working days are Monday to Friday. Holidays, part-time weeks and time off are not known from events.
//! - A period's `total_cost` is authoritative, even if it implies another rate than the contract's. Without it the cost
//!   is the rate and `total_fees`, or the rate and the sum of the fees.
//! - Before the first period's `effective_from` the first period is used, with a remark: a fee that is not known to be
//!   absent would make the estimate too low. Without any fee period the rate stands alone, with a remark.
//! - Only the sum of a line is rounded, once, to the currency's smallest coin, half to even. So several lines may
//!   differ from one long line by a coin for each period.
//! - Work on a weekend is not counted. Without any other day the sum is certainly too low: it is shown as "at least",
//!   with the reason. The cost of a day is known all the same.
//! - What cannot be computed without guessing is reported as an obstacle in plain words, without a number.

mod history;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod terms;
#[cfg(test)]
mod tests;
mod words;
mod work;

pub use history::{Commitment, history};
pub use work::{Unit, working_days};

use crate::event::contract::Contract;
use crate::lifecycle::contract::ContractState;
use crate::money::Money;
use crate::timeline::ContractStory;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use terms::Terms;
use work::RateUnit;

/// The estimated cost of a contract, and its calculation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// The sum of the lines; `None` exactly where there is an obstacle.
    pub total: Option<Money>,
    /// Why it costs more than the total, to follow "It costs at least this: ". `None` where nothing was left out.
    pub at_least: Option<String>,
    /// The highest cost of a working day; `None` for work not paid by time. Without a working day, the highest that a
    /// day would cost.
    pub cost_per_day: Option<Money>,
    /// One line per fee period within the contract, oldest first.
    pub lines: Vec<Line>,
    /// Why there is no estimate, to follow "It cannot be estimated because": "no event says what it pays".
    pub obstacle: Option<String>,
}

/// A part of the contract in which a unit has the same cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The unit counted.
    pub unit: Unit,
    /// Number of weekdays from first to last day.
    pub working_days: u64,
    /// Number of days, hours or weeks, or 1. Hours may be thirds, so the sum is computed from minutes and not from
    /// this.
    pub units: Decimal,
    /// Rate and fees of one unit.
    pub cost_per_unit: Money,
    /// The fees in it, where they are known.
    pub fees_per_unit: Option<Money>,
    /// Whether the fee period is in force on these days, or only the nearest known one.
    pub basis: Basis,
    /// Units times cost, rounded to the smallest coin.
    pub sum: Money,
}

/// The origin of a line's cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A fee period in force on these days.
    Period,
    /// The first fee period, which begins only after these days.
    FirstPeriod,
    /// The rate alone, as there is no fee period.
    RateAlone,
}

/// The reason why a contract on a weekend alone costs nothing.
pub const NO_WORKING_DAY: &str = "all of its days are on a weekend, and only Monday to Friday are counted";

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
        [Self::Committed, Self::Pending, Self::Disputed, Self::Nothing]
            .into_iter()
            .find(|standing| standing.as_str() == text)
    }
}

/// Returns the standing of a contract by its events.
pub fn commitment_state_of(story: &ContractStory) -> CommitmentState {
    if story.is_disputed { CommitmentState::Disputed } else { standing(story.state) }
}

/// Returns the standing of a state, without contradicting events.
pub fn standing(state: ContractState) -> CommitmentState {
    match state {
        ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => CommitmentState::Committed,
        ContractState::Approved | ContractState::Offered => CommitmentState::Pending,
        ContractState::Known | ContractState::Revoked | ContractState::Cancelled | ContractState::Deleted => {
            CommitmentState::Nothing
        }
    }
}

/// Estimates the contract from its start to `ends_on`, in any state: [`standing`] says whether that is committed.
pub fn of(facts: &Contract, ends_on: Option<Date>) -> Estimate {
    match estimate(facts, ends_on) {
        Ok(estimate) => estimate,
        Err(obstacle) => Estimate { obstacle: Some(obstacle), ..Estimate::default() },
    }
}

fn estimate(facts: &Contract, ends_on: Option<Date>) -> Result<Estimate, String> {
    let rate = facts.rate.as_ref().ok_or("no event says what it pays")?;
    let sent = rate.unit.as_deref().ok_or("no event says what unit its rate is for")?;
    let unit =
        Unit::parse(sent).ok_or_else(|| format!("its rate is per “{sent}”, a unit whose length is not known here"))?;
    let start = facts.start_on.ok_or("no event says when it starts")?;
    let end = match ends_on {
        Some(end) if end < start => Err("its last day lies before its first"),
        Some(end) => Ok(end),
        // A fixed price does not depend on the duration.
        None if unit == Unit::FixedPrice => Ok(start),
        None => Err("no event says when it ends"),
    }?;
    let rate_unit = RateUnit::of(unit, facts.minutes_in_working_day)?;
    let mut lines = Vec::new();
    // A fixed price is paid under the terms of the first day.
    for terms in terms::within(facts, rate, start, if unit == Unit::FixedPrice { start } else { end })? {
        let to = if unit == Unit::FixedPrice { end } else { terms.to };
        lines.push(line(terms, to, rate_unit).ok_or("its figures are too large to compute with")?);
    }
    let has_working_day = lines.iter().any(|line| line.working_days > 0);
    let is_asked = |line: &&Line| line.working_days > 0 || !has_working_day;
    let costs = lines.iter().filter(is_asked).filter_map(|line| rate_unit.day_of(&line.cost_per_unit));
    let cost_per_day = costs.max_by(|one, other| one.amount.cmp(&other.amount));
    let at_least = (unit != Unit::FixedPrice && !has_working_day).then(|| NO_WORKING_DAY.to_owned());
    let has_work = lines.iter().any(|line| !line.units.is_zero());
    lines.retain(|line| !has_work || !line.units.is_zero());
    let total = sum(&lines).ok_or("its figures are too large to compute with")?;
    Ok(Estimate { total: Some(total), at_least, cost_per_day, lines, obstacle: None })
}

fn line(terms: Terms, to: Date, rate_unit: RateUnit) -> Option<Line> {
    let working_days = working_days(terms.from, to);
    let (count, per) = rate_unit.count(working_days)?;
    Some(Line {
        sum: terms.cost.times(count, per)?,
        from: terms.from,
        to,
        unit: rate_unit.unit,
        working_days,
        units: Decimal::from(count).checked_div(Decimal::from(per))?,
        cost_per_unit: terms.cost,
        fees_per_unit: terms.fees,
        basis: terms.basis,
    })
}

fn sum(lines: &[Line]) -> Option<Money> {
    let (first, rest) = lines.split_first()?;
    rest.iter().try_fold(first.sum.clone(), |sum, line| sum.plus(&line.sum))
}
