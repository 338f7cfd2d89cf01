//! Conversion of list rows to views.

use crate::store::StoreError;
use crate::store::projections::row::{CommitmentRow, ContractRow, ContractorRow, RequisitionRow};
use crate::stories::stored::{approved, corrupt, date, decimal, money, use_of};
use app::view::summary::RequisitionSummary;
use app::view::summary::{ContractSummary, ContractorSummary, committed, unestimated};
use domain::budget::Cost;
use domain::commitment::CommitmentState;
use domain::event::contract::Rate;
use domain::event::spend::AmountType;
use domain::id::ContractId;
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::lifecycle::spend::RequisitionState;
use domain::money::Currency;
use domain::timeline::RenewalCandidate;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Returns the UTC date: contract dates have no time of day.
pub(super) fn day(now: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(now).date()
}

pub(super) fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn rate(row: &ContractRow) -> Result<Option<Rate>, StoreError> {
    let rate = Rate {
        amount: decimal(row.rate_amount.as_ref())?,
        currency: row.rate_currency.as_deref().and_then(Currency::parse),
        unit: row.rate_unit.clone(),
    };
    let is_empty = rate.amount.is_none() && rate.currency.is_none() && rate.unit.is_none();
    Ok((!is_empty).then_some(rate))
}

#[derive(serde::Deserialize)]
struct StoredHirer {
    id: Option<String>,
    name: Option<String>,
}

fn texts(json: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(json).map_err(|_| corrupt("list of texts", json))
}

pub(super) fn contract(row: &ContractRow, today: Date) -> Result<ContractSummary, StoreError> {
    let state = ContractState::parse(&row.state).ok_or_else(|| corrupt("state of a contract", &row.state))?;
    let (start_on, ends_on) = (date(row.start_on.as_ref())?, date(row.ends_on.as_ref())?);
    let hirers: Vec<StoredHirer> =
        serde_json::from_str(&row.hirers).map_err(|_| corrupt("list of hirers", &row.hirers))?;
    let cost = Cost {
        total: money(row.commitment_amount.as_ref(), row.commitment_currency.as_ref())?,
        per_day: money(row.commitment_per_day.as_ref(), row.commitment_currency.as_ref())?,
    };
    Ok(ContractSummary {
        id: row.id.as_str().into(),
        title: row.title.clone(),
        job_title: row.job_title.clone(),
        contractor_id: row.contractor_id.as_deref().map(Into::into),
        contractor_name: row.contractor_name.clone().or_else(|| row.contractor_id.clone()),
        client: row.client.clone(),
        hirers: hirers.iter().filter_map(|hirer| hirer.name.clone().or_else(|| hirer.id.clone())).collect(),
        hirer_ids: hirers.into_iter().filter_map(|hirer| hirer.id).collect(),
        state,
        phase: Phase::on(today, state, start_on, ends_on),
        start_on,
        ends_on,
        planned_end_on: date(row.planned_end_on.as_ref())?,
        notice_by: date(row.notice_on.as_ref())?,
        rate: rate(row)?,
        requisition_id: row.requisition_id.as_deref().map(Into::into),
        custom_fields: texts(&row.custom_fields)?,
        standing: CommitmentState::parse(&row.standing).ok_or_else(|| corrupt("standing", &row.standing))?,
        is_at_least: cost.is_at_least(),
        estimate: cost.total,
        findings: number(row.findings),
        is_test: row.is_test,
        last_at: crate::store::instant(row.last_at)?,
    })
}

pub(super) fn contracts(rows: &[ContractRow], today: Date) -> Result<Vec<ContractSummary>, StoreError> {
    rows.iter().map(|row| contract(row, today)).collect()
}

/// Converts a contractor's row. `theirs` may include contracts of others, which are ignored.
pub(super) fn contractor(row: &ContractorRow, theirs: &[ContractSummary]) -> Result<ContractorSummary, StoreError> {
    let of_theirs = || theirs.iter().filter(|one| one.contractor_id.as_ref().is_some_and(|id| id.as_str() == row.id));
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(ContractorSummary {
        id: row.id.as_str().into(),
        name: row.name.clone(),
        email: row.email.clone(),
        client: row.client.clone(),
        state: ContactState::parse(&row.state).ok_or_else(|| corrupt("state of a contractor", &row.state))?,
        bookability: row.bookability.clone(),
        custom_fields: texts(&row.custom_fields)?,
        is_test: row.is_test,
        last_at: crate::store::instant(row.last_at)?,
        active_contracts: count(of_theirs().filter(|contract| contract.phase.is_running()).count()),
        open_offers: count(of_theirs().filter(|contract| contract.phase == Phase::Offered).count()),
        next_end_on: of_theirs().filter(|one| one.phase.is_bound()).filter_map(|one| one.ends_on).min(),
        committed: committed(of_theirs()),
        unestimated: count(unestimated(of_theirs())),
    })
}

/// Converts a requisition's row, without the contracts that draw on it.
pub(super) fn requisition(row: &RequisitionRow) -> Result<RequisitionSummary, StoreError> {
    Ok(RequisitionSummary {
        id: row.id.as_str().into(),
        title: row.title.clone(),
        external_id: row.external_id.clone(),
        amount: money(row.amount.as_ref(), row.currency.as_ref())?,
        amount_type: row.amount_type.clone().map(AmountType::from),
        approved: approved(row)?,
        committed: None,
        remaining: None,
        is_partial: false,
        state: RequisitionState::parse(&row.state).ok_or_else(|| corrupt("state of a requisition", &row.state))?,
        versions: number(row.versions),
        contracts: 0,
        custom_fields: texts(&row.custom_fields)?,
        is_test: row.is_test,
        last_at: crate::store::instant(row.last_at)?,
    })
}

/// Sets what a requisition's summary counts of the contracts that draw on it.
pub(super) fn drawn_on(summary: RequisitionSummary, draws: &[CommitmentRow]) -> Result<RequisitionSummary, StoreError> {
    let used = use_of(summary.approved.as_ref(), summary.now().as_ref(), draws)?;
    Ok(RequisitionSummary {
        committed: used.committed,
        remaining: used.remaining,
        is_partial: used.is_partial,
        contracts: u32::try_from(draws.len()).unwrap_or(u32::MAX),
        ..summary
    })
}

pub(super) fn neighbour(row: &ContractRow) -> Result<RenewalCandidate, StoreError> {
    let renewal_ids: Vec<ContractId> =
        serde_json::from_str(&row.renewal_ids).map_err(|_| corrupt("list of contract ids", &row.renewal_ids))?;
    Ok(RenewalCandidate {
        id: row.id.as_str().into(),
        start_on: date(row.start_on.as_ref())?,
        ends_on: date(row.ends_on.as_ref())?,
        renewal_ids,
        rate: rate(row)?,
        state: ContractState::parse(&row.state).ok_or_else(|| corrupt("state of a contract", &row.state))?,
    })
}
