//! The cost of a unit of work by day: the fee periods of a contract laid over its days.

use super::Basis;
use crate::event::contract::{Contract, FeePeriod, Rate};
use crate::money::{Currency, Money};
use jiff::civil::Date;

/// The terms that hold from one day to another.
pub(super) struct Terms {
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) cost: Money,
    pub(super) fees: Option<Money>,
    pub(super) basis: Basis,
}

/// Returns the terms of every day from `start` to `end`, oldest first, without gaps; or why they are unknown.
pub(super) fn within(facts: &Contract, rate: &Rate, start: Date, end: Date) -> Result<Vec<Terms>, String> {
    if facts.fee_periods.is_empty() {
        let cost = checked(rate.money().ok_or("no event says what it pays")?)?;
        return Ok(vec![Terms { from: start, to: end, cost, fees: None, basis: Basis::RateAlone }]);
    }
    let periods = in_order(&facts.fee_periods, start)?;
    // Terms replaced before the first day need no cost.
    let begun = periods.iter().filter(|(since, _)| *since <= start).count();
    let mut all: Vec<Terms> = Vec::new();
    for (since, period) in periods.into_iter().skip(begun.saturating_sub(1)) {
        if since > end && !all.is_empty() {
            break;
        }
        let (cost, fees) = cost(rate, period)?;
        if all.is_empty() && since > start {
            let (cost, fees) = (cost.clone(), fees.clone());
            all.push(Terms { from: start, to: end, cost, fees, basis: Basis::FirstPeriod });
        }
        if since > end {
            break;
        }
        if let Some(before) = all.last_mut() {
            if before.cost.currency != cost.currency {
                return Err("its fee periods are in different currencies".to_owned());
            }
            before.to = since.yesterday().map_err(|error| error.to_string())?;
        }
        all.push(Terms { from: since.max(start), to: end, cost, fees, basis: Basis::Period });
    }
    Ok(all)
}

/// Returns the periods by start. A single period without a date holds from the start.
fn in_order(periods: &[FeePeriod], start: Date) -> Result<Vec<(Date, &FeePeriod)>, String> {
    if let [only] = periods {
        return Ok(vec![(only.effective_from.unwrap_or(start), only)]);
    }
    let since = |period| Some((FeePeriod::clone(period).effective_from?, period));
    let dated: Option<Vec<(Date, &FeePeriod)>> = periods.iter().map(since).collect();
    let mut dated = dated.ok_or("one of its fee periods does not say when it begins")?;
    dated.sort_by_key(|(since, _)| *since);
    dated.dedup();
    if dated.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other)) {
        return Err("two of its fee periods begin on the same day and differ".to_owned());
    }
    Ok(dated)
}

/// Returns rate and fees of one unit, and the fees alone where they are known.
fn cost(rate: &Rate, period: &FeePeriod) -> Result<(Money, Option<Money>), String> {
    let stated = period.total_fees.iter().chain(&period.total_cost);
    let currencies = stated.chain(period.fees.iter().filter_map(|fee| fee.value.as_ref())).map(|money| &money.currency);
    if let Some((one, other)) = differing(rate.currency.iter().chain(currencies)) {
        return Err(format!("its rate and fees are in different currencies, {one} and {other}"));
    }
    let fees = match &period.total_fees {
        Some(fees) => Ok(Some(fees.clone())),
        None => sum_of_fees(period),
    };
    if let Some(cost) = &period.total_cost {
        return Ok((checked(cost.clone())?, fees.ok().flatten()));
    }
    let (rate, fees) = (rate.money().ok_or("no event says what it pays")?, fees?);
    let cost = fees.as_ref().map_or_else(|| Some(rate.clone()), |fees| rate.plus(fees));
    Ok((checked(cost.ok_or("its figures are too large to compute with")?)?, fees))
}

fn differing<'a>(mut currencies: impl Iterator<Item = &'a Currency>) -> Option<(&'a Currency, &'a Currency)> {
    let first = currencies.next()?;
    currencies.find(|other| *other != first).map(|other| (first, other))
}

fn sum_of_fees(period: &FeePeriod) -> Result<Option<Money>, String> {
    let mut sum: Option<Money> = None;
    for fee in &period.fees {
        let value = fee.value.as_ref().ok_or("one of its fees has no amount")?;
        let next = sum.as_ref().map_or_else(|| Some(value.clone()), |sum| sum.plus(value));
        sum = Some(next.ok_or("its figures are too large to compute with")?);
    }
    Ok(sum)
}

fn checked(cost: Money) -> Result<Money, String> {
    if cost.is_below_zero() {
        return Err(format!("a unit of its work is said to cost {cost}"));
    }
    Ok(cost)
}
