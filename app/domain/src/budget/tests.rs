//! Tests of approved against committed amounts: sums worked out by hand, and properties of every set of events.

use super::{Budget, Contribution, of};
use crate::commitment::{CommitmentState, history};
use crate::estimate::samples::{budget, period, stored_event, winter, with};
use crate::timeline::{StoredEvent, contract, requisition};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The requisition's own events and the contracts', each list being one contract; a contract's events also name the
/// requisition, as they do on the wire.
fn compared(own: &[StoredEvent], contracts: &[Vec<StoredEvent>]) -> Budget {
    let all: Vec<StoredEvent> = own.iter().chain(contracts.iter().flatten()).cloned().collect();
    let story = requisition(&"spreq_1".into(), &all).unwrap();
    let draws: Vec<_> = contracts.iter().filter_map(|events| Some((contract(events)?, history(events)))).collect();
    of(&story, &draws)
}

fn own(seq: i64, at: &str, event: &str, amount: &str) -> StoredEvent {
    stored_event(seq, at, &format!("spend_request.{event}"), budget(amount))
}

fn approved(amount: &str) -> Vec<StoredEvent> {
    vec![own(1, "2025-11-01T09:00:00Z", "created", amount), own(2, "2025-11-03T09:00:00Z", "approved", amount)]
}

/// Spring campaign: £400.00 a day and £48.00 of fees, 2 to 27 March 2026: 20 × 448.00 = 8,960.00.
fn spring(amount: &str) -> Value {
    with(
        winter(),
        json!({
            "contract_id": "ct_spring", "title": "Spring campaign", "start_date": "2026-03-02",
            "rate": { "currency": "GBP", "unit": "DAY", "value": "400.00" },
            "fee_schedule": { "periods": [period("2026-03-02", "48.00", "448.00", "GBP")] },
            "spend_request": budget(amount),
        }),
    )
}

fn drawing(amount: &str) -> Value {
    with(winter(), json!({ "spend_request": budget(amount) }))
}

fn event(seq: i64, at: &str, event: &str, object: Value) -> StoredEvent {
    stored_event(seq, at, &format!("contract.{event}"), object)
}

fn words(budget: &Budget) -> [String; 4] {
    [&budget.approved, &budget.committed, &budget.pending, &budget.remaining]
        .map(|money| money.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string))
}

#[test]
fn two_contracts_draw_on_one_requisition() {
    // Winter campaign is signed: 44,840.00. Spring campaign is offered: 8,960.00. 60,000.00 − 44,840.00 = 15,160.00.
    let winter = vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("60000.00"))];
    let offered = event(4, "2026-02-01T10:00:00Z", "offered", spring("60000.00"));
    let budget = compared(&approved("60000.00"), &[winter.clone(), vec![offered.clone()]]);
    assert_eq!(words(&budget), ["£60,000.00", "£44,840.00", "£8,960.00", "£15,160.00"]);
    assert_eq!((budget.breach, budget.obstacles, budget.is_partial), (None, vec![], false));

    // Signed as well: 44,840.00 + 8,960.00 = 53,800.00, and 6,200.00 is left.
    let signed = vec![offered, event(5, "2026-02-03T10:00:00Z", "accepted", spring("60000.00"))];
    let budget = compared(&approved("60000.00"), &[winter, signed]);
    assert_eq!(words(&budget), ["£60,000.00", "£53,800.00", "£0.00", "£6,200.00"]);
    assert_eq!(budget.breach, None);
}

#[test]
fn a_breach_is_told_at_the_event_that_caused_it() {
    // 50,000.00 − 53,800.00 = −3,800.00, since Spring campaign was accepted.
    let winter = vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("50000.00"))];
    let spring = vec![
        event(4, "2026-02-01T10:00:00Z", "offered", spring("50000.00")),
        event(5, "2026-02-03T10:00:00Z", "accepted", spring("50000.00")),
    ];
    let budget = compared(&approved("50000.00"), &[winter, spring]);
    assert_eq!(words(&budget)[3], "−£3,800.00");
    let breach = budget.breach.unwrap();
    assert_eq!(
        (breach.seq, breach.contract.unwrap().as_str(), breach.over.to_string()),
        (5, "ct_spring", "£3,800.00".to_owned())
    );
}

#[test]
fn an_amount_that_was_told_late_held_before() {
    // No event of the requisition was seen: what it is for is known from the newest contract event that names it.
    let winter = vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("50000.00"))];
    let spring = vec![
        event(4, "2026-02-01T10:00:00Z", "offered", spring("50000.00")),
        event(5, "2026-02-03T10:00:00Z", "accepted", spring("50000.00")),
        event(6, "2026-02-20T10:00:00Z", "completed", spring("50000.00")),
    ];
    let story = requisition(&"spreq_1".into(), &spring[2..]).unwrap();
    let draws: Vec<_> = [winter, spring].iter().map(|told| (contract(told).unwrap(), history(told))).collect();
    let breach = of(&story, &draws).breach.unwrap();
    assert_eq!((breach.seq, breach.contract.unwrap().as_str()), (5, "ct_spring"), "not the event that told it");
}

#[test]
fn a_breach_that_was_mended_is_none() {
    let accepted = event(3, "2025-11-24T10:00:00Z", "accepted", drawing("30000.00"));
    let over = compared(&approved("30000.00"), &[vec![accepted.clone()]]);
    // 44,840.00 − 30,000.00 = 14,840.00.
    assert_eq!(over.breach.unwrap().over.to_string(), "£14,840.00");

    // Notice shortens it to 29,165.00; 835.00 is left.
    let notice = with(drawing("30000.00"), json!({ "actual_end_date": "2026-02-13" }));
    let shortened = vec![accepted.clone(), event(4, "2026-01-30T10:00:00Z", "notice_served", notice)];
    let budget = compared(&approved("30000.00"), &[shortened]);
    assert_eq!((words(&budget)[3].as_str(), budget.breach), ("£835.00", None));

    // A higher amount once that is approved, and the contract cancelled.
    let mut raised = approved("30000.00");
    raised.push(own(5, "2025-12-10T09:00:00Z", "updated", "45000.00"));
    assert!(compared(&raised, &[vec![accepted.clone()]]).breach.is_some());
    raised.push(own(7, "2025-12-11T09:00:00Z", "approved", "45000.00"));
    assert_eq!(compared(&raised, &[vec![accepted.clone()]]).breach, None);
    let cancelled = vec![accepted, event(6, "2025-11-25T10:00:00Z", "cancelled", drawing("30000.00"))];
    let budget = compared(&approved("30000.00"), &[cancelled]);
    assert_eq!((words(&budget)[1].as_str(), budget.breach), ("£0.00", None));
}

#[test]
fn an_amount_that_was_lowered_is_the_cause_itself() {
    let mut lowered = approved("45000.00");
    lowered.push(own(5, "2026-01-05T09:00:00Z", "updated", "40000.00"));
    let budget = compared(&lowered, &[vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("45000.00"))]]);
    let breach = budget.breach.unwrap();
    // 44,840.00 − 40,000.00.
    assert_eq!((breach.seq, breach.contract, breach.over.to_string()), (5, None, "£4,840.00".to_owned()));
}

#[test]
fn another_currency_has_its_own_line_and_is_not_added() {
    let euros = with(
        spring("60000.00"),
        json!({
            "rate": { "currency": "EUR", "unit": "DAY", "value": "400.00" },
            "fee_schedule": { "periods": [period("2026-03-02", "48.00", "448.00", "EUR")] },
        }),
    );
    let contracts = [
        vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("60000.00"))],
        vec![event(4, "2025-11-25T10:00:00Z", "accepted", euros)],
    ];
    let budget = compared(&approved("60000.00"), &contracts);
    assert_eq!(words(&budget), ["£60,000.00", "£44,840.00", "£0.00", "£15,160.00"]);
    assert_eq!(budget.obstacles, ["“Spring campaign” is paid in EUR, the requisition is in GBP: it is not added."]);
    let told: Vec<_> = budget.shares.iter().map(|d| (d.cost.as_ref().unwrap().to_string(), d.is_counted)).collect();
    assert_eq!(told, [("£44,840.00".to_owned(), true), ("€8,960.00".to_owned(), false)]);
    assert!(budget.is_partial);
}

#[test]
fn a_contract_that_cannot_be_estimated_makes_the_sum_partial() {
    let words_rate = json!({ "rate": { "currency": "GBP", "unit": "PER_1000_WORDS", "value": "80" } });
    let contracts = [vec![event(3, "2025-11-24T10:00:00Z", "accepted", with(drawing("60000.00"), words_rate))]];
    let budget = compared(&approved("60000.00"), &contracts);
    assert_eq!(
        budget.obstacles,
        [
            "“Winter campaign” cannot be estimated because its rate is per “PER_1000_WORDS”, a unit whose length is not known here."
        ]
    );
    assert_eq!((words(&budget)[1].as_str(), budget.is_partial), ("£0.00", true));
    assert!(!budget.is_pending_partial);

    let words_rate = json!({ "rate": { "currency": "GBP", "unit": "PER_1000_WORDS", "value": "80" } });
    let offered = [vec![event(3, "2025-11-24T10:00:00Z", "offered", with(drawing("60000.00"), words_rate))]];
    let budget = compared(&approved("60000.00"), &offered);
    assert_eq!((words(&budget)[2].as_str(), budget.is_pending_partial), ("£0.00", true));
    assert!(!budget.is_partial);
}

#[test]
fn a_day_rate_is_compared_with_a_day_of_each_contract() {
    let per_day = |amount: &str| with(budget(amount), json!({ "amount_type": "DAY_RATE" }));
    let on = |object: Value, amount: &str| with(object, json!({ "spend_request": per_day(amount) }));
    let created =
        |amount: &str| vec![stored_event(1, "2025-11-01T09:00:00Z", "spend_request.approved", per_day(amount))];
    let contracts = |amount: &str| {
        [
            vec![event(3, "2025-11-24T10:00:00Z", "accepted", on(drawing(""), amount))],
            vec![event(4, "2025-11-25T10:00:00Z", "accepted", on(spring(""), amount))],
        ]
    };
    // 532.00 and 448.00 a day: the dearer one counts, they are not added. 550.00 − 532.00 = 18.00.
    let within = compared(&created("550.00"), &contracts("550.00"));
    assert_eq!(words(&within), ["£550.00", "£532.00", "£0.00", "£18.00"]);
    // 500.00 − 532.00 = −32.00, since Winter campaign was accepted.
    let over = compared(&created("500.00"), &contracts("500.00")).breach.unwrap();
    assert_eq!((over.seq, over.over.to_string()), (3, "£32.00".to_owned()));
}

#[test]
fn an_amount_for_something_unknown_is_not_compared() {
    let odd = |amount| with(budget(amount), json!({ "amount_type": "PER_SPRINT" }));
    let requisition = vec![stored_event(1, "2025-11-01T09:00:00Z", "spend_request.approved", odd("10.00"))];
    let drawn = with(winter(), json!({ "spend_request": odd("10.00") }));
    let budget = compared(&requisition, &[vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawn)]]);
    assert_eq!(words(&budget), ["£10.00", "£44,840.00", "£0.00", "–"]);
    assert_eq!(budget.breach, None);
    assert_eq!(
        budget.obstacles,
        ["The amount is for “PER_SPRINT”, which is not known here, so nothing is compared with it."]
    );
}

#[test]
fn a_contract_that_moved_to_another_requisition_is_passed_over() {
    let moved =
        with(winter(), json!({ "spend_request": with(budget("1.00"), json!({ "spend_request_id": "spreq_2" })) }));
    let events = vec![
        event(3, "2025-11-24T10:00:00Z", "offered", drawing("60000.00")),
        event(4, "2025-11-25T10:00:00Z", "accepted", moved),
    ];
    let budget = compared(&approved("60000.00"), &[events]);
    assert_eq!((words(&budget)[1].as_str(), budget.shares.len()), ("£0.00", 0));
}

#[test]
fn only_signed_contracts_are_committed() {
    let revoked = vec![event(3, "2025-11-24T10:00:00Z", "revoked", drawing("60000.00"))];
    let budget = compared(&approved("60000.00"), &[revoked]);
    assert_eq!((budget.shares[0].standing, words(&budget)[1].as_str()), (CommitmentState::Nothing, "£0.00"));
}

#[test]
fn work_on_a_weekend_alone_is_checked_by_the_day_and_is_at_least_nothing_in_total() {
    // Saturday and Sunday, 14 and 15 February 2026, £900.00 a day: 900.00 − 500.00 = 400.00 too much.
    let weekend = |kind: &str, amount: &str| {
        let spend = with(budget(amount), json!({ "amount_type": kind }));
        let rate = json!({ "currency": "GBP", "unit": "DAY", "value": "900.00" });
        let changes = json!({
            "start_date": "2026-02-14", "end_date": "2026-02-15", "rate": rate, "fee_schedule": null,
            "spend_request": spend.clone(),
        });
        let own = vec![stored_event(1, "2025-11-01T09:00:00Z", "spend_request.approved", spend)];
        compared(&own, &[vec![event(3, "2025-11-24T10:00:00Z", "accepted", with(winter(), changes))]])
    };
    let capped = weekend("DAY_RATE", "500.00");
    assert_eq!(words(&capped), ["£500.00", "£900.00", "£0.00", "−£400.00"]);
    assert_eq!((capped.breach.unwrap().over.to_string().as_str(), capped.is_partial), ("£400.00", false));
    let total = weekend("TOTAL", "500.00");
    assert_eq!((words(&total)[1].as_str(), total.is_partial), ("£0.00", true));
    assert_eq!(
        total.obstacles,
        [
            "“Winter campaign” costs at least £0.00: all of its days are on a weekend, and only Monday to Friday are counted."
        ]
    );
}

#[test]
fn a_contract_in_question_is_told_and_not_counted() {
    let events = vec![
        event(3, "2025-11-24T10:00:00Z", "accepted", drawing("60000.00")),
        event(4, "2025-11-25T10:00:00Z", "cancelled", drawing("60000.00")),
        event(5, "2025-11-27T10:00:00Z", "accepted", drawing("60000.00")),
    ];
    let budget = compared(&approved("60000.00"), &[events]);
    assert_eq!((words(&budget)[1].as_str(), budget.shares[0].standing), ("£0.00", CommitmentState::Disputed));
    assert_eq!(
        budget.obstacles,
        [
            "The cost of £44,840.00 of “Winter campaign” is in question, and not counted: it was taken back and taken up again."
        ]
    );
}

#[test]
fn costs_are_compared_with_what_was_approved_and_both_amounts_are_known() {
    let raised = vec![
        own(1, "2025-11-01T09:00:00Z", "created", "1000.00"),
        own(2, "2025-11-03T09:00:00Z", "approved", "1000.00"),
        own(6, "2025-11-20T09:00:00Z", "updated", "50000.00"),
    ];
    let signed = vec![event(3, "2025-11-24T10:00:00Z", "accepted", drawing("50000.00"))];
    let budget = compared(&raised, std::slice::from_ref(&signed));
    assert_eq!(words(&budget), ["£1,000.00", "£44,840.00", "£0.00", "−£43,840.00"]);
    let altered = budget.altered.map(|(approved, now)| (approved.in_words(), now.in_words()));
    assert_eq!(altered, Some(("£1,000.00 in total".to_owned(), "£50,000.00 in total".to_owned())));
    // Approved again, the new amount is the approved one.
    let again = [raised, vec![own(7, "2025-11-21T09:00:00Z", "approved", "50000.00")]].concat();
    let budget = compared(&again, &[signed]);
    assert_eq!((words(&budget)[3].as_str(), budget.altered), ("£5,160.00", None));
}

/// Autumn campaign: 2 November to 31 December 2026, 21 + 23 = 44 working days, drawing on £20,000.00.
fn autumn(rate: &str, periods: Value) -> Value {
    with(
        winter(),
        json!({
            "contract_id": "ct_autumn", "title": "Autumn campaign",
            "start_date": "2026-11-02", "end_date": "2026-12-31",
            "rate": { "currency": "GBP", "unit": "DAY", "value": rate },
            "fee_schedule": { "periods": periods },
            "spend_request": budget("20000.00"),
        }),
    )
}

#[test]
fn a_newer_snapshot_takes_back_the_fees_it_leaves_empty() {
    // £400.00 and 12 % are 448.00 a day. Offered again for £500.00 without fees: 44 × 500.00 = 22,000.00, which is
    // 2,000.00 more than 20,000.00; 44 × 448.00 = 19,712.00 was never agreed.
    let first = autumn("400.00", json!([period("2026-11-02", "48.00", "448.00", "GBP")]));
    let again = autumn("500.00", json!([]));
    let events = vec![
        event(3, "2026-10-01T10:00:00Z", "offered", first.clone()),
        event(4, "2026-10-05T10:00:00Z", "revoked", first),
        event(5, "2026-10-10T10:00:00Z", "offered", again.clone()),
        event(6, "2026-10-12T10:00:00Z", "accepted", again),
    ];
    let budget = compared(&approved("20000.00"), &[events]);
    assert_eq!(words(&budget), ["£20,000.00", "£22,000.00", "£0.00", "−£2,000.00"]);
    let breach = budget.breach.unwrap();
    assert_eq!((breach.seq, breach.over.to_string().as_str()), (6, "£2,000.00"));
}

fn any_stream() -> impl Strategy<Value = Vec<StoredEvent>> {
    let name = prop::sample::select(vec!["offered", "accepted", "cancelled", "notice_served", "revoked", "updated"]);
    prop::collection::vec((name, 0_u32..6, any::<bool>(), 10_u32..70), 0..10).prop_map(|events| {
        (1..)
            .zip(events)
            .map(|(seq, (name, day, is_winter, thousands))| {
                let (at, amount) = (format!("2025-11-{:02}T10:00:00Z", day + 20), format!("{thousands}000.00"));
                let object = if is_winter { drawing(&amount) } else { spring(&amount) };
                match name {
                    "updated" => own(seq, &at, name, &amount),
                    _ => event(seq, &at, name, object),
                }
            })
            .collect()
    })
}

fn of_stream(stream: &[StoredEvent]) -> Option<Budget> {
    let story = requisition(&"spreq_1".into(), stream)?;
    let of = |id: &str| -> Vec<StoredEvent> {
        let names = |h: &&StoredEvent| h.event.about().first().is_some_and(|subject| subject.id() == id);
        stream.iter().filter(names).cloned().collect()
    };
    let draws: Vec<_> =
        ["ct_winter", "ct_spring"].into_iter().filter_map(|id| Some((contract(&of(id))?, history(&of(id))))).collect();
    let contributions: Vec<_> = draws.iter().filter_map(|one| Contribution::of(one, &story.facts.id)).collect();
    let budget = super::of(&story, &draws);
    assert_eq!(super::breach(&story, &contributions), budget.breach, "contributions alone give the same breach");
    Some(budget)
}

proptest! {
    #[test]
    fn order_and_repetition_of_events_leave_no_trace(
        (stream, arrived) in any_stream().prop_flat_map(|stream| {
            let again = prop::collection::vec(0..stream.len().max(1), 0..4);
            (Just(stream), again).prop_flat_map(|(stream, again)| {
                let repeats = again.iter().filter_map(|place| stream.get(*place).cloned());
                let arrived: Vec<StoredEvent> = stream.iter().cloned().chain(repeats).collect();
                (Just(stream), Just(arrived).prop_shuffle())
            })
        })
    ) {
        prop_assert_eq!(of_stream(&arrived), of_stream(&stream));
    }

    #[test]
    fn more_is_bound_than_approved_exactly_where_an_event_is_named(stream in any_stream()) {
        let Some(budget) = of_stream(&stream) else { return Ok(()) };
        let left = budget.remaining.unwrap();
        prop_assert_eq!(left.amount.is_sign_negative() && !left.amount.is_zero(), budget.breach.is_some());
        prop_assert_eq!(budget.approved.unwrap().minus(&budget.committed.unwrap()), Some(left));
        if let Some(breach) = budget.breach {
            prop_assert!(stream.iter().any(|one| one.seq == breach.seq && one.occurred_at == breach.at));
        }
    }
}
