//! Requisitions' stories: see `docs/yunojuno.md`, Spend requisition lifecycle.

use super::{BUDGET, instant, kinds, requisition as snapshot, stored_event, with};
use crate::id::RequisitionId;
use crate::lifecycle::finding::FindingKind::{Missing, OutOfOrder};
use crate::lifecycle::spend::RequisitionState::{Approved, Known, Requested};
use crate::timeline::{RequisitionStory, StoredEvent, requisition};
use serde_json::json;

fn budget() -> RequisitionId {
    BUDGET.into()
}

fn events(steps: &[(&str, &str)]) -> Vec<StoredEvent> {
    (1..)
        .zip(steps)
        .map(|(day, (event, amount))| {
            let event = format!("client.spend_request.{event}");
            stored_event(day, &format!("2026-02-{day:02}T09:00:00Z"), &event, snapshot(amount))
        })
        .collect()
}

fn story(steps: &[(&str, &str)]) -> RequisitionStory {
    requisition(&budget(), &events(steps)).unwrap()
}

#[test]
fn a_requisition_is_created_updated_and_approved() {
    let story = story(&[("created", "50000.00"), ("updated", "60000.00"), ("approved", "60000.00")]);
    assert_eq!((story.state, story.versions, story.findings.len()), (Approved, 2, 0));
    assert_eq!(story.facts.money().unwrap().to_string(), "£60,000.00");
    assert_eq!(story.entries[1].detail.as_deref(), Some("£50,000.00 in total → £60,000.00 in total · REQ-2026-0031"));
}

#[test]
fn an_update_changes_figures_and_no_state() {
    assert_eq!(story(&[("created", "1.00"), ("updated", "2.00")]).state, Requested);
    let after = story(&[("created", "1.00"), ("approved", "1.00"), ("updated", "2.00")]);
    assert_eq!((after.state, after.findings.len()), (Approved, 0));
}

#[test]
fn an_approval_without_a_creation_is_a_gap() {
    let alone = story(&[("approved", "1.00")]);
    assert_eq!((alone.state, alone.versions), (Approved, 0));
    assert_eq!(kinds(&alone.findings), [(Missing, 1, "client.spend_request.created")]);
    let later = story(&[("approved", "1.00"), ("created", "1.00")]);
    assert_eq!(kinds(&later.findings), [(OutOfOrder, 2, "client.spend_request.created")]);
    assert_eq!(later.state, Approved);
}

#[test]
fn a_contract_gives_facts_and_no_entry() {
    let drawn = with(json!({ "spend_request": snapshot("75000.00") }));
    let contract = stored_event(9, "2026-02-09T09:00:00Z", "client.contract.approved", drawn);
    let alone = requisition(&budget(), std::slice::from_ref(&contract)).unwrap();
    assert_eq!((alone.state, alone.entries.len(), alone.versions), (Known, 0, 0));
    assert_eq!(alone.last_at, instant("2026-02-09T09:00:00Z"));

    let mut all = events(&[("created", "60000.00")]);
    all.push(contract);
    let story = requisition(&budget(), &all).unwrap();
    assert_eq!((story.state, story.entries.len()), (Requested, 1));
    assert_eq!(story.facts.money().unwrap().to_string(), "£75,000.00");
    assert_eq!(requisition(&"spreq_other".into(), &all), None);
}

#[test]
fn an_amount_brings_its_currency_and_what_it_counts_with_it() {
    let detail_of = |changes: serde_json::Value| {
        let mut object = snapshot("500.00");
        for (key, value) in changes.as_object().unwrap() {
            object[key] = value.clone();
        }
        let update = stored_event(2, "2026-02-02T09:00:00Z", "client.spend_request.updated", object);
        let story = requisition(&budget(), &[events(&[("created", "60000.00")]), vec![update]].concat()).unwrap();
        (story.facts.money().map(|money| money.to_string()), story.facts.amount_type.map(|kind| kind.in_words()))
    };
    let of = |money: Option<&str>, kind: Option<&str>| (money.map(str::to_owned), kind.map(str::to_owned));
    assert_eq!(detail_of(json!({ "currency": null })), of(None, Some("in total")), "not £500.00");
    assert_eq!(detail_of(json!({ "amount_type": null })), of(Some("£500.00"), None));
    assert_eq!(detail_of(json!({ "amount": null, "currency": "EUR" })), of(Some("£60,000.00"), Some("in total")));
}
