//! What does a story look like in a list? Pure: the same story gives the same row, byte by byte.

use super::batch::is_key;
use crate::store::projections::row::{ContractRow, ContractorRow, RequisitionRow};
use app::estimate::{self, Standing};
use app::id::ContractId;
use app::timeline::{ContractStory, ContractorStory, RequisitionStory};

/// Names longer than this sort by their beginning: a key of `PostgreSQL` has its limits.
const SORTED_CHARACTERS: usize = 200;

/// The list row of a contractor.
pub(crate) fn contractor(story: &ContractorStory) -> ContractorRow {
    let facts = &story.facts;
    let name = facts.person.name.clone().unwrap_or_else(|| facts.id.to_string());
    ContractorRow {
        id: facts.id.to_string(),
        sort_key: name.to_lowercase().chars().take(SORTED_CHARACTERS).collect(),
        search: searched([Some(&name), facts.person.email.as_ref()]),
        name,
        email: facts.person.email.clone(),
        client: facts.client.as_ref().and_then(|client| client.name.clone()),
        state: story.state.as_str().to_owned(),
        bookability: facts.bookability_state.clone(),
        findings: count(story.findings.len()),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
    }
}

/// The list row of a contract.
pub(crate) fn contract(story: &ContractStory) -> ContractRow {
    let facts = &story.facts;
    let title = facts.title.clone().unwrap_or_else(|| facts.id.to_string());
    let rate = facts.rate.as_ref();
    let renewal_ids: Vec<&str> = facts.renewal_ids.iter().map(ContractId::as_str).collect();
    let standing = estimate::standing(story.state);
    let cost = Some(estimate::of(facts, story.ends_on)).filter(|_| standing != Standing::Nothing).unwrap_or_default();
    ContractRow {
        id: facts.id.to_string(),
        contractor_id: facts.contractor_id.as_ref().map(ToString::to_string).filter(|id| is_key(id)),
        contractor_name: facts.person.name.clone(),
        search: searched([Some(&title), facts.person.name.as_ref()]),
        title,
        job_title: facts.job_title.clone(),
        client: facts.client.as_ref().and_then(|client| client.name.clone()),
        state: story.state.as_str().to_owned(),
        start_on: facts.start_on.map(|day| day.to_string()),
        ends_on: story.ends_on.map(|day| day.to_string()),
        planned_end_on: story.planned_end_on.map(|day| day.to_string()),
        rate_amount: rate.and_then(|rate| rate.amount).map(|amount| amount.to_string()),
        rate_currency: rate.and_then(|rate| rate.currency.as_ref()).map(ToString::to_string),
        rate_unit: rate.and_then(|rate| rate.unit.clone()),
        requisition_id: facts.requisition.as_ref().map(|r| r.id.to_string()).filter(|id| is_key(id)),
        renewal_ids: serde_json::Value::from(renewal_ids).to_string(),
        findings: count(story.findings.len()),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
        standing: standing.as_str().to_owned(),
        commitment_amount: cost.total.as_ref().map(|money| money.amount.to_string()),
        commitment_per_day: cost.cost_per_day.as_ref().map(|money| money.amount.to_string()),
        commitment_currency: cost.total.as_ref().map(|money| money.currency.to_string()),
    }
}

/// The list row of a requisition.
pub(crate) fn requisition(story: &RequisitionStory) -> RequisitionRow {
    let facts = &story.facts;
    let title = facts.title.clone().unwrap_or_else(|| facts.id.to_string());
    RequisitionRow {
        id: facts.id.to_string(),
        search: searched([Some(&title), facts.external_id.as_ref()]),
        title,
        external_id: facts.external_id.clone(),
        amount: facts.amount.map(|amount| amount.to_string()),
        currency: facts.currency.as_ref().map(ToString::to_string),
        amount_type: facts.amount_type.as_ref().map(|kind| kind.as_str().to_owned()),
        state: story.state.as_str().to_owned(),
        versions: story.versions.into(),
        findings: count(story.findings.len()),
        is_test: story.is_test,
        last_at: story.last_at.as_millisecond(),
    }
}

fn searched<const N: usize>(parts: [Option<&String>; N]) -> String {
    // A line break between them, so that no search matches across two fields.
    parts.into_iter().flatten().map(|part| part.to_lowercase()).collect::<Vec<_>>().join("\n")
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
