//! Conversion of stories to list rows. Pure: the same story gives the same row, byte by byte.

use crate::collation::sort_key;
use crate::store::projections::is_key;
use crate::store::projections::row::{ContractRow, ContractorRow, Facet, RequisitionRow};
use domain::commitment;
use domain::commitment::CommitmentState;
use domain::estimate;
use domain::event::contact::{Client, CustomField};
use domain::event::contract::Hirer;
use domain::id::{ContractId, HirerId};
use domain::lifecycle::finding::Finding;
use domain::lifecycle::outlook::notice_deadline;
use domain::money;
use domain::timeline::{ContractStory, ContractorStory, RequisitionStory};
use std::collections::BTreeSet;

/// Returns the list row of a contractor.
pub(crate) fn contractor(story: &ContractorStory) -> ContractorRow {
    let facts = &story.facts;
    let name = facts.person.name.clone().unwrap_or_else(|| facts.id.to_string());
    ContractorRow {
        id: facts.id.to_string(),
        sort_key: sort_key(&name),
        name,
        email: facts.person.email.clone(),
        client: facts.client.as_ref().and_then(Client::called).map(str::to_owned),
        client_id: facts.client.as_ref().and_then(client_id),
        state: story.state.as_str().to_owned(),
        bookability: facts.bookability_state.clone(),
        findings: needing_a_person(&story.findings),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
        custom_fields: listed(&pairs(&facts.custom_fields)),
    }
}

/// Returns the list row of a contract.
pub(crate) fn contract(story: &ContractStory) -> ContractRow {
    let facts = &story.facts;
    let title = facts.title.clone().unwrap_or_else(|| facts.id.to_string());
    let rate = facts.rate.as_ref();
    let renewal_ids: Vec<&str> = facts.renewal_ids.iter().map(ContractId::as_str).collect();
    let standing = commitment::commitment_state_of(story);
    let cost =
        Some(estimate::of(facts, story.ends_on)).filter(|_| standing != CommitmentState::Nothing).unwrap_or_default();
    ContractRow {
        id: facts.id.to_string(),
        contractor_id: facts.contractor_id.as_ref().map(ToString::to_string).filter(|id| is_key(id)),
        contractor_name: facts.person.name.clone(),
        title_key: sort_key(&title),
        rate_key: rate.and_then(|rate| Some(money::sort_key(rate.amount?, rate.currency.as_ref()))).unwrap_or_default(),
        title,
        job_title: facts.job_title.clone(),
        client: facts.client.as_ref().and_then(Client::called).map(str::to_owned),
        client_id: facts.client.as_ref().and_then(client_id),
        hirers: serde_json::Value::from(facts.hirers.iter().map(hirer).collect::<Vec<_>>()).to_string(),
        custom_fields: listed(&pairs(&facts.custom_fields)),
        state: story.state.as_str().to_owned(),
        start_on: facts.start_on.map(|day| day.to_string()),
        ends_on: story.ends_on.map(|day| day.to_string()),
        planned_end_on: story.planned_end_on.map(|day| day.to_string()),
        notice_on: notice_deadline(story.state, story.ends_on, facts.notice_period_days).map(|day| day.to_string()),
        rate_amount: rate.and_then(|rate| rate.amount).map(|amount| amount.to_string()),
        rate_currency: rate
            .and_then(|rate| rate.currency.as_ref())
            .map(ToString::to_string)
            .filter(|code| is_key(code)),
        rate_unit: rate.and_then(|rate| rate.unit.clone()),
        requisition_id: facts.requisition.as_ref().map(|r| r.id.to_string()).filter(|id| is_key(id)),
        renewal_ids: serde_json::Value::from(renewal_ids).to_string(),
        findings: needing_a_person(&story.findings),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
        standing: standing.as_str().to_owned(),
        commitment_amount: cost.total.as_ref().map(|money| money.amount.to_string()),
        commitment_per_day: cost.cost_per_day.as_ref().map(|money| money.amount.to_string()),
        commitment_currency: cost.total.as_ref().or(cost.cost_per_day.as_ref()).map(|money| money.currency.to_string()),
    }
}

/// Returns the list row of a requisition.
pub(crate) fn requisition(story: &RequisitionStory) -> RequisitionRow {
    let facts = &story.facts;
    let title = facts.title.clone().unwrap_or_else(|| facts.id.to_string());
    let approved = story.approved.as_ref();
    RequisitionRow {
        id: facts.id.to_string(),
        title_key: sort_key(&title),
        amount_key: facts.amount.map(|amount| money::sort_key(amount, facts.currency.as_ref())).unwrap_or_default(),
        custom_fields: listed(&pairs(&facts.custom_fields)),
        title,
        external_id: facts.external_id.clone(),
        amount: facts.amount.map(|amount| amount.to_string()),
        currency: facts.currency.as_ref().map(ToString::to_string),
        amount_type: facts.amount_type.as_ref().map(|kind| kind.as_str().to_owned()),
        state: story.state.as_str().to_owned(),
        approved_amount: approved.map(|approved| approved.money.amount.to_string()),
        approved_currency: approved.map(|approved| approved.money.currency.to_string()),
        approved_type: approved.and_then(|approved| approved.kind.as_ref()).map(|kind| kind.as_str().to_owned()),
        versions: story.versions.into(),
        findings: needing_a_person(&story.findings),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
    }
}

/// Returns the filter values of a contractor that are not in columns.
pub(crate) fn contractor_facets(story: &ContractorStory) -> Vec<Facet> {
    facets("contractor", story.facts.id.as_str(), &[], &story.facts.custom_fields)
}

/// Returns the filter values of a contract that are not in columns.
pub(crate) fn contract_facets(story: &ContractStory) -> Vec<Facet> {
    facets("contract", story.facts.id.as_str(), &story.facts.hirers, &story.facts.custom_fields)
}

/// Returns the filter values of a requisition that are not in columns.
pub(crate) fn requisition_facets(story: &RequisitionStory) -> Vec<Facet> {
    facets("requisition", story.facts.id.as_str(), &[], &story.facts.custom_fields)
}

/// Deduplicated: two hirers of one contract may have the same id.
fn facets(kind: &str, subject_id: &str, hirers: &[Hirer], fields: &[CustomField]) -> Vec<Facet> {
    let hirers = hirers.iter().filter_map(|hirer| Some(("hirer", hirer.id.as_ref()?.to_string())));
    let fields = pairs(fields).into_iter().map(|pair| ("field", pair));
    let found: BTreeSet<(&str, String)> = hirers.chain(fields).filter(|(_, value)| is_key(value)).collect();
    let facet = |(facet, value): (&str, String)| Facet {
        kind: kind.to_owned(),
        facet: facet.to_owned(),
        value,
        subject_id: subject_id.to_owned(),
    };
    found.into_iter().map(facet).collect()
}

/// Returns the client's id; its name where it has none.
pub(crate) fn client_id(client: &Client) -> Option<String> {
    client.id.as_ref().map(ToString::to_string).or_else(|| client.name.clone()).filter(|id| is_key(id))
}

fn hirer(hirer: &Hirer) -> serde_json::Value {
    serde_json::json!({ "id": hirer.id.as_ref().map(HirerId::as_str), "name": hirer.name })
}

/// Returns custom fields as `Name:Value`.
pub(crate) fn pairs(fields: &[CustomField]) -> Vec<String> {
    fields.iter().filter_map(CustomField::pair).collect()
}

fn listed(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Counts the findings that a person should act on.
fn needing_a_person(findings: &[Finding]) -> i64 {
    i64::try_from(findings.iter().filter(|one| one.needs_a_person()).count()).unwrap_or(i64::MAX)
}
