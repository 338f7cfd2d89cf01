//! The pages of one contract and of one requisition.

use super::changes;
use super::findings::{findings_at, place};
use super::past;
use super::row;
use super::story::newest_first;
use crate::store::projections::row::{CommitmentRow, ContractRow};
use crate::store::{Store, StoreError};
use crate::stories::load::Loader;
use crate::stories::row as list_row;
use app::view::detail::RequisitionDetail;
use app::view::detail::{ContractDetail, ContractLink};
use app::view::summary::ContractSummary;
use app::view::summary::RequisitionSummary;
use domain::budget;
use domain::commitment;
use domain::commitment::Commitment;
use domain::estimate;
use domain::findings;
use domain::id::SubjectKind;
use domain::id::{ContractId, ContractorId, RequisitionId, Subject};
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::rules::Limits;
use domain::query::moment::Moment;
use domain::timeline::{self, ContractStory, Renewal, RenewalCandidate};
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of contracts of a contractor whose events a page shows.
pub(super) const MAX_CONTRACTS: usize = 200;
/// Maximum number of contracts of a requisition that a page counts. Findings count all, and both must agree, so this is
/// more than any page could show.
const MAX_DRAWS: usize = 2_000;

/// Returns these requisitions as lists show them, newest event first.
pub(super) async fn requisitions(
    store: &Store,
    ids: &[&str],
    moment: Moment,
) -> Result<Vec<RequisitionSummary>, StoreError> {
    let named = past::requisitions_named(store, ids, moment).await?;
    summaries(store, named, moment).await
}

/// Adds the contracts that draw on each: live ones to live requisitions, test ones to test requisitions.
pub(super) async fn summaries(
    store: &Store,
    requisitions: Vec<RequisitionSummary>,
    moment: Moment,
) -> Result<Vec<RequisitionSummary>, StoreError> {
    let mut draws: BTreeMap<String, Vec<CommitmentRow>> = BTreeMap::new();
    for is_test in [false, true] {
        let of_mode = requisitions.iter().filter(|one| one.is_test == is_test);
        let ids: Vec<&str> = of_mode.map(|one| one.id.as_str()).collect();
        for draw in store.list_draws(&ids, is_test, moment).await? {
            draws.entry(draw.requisition_id.clone()).or_default().push(draw);
        }
    }
    let drawn_on = |one: RequisitionSummary| {
        let draws = draws.get(one.id.as_str()).map_or(&[][..], Vec::as_slice);
        row::drawn_on(one, draws)
    };
    requisitions.into_iter().map(drawn_on).collect()
}

/// Returns one contract with its steps and related contracts; `None` when no event mentions it.
pub(super) async fn contract(
    store: &Store,
    id: &ContractId,
    moment: Moment,
    limits: Limits,
) -> Result<Option<ContractDetail>, StoreError> {
    let mut loader = Loader::new(store, moment).keeping_bodies();
    let told = loader.happenings_of(SubjectKind::Contract, id.as_str()).await?;
    let Some(tale) = timeline::contract(&told) else { return Ok(None) };
    let stored = list_row::contract(&tale);
    let own = row::contract(&stored, moment.today())?;
    let (renews, renewed_by) = renewals(store, &row::neighbour(&stored)?, &own, moment).await?;
    let renewal = renewed_by.as_ref().map_or(Renewal::Nothing, |link| Renewal::of(link.state));
    let drawn: Vec<&str> = own.requisition_id.iter().map(RequisitionId::as_str).collect();
    let altered = altered(store, tale.entries.iter().map(|entry| entry.seq), moment).await?;
    let found = findings::of_contract(&tale, &altered, limits)
        .into_iter()
        .filter_map(|one| findings::renewed(one, renewal))
        .map(|finding| (Subject::Contract(id.clone()), finding));
    let findings = findings_at(store, found.collect(), moment).await?;
    let changes = changes::of_story(&mut loader, &tale.entries).await?;
    let mut entries = tale.entries;
    place(&mut entries, &findings);
    newest_first(&mut entries);
    let estimate = estimate::of(&tale.facts, tale.ends_on);
    let facts = tale.facts;
    let drawn = requisitions(store, &drawn, moment).await?.pop();
    Ok(Some(ContractDetail {
        description: facts.description,
        hirers: facts.hirers,
        fee_periods: facts.fee_periods,
        notice_period_days: facts.notice_period_days,
        work_location: facts.work_location,
        work_time_type: facts.work_time_type,
        minutes_in_working_day: facts.minutes_in_working_day,
        operating_jurisdiction: facts.operating_jurisdiction,
        tax_jurisdiction: facts.tax_jurisdiction,
        custom_fields: facts.custom_fields,
        url: facts.url,
        estimate,
        requisition: drawn,
        summary: own,
        renews,
        renewed_by,
        steps: tale.steps,
        entries,
        changes,
        findings,
    }))
}

async fn renewals(
    store: &Store,
    me: &RenewalCandidate,
    own: &ContractSummary,
    moment: Moment,
) -> Result<(Option<ContractLink>, Option<ContractLink>), StoreError> {
    let theirs: Vec<&str> = own.contractor_id.iter().map(ContractorId::as_str).collect();
    let mut rows = store.list_contracts_of(&theirs, own.is_test, moment).await?;
    rows.retain(|row| row.id != own.id.as_str());
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let others = rows.iter().map(row::neighbour).collect::<Result<Vec<RenewalCandidate>, _>>()?;
    let (renews, renewed_by) = timeline::renewals(me, &others);
    let link = |found: Option<(ContractId, bool)>| {
        let (id, is_stated) = found?;
        let neighbour = others.iter().find(|other| other.id == id);
        let title = rows.iter().find(|row| row.id == id.0).map_or_else(|| id.to_string(), |row| row.title.clone());
        let state = neighbour.map_or(ContractState::Known, |other| other.state);
        Some(ContractLink { title, start_on: neighbour.and_then(|other| other.start_on), is_stated, state, id })
    };
    Ok((link(renews), link(renewed_by)))
}

/// Returns one requisition with the contracts that draw on it; `None` when no event mentions it.
pub(super) async fn requisition(
    store: &Store,
    id: &RequisitionId,
    moment: Moment,
    limits: Limits,
) -> Result<Option<RequisitionDetail>, StoreError> {
    let mut loader = Loader::new(store, moment).keeping_bodies();
    let told = loader.happenings_of(SubjectKind::Requisition, id.as_str()).await?;
    let Some(tale) = timeline::requisition(id, &told) else { return Ok(None) };
    let rows = store.list_contracts_on(id.as_str(), tale.is_test, moment).await?;
    let draws = draws(&mut loader, id, &rows).await?;
    let mut budget = budget::of(&tale, &draws);
    if rows.len() > MAX_DRAWS {
        budget.is_partial = true;
        budget.obstacles.push(format!("Only the latest {MAX_DRAWS} of its {} contracts are counted.", rows.len()));
    }
    let drawn: Vec<ContractRow> = draws.iter().map(|(story, _)| list_row::contract(story)).collect();
    let drawn = row::contracts(&drawn, moment.today())?;
    let altered = altered(store, tale.entries.iter().map(|entry| entry.seq), moment).await?;
    let found = findings::of_requisition(&tale, &draws, &altered, limits).into_iter();
    let found = found.map(|finding| (Subject::Requisition(id.clone()), finding)).collect();
    let findings = findings_at(store, found, moment).await?;
    let changes = changes::of_story(&mut loader, &tale.entries).await?;
    let own = row::requisition(&list_row::requisition(&tale))?;
    let mut entries = tale.entries;
    place(&mut entries, &findings);
    newest_first(&mut entries);
    Ok(Some(RequisitionDetail {
        summary: RequisitionSummary {
            committed: budget.committed.clone(),
            remaining: budget.remaining.clone(),
            is_partial: budget.is_partial,
            contracts: u32::try_from(drawn.len()).unwrap_or(u32::MAX),
            ..own
        },
        description: tale.facts.description,
        custom_fields: tale.facts.custom_fields,
        url: tale.facts.url,
        contracts: drawn,
        budget,
        entries,
        changes,
        findings,
    }))
}

/// Returns which of these messages had arrived again with another body by the moment.
pub(super) async fn altered(
    store: &Store,
    seqs: impl Iterator<Item = i64>,
    moment: Moment,
) -> Result<BTreeSet<i64>, StoreError> {
    store.list_altered(&seqs.collect::<Vec<_>>(), i64::MAX, moment).await
}

/// Returns the stories of these contracts at the moment, if they drew on the requisition then, in the order of the
/// rows, with the commitment after each event.
pub(super) async fn draws(
    loader: &mut Loader<'_>,
    on: &RequisitionId,
    rows: &[ContractRow],
) -> Result<Vec<(ContractStory, Vec<Commitment>)>, StoreError> {
    let ids: Vec<&str> = rows.iter().take(MAX_DRAWS).map(|row| row.id.as_str()).collect();
    let told = loader.happenings(SubjectKind::Contract, &ids).await?;
    let draws_on_it = |story: &ContractStory| story.facts.requisition.as_ref().is_some_and(|drawn| drawn.id == *on);
    let of_row = |id: &&str| {
        let happenings = told.get(*id)?;
        let story = timeline::contract(happenings).filter(draws_on_it)?;
        Some((story, commitment::history(happenings)))
    };
    Ok(ids.iter().filter_map(of_row).collect())
}
