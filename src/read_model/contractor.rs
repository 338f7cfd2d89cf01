//! The page of one contractor: contracts, committed money and all events. Each body is parsed once.

use super::findings::{findings_at, place};
use super::row::{self, contracts};
use super::story::newest_first;
use super::subject::{MAX_CONTRACTS, altered, draws, requisitions};
use crate::store::projections::row::ContractRow;
use crate::store::{Store, StoreError};
use crate::stories::load::Loader;
use crate::stories::row as list_row;
use app::chart::{ChartContract, ChartData, spend};
use app::view::detail::ContractorDetail;
use app::view::summary::RequisitionSummary;
use domain::budget;
use domain::commitment;
use domain::commitment::{Commitment, CommitmentState};
use domain::findings;
use domain::id::SubjectKind;
use domain::id::{ContractorId, RequisitionId, Subject};
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Limits;
use domain::money::Money;
use domain::query::moment::Moment;
use domain::timeline::{self, ContractStory, RenewalCandidate, RequisitionStory};
use std::collections::BTreeSet;

/// A contract with the commitment after each of its events.
type Told = (ContractStory, Vec<Commitment>);

/// Returns one contractor with their contracts; `None` when no event mentions them.
pub(super) async fn contractor(
    store: &Store,
    id: &ContractorId,
    moment: Moment,
    limits: Limits,
) -> Result<Option<ContractorDetail>, StoreError> {
    let mut loader = Loader::new(store, moment);
    let own = loader.happenings_of(SubjectKind::Contractor, id.as_str()).await?;
    let Some(tale) = timeline::contractor(id, &own) else { return Ok(None) };
    let rows = store.list_contracts_of(&[id.as_str()], tale.is_test, moment).await?;
    let contracts = contracts(&rows, moment.today())?;
    let told = load_contracts(&mut loader, &rows).await?;
    let drawn_on: BTreeSet<&RequisitionId> =
        told.iter().filter_map(|(story, _)| story.facts.requisition.as_ref()).map(|drawn| &drawn.id).collect();
    let drawn_on: Vec<&str> = drawn_on.into_iter().map(RequisitionId::as_str).collect();
    let summaries = requisitions(store, &drawn_on, moment).await?;
    let requisitions = load_requisitions(&mut loader, &drawn_on).await?;

    let mut entries = tale.entries.clone();
    entries.extend(told.iter().flat_map(|(story, _)| story.entries.iter().cloned()));
    entries.extend(requisitions.iter().flat_map(|story| story.entries.iter().cloned()));
    let altered = altered(store, entries.iter().map(|entry| entry.seq), moment).await?;
    let whose = Subject::Contractor(id.clone());
    let mut found: Vec<(Subject, Finding)> =
        findings::of_contractor(&tale, &altered).into_iter().map(|finding| (whose.clone(), finding)).collect();
    let neighbours = rows.iter().map(row::neighbour).collect::<Result<Vec<RenewalCandidate>, _>>()?;
    for (story, _) in &told {
        let renewal = timeline::renewal(&story.facts.id, &neighbours);
        let of_contract = findings::of_contract(story, &altered, limits).into_iter();
        let of_contract = of_contract.filter_map(|one| findings::renewed(one, renewal));
        let subject = Subject::Contract(story.facts.id.clone());
        found.extend(of_contract.map(|finding| (subject.clone(), finding)));
    }
    let mut compared = Vec::with_capacity(requisitions.len());
    for story in requisitions {
        let subject = Subject::Requisition(story.facts.id.clone());
        let is_drawn_on = is_drawn_on(store, &story, &told, moment).await?;
        let of_events = findings::of_requisition_within_budget(&story, is_drawn_on, &altered, limits).into_iter();
        found.extend(of_events.map(|finding| (subject.clone(), finding)));
        let (breach, finding) = breach(&mut loader, &story, &told, &summaries).await?;
        found.extend(finding.map(|finding| (subject, finding)));
        compared.push((story, breach));
    }
    let mut findings = findings_at(store, found, moment).await?;
    place(&mut entries, &findings);
    newest_first(&mut entries);
    // A message that is in two stories is listed once.
    entries.dedup_by_key(|entry| entry.seq);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.seq));

    Ok(Some(ContractorDetail {
        summary: row::contractor(&list_row::contractor(&tale), &contracts)?,
        email: tale.facts.person.email,
        url: tale.facts.url,
        custom_fields: tale.facts.custom_fields,
        chart: chart_data(&told, &rows, &compared, &summaries, &findings)?,
        requisitions: summaries,
        contracts,
        entries,
        findings,
    }))
}

/// Returns stories in the order of the rows: latest start first.
async fn load_contracts(loader: &mut Loader<'_>, rows: &[ContractRow]) -> Result<Vec<Told>, StoreError> {
    let ids: Vec<&str> = rows.iter().take(MAX_CONTRACTS).map(|row| row.id.as_str()).collect();
    let found = loader.happenings(SubjectKind::Contract, &ids).await?;
    let tell = |id: &&str| {
        let happenings = found.get(*id)?;
        Some((timeline::contract(happenings)?, commitment::history(happenings)))
    };
    Ok(ids.iter().filter_map(tell).collect())
}

async fn load_requisitions(loader: &mut Loader<'_>, ids: &[&str]) -> Result<Vec<RequisitionStory>, StoreError> {
    let found = loader.happenings(SubjectKind::Requisition, ids).await?;
    let tell = |id: &&str| timeline::requisition(&(*id).into(), found.get(*id)?);
    Ok(ids.iter().filter_map(tell).collect())
}

/// Builds the chart. `told` are the latest of `rows`.
fn chart_data(
    told: &[Told],
    rows: &[ContractRow],
    compared: &[(RequisitionStory, Option<budget::Breach>)],
    summaries: &[RequisitionSummary],
    findings: &[Finding],
) -> Result<ChartData, StoreError> {
    let neighbours = told.iter().map(|(story, _)| row::neighbour(&list_row::contract(story)));
    let neighbours = neighbours.collect::<Result<Vec<RenewalCandidate>, _>>()?;
    let renews = |me: &RenewalCandidate| timeline::renewals(me, &neighbours).0;
    let works =
        told.iter().zip(&neighbours).map(|((story, _), me)| ChartContract::of(story, findings, renews(me))).collect();
    let (spend, mut obstacles) = spend::gather(told, compared);
    if told.len() < rows.len() {
        obstacles.push(format!(
            "Drawn are the latest {} of {} contracts; what the older ones cost is not in the lines.",
            told.len(),
            rows.len()
        ));
    }
    let shared = summaries.iter().filter(|summary| is_shared(summary, rows));
    let shared: Vec<String> = shared.map(|summary| format!("“{}”", summary.title)).collect();
    let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
    if !shared.is_empty() {
        let which = timeline::words::listed(&shared, "and");
        obstacles.push(format!(
            "Contracts of others draw on {which} too; the line shows only what is drawn here, a breach counts all."
        ));
    }
    Ok(ChartData { contracts: works, spend, obstacles })
}

/// Returns whether a requisition is exceeded, and the finding about it. Events of other contractors are read only where
/// the list row shows that it is, as most requisitions are not.
async fn breach(
    loader: &mut Loader<'_>,
    story: &RequisitionStory,
    told: &[Told],
    summaries: &[RequisitionSummary],
) -> Result<(Option<budget::Breach>, Option<Finding>), StoreError> {
    let id = &story.facts.id;
    let counts = |one: &&Told| draws_on(one, id) && one.0.is_test == story.is_test;
    let theirs: Vec<Told> = told.iter().filter(counts).cloned().collect();
    let summary = summaries.iter().find(|summary| summary.id == *id);
    let is_passed = |summary: &RequisitionSummary| summary.remaining.as_ref().is_some_and(Money::is_below_zero);
    let is_shared =
        |summary: &RequisitionSummary| usize::try_from(summary.contracts).is_ok_and(|all| all > theirs.len());
    if summary.is_some_and(|summary| is_passed(summary) && is_shared(summary)) {
        let rows = loader.store().list_contracts_on(id.as_str(), story.is_test, loader.moment()).await?;
        return Ok(judged(story, &draws(loader, id, &rows).await?, summary));
    }
    Ok(judged(story, &theirs, summary))
}

fn judged(
    story: &RequisitionStory,
    contracts: &[Told],
    summary: Option<&RequisitionSummary>,
) -> (Option<budget::Breach>, Option<Finding>) {
    let breach = budget::of(story, contracts).breach;
    let title = summary.map_or(story.facts.id.as_str(), |summary| summary.title.as_str());
    let finding =
        breach.as_ref().and_then(|_| findings::over_budget(story, contracts, &format!("contracts on “{title}”")));
    (breach, finding)
}

/// Returns whether a contract of its mode that was not withdrawn draws on it, of this contractor or of others.
async fn is_drawn_on(
    store: &Store,
    story: &RequisitionStory,
    told: &[Told],
    moment: Moment,
) -> Result<bool, StoreError> {
    let id = &story.facts.id;
    let holds = |(contract, _): &Told| commitment::commitment_state_of(contract) != CommitmentState::Nothing;
    if told.iter().any(|one| draws_on(one, id) && one.0.is_test == story.is_test && holds(one)) {
        return Ok(true);
    }
    let draws = store.list_draws(&[id.as_str()], story.is_test, moment).await?;
    Ok(draws.iter().any(|draw| CommitmentState::parse(&draw.standing) != Some(CommitmentState::Nothing)))
}

fn draws_on((contract, _): &Told, id: &RequisitionId) -> bool {
    contract.facts.requisition.as_ref().is_some_and(|drawn| drawn.id == *id)
}

/// Returns whether contracts of others draw on it; `rows` are all of the contractor's.
fn is_shared(summary: &RequisitionSummary, rows: &[ContractRow]) -> bool {
    let theirs = rows.iter().filter(|row| row.requisition_id.as_deref() == Some(summary.id.as_str())).count();
    usize::try_from(summary.contracts).is_ok_and(|all| all > theirs)
}
