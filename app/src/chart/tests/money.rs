//! Tests of the money lines, with sums worked out by hand.

use super::super::spend::{Against, gather};
use domain::budget;
use domain::estimate::history;
use domain::estimate::samples::{budget as requisition_of, period, stored_event, winter, with};
use domain::timeline::{StoredEvent, contract, requisition};
use serde_json::{Value, json};

fn event(seq: i64, at: &str, event: &str, object: Value) -> StoredEvent {
    stored_event(seq, at, &format!("contract.{event}"), object)
}

/// Spring campaign: 2 to 27 March 2026, 20 × £448.00 = £8,960.00.
fn spring() -> Value {
    with(
        winter(),
        json!({
            "contract_id": "ct_spring", "title": "Spring campaign", "start_date": "2026-03-02",
            "rate": { "currency": "GBP", "unit": "DAY", "value": "400.00" },
            "fee_schedule": { "periods": [period("2026-03-02", "48.00", "448.00", "GBP")] },
        }),
    )
}

fn gathered(own: &[StoredEvent], contracts: &[Vec<StoredEvent>]) -> (Vec<super::Spend>, Vec<String>) {
    let all: Vec<StoredEvent> = own.iter().chain(contracts.iter().flatten()).cloned().collect();
    let told: Vec<_> = contracts.iter().map(|events| (contract(events).unwrap(), history(events))).collect();
    let story = requisition(&"spreq_1".into(), &all).unwrap();
    let breach = budget::of(&story, &told).breach;
    gather(&told, &[(story, breach)])
}

fn asked(amount: &str, kind: &str) -> Vec<StoredEvent> {
    let object = with(requisition_of(amount), json!({ "amount_type": kind }));
    vec![stored_event(1, "2025-11-01T09:00:00Z", "spend_request.approved", object)]
}

fn amounts(levels: &[super::Level]) -> Vec<(i64, String)> {
    levels.iter().map(|level| (level.seq, level.amount.to_string())).collect()
}

#[test]
fn each_event_that_binds_money_is_a_step_and_an_offer_is_none() {
    let contracts = [
        vec![event(2, "2025-11-24T10:00:00Z", "accepted", winter())],
        vec![
            event(3, "2026-02-01T10:00:00Z", "offered", spring()),
            event(4, "2026-02-03T10:00:00Z", "accepted", spring()),
        ],
    ];
    let (lanes, obstacles) = gathered(&asked("60000.00", "TOTAL"), &contracts);
    let [lane] = lanes.as_slice() else { panic!("{lanes:?}") };
    // Winter campaign is 44,840.00, both are 53,800.00.
    assert_eq!(amounts(&lane.committed), [(2, "44840.00".to_owned()), (4, "53800.00".to_owned())]);
    assert_eq!(amounts(&lane.approved), [(1, "60000.00".to_owned())]);
    assert_eq!((&lane.against, lane.is_approved), (&Against::Totals, true));
    assert!(lane.breaches.is_empty() && obstacles.is_empty());
}

#[test]
fn the_breach_stands_at_the_event_that_caused_it() {
    let contracts = [
        vec![event(
            2,
            "2025-11-24T10:00:00Z",
            "accepted",
            with(winter(), json!({ "spend_request": requisition_of("50000.00") })),
        )],
        vec![event(
            4,
            "2026-02-03T10:00:00Z",
            "accepted",
            with(spring(), json!({ "spend_request": requisition_of("50000.00") })),
        )],
    ];
    let (lanes, _) = gathered(&asked("50000.00", "TOTAL"), &contracts);
    let breach = &lanes[0].breaches[0];
    assert_eq!((breach.seq, breach.over.to_string().as_str()), (4, "£3,800.00"));
}

#[test]
fn a_cancelled_contract_steps_back_down() {
    let events = vec![
        event(2, "2025-11-24T10:00:00Z", "accepted", winter()),
        event(3, "2025-11-25T10:00:00Z", "cancelled", winter()),
    ];
    let (lanes, _) = gathered(&asked("60000.00", "TOTAL"), &[events]);
    assert_eq!(amounts(&lanes[0].committed)[1], (3, "0".to_owned()));
}

#[test]
fn a_day_rate_has_a_lane_of_its_own_and_what_no_total_covers_another() {
    let drawing = with(
        winter(),
        json!({ "spend_request": with(requisition_of("550.00"), json!({ "amount_type": "DAY_RATE" })) }),
    );
    let contracts = [vec![event(2, "2025-11-24T10:00:00Z", "accepted", drawing)]];
    let (lanes, _) = gathered(&asked("550.00", "DAY_RATE"), &contracts);
    let told: Vec<_> = lanes.iter().map(|lane| (&lane.against, amounts(&lane.committed))).collect();
    // The dearest day is one of December: 532.00.
    assert_eq!(
        told,
        [
            (&Against::Nothing, vec![(2, "44840.00".to_owned())]),
            (&Against::Day("Design budget".to_owned()), vec![(2, "532.00".to_owned())]),
        ]
    );
}

#[test]
fn currencies_are_never_added_and_what_cannot_be_estimated_is_said() {
    let dollars = with(
        spring(),
        json!({
            "contract_id": "ct_dollars", "rate": { "currency": "USD", "unit": "DAY", "value": "400.00" },
            "fee_schedule": { "periods": [period("2026-03-02", "48.00", "448.00", "USD")] },
        }),
    );
    let endless = with(winter(), json!({ "contract_id": "ct_endless", "title": "Endless", "end_date": null }));
    let contracts = [
        vec![event(2, "2025-11-24T10:00:00Z", "accepted", winter())],
        vec![event(3, "2025-11-25T10:00:00Z", "accepted", dollars)],
        vec![event(4, "2025-11-26T10:00:00Z", "accepted", endless)],
    ];
    let (lanes, obstacles) = gathered(&asked("60000.00", "TOTAL"), &contracts);
    let sums: Vec<String> = lanes.iter().map(|lane| lane.committed_now().to_string()).collect();
    assert_eq!(sums, ["£44,840.00", "US$8,960.00"]);
    assert_eq!(lanes[1].against, Against::Nothing, "a total in pounds does not cover dollars");
    assert_eq!(obstacles, ["The cost of “Endless” cannot be estimated because no event says when it ends."]);
}
