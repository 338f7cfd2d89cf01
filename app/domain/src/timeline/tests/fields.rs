//! Tests of updated custom fields: the new value counts, the sentence states it, and nothing else changes.

use super::{StoredEvent, contact, of_contract, stored_event, with};
use crate::timeline::{contract, contractor};
use serde_json::{Value, json};

/// Returns `client.contract.custom_fields_updated`: a bare reference, and the changes.
fn changed(seq: i64, at: &str) -> StoredEvent {
    let object = json!({ "contract_id": "ct_1" });
    updated(seq, at, "client.contract.custom_fields_updated", &object, "cost_centre", ["CC-1", "CC-2"])
}

fn updated(seq: i64, at: &str, event: &str, object: &Value, name: &str, values: [&str; 2]) -> StoredEvent {
    let [previous, new] = values;
    let changes = json!({ "custom_fields": [{ "name": name, "previous": previous, "new": new }] });
    let body = json!({ "event_type": event, "mode": "live", "data": { "object": object, "changes": changes } });
    let event = crate::event::parse(body.to_string().as_bytes()).unwrap().into();
    StoredEvent { event, ..of_contract(seq, at, "accepted") }
}

#[test]
fn a_custom_field_that_changed_has_its_new_value_until_the_next_snapshot() {
    let fields = |value: &str| json!({ "custom_fields": [{ "name": "cost_centre", "value": value }] });
    let offered = stored_event(1, "2026-02-01T09:00:00Z", "client.contract.offered", with(fields("CC-1")));
    let accepted = stored_event(3, "2026-02-03T09:00:00Z", "client.contract.accepted", with(fields("CC-3")));
    let value = |events: &[StoredEvent]| contract(events).unwrap().facts.custom_fields[0].value.clone().unwrap();
    let events = [offered, changed(2, "2026-02-02T09:00:00Z"), accepted];
    assert_eq!(value(&events[..1]), "CC-1");
    assert_eq!(value(&events[..2]), "CC-2");
    assert_eq!(value(&events), "CC-3");
    assert_eq!(value(&events[1..2]), "CC-2", "known from the change alone");
}

#[test]
fn the_sentence_names_what_was_updated_and_the_value_now() {
    let offered = of_contract(1, "2026-02-01T09:00:00Z", "offered");
    let story = contract(&[offered, changed(2, "2026-02-02T09:00:00Z")]).unwrap();
    let entry = &story.entries[1];
    assert_eq!(entry.sentence.plain(), "The custom fields of Brand refresh were updated.");
    assert_eq!(entry.detail.as_deref(), Some("cost_centre: CC-2"));

    let invited =
        stored_event(1, "2026-02-01T09:00:00Z", "client.client_contact.created", contact("INVITED", "NOT_STARTED"));
    let object = json!({ "client_contact_id": super::AMARA });
    let event = "client.client_contact.custom_fields_updated";
    let changed = updated(2, "2026-02-02T09:00:00Z", event, &object, "vendor_number", ["V-88213", "V-90440"]);
    let story = contractor(&super::AMARA.into(), &[invited, changed]).unwrap();
    assert_eq!(story.facts.custom_fields[0].value.as_deref(), Some("V-90440"));
    assert_eq!(story.entries[1].detail.as_deref(), Some("vendor_number: V-88213 → V-90440"));
}

#[test]
fn the_window_to_replay_begins_before_what_may_come_at_any_time() {
    let events = [
        of_contract(1, "2026-02-01T09:00:00Z", "approved"),
        changed(2, "2026-02-10T09:00:00Z"),
        of_contract(3, "2026-02-12T09:00:00Z", "accepted"),
    ];
    let story = contract(&events).unwrap();
    let advice = &story.findings[0].advice;
    assert!(advice.contains("from 1 February 2026, 09:00 UTC until 12 February 2026, 09:00 UTC"), "{advice}");
}

#[test]
fn the_last_day_of_all_calendars_is_no_end_given() {
    let ending = |seq: i64, event: &str, end: &str| {
        let object = with(json!({ "end_date": end }));
        stored_event(seq, &format!("2026-02-{seq:02}T09:00:00Z"), &format!("client.contract.{event}"), object)
    };
    let story = contract(&[ending(1, "accepted", "9999-12-31")]).unwrap();
    assert_eq!((story.ends_on, story.facts.end_on, story.findings.len()), (None, None, 1));
    assert_eq!(story.entries[0].detail.as_deref(), Some("£520.00 a day, from 1 March 2026, 7 days’ notice"));
    let estimate = crate::estimate::of(&story.facts, story.ends_on);
    assert_eq!(estimate.obstacle.as_deref(), Some("no event says when it ends"));
    // It removes an older end, and is no planned end.
    let moved = contract(&[ending(1, "offered", "2026-05-29"), ending(2, "accepted", "9999-12-31")]);
    let moved = moved.unwrap();
    assert_eq!((moved.ends_on, moved.planned_end_on), (None, None));
}
