//! Tests that a history is reproducible, readable, and follows the lifecycles.

use super::*;
use domain::budget;
use domain::commitment;
use domain::estimate;
use domain::event::{Payload, parse};
use domain::id::{RequisitionId, Subject};
use domain::timeline::{self, StoredEvent, TimeOrigin};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use svix_ksuid::KsuidMs;

fn plan() -> Plan {
    Plan {
        seed: 1,
        contractors: 60,
        months: 18,
        until: "2026-06-30T15:00:00Z".parse().unwrap(),
        events: None,
        unknown_percent: 0.0,
        mode: Mode::Live,
    }
}

fn messages(plan: &Plan) -> Vec<Message> {
    history(plan).collect()
}

fn types_by_subject(messages: &[Message]) -> BTreeMap<Subject, Vec<EventType>> {
    let mut all: BTreeMap<Subject, Vec<EventType>> = BTreeMap::new();
    for message in messages {
        let subject = parse(&message.body).unwrap().about().remove(0);
        all.entry(subject).or_default().push(message.event_type.clone());
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_bodies_and_ids_and_another_seed_does_not() {
    let once = messages(&plan());
    assert!((600..3_000).contains(&once.len()), "{}", once.len());
    assert_eq!(once, messages(&plan()));
    let other = messages(&Plan { seed: 2, ..plan() });
    let ids: BTreeSet<&str> = once.iter().map(|message| message.id.as_str()).collect();
    let bodies: BTreeSet<&[u8]> = once.iter().map(|message| message.body.as_slice()).collect();
    assert_eq!(ids.len(), once.len());
    assert!(other.iter().all(|message| !ids.contains(message.id.as_str()) && !bodies.contains(&message.body[..])));
}

#[test]
fn all_fifteen_events_occur_and_every_body_reads_without_oddities() {
    let messages = messages(&plan());
    let mut seen = BTreeSet::new();
    for message in &messages {
        let event = parse(&message.body).unwrap();
        assert_eq!(event.skipped_fields, Vec::<String>::new());
        assert_eq!(event.event_type, message.event_type);
        assert_eq!(event.mode, Mode::Live);
        assert_eq!(event.api_version.as_deref(), Some("2024-04-10"));
        seen.insert(event.event_type);
    }
    assert_eq!(seen, BTreeSet::from(EventType::KNOWN));
}

#[test]
fn contracts_weigh_what_real_ones_weigh() {
    let messages = messages(&plan());
    let contracts: Vec<usize> = messages
        .iter()
        .filter(|message| message.event_type == EventType::ContractOffered)
        .map(|message| message.body.len())
        .collect();
    let mean = contracts.iter().sum::<usize>() / contracts.len();
    assert!((1_400..2_600).contains(&mean), "{mean} bytes");
    assert!(messages.iter().all(|message| !message.body.contains(&b'\n')));
}

#[test]
fn messages_come_in_the_order_of_their_moments_and_their_ids_tell_them() {
    let plan = plan();
    let messages = messages(&plan);
    assert!(messages.is_sorted_by_key(|message| message.at));
    assert!(messages.last().unwrap().at <= plan.until);
    assert!(messages[0].at >= "2024-12-30T00:00:00Z".parse().unwrap());
    for message in messages {
        let ksuid: KsuidMs = message.id.strip_prefix("msg_").unwrap().parse().unwrap();
        assert_eq!(ksuid.timestamp_millis(), message.at.as_millisecond());
    }
}

/// The steps of `docs/yunojuno.md`, Contract lifecycle, that the simulator takes: what may come directly after what.
fn may_follow(before: Option<&EventType>, next: &EventType) -> bool {
    use EventType::{
        ContractAccepted as Accepted, ContractApproved as Approved, ContractCancelled as Cancelled,
        ContractCompleted as Completed, ContractDeleted as Deleted, ContractNoticeServed as Notice,
        ContractOffered as Offered, ContractRevoked as Revoked,
    };
    let allowed: &[EventType] = match before {
        None | Some(Revoked) => &[Approved, Offered, Deleted],
        Some(Approved) => &[Offered, Deleted],
        Some(Offered) => &[Revoked, Accepted],
        Some(Accepted) => &[Cancelled, Notice, Completed],
        Some(Notice) => &[Completed],
        Some(_) => &[],
    };
    allowed.contains(next)
}

#[test]
fn every_life_is_legal() {
    let messages = messages(&Plan { contractors: 150, ..plan() });
    for (subject, types) in types_by_subject(&messages) {
        match &subject {
            Subject::Contract(_) => {
                let before = std::iter::once(None).chain(types.iter().map(Some));
                for (before, next) in before.zip(&types) {
                    assert!(may_follow(before, next), "{subject:?}: {types:?}");
                }
            }
            Subject::Contractor(_) => {
                let order = |event: &EventType| EventType::KNOWN.iter().position(|known| known == event).unwrap();
                let joined: Vec<usize> = types.iter().map(order).filter(|place| *place < 3).collect();
                assert!(joined.is_sorted_by(|a, b| a < b), "{types:?}");
            }
            Subject::Requisition(_) => {
                assert_eq!(types[0], EventType::SpendCreated);
                let approvals = types.iter().filter(|event| **event == EventType::SpendApproved).count();
                assert!(approvals <= 1 && types.len() <= 4, "{types:?}");
            }
            Subject::Hirer(_) => panic!("no event is about a hirer"),
        }
    }
}

#[test]
fn dates_agree_with_what_happens() {
    let messages = messages(&Plan { contractors: 150, ..plan() });
    let mut ends: BTreeMap<String, Date> = BTreeMap::new();
    let (mut renewals, mut notices) = (0, 0);
    for message in &messages {
        let event = parse(&message.body).unwrap();
        let Payload::Contract(contract) = event.payload else { continue };
        let today = jiff::tz::TimeZone::UTC.to_datetime(message.at).date();
        let (start, end) = (contract.start_on.unwrap(), contract.end_on.unwrap());
        assert!(start < end);
        assert!(contract.rate.as_ref().unwrap().money().is_some());
        match event.event_type {
            EventType::ContractAccepted | EventType::ContractCancelled => assert!(today < start, "{}", message.id),
            EventType::ContractNoticeServed => {
                notices += 1;
                assert!(contract.actual_end_on.unwrap() < end && today > start);
            }
            EventType::ContractCompleted => assert!(contract.actual_end_on.unwrap() <= end && today > start),
            _ => assert_eq!(contract.actual_end_on, None),
        }
        if let Some(old) = contract.renewal_ids.first() {
            renewals += 1;
            assert_eq!(ends[old.as_str()].tomorrow().unwrap(), start, "a renewal starts the day after");
        }
        ends.insert(contract.id.to_string(), end);
    }
    assert!(renewals > 25 && notices > 10, "{renewals} renewals, {notices} notices");
}

#[test]
fn requisitions_are_approved_before_contracts_draw_on_them_and_several_do() {
    let messages = messages(&plan());
    let mut approved = BTreeSet::new();
    let mut drawing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for message in &messages {
        match parse(&message.body).unwrap().payload {
            Payload::Requisition(requisition) if message.event_type == EventType::SpendApproved => {
                approved.insert(requisition.id.to_string());
            }
            Payload::Contract(contract) => {
                let Some(requisition) = contract.requisition else { continue };
                assert!(approved.contains(requisition.id.as_str()));
                assert_eq!(requisition.currency, contract.rate.unwrap().currency);
                drawing.entry(requisition.id.to_string()).or_default().insert(contract.id.to_string());
            }
            _ => {}
        }
    }
    assert!(drawing.values().filter(|contracts| contracts.len() > 1).count() > 5);
}

#[test]
fn there_is_variety() {
    let mut clients = BTreeSet::new();
    let mut currencies = BTreeSet::new();
    let mut units = BTreeSet::new();
    let mut periods = BTreeSet::new();
    let mut last_of: BTreeMap<String, EventType> = BTreeMap::new();
    for message in messages(&plan()) {
        if let Payload::Contract(contract) = parse(&message.body).unwrap().payload {
            clients.insert(contract.client.unwrap().name);
            let rate = contract.rate.unwrap();
            currencies.insert(rate.currency);
            units.insert(rate.unit);
            periods.insert(contract.fee_periods.len());
            last_of.insert(contract.id.to_string(), message.event_type);
        }
    }
    assert!(clients.len() >= 3 && currencies.len() >= 2, "{clients:?} {currencies:?}");
    assert_eq!((units.len(), periods.len()), (2, 2));
    let open = last_of.values().filter(|event| **event == EventType::ContractOffered).count();
    assert!(open >= 3, "{open} offers stay open");
}

#[test]
fn so_many_events_as_asked_for_and_no_more() {
    let few = Plan { contractors: 3, ..plan() };
    let many = Plan { events: Some(2_345), ..few.clone() };
    assert!(history(&few).len() < 200);
    assert_eq!(history(&many).len(), 2_345);
    assert_eq!(messages(&many).len(), 2_345);
}

#[test]
fn the_asked_share_is_of_unknown_type_and_changes_nothing_else() {
    let with = messages(&Plan { unknown_percent: 10.0, contractors: 120, ..plan() });
    let (known, unknown): (Vec<&Message>, Vec<&Message>) =
        with.iter().partition(|message| message.event_type.is_known());
    let share = unknown.len() * 1000 / with.len();
    assert!((70..130).contains(&share), "{share} of a thousand");
    assert!(unknown.iter().any(|message| message.event_type.as_str() == "client.contract.custom_fields_updated"));
    assert!(unknown.iter().all(|message| !parse(&message.body).unwrap().about().is_empty()));
    let without = messages(&Plan { contractors: 120, ..plan() });
    let moments = |messages: Vec<&Message>| messages.iter().map(|m| (m.at, m.event_type.clone())).collect::<Vec<_>>();
    assert_eq!(moments(known), moments(without.iter().collect()));
}

fn happening(seq: i64, message: &Message) -> StoredEvent {
    StoredEvent {
        seq,
        message_id: message.id.as_str().into(),
        occurred_at: message.at,
        occurred_from: TimeOrigin::MessageId,
        received_at: message.at,
        attempts: 1,
        event: parse(&message.body).unwrap().into(),
    }
}

#[test]
fn money_is_mostly_within_what_was_approved_and_now_and_then_not() {
    let mut contracts: BTreeMap<Subject, Vec<StoredEvent>> = BTreeMap::new();
    let mut requisitions: BTreeMap<RequisitionId, Vec<StoredEvent>> = BTreeMap::new();
    for (seq, message) in (1_i64..).zip(&messages(&plan())) {
        let happening = happening(seq, message);
        for subject in happening.event.about() {
            match (&subject, &happening.event.payload) {
                (Subject::Requisition(id), _) => requisitions.entry(id.clone()).or_default().push(happening.clone()),
                (Subject::Contract(_), Payload::Contract(_)) => {
                    contracts.entry(subject).or_default().push(happening.clone());
                }
                _ => {}
            }
        }
    }
    let draws: Vec<_> =
        contracts.values().map(|events| (timeline::contract(events).unwrap(), commitment::history(events))).collect();
    assert!(draws.iter().all(|(story, _)| estimate::of(&story.facts, story.ends_on).obstacle.is_none()));
    let budgets: Vec<_> = requisitions
        .iter()
        .map(|(id, events)| budget::of(&timeline::requisition(id, events).unwrap(), &draws))
        .collect();
    let drawn = budgets.iter().filter(|budget| !budget.shares.is_empty()).count();
    let shared = budgets.iter().filter(|budget| budget.shares.len() > 1).count();
    let over = budgets.iter().filter(|budget| budget.breach.is_some()).count();
    assert!(drawn * 3 > budgets.len() && shared * 5 > drawn, "{drawn} drawn, {shared} shared of {}", budgets.len());
    assert!(over > 0 && over * 2 < drawn, "{over} of {drawn} over");
}
