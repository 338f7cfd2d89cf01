//! Conversion of stories to views, with the values that the list rows of the same stories give. Pure.

use super::row::{self, theirs_of};
use crate::store::projections::is_key;
use crate::stories::row::{needing_a_person, pairs};
use app::view::summary::RequisitionSummary;
use app::view::summary::{ContractSummary, ContractorSummary};
use domain::budget::Cost;
use domain::commitment;
use domain::commitment::CommitmentState;
use domain::estimate;
use domain::event::contact::Client;
use domain::event::contract::Rate;
use domain::id::HirerId;
use domain::lifecycle::contract::Phase;
use domain::lifecycle::outlook::notice_deadline;
use domain::money::Currency;
use domain::timeline::{ContractStory, ContractorStory, RenewalCandidate, RequisitionStory};
use jiff::civil::Date;

fn called(client: Option<&Client>) -> Option<String> {
    client.and_then(Client::called).map(str::to_owned)
}

/// Returns a contract as its list row shows it on a day.
pub(super) fn contract(story: &ContractStory, today: Date) -> ContractSummary {
    let facts = &story.facts;
    let contractor_id = facts.contractor_id.clone().filter(|id| is_key(id.as_str()));
    let standing = commitment::commitment_state_of(story);
    let estimate = Some(estimate::of(facts, story.ends_on)).filter(|_| standing != CommitmentState::Nothing);
    let cost = estimate.map(|of| Cost { total: of.total, per_day: of.cost_per_day }).unwrap_or_default();
    let hirer_ids = || facts.hirers.iter().map(|hirer| hirer.id.as_ref().map(HirerId::as_str));
    let hirers = facts.hirers.iter().zip(hirer_ids());
    ContractSummary {
        id: facts.id.clone(),
        title: facts.title.clone().unwrap_or_else(|| facts.id.to_string()),
        job_title: facts.job_title.clone(),
        contractor_name: facts.person.name.clone().or_else(|| contractor_id.as_ref().map(ToString::to_string)),
        contractor_id,
        client: called(facts.client.as_ref()),
        hirers: hirers.filter_map(|(hirer, id)| hirer.name.as_deref().or(id).map(str::to_owned)).collect(),
        hirer_ids: hirer_ids().flatten().map(str::to_owned).collect(),
        state: story.state,
        phase: Phase::on(today, story.state, facts.start_on, story.ends_on),
        start_on: facts.start_on,
        ends_on: story.ends_on,
        planned_end_on: story.planned_end_on,
        notice_by: notice_deadline(story.state, story.ends_on, facts.notice_period_days),
        rate: facts.rate.as_ref().and_then(rate),
        requisition_id: facts.requisition.as_ref().map(|drawn| drawn.id.clone()).filter(|id| is_key(id.as_str())),
        custom_fields: pairs(&facts.custom_fields),
        standing,
        is_at_least: cost.is_at_least(),
        estimate: cost.total,
        findings: row::number(needing_a_person(&story.findings)),
        is_test: story.is_test,
        last_at: story.last_at,
    }
}

/// Returns a rate as a list row keeps it: without a currency that is no key, and `None` if nothing is left.
fn rate(rate: &Rate) -> Option<Rate> {
    let currency = rate.currency.clone().filter(|code| is_key(code.as_str()));
    let rate = Rate { currency: currency.and_then(|code| Currency::parse(code.as_str())), ..rate.clone() };
    (rate.amount.is_some() || rate.currency.is_some() || rate.unit.is_some()).then_some(rate)
}

/// Returns a contractor as their list row shows them. `theirs` may include contracts of others, which are ignored.
pub(super) fn contractor(story: &ContractorStory, theirs: &[ContractSummary]) -> ContractorSummary {
    let facts = &story.facts;
    let summary = ContractorSummary {
        id: facts.id.clone(),
        name: facts.person.name.clone().unwrap_or_else(|| facts.id.to_string()),
        email: facts.person.email.clone(),
        client: called(facts.client.as_ref()),
        state: story.state,
        bookability: facts.bookability_state.clone(),
        custom_fields: pairs(&facts.custom_fields),
        is_test: story.is_test,
        last_at: story.last_at,
        active_contracts: 0,
        open_offers: 0,
        next_end_on: None,
        committed: Vec::new(),
        unestimated: 0,
    };
    theirs_of(summary, theirs)
}

/// Returns a requisition as its list row shows it, without the contracts that draw on it.
pub(super) fn requisition(story: &RequisitionStory) -> RequisitionSummary {
    let facts = &story.facts;
    RequisitionSummary {
        id: facts.id.clone(),
        title: facts.title.clone().unwrap_or_else(|| facts.id.to_string()),
        external_id: facts.external_id.clone(),
        amount: facts.money(),
        amount_type: facts.amount_type.clone(),
        approved: story.approved.clone(),
        committed: None,
        remaining: None,
        is_partial: false,
        state: story.state,
        versions: story.versions,
        contracts: 0,
        custom_fields: pairs(&facts.custom_fields),
        is_test: story.is_test,
        last_at: story.last_at,
    }
}

/// Returns what decides whether a contract renews another one.
pub(super) fn neighbour(story: &ContractStory) -> RenewalCandidate {
    RenewalCandidate {
        id: story.facts.id.clone(),
        start_on: story.facts.start_on,
        ends_on: story.ends_on,
        renewal_ids: story.facts.renewal_ids.clone(),
        rate: story.facts.rate.clone(),
        state: story.state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::row as list_row;
    use crate::tests::support::history::{START, Told, history};
    use domain::id::SubjectKind;
    use domain::timeline::{self, StoredEvent};
    use jiff::{Timestamp, ToSpan as _};
    use std::collections::BTreeMap;

    /// Returns the events of every subject of a history, as they are stored.
    fn told() -> BTreeMap<(&'static str, String), Vec<StoredEvent>> {
        let mut of = BTreeMap::<_, Vec<StoredEvent>>::new();
        for (seq, told) in (1..).zip(history(9).iter().map(Told::message)) {
            let Ok(event) = domain::event::parse(&told.body) else { continue };
            let happening = StoredEvent {
                seq,
                message_id: domain::id::MessageId(told.message_id),
                occurred_at: told.occurred_at,
                occurred_from: told.occurred_from,
                received_at: told.received_at,
                attempts: 1,
                event: event.into(),
            };
            for subject in happening.event.about() {
                of.entry((subject.kind(), subject.id().to_owned())).or_default().push(happening.clone());
            }
        }
        of
    }

    #[test]
    fn a_summary_of_a_story_equals_the_summary_of_its_row() {
        let told = told();
        let of = |kind: SubjectKind| told.iter().filter(move |((of, _), _)| *of == kind.as_str());
        let start = row::day(Timestamp::from_millisecond(START).unwrap());
        for today in [start, start.saturating_add(90.days())] {
            let stories: Vec<ContractStory> =
                of(SubjectKind::Contract).filter_map(|(_, told)| timeline::contract(told)).collect();
            let rows: Vec<_> = stories.iter().map(list_row::contract).collect();
            let contracts = row::contracts(&rows, today).unwrap();
            assert!(contracts.len() > 30, "only {} contracts", contracts.len());
            for (story, of_row) in stories.iter().zip(&contracts) {
                assert_eq!(contract(story, today), *of_row);
                let of_row = row::neighbour(&list_row::contract(story)).unwrap();
                assert_eq!(neighbour(story), of_row);
            }
            for ((_, id), told) in of(SubjectKind::Contractor) {
                let story = timeline::contractor(&id.as_str().into(), told).unwrap();
                let of_row = row::contractor(&list_row::contractor(&story), &contracts).unwrap();
                assert_eq!(contractor(&story, &contracts), of_row);
            }
            for ((_, id), told) in of(SubjectKind::Requisition) {
                let story = timeline::requisition(&id.as_str().into(), told).unwrap();
                assert_eq!(requisition(&story), row::requisition(&list_row::requisition(&story)).unwrap());
            }
        }
    }
}
