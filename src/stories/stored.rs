//! Reading of exact values stored as text, and the use of a requisition's amount by the rows of its contracts. Pure.

use crate::store::StoreError;
use crate::store::projections::row::{CommitmentRow, RequisitionRow};
use domain::budget::{self, BudgetUse, Cost};
use domain::commitment::CommitmentState;
use domain::event::spend::{AmountType, TypedAmount, limit};
use domain::money::{Currency, Money};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Returns the error about a stored text that is not what its column holds.
pub(crate) fn corrupt(what: &'static str, text: &str) -> StoreError {
    StoreError::Corrupt(format!("{text:?} is no {what}"))
}

/// Reads a date.
pub(crate) fn date(text: Option<&String>) -> Result<Option<Date>, StoreError> {
    text.map(|text| text.parse().map_err(|_| corrupt("date", text))).transpose()
}

/// Reads an exact decimal.
pub(crate) fn decimal(text: Option<&String>) -> Result<Option<Decimal>, StoreError> {
    text.map(|text| text.parse().map_err(|_| corrupt("amount", text))).transpose()
}

/// Reads an amount of money; `None` where amount or currency is unknown.
pub(crate) fn money(amount: Option<&String>, currency: Option<&String>) -> Result<Option<Money>, StoreError> {
    let currency = currency.and_then(|code| Currency::parse(code));
    Ok(decimal(amount)?.zip(currency).map(|(amount, currency)| Money { amount, currency }))
}

/// Returns the amount that a requisition is for now.
fn amount(row: &RequisitionRow) -> Result<Option<TypedAmount>, StoreError> {
    let money = money(row.amount.as_ref(), row.currency.as_ref())?;
    Ok(money.map(|money| TypedAmount { money, kind: row.amount_type.clone().map(AmountType::from) }))
}

/// Returns the amount of a requisition that was approved last.
pub(crate) fn approved(row: &RequisitionRow) -> Result<Option<TypedAmount>, StoreError> {
    let money = money(row.approved_amount.as_ref(), row.approved_currency.as_ref())?;
    Ok(money.map(|money| TypedAmount { money, kind: row.approved_type.clone().map(AmountType::from) }))
}

/// Returns the cost of a contract.
pub(crate) fn cost(draw: &CommitmentRow) -> Result<Cost, StoreError> {
    let currency = draw.commitment_currency.as_ref();
    Ok(Cost {
        total: money(draw.commitment_amount.as_ref(), currency)?,
        per_day: money(draw.commitment_per_day.as_ref(), currency)?,
    })
}

/// Returns the committed costs of contracts.
fn committed(draws: &[CommitmentRow]) -> Result<Vec<Cost>, StoreError> {
    let is_committed = |draw: &&CommitmentRow| draw.standing == CommitmentState::Committed.as_str();
    draws.iter().filter(is_committed).map(cost).collect()
}

/// Compares the amount of a requisition that may be spent with the contracts that draw on it.
pub(crate) fn used(row: &RequisitionRow, draws: &[CommitmentRow]) -> Result<BudgetUse, StoreError> {
    use_of(approved(row)?.as_ref(), amount(row)?.as_ref(), draws)
}

/// The same for a requisition whose approved and current amounts are known.
pub(crate) fn use_of(
    approved: Option<&TypedAmount>,
    now: Option<&TypedAmount>,
    draws: &[CommitmentRow],
) -> Result<BudgetUse, StoreError> {
    let limit = limit(approved, now);
    let kind = limit.and_then(|limit| limit.kind.as_ref());
    Ok(budget::used(limit.map(|limit| &limit.money), kind, &committed(draws)?))
}
