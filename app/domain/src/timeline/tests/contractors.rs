//! Contractors' stories: see `docs/yunojuno.md`, Client contact lifecycle.

use super::{AMARA, contact, kinds, of_contract, stored_event, with};
use crate::event::Mode;
use crate::id::ContractorId;
use crate::lifecycle::contact::ContactState::{Invited, Known, Onboarded, Registered};
use crate::lifecycle::finding::FindingKind::{Missing, OutOfOrder};
use crate::timeline::{ContractorStory, StoredEvent, contractor};
use serde_json::{Value, json};

const CREATED: &str = "client.client_contact.created";
const REGISTERED: &str = "client.client_contact.registered";
const ONBOARDED: &str = "client.client_contact.onboarding_completed";
const UPDATED: &str = "client.client_contact.custom_fields_updated";

fn amara() -> ContractorId {
    AMARA.into()
}

fn reference() -> Value {
    json!({ "client_contact_id": AMARA })
}

fn story(events: &[(&str, Value)]) -> ContractorStory {
    let stored_events: Vec<StoredEvent> = (1..)
        .zip(events)
        .map(|(day, (event, object))| stored_event(day, &format!("2026-02-{day:02}T09:00:00Z"), event, object.clone()))
        .collect();
    contractor(&amara(), &stored_events).unwrap()
}

#[test]
fn an_invited_contractor_registers_and_is_onboarded() {
    let events = [
        (CREATED, contact("INVITED", "NOT_STARTED")),
        (REGISTERED, contact("REGISTERED", "NOT_STARTED")),
        (ONBOARDED, contact("REGISTERED", "FINISHED")),
    ];
    assert_eq!(story(&events[..1]).state, Invited);
    assert_eq!(story(&events[..2]).state, Registered);
    let whole = story(&events);
    assert_eq!((whole.state, whole.findings.len(), whole.entries.len()), (Onboarded, 0, 3));
}

#[test]
fn a_created_snapshot_may_be_past_registration_already() {
    assert_eq!(story(&[(CREATED, contact("REGISTERED", "FINISHED"))]).state, Onboarded);
    let registered = story(&[(CREATED, contact("REGISTERED", "STARTED")), (ONBOARDED, reference())]);
    assert_eq!((registered.state, registered.findings.len()), (Onboarded, 0));
}

#[test]
fn what_was_never_seen_is_missing() {
    let skipped = story(&[(CREATED, contact("INVITED", "NOT_STARTED")), (ONBOARDED, reference())]);
    assert_eq!(kinds(&skipped.findings), [(Missing, 2, REGISTERED)]);
    assert_eq!(skipped.state, Onboarded);
    let first = story(&[(ONBOARDED, reference())]);
    assert!(
        first.findings[0]
            .sentence
            .starts_with("Never saw “Contractor added” or “Contractor registered” for this contractor.")
    );
}

#[test]
fn an_older_snapshot_never_takes_a_status_back() {
    let story = story(&[(ONBOARDED, contact("REGISTERED", "FINISHED")), (CREATED, contact("INVITED", "NOT_STARTED"))]);
    assert_eq!(story.state, Onboarded);
    assert_eq!(story.facts.registration_state.as_deref(), Some("REGISTERED"));
    assert_eq!(story.facts.onboarding_state.as_deref(), Some("FINISHED"));
    assert_eq!(kinds(&story.findings), [(Missing, 1, REGISTERED), (OutOfOrder, 2, CREATED)]);
}

#[test]
fn updated_fields_change_no_state_but_the_facts() {
    let mut changed = contact("INVITED", "NOT_STARTED");
    changed["custom_fields"] = json!([{ "name": "vendor_number", "value": "V-99000" }]);
    let story = story(&[(CREATED, contact("INVITED", "NOT_STARTED")), (UPDATED, changed)]);
    assert_eq!(story.state, Invited);
    assert_eq!(story.facts.custom_fields[0].value.as_deref(), Some("V-99000"));
    assert_eq!(story.entries[1].detail.as_deref(), Some("vendor_number: V-88213 → V-99000"));
}

#[test]
fn an_update_that_is_a_bare_reference_removes_no_field() {
    let mut emptied = contact("INVITED", "NOT_STARTED");
    emptied["custom_fields"] = json!([]);
    let story = story(&[
        (CREATED, contact("INVITED", "NOT_STARTED")),
        (UPDATED, reference()),
        (UPDATED, contact("INVITED", "NOT_STARTED")),
        (UPDATED, emptied),
    ]);
    let details: Vec<Option<&str>> = story.entries[1..].iter().map(|entry| entry.detail.as_deref()).collect();
    assert_eq!(details, [None, None, Some("vendor_number removed")]);
    assert_eq!(story.facts.custom_fields, []);
}

#[test]
fn a_contract_alone_makes_a_contractor_known() {
    let story = contractor(&amara(), &[of_contract(1, "2026-02-01T09:00:00Z", "offered")]).unwrap();
    assert_eq!((story.state, story.entries.len()), (Known, 0));
    assert_eq!(story.facts.person.name.as_deref(), Some("Amara Okoye"));
    assert_eq!(story.facts.person.email.as_deref(), Some("amara@example.com"));
    assert_eq!(story.facts.client.unwrap().name.as_deref(), Some("Northwind Studios"));
}

#[test]
fn contact_events_outweigh_contracts_but_the_newest_name_wins() {
    let renamed = with(json!({
        "freelancer": { "first_name": "Amara", "full_name": "Amara Smith", "email": "new@example.com" },
    }));
    let story = contractor(
        &amara(),
        &[
            stored_event(1, "2026-02-01T09:00:00Z", CREATED, contact("INVITED", "NOT_STARTED")),
            stored_event(2, "2026-02-02T09:00:00Z", "client.contract.offered", renamed),
        ],
    )
    .unwrap();
    assert_eq!(story.facts.person.name.as_deref(), Some("Amara Smith"));
    assert_eq!(story.facts.person.email.as_deref(), Some("amara.okoye@example.com"));
    assert_eq!(story.entries.len(), 1);
}

#[test]
fn others_events_make_no_story() {
    let someone: ContractorId = "clct_other".into();
    assert_eq!(contractor(&someone, &[of_contract(1, "2026-02-01T09:00:00Z", "offered")]), None);
}

#[test]
fn a_live_contract_leaves_test_contact_events_out_of_the_state() {
    let mut trial = stored_event(1, "2026-02-01T09:00:00Z", CREATED, contact("REGISTERED", "FINISHED"));
    std::sync::Arc::make_mut(&mut trial.event).mode = Mode::Test;
    let alone = contractor(&amara(), std::slice::from_ref(&trial)).unwrap();
    assert_eq!((alone.state, alone.is_test), (Onboarded, true));
    let mixed = contractor(&amara(), &[trial, of_contract(2, "2026-02-02T09:00:00Z", "offered")]).unwrap();
    assert_eq!((mixed.state, mixed.is_test, mixed.entries.len()), (Known, false, 1));
}
