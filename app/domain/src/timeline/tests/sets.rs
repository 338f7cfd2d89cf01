//! Properties of every set of events: order of arrival and repetition do not change the story.

use super::{AMARA, BUDGET, brand_refresh, contact, requisition as snapshot};
use crate::event::{self, EventType, Mode};
use crate::lifecycle::contact::ContactState;
use crate::lifecycle::contract::ContractState;
use crate::lifecycle::spend::RequisitionState;
use crate::timeline::{
    ContractStory, ContractorStory, Entry, RequisitionStory, StoredEvent, TimeOrigin, contract, contractor, requisition,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

type Stories = (Option<ContractStory>, Option<ContractorStory>, Option<RequisitionStory>);

fn stories(stored_events: &[StoredEvent]) -> Stories {
    (contract(stored_events), contractor(&AMARA.into(), stored_events), requisition(&BUDGET.into(), stored_events))
}

const UNKNOWN: [&str; 3] =
    ["client.contract.custom_fields_updated", "client.client_contact.removed", "client.spend_request.rejected"];

/// Returns a body of the type, from a bare reference to a snapshot in which every value is distinct.
fn body(event_type: &str, richness: u8, number: u32) -> Value {
    let day = number % 28 + 1;
    let mut object = match (event_type.split('.').nth(1), richness) {
        (Some("contract"), 0) => json!({ "contract_id": "ct_1" }),
        (Some("contract"), 1) => json!({ "contract_id": "ct_1", "client_contact": { "client_contact_id": AMARA } }),
        (Some("contract"), _) => brand_refresh(),
        (Some("client_contact"), 0) => json!({ "client_contact_id": AMARA }),
        (Some("client_contact"), 1) => contact("INVITED", "NOT_STARTED"),
        (Some("client_contact"), 2) => contact("REGISTERED", "FINISHED"),
        (Some("client_contact"), _) => contact("REGISTERED", "NOT_STARTED"),
        (_, 0) => json!({ "spend_request_id": BUDGET }),
        _ => snapshot("60000.00"),
    };
    if richness > 1 {
        object["title"] = json!(format!("Title {number}"));
        object["amount"] = json!(format!("{number}.00"));
        object["actual_end_date"] = json!(format!("2026-04-{day:02}"));
        object["custom_fields"] = json!([{ "name": "number", "value": number }]);
    }
    object
}

fn any_stored_event() -> impl Strategy<Value = StoredEvent> {
    let types: Vec<EventType> = EventType::KNOWN.into_iter().chain(UNKNOWN.map(EventType::parse)).collect();
    // Few instants, so that many events share one; delays from a wrong clock to a replay.
    let time = (0_i64..6, prop_oneof![-60_i64..600, 600_i64..200_000, Just(20_000_000_i64)]);
    let origin = prop_oneof![Just(TimeOrigin::MessageId), Just(TimeOrigin::FirstAttempt), Just(TimeOrigin::Arrival)];
    (prop::sample::select(types), time, origin, 0_u8..4, any::<u32>(), prop::bool::weighted(0.2)).prop_map(
        |(event_type, (slot, lateness), occurred_from, richness, number, is_test)| {
            let mode = if is_test { "test" } else { "live" };
            let object = body(event_type.as_str(), richness, number % 1_000);
            let body = json!({ "event_type": event_type.as_str(), "data": { "object": object }, "mode": mode });
            let second = 1_769_940_000 + slot * 1_000_000;
            StoredEvent {
                seq: 0,
                message_id: "".into(),
                occurred_at: Timestamp::from_second(second).unwrap(),
                occurred_from,
                received_at: Timestamp::from_second(second + lateness).unwrap(),
                attempts: number % 4 + 1,
                event: event::parse(body.to_string().as_bytes()).unwrap().into(),
            }
        },
    )
}

/// Generates messages with distinct ids, whose order is neither that of their `seq` nor that of their time.
fn any_set() -> impl Strategy<Value = Vec<StoredEvent>> {
    vec((any_stored_event(), any::<u16>()), 0..14).prop_map(|messages| {
        (1_i64..)
            .zip(messages)
            .map(|(seq, (mut stored_event, salt))| {
                stored_event.seq = seq;
                stored_event.message_id = format!("msg_{salt:05}_{seq}").as_str().into();
                stored_event
            })
            .collect()
    })
}

/// Generates the set in any order with some messages repeated. Some repeats have a later `seq` and a less reliable
/// time: the better one counts.
fn any_arrival(set: Vec<StoredEvent>) -> impl Strategy<Value = (Vec<StoredEvent>, Vec<StoredEvent>)> {
    let len = set.len();
    (Just(set), vec((0..len.max(1), any::<bool>()), 0..6)).prop_flat_map(|(set, repeats)| {
        let mut arrived = set.clone();
        for (place, is_stored_again) in repeats {
            if let Some(mut again) = set.get(place).cloned() {
                if is_stored_again {
                    again.seq += 1_000;
                    again.attempts = 1;
                    again.received_at = Timestamp::MAX;
                    again.occurred_from = TimeOrigin::Arrival;
                    again.occurred_at = again.occurred_at.max(Timestamp::from_second(1_800_000_000).unwrap());
                }
                arrived.push(again);
            }
        }
        (Just(set), Just(arrived).prop_shuffle())
    })
}

fn entries(stories: &Stories) -> Vec<&Entry> {
    let (contract, contractor, requisition) = stories;
    let contract = contract.iter().flat_map(|story| &story.entries);
    let contractor = contractor.iter().flat_map(|story| &story.entries);
    contract.chain(contractor).chain(requisition.iter().flat_map(|story| &story.entries)).collect()
}

/// Replaces every `seq` in the stories.
fn put_back(stories: &mut Stories, seq: impl Fn(i64) -> i64) {
    let (contract, contractor, requisition) = stories;
    let mut parts = Vec::new();
    if let Some(story) = contract {
        for step in &mut story.steps {
            step.seq = step.seq.map(&seq);
        }
        parts.push((&mut story.entries, &mut story.findings));
    }
    parts.extend(contractor.as_mut().map(|story| (&mut story.entries, &mut story.findings)));
    for amount in requisition.iter_mut().flat_map(|story| &mut story.limits) {
        amount.seq = seq(amount.seq);
    }
    parts.extend(requisition.as_mut().map(|story| (&mut story.entries, &mut story.findings)));
    for (entries, findings) in parts {
        let in_entries = entries.iter_mut().flat_map(|entry| {
            entry.seq = seq(entry.seq);
            &mut entry.findings
        });
        for finding in in_entries.chain(findings) {
            finding.seq = seq(finding.seq);
        }
    }
}

fn states(stories: &Stories) -> (Option<ContractState>, Option<ContactState>, Option<RequisitionState>) {
    (
        stories.0.as_ref().map(|story| story.state),
        stories.1.as_ref().map(|story| story.state),
        stories.2.as_ref().map(|story| story.state),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn order_and_repetition_leave_no_trace((set, arrived) in any_set().prop_flat_map(any_arrival)) {
        prop_assert_eq!(stories(&arrived), stories(&set));
    }

    #[test]
    fn the_place_in_the_log_decides_nothing(set in any_set()) {
        // Another order of arrival gives every message another sequence number.
        let mut moved = set.clone();
        for stored_event in &mut moved {
            stored_event.seq = 100 - stored_event.seq;
        }
        let mut stories_moved = stories(&moved);
        put_back(&mut stories_moved, |seq| 100 - seq);
        prop_assert_eq!(stories_moved, stories(&set));
    }

    #[test]
    fn every_event_is_told_once_in_the_story_it_belongs_to(set in any_set()) {
        let stories = stories(&set);
        let mut told: Vec<i64> = entries(&stories).iter().map(|entry| entry.seq).collect();
        told.sort_unstable();
        let mut given: Vec<i64> = set.iter().map(|stored_event| stored_event.seq).collect();
        given.sort_unstable();
        prop_assert_eq!(told, given);
    }

    #[test]
    fn unknown_events_change_no_state(set in any_set()) {
        let known: Vec<StoredEvent> =
            set.iter().filter(|stored_event| stored_event.event.event_type.is_known()).cloned().collect();
        // An unknown live event makes test events not count, because of its mode and not its type.
        prop_assume!(set.iter().all(|stored_event| stored_event.event.mode == Mode::Live));
        let (all, without) = (stories(&set), stories(&known));
        if let (Some(all), Some(without)) = (&all.0, &without.0) {
            prop_assert_eq!((all.state, &all.steps, &all.facts), (without.state, &without.steps, &without.facts));
        }
        if let (Some(all), Some(without)) = (&all.1, &without.1) {
            prop_assert_eq!((all.state, &all.facts), (without.state, &without.facts));
        }
        if let (Some(all), Some(without)) = (&all.2, &without.2) {
            prop_assert_eq!((all.state, &all.facts), (without.state, &without.facts));
        }
        let only_unknown: Vec<StoredEvent> =
            set.iter().filter(|stored_event| !stored_event.event.event_type.is_known()).cloned().collect();
        let (contract, contractor, requisition) = states(&stories(&only_unknown));
        prop_assert!(contract.is_none_or(|state| state == ContractState::Known));
        prop_assert!(contractor.is_none_or(|state| state == ContactState::Known));
        prop_assert!(requisition.is_none_or(|state| state == RequisitionState::Known));
    }

    #[test]
    fn stories_are_whole_and_in_order(set in any_set()) {
        let stories = stories(&set);
        for entry in entries(&stories) {
            let plain = entry.sentence.plain();
            prop_assert!(plain.ends_with('.') && !plain.contains("  ") && !plain.contains(" ."), "{}", plain);
            prop_assert!(entry.findings.iter().all(|finding| finding.seq == entry.seq));
            prop_assert!(entry.detail.as_ref().is_none_or(|detail| !detail.is_empty()));
        }
        if let Some(story) = &stories.0 {
            prop_assert!(story.entries.is_sorted_by_key(|entry| entry.occurred_at));
            let seen: Vec<_> = story.steps.iter().filter_map(|step| step.at).collect();
            prop_assert!(seen.is_sorted());
            prop_assert_eq!(story.steps.last().map_or(ContractState::Known, |step| step.state), story.state);
            let told: Vec<_> = story.entries.iter().flat_map(|entry| entry.findings.clone()).collect();
            prop_assert_eq!(&told, &story.findings);
        }
    }

    #[test]
    fn a_contractor_never_goes_back(set in any_set()) {
        let reached = |stored_events: &[StoredEvent]| contractor(&AMARA.into(), stored_events).map(|story| story.state);
        let live: Vec<StoredEvent> = set.into_iter().filter(|h| h.event.mode == Mode::Live).collect();
        for len in 1..=live.len() {
            prop_assert!(reached(&live[..len]) >= reached(&live[..len - 1]));
        }
    }
}
