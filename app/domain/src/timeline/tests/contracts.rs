//! Contracts' stories: see `docs/yunojuno.md`, Contract lifecycle.

use super::{brand_refresh, instant, kinds, of_contract, stored_event, with};
use crate::event::Mode;
use crate::lifecycle::contract::ContractState::{
    self, Accepted, Approved, Cancelled, Deleted, EndKnown, Known, NoticeServed, Offered, Revoked,
};
use crate::lifecycle::finding::FindingKind::{Impossible, Missing, OutOfOrder};
use crate::timeline::{ContractStory, Fit, StoredEvent, TimeOrigin, contract};
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::{Value, json};

/// Returns events of Brand refresh, one a day from 1 February 2026.
fn days(events: &[&str]) -> Vec<StoredEvent> {
    (1..).zip(events).map(|(day, event)| of_contract(day, &format!("2026-02-{day:02}T09:00:00Z"), event)).collect()
}

fn story(events: &[&str]) -> ContractStory {
    contract(&days(events)).unwrap()
}

fn states(story: &ContractStory) -> Vec<(ContractState, Option<i64>)> {
    story.steps.iter().map(|step| (step.state, step.seq)).collect()
}

fn fits(story: &ContractStory) -> Vec<Fit> {
    story.entries.iter().map(|entry| entry.fit).collect()
}

#[test]
fn a_whole_life_has_every_step_and_no_finding() {
    let story = story(&["approved", "offered", "accepted", "notice_served", "completed", "deleted"]);
    assert_eq!(story.state, Deleted);
    assert_eq!(
        states(&story),
        [
            (Approved, Some(1)),
            (Offered, Some(2)),
            (Accepted, Some(3)),
            (NoticeServed, Some(4)),
            (EndKnown, Some(5)),
            (Deleted, Some(6))
        ]
    );
    assert_eq!(story.steps[1].at, Some(instant("2026-02-02T09:00:00Z")));
    assert_eq!(story.findings, []);
    assert!(fits(&story).iter().all(|fit| *fit == Fit::Expected));
    assert_eq!(story.last_at, instant("2026-02-06T09:00:00Z"));
    assert!(!story.is_test);
}

#[test]
fn no_events_are_no_story_and_events_of_others_neither() {
    assert_eq!(contract(&[]), None);
    let other = stored_event(1, "2026-02-01T09:00:00Z", "client.client_contact.created", super::contact("INVITED", ""));
    assert_eq!(contract(&[other]), None);
}

#[test]
fn an_approval_is_optional_and_may_come_again() {
    assert_eq!(story(&["offered"]).findings, []);
    let again = story(&["approved", "approved"]);
    assert_eq!((again.state, again.findings.len(), again.steps.len()), (Approved, 0, 1));
}

#[test]
fn an_acceptance_without_an_offer_is_a_gap() {
    let story = story(&["approved", "accepted"]);
    assert_eq!(story.state, Accepted);
    assert_eq!(fits(&story), [Fit::Expected, Fit::AfterAGap]);
    assert_eq!(kinds(&story.findings), [(Missing, 2, "client.contract.offered")]);
    assert_eq!(states(&story), [(Approved, Some(1)), (Offered, None), (Accepted, Some(2))]);
    assert_eq!(story.steps[1].at, None);
    assert_eq!(story.findings[0].sentence, "Never saw “Contract offered” for this contract.");
    assert_eq!(
        story.findings[0].advice,
        "In the YunoJuno portal, use Replay Missing (or Recover Failed Messages) from 1 February 2026, 09:00 UTC until 2 February 2026, 09:00 UTC. YunoJuno’s own retries end by 3 February 2026, 18:06 UTC, 33 hours after this event: up to then one of them may still bring it, afterwards only a replay."
    );
}

#[test]
fn a_gap_at_the_very_start_names_the_time_before_which_to_look() {
    let story = story(&["completed"]);
    assert_eq!(states(&story), [(Offered, None), (Accepted, None), (EndKnown, Some(1))]);
    assert_eq!(kinds(&story.findings), [(Missing, 1, "client.contract.accepted")]);
    assert_eq!(story.findings[0].sentence, "Never saw “Contract offered” or “Contract signed” for this contract.");
    let advice = &story.findings[0].advice;
    assert!(
        advice.contains(" from a time before 1 February 2026, 09:00 UTC, because nothing earlier was seen. "),
        "{advice}"
    );
    assert!(advice.contains(" by 2 February 2026, 18:06 UTC, "), "{advice}");
}

#[test]
fn a_gap_is_told_once() {
    let story = story(&["offered", "notice_served", "notice_served", "completed"]);
    assert_eq!(kinds(&story.findings), [(Missing, 2, "client.contract.accepted")]);
    assert_eq!(story.state, EndKnown);
}

#[test]
fn an_offer_after_its_own_acceptance_undoes_nothing_and_is_not_missing() {
    let story = story(&["approved", "accepted", "offered"]);
    assert_eq!(story.state, Accepted);
    assert_eq!(fits(&story), [Fit::Expected, Fit::Expected, Fit::OutOfOrder]);
    assert_eq!(kinds(&story.findings), [(OutOfOrder, 3, "client.contract.offered")]);
    assert_eq!(states(&story), [(Approved, Some(1)), (Offered, Some(3)), (Accepted, Some(2))]);
    assert_eq!(story.steps[1].at, None, "its own time cannot be right");
    assert_eq!(
        story.findings[0].sentence,
        "By this time the contract was signed already, and stays so. What else the event says counts as the newest known."
    );
}

#[test]
fn an_approval_after_the_offer_is_out_of_order() {
    let story = story(&["offered", "approved"]);
    assert_eq!(story.state, Offered);
    assert_eq!(kinds(&story.findings), [(OutOfOrder, 2, "client.contract.approved")]);
}

#[test]
fn an_offer_after_a_revocation_is_a_new_offer() {
    let story = story(&["offered", "revoked", "approved", "offered", "accepted"]);
    assert_eq!(story.findings, []);
    assert_eq!(
        states(&story),
        [(Offered, Some(1)), (Revoked, Some(2)), (Approved, Some(3)), (Offered, Some(4)), (Accepted, Some(5))]
    );
}

#[test]
fn an_offer_may_follow_an_offer_because_a_refusal_sends_nothing() {
    let story = story(&["offered", "offered"]);
    assert_eq!((story.state, story.findings.len()), (Offered, 0));
    assert_eq!(states(&story), [(Offered, Some(1)), (Offered, Some(2))], "the second one is the one that stands");
}

#[test]
fn a_revocation_without_an_offer_is_a_gap_that_a_new_offer_does_not_fill() {
    let story = story(&["revoked", "offered"]);
    assert_eq!(story.state, Offered);
    assert_eq!(kinds(&story.findings), [(Missing, 1, "client.contract.offered")]);
    assert_eq!(states(&story), [(Offered, None), (Revoked, Some(1)), (Offered, Some(2))]);
}

#[test]
fn revoked_and_accepted_without_a_second_offer_is_impossible_in_either_order() {
    let revoked_first = story(&["offered", "revoked", "accepted"]);
    assert_eq!(revoked_first.state, Accepted);
    assert_eq!(kinds(&revoked_first.findings), [(Impossible, 3, "client.contract.accepted")]);
    assert!(revoked_first.findings[0].advice.contains("from 2 February 2026, 09:00 UTC"));
    assert_eq!(fits(&revoked_first)[2], Fit::AfterAGap);

    let accepted_first = story(&["offered", "accepted", "revoked"]);
    assert_eq!(accepted_first.state, Accepted);
    assert_eq!(kinds(&accepted_first.findings), [(Impossible, 3, "client.contract.revoked")]);
}

#[test]
fn revoked_and_accepted_with_a_second_offer_are_only_out_of_order() {
    let offer_last = story(&["offered", "revoked", "accepted", "offered"]);
    assert_eq!(offer_last.state, Accepted);
    assert_eq!(kinds(&offer_last.findings), [(OutOfOrder, 4, "client.contract.offered")]);

    // Within minutes a queue may have changed the order, and times that are not the sender's prove little.
    let mut revoked_last = days(&["offered", "offered", "accepted", "revoked"]);
    revoked_last[3].occurred_at = revoked_last[2].occurred_at + SignedDuration::from_mins(5);
    revoked_last[3].received_at = revoked_last[3].occurred_at;
    let in_a_queue = contract(&revoked_last).unwrap();
    assert_eq!(in_a_queue.state, Accepted);
    assert_eq!(kinds(&in_a_queue.findings), [(OutOfOrder, 4, "client.contract.revoked")]);
    let mut revoked_last = days(&["offered", "offered", "accepted", "revoked"]);
    revoked_last[3].occurred_from = TimeOrigin::Arrival;
    assert_eq!(kinds(&contract(&revoked_last).unwrap().findings), [(OutOfOrder, 4, "client.contract.revoked")]);
}

#[test]
fn a_revocation_a_day_after_the_signing_is_impossible_whatever_was_offered_before() {
    let story = story(&["offered", "offered", "accepted", "revoked"]);
    assert_eq!(story.state, Accepted);
    assert_eq!(kinds(&story.findings), [(Impossible, 4, "client.contract.revoked")]);
}

#[test]
fn cancelled_and_completed_is_impossible_in_either_order() {
    let cancelled_first = story(&["offered", "accepted", "cancelled", "completed"]);
    assert_eq!(cancelled_first.state, Cancelled);
    assert_eq!(kinds(&cancelled_first.findings), [(Impossible, 4, "client.contract.completed")]);

    let completed_first = story(&["offered", "accepted", "completed", "cancelled"]);
    assert_eq!(completed_first.state, EndKnown);
    assert_eq!(kinds(&completed_first.findings), [(Impossible, 4, "client.contract.cancelled")]);
}

#[test]
fn nothing_follows_a_deletion() {
    for event in ["approved", "offered", "revoked", "accepted", "cancelled", "notice_served", "completed", "deleted"] {
        let story = story(&["approved", "deleted", event]);
        assert_eq!(story.state, Deleted);
        let name = format!("client.contract.{event}");
        assert_eq!(kinds(&story.findings), [(Impossible, 3, name.as_str())]);
    }
}

#[test]
fn a_cancellation_after_the_start_is_believed_and_told() {
    let on = |day: &str, origin| {
        let mut events = days(&["offered", "accepted"]);
        let mut cancelled = of_contract(3, &format!("2026-03-{day}T12:00:00Z"), "cancelled");
        cancelled.occurred_from = origin;
        events.push(cancelled);
        contract(&events).unwrap()
    };
    let late = on("02", TimeOrigin::MessageId);
    assert_eq!(late.state, Cancelled);
    assert_eq!(kinds(&late.findings), [(Impossible, 3, "client.contract.cancelled")]);
    assert_eq!(late.entries[2].sentence.plain(), "Brand refresh was cancelled.");
    // In some time zone it is still the last day of February.
    assert_eq!(on("01", TimeOrigin::MessageId).findings, []);
    // The arrival of a replay does not tell when the event happened.
    assert_eq!(on("02", TimeOrigin::Arrival).findings, []);
}

#[test]
fn notice_and_completion_may_come_again_with_another_date() {
    let ending = |seq, at, event, end: &str| {
        stored_event(seq, at, &format!("client.contract.{event}"), with(json!({ "actual_end_date": end })))
    };
    let mut events = days(&["offered", "accepted"]);
    events.push(ending(3, "2026-03-20T09:00:00Z", "notice_served", "2026-04-10"));
    events.push(ending(4, "2026-03-21T09:00:00Z", "notice_served", "2026-04-17"));
    let under_notice = contract(&events).unwrap();
    assert_eq!((under_notice.state, under_notice.ends_on), (NoticeServed, Some(date(2026, 4, 17))));
    assert_eq!(under_notice.planned_end_on, Some(date(2026, 5, 29)));
    assert_eq!(under_notice.entries[3].detail.as_deref(), Some("End date 10 April 2026 → 17 April 2026"));

    events.push(ending(5, "2026-03-22T09:00:00Z", "completed", "2026-04-17"));
    events.push(ending(6, "2026-03-23T09:00:00Z", "completed", "2026-04-20"));
    let ended = contract(&events).unwrap();
    assert_eq!((ended.state, ended.ends_on), (EndKnown, Some(date(2026, 4, 20))));
    assert_eq!(ended.findings, []);
}

#[test]
fn notice_may_write_the_end_into_the_planned_date() {
    let mut events = days(&["offered", "accepted"]);
    let moved = with(json!({ "end_date": "2026-04-10" }));
    events.push(stored_event(3, "2026-03-20T09:00:00Z", "client.contract.notice_served", moved));
    let story = contract(&events).unwrap();
    assert_eq!((story.ends_on, story.planned_end_on), (Some(date(2026, 4, 10)), Some(date(2026, 5, 29))));
    assert_eq!(story.entries[2].sentence.plain(), "Notice was served on Brand refresh: it now ends on 10 April 2026.");
}

#[test]
fn an_end_that_did_not_move_has_no_other_planned_end() {
    assert_eq!(story(&["offered", "accepted", "completed"]).planned_end_on, None);
}

#[test]
fn a_bare_reference_erases_nothing() {
    let mut events = days(&["offered"]);
    events.push(stored_event(2, "2026-02-09T09:00:00Z", "client.contract.deleted", json!({ "contract_id": "ct_1" })));
    let story = contract(&events).unwrap();
    assert_eq!(story.state, Deleted);
    assert_eq!(story.facts.title.as_deref(), Some("Brand refresh"));
    assert_eq!(story.facts.hirers.len(), 1);
    assert_eq!(story.ends_on, Some(date(2026, 5, 29)));
    assert_eq!(story.entries[1].sentence.plain(), "Brand refresh was deleted.");
}

#[test]
fn a_whole_snapshot_may_empty_a_list() {
    let fields = json!([{ "name": "cost_centre", "value": "CC-410" }]);
    let events = [
        stored_event(1, "2026-02-01T09:00:00Z", "client.contract.approved", with(json!({ "custom_fields": fields }))),
        stored_event(2, "2026-02-02T09:00:00Z", "client.contract.offered", with(json!({ "custom_fields": [] }))),
    ];
    assert_eq!(contract(&events[..1]).unwrap().facts.custom_fields.len(), 1);
    assert_eq!(contract(&events).unwrap().facts.custom_fields, []);
}

#[test]
fn an_unknown_event_is_told_and_changes_nothing() {
    let updated =
        |seq, at| stored_event(seq, at, "client.contract.custom_fields_updated", json!({ "contract_id": "ct_1" }));
    let mut events = days(&["offered"]);
    events.push(updated(2, "2026-02-09T09:00:00Z"));
    let story = contract(&events).unwrap();
    assert_eq!((story.state, fits(&story)), (Offered, vec![Fit::Expected, Fit::Neutral]));
    assert_eq!(story.facts.title.as_deref(), Some("Brand refresh"));

    let alone = contract(&[updated(2, "2026-02-09T09:00:00Z")]).unwrap();
    assert_eq!((alone.state, alone.steps.len(), alone.facts.id.as_str()), (Known, 0, "ct_1"));
}

#[test]
fn test_events_are_told_but_count_only_where_nothing_is_live() {
    let mut events = days(&["approved", "offered"]);
    let mut trial =
        stored_event(3, "2026-02-09T09:00:00Z", "client.contract.deleted", with(json!({ "title": "Trial" })));
    std::sync::Arc::make_mut(&mut trial.event).mode = Mode::Test;
    events.push(trial.clone());
    let mixed = contract(&events).unwrap();
    assert_eq!((mixed.state, mixed.is_test, mixed.entries.len()), (Offered, false, 3));
    assert_eq!((mixed.entries[2].mode, mixed.entries[2].fit), (Mode::Test, Fit::Neutral));
    assert_eq!(mixed.facts.title.as_deref(), Some("Brand refresh"));
    assert_eq!(mixed.last_at, instant("2026-02-02T09:00:00Z"));

    let only = contract(&[trial]).unwrap();
    assert_eq!((only.state, only.is_test), (Deleted, true));
    assert_eq!(only.facts.title.as_deref(), Some("Trial"));
}

#[test]
fn events_of_one_instant_follow_the_lifecycle() {
    let at = "2026-02-01T09:00:00Z";
    let together = [of_contract(1, at, "completed"), of_contract(2, at, "accepted"), of_contract(3, at, "offered")];
    let story = contract(&together).unwrap();
    assert_eq!((story.state, story.findings.len()), (EndKnown, 0));
    assert_eq!(states(&story), [(Offered, Some(3)), (Accepted, Some(2)), (EndKnown, Some(1))]);
}

#[test]
fn a_message_stored_twice_is_told_once() {
    let first = of_contract(7, "2026-02-01T09:00:00Z", "offered");
    let mut again = first.clone();
    again.seq = 4;
    again.attempts = 3;
    again.received_at = instant("2026-02-01T09:00:00.5Z");
    let story = contract(&[first, again]).unwrap();
    assert_eq!(story.entries.len(), 1);
    let entry = &story.entries[0];
    assert_eq!((entry.seq, entry.attempts, entry.received_at), (4, 3, instant("2026-02-01T09:00:00.5Z")));
}

#[test]
fn the_newest_snapshot_tells_the_facts_and_older_ones_fill_its_holes() {
    let newer = json!({ "contract_id": "ct_1", "title": "Brand refresh 2", "rate": null });
    let events = [
        stored_event(1, "2026-02-01T09:00:00Z", "client.contract.approved", brand_refresh()),
        stored_event(2, "2026-02-02T09:00:00Z", "client.contract.offered", newer),
    ];
    let story = contract(&events).unwrap();
    assert_eq!(story.facts.title.as_deref(), Some("Brand refresh 2"));
    assert_eq!(story.facts.rate.unwrap().in_words().as_deref(), Some("£520.00 a day"));
    assert_eq!(story.entries[0].sentence.plain(), "Brand refresh passed pre-offer approval.");
}

/// Returns the rate, and the costs of the fee periods.
fn terms(snapshots: &[Value]) -> (Option<String>, Vec<String>) {
    let event = |(seq, object): (i64, &Value)| {
        stored_event(seq, &format!("2026-02-{seq:02}T09:00:00Z"), "client.contract.offered", object.clone())
    };
    let events: Vec<_> = (1..).zip(snapshots).map(event).collect();
    let facts = contract(&events).unwrap().facts;
    let costs = facts.fee_periods.iter().filter_map(|period| period.total_cost.as_ref()).map(ToString::to_string);
    (facts.rate.and_then(|rate| rate.in_words()), costs.collect())
}

#[test]
fn terms_come_from_one_snapshot() {
    let cost = |value: &str, currency: &str| json!({ "periods": [{ "total_cost": { "currency": currency, "value": value } }] });
    let older = with(json!({ "fee_schedule": cost("582.40", "GBP") }));
    let rate = |currency: &str, unit: &str, value: &str| json!({ "currency": currency, "unit": unit, "value": value });
    let after = |changes: Value| terms(&[older.clone(), with(changes)]);
    let only = |rate: &str| (Some(rate.to_owned()), Vec::<String>::new());
    assert_eq!(
        after(json!({ "rate": rate("GBP", "DAY", "500.00"), "fee_schedule": { "periods": [] } })),
        only("£500.00 a day")
    );
    assert_eq!(after(json!({ "rate": rate("EUR", "DAY", "500.00") })), only("€500.00 a day"));
    assert_eq!(after(json!({ "rate": rate("GBP", "HOUR", "60.00"), "fee_schedule": null })), only("£60.00 an hour"));
    let both = (Some("£520.00 a day".to_owned()), vec!["£582.40".to_owned()]);
    // A snapshot without a rate removes nothing, nor does a reference.
    assert_eq!(terms(&[older.clone(), json!({ "contract_id": "ct_1" })]), both);
    assert_eq!(terms(&[older.clone(), json!({ "contract_id": "ct_1", "title": "B", "rate": {} })]), both);
    // Without a rate the unit of a period is unknown.
    assert_eq!(terms(&[older.clone(), with(json!({ "rate": null, "fee_schedule": cost("1.00", "EUR") }))]), both);
}

#[test]
fn what_may_be_null_is_gone_where_a_newer_snapshot_says_so() {
    let with_end = with(json!({ "actual_end_date": "2026-05-15" }));
    let moved = with(json!({ "actual_end_date": null, "end_date": "2026-05-22", "spend_request": null }));
    let events = [
        of_contract(1, "2026-02-01T09:00:00Z", "accepted"),
        stored_event(2, "2026-04-01T09:00:00Z", "client.contract.notice_served", with_end),
        stored_event(3, "2026-04-02T09:00:00Z", "client.contract.notice_served", moved),
    ];
    let before = contract(&events[..2]).unwrap();
    assert_eq!(before.ends_on, "2026-05-15".parse().ok());
    assert!(before.facts.requisition.is_some());
    let story = contract(&events).unwrap();
    assert_eq!(story.ends_on, "2026-05-22".parse().ok());
    assert_eq!(story.facts.requisition, None);
    assert!(story.entries[2].sentence.plain().ends_with("it now ends on 22 May 2026."));
}
