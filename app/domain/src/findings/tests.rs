//! Tests that each defect is found, nothing else is, and that a finding ends when its cause does.

use super::{of_contract, of_contractor, of_requisition, renewed};
use crate::commitment::history;
use crate::estimate::samples::{budget, stored_event, winter, with};
use crate::lifecycle::finding::{Finding, FindingKind, Severity};
use crate::lifecycle::rules::Limits;
use crate::timeline::{self, Renewal, StoredEvent};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn offered() -> StoredEvent {
    event(11, "2025-11-21T10:00:00Z", "offered", winter())
}

fn event(seq: i64, at: &str, name: &str, object: Value) -> StoredEvent {
    stored_event(seq, at, &format!("contract.{name}"), object)
}

fn spend(seq: i64, at: &str, name: &str, amount: &str) -> StoredEvent {
    stored_event(seq, at, &format!("spend_request.{name}"), budget(amount))
}

fn contact(seq: i64, at: &str, name: &str) -> StoredEvent {
    stored_event(seq, at, &format!("client_contact.{name}"), json!({ "client_contact_id": "clct_1" }))
}

/// Returns the events of a contractor, a requisition and a contract without findings: approved for 60,000.00, costing
/// 44,840.00.
fn clean() -> Vec<StoredEvent> {
    vec![
        contact(1, "2025-11-01T10:00:00Z", "created"),
        contact(2, "2025-11-02T10:00:00Z", "registered"),
        contact(3, "2025-11-03T10:00:00Z", "onboarding_completed"),
        spend(4, "2025-11-04T10:00:00Z", "created", "60000.00"),
        spend(5, "2025-11-05T10:00:00Z", "approved", "60000.00"),
        event(10, "2025-11-20T10:00:00Z", "approved", winter()),
        offered(),
        event(12, "2025-11-24T10:00:00Z", "accepted", winter()),
    ]
}

fn all(told: &[StoredEvent], altered: &[i64]) -> Vec<Finding> {
    let altered: BTreeSet<i64> = altered.iter().copied().collect();
    let limits = Limits::default();
    let own: Vec<StoredEvent> =
        told.iter().filter(|one| one.event.event_type.as_str().contains(".contract.")).cloned().collect();
    let contract = timeline::contract(&own);
    let mut found = Vec::new();
    found.extend(timeline::contractor(&"clct_1".into(), told).iter().flat_map(|story| of_contractor(story, &altered)));
    found.extend(contract.iter().flat_map(|story| of_contract(story, &altered, limits)));
    let draws: Vec<_> = contract.map(|story| (story, history(&own))).into_iter().collect();
    let requisition = timeline::requisition(&"spreq_1".into(), told);
    found.extend(requisition.iter().flat_map(|story| of_requisition(story, &draws, &altered, limits)));
    found
}

/// Returns rule and position of the findings that hold at an instant.
fn at(told: &[StoredEvent], moment: &str) -> Vec<(&'static str, i64)> {
    let moment: Timestamp = moment.parse().unwrap();
    all(told, &[]).iter().filter(|one| one.holds(moment)).map(|one| (one.rule.as_str(), one.seq)).collect()
}

const IN_JANUARY: &str = "2026-01-10T00:00:00Z";

/// Returns the clean events after a change.
fn broken(change: impl FnOnce(&mut Vec<StoredEvent>)) -> Vec<StoredEvent> {
    let mut told = clean();
    change(&mut told);
    told
}

#[test]
fn nothing_is_wrong_with_a_clean_stream() {
    assert_eq!(at(&clean(), IN_JANUARY), []);
}

/// Rules with the positions of their findings.
type Found = Vec<(&'static str, i64)>;

#[test]
fn each_defect_is_found_and_nothing_else() {
    let without = |seq: i64| broken(|told| told.retain(|one| one.seq != seq));
    let with_one = |one: StoredEvent| broken(|told| told.push(one));
    let cases: Vec<(Vec<StoredEvent>, Found)> = vec![
        (without(11), vec![("offer-comes-first", 12)]),
        (without(1), vec![("invitation-comes-first", 2)]),
        (without(2), vec![("registration-comes-first", 3)]),
        (without(4), vec![("request-comes-first", 5)]),
        (
            broken(|told| told.iter_mut().for_each(|one| one.received_at += late(one.seq == 12))),
            vec![("arrives-on-time", 12)],
        ),
        (with_one(event(13, "2025-12-05T10:00:00Z", "approved", winter())), vec![("contract-in-order", 13)]),
        (
            with_one(event(13, "2025-11-25T10:00:00Z", "revoked", winter())),
            vec![("no-revocation-after-acceptance", 13)],
        ),
        (
            with_one(event(13, "2025-11-22T10:00:00Z", "revoked", winter())),
            vec![("second-offer-before-acceptance", 12)],
        ),
        (
            with_one(event(13, "2026-01-05T10:00:00Z", "cancelled", winter())),
            // Whether it draws on the spend is disputed, as it had begun.
            vec![("no-cancellation-after-start", 13)],
        ),
        (
            broken(|told| {
                told.push(event(13, "2025-12-05T10:00:00Z", "notice_served", winter()));
                told.push(event(14, "2025-12-06T10:00:00Z", "cancelled", winter()));
            }),
            vec![("no-cancellation-after-notice", 14)],
        ),
        (
            broken(|told| {
                told.push(event(13, "2025-11-25T10:00:00Z", "deleted", winter()));
                told.push(event(14, "2025-11-26T10:00:00Z", "completed", winter()));
            }),
            vec![("nothing-after-deletion", 14)],
        ),
        (without(12), vec![("offer-is-answered", 11)]),
        (with_one(spend(6, "2025-12-20T10:00:00Z", "updated", "40000.00")), vec![("within-budget", 6)]),
        (
            with_one({
                let mut test = event(13, "2025-12-20T10:00:00Z", "completed", winter());
                std::sync::Arc::make_mut(&mut test.event).mode = crate::event::Mode::Test;
                test
            }),
            vec![("tests-stay-apart", 13)],
        ),
    ];
    for (told, expected) in cases {
        assert_eq!(at(&told, IN_JANUARY), expected);
    }
}

fn late(is_late: bool) -> SignedDuration {
    SignedDuration::from_mins(if is_late { 40 } else { 0 })
}

#[test]
fn another_body_under_the_same_message_is_found_where_it_belongs() {
    let found = all(&clean(), &[12]);
    let found: Vec<_> = found.iter().filter(|one| one.kind == FindingKind::Altered).collect();
    assert_eq!(found.iter().map(|one| (one.rule.as_str(), one.seq)).collect::<Vec<_>>(), [("says-the-same", 12)]);
    assert!(found[0].matters());
}

#[test]
fn a_late_event_clears_what_its_absence_broke() {
    let gap = broken(|told| told.retain(|one| one.seq != 11));
    assert_eq!(at(&gap, IN_JANUARY).len(), 1);
    let mut mended = gap;
    // Months later, by a replay: shown as one, and no finding.
    mended.push(StoredEvent { seq: 99, received_at: "2026-03-01T10:00:00Z".parse().unwrap(), ..offered() });
    assert_eq!(at(&mended, IN_JANUARY), []);
}

#[test]
fn an_offer_is_open_by_the_clock_alone() {
    let open = broken(|told| told.retain(|one| one.seq != 12));
    assert_eq!(at(&open, "2025-11-28T09:59:59Z"), []);
    assert_eq!(at(&open, "2025-11-28T10:00:00Z"), [("offer-is-answered", 11)]);
    let again = event(13, "2025-11-27T10:00:00Z", "offered", winter());
    let again = [open, vec![again]].concat();
    assert_eq!(at(&again, "2025-11-28T10:00:00Z"), []);
    assert_eq!(at(&again, "2025-12-04T10:00:00Z"), [("offer-is-answered", 13)]);
}

#[test]
fn a_contract_ends_for_fourteen_days_and_not_after_notice() {
    let told = clean();
    assert_eq!(at(&told, "2026-03-12T23:59:59Z"), []);
    assert_eq!(at(&told, "2026-03-13T00:00:00Z"), [("renewed-before-end", 12)]);
    assert_eq!(at(&told, "2026-03-27T23:59:59Z"), [("renewed-before-end", 12)]);
    assert_eq!(at(&told, "2026-03-28T00:00:00Z"), []);
    let notice = with(winter(), json!({ "actual_end_date": "2026-03-20" }));
    let ended = broken(|told| told.push(event(13, "2026-03-01T10:00:00Z", "notice_served", notice)));
    assert_eq!(at(&ended, "2026-03-14T00:00:00Z"), []);
}

#[test]
fn approved_spend_is_unused_until_something_draws_on_it() {
    let alone = broken(|told| told.retain(|one| one.seq < 10));
    assert_eq!(at(&alone, "2025-12-05T09:59:59Z"), []);
    assert_eq!(at(&alone, "2025-12-05T10:00:00Z"), [("approved-spend-is-used", 5)]);
    let gone = broken(|told| told.push(event(13, "2025-11-25T10:00:00Z", "cancelled", winter())));
    assert_eq!(at(&gone, "2025-12-05T10:00:00Z"), [("approved-spend-is-used", 5)]);
    // Not for a disputed contract: cancelled, and signed again.
    let again = [gone, vec![event(14, "2025-11-28T10:00:00Z", "accepted", winter())]].concat();
    assert_eq!(at(&again, "2025-12-05T10:00:00Z"), [("nothing-after-cancellation", 14)]);
}

#[test]
fn a_finding_says_what_is_wrong_and_what_to_do() {
    let over = broken(|told| told.push(spend(6, "2025-12-20T10:00:00Z", "updated", "40000.00")));
    let over = all(&over, &[]).into_iter().find(|one| one.kind == FindingKind::OverBudget).unwrap();
    assert_eq!(
        over.sentence,
        "By estimate, its contracts cost £4,840.00 more than the amount of £40,000.00, where £60,000.00 in total was approved: this is so since the amount was changed on 20 December 2025."
    );
    assert_eq!(over.severity, Severity::Problem);
    let dear = broken(|told| told.push(spend(6, "2025-11-06T10:00:00Z", "updated", "40000.00")));
    let dear: Vec<StoredEvent> = dear
        .into_iter()
        .map(|one| match one.seq {
            10..=12 => StoredEvent { event: contract_for("40000.00", &one), ..one },
            _ => one,
        })
        .collect();
    let dear = all(&dear, &[]).into_iter().find(|one| one.kind == FindingKind::OverBudget).unwrap();
    assert!(dear.sentence.ends_with(": it was passed by “Winter campaign” on 24 November 2025."), "{}", dear.sentence);
}

#[test]
fn what_was_approved_counts_and_not_what_it_was_raised_to() {
    // Approved for 1,000.00 and raised to 60,000.00 after that: 44,840.00 − 1,000.00 = 43,840.00 too much.
    let raised = broken(|told| {
        told.retain(|one| !matches!(one.seq, 4 | 5));
        told.push(spend(4, "2025-11-04T10:00:00Z", "created", "1000.00"));
        told.push(spend(5, "2025-11-05T10:00:00Z", "approved", "1000.00"));
        told.push(spend(6, "2025-11-06T10:00:00Z", "updated", "60000.00"));
    });
    let raised = all(&raised, &[]).into_iter().find(|one| one.kind == FindingKind::OverBudget).unwrap();
    assert_eq!(
        raised.sentence,
        "By estimate, its contracts cost £43,840.00 more than the £1,000.00 that was approved, though it is for £60,000.00 in total now: it was passed by “Winter campaign” on 24 November 2025."
    );
    assert_eq!(raised.seq, 12);
}

#[test]
fn a_day_rate_is_told_as_one() {
    // 532.00 a day in December, 532.00 − 500.00 = 32.00.
    let by_day = with(budget("500.00"), json!({ "amount_type": "DAY_RATE" }));
    let capped = broken(|told| {
        told.retain(|one| !matches!(one.seq, 4 | 5 | 10..=12));
        told.push(stored_event(5, "2025-11-05T10:00:00Z", "spend_request.approved", by_day.clone()));
        told.push(event(12, "2025-11-24T10:00:00Z", "accepted", with(winter(), json!({ "spend_request": by_day }))));
    });
    let over = all(&capped, &[]).into_iter().find(|one| one.kind == FindingKind::OverBudget).unwrap();
    assert_eq!(
        over.sentence,
        "By estimate, its contracts cost £32.00 a day more than the amount of £500.00 a day: it was passed by “Winter campaign” on 24 November 2025."
    );
    assert!(!over.advice.contains("page"), "no advice points to the page it is on: {}", over.advice);
}

#[test]
fn an_offered_renewal_changes_the_sentence_and_a_signed_one_keeps_the_rule() {
    let titled = with(winter(), json!({ "title": "A and nothing renews it." }));
    let told = broken(|told| told.push(event(13, "2025-11-25T10:00:00Z", "accepted", titled)));
    let ending = all(&told, &[]).into_iter().find(|one| one.kind == FindingKind::NotRenewed).unwrap();
    assert_eq!(ending.sentence, "“A and nothing renews it.” ends on 27 March 2026 and nothing renews it.");
    assert_eq!(renewed(ending.clone(), Renewal::Nothing), Some(ending.clone()));
    assert_eq!(renewed(ending.clone(), Renewal::Signed), None);
    let offered = renewed(ending.clone(), Renewal::Offered).unwrap();
    assert_eq!(
        offered.sentence,
        "“A and nothing renews it.” ends on 27 March 2026 and its renewal is offered, not signed."
    );
    // It is the same finding, so its dismissal still holds.
    let subject = crate::id::Subject::Contract("ct_winter".into());
    assert_eq!(offered.key(&subject), ending.key(&subject));
}

#[test]
fn an_end_before_the_start_is_found_at_the_event_that_said_so() {
    let turned = || with(winter(), json!({ "end_date": "2025-11-30" }));
    let told = broken(|told| {
        told.retain(|one| one.seq != 12);
        told.push(event(12, "2025-11-24T10:00:00Z", "accepted", turned()));
        told.push(event(13, "2025-11-25T10:00:00Z", "notice_served", turned()));
    });
    let found: Vec<_> = all(&told, &[]).into_iter().filter(|one| one.rule.as_str() == "ends-after-start").collect();
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((finding.seq, finding.severity), (12, Severity::Problem));
    assert_eq!(
        finding.sentence,
        "“Winter campaign” is said to end on 30 November 2025, before its first day, 1 December 2025."
    );
    // A withdrawn contract has no such finding, whatever its dates.
    let gone = [told, vec![event(14, "2025-11-26T10:00:00Z", "deleted", turned())]].concat();
    assert!(all(&gone, &[]).iter().all(|one| one.rule.as_str() != "ends-after-start"));
}

fn contract_for(amount: &str, like: &StoredEvent) -> std::sync::Arc<crate::event::Event> {
    let name = like.event.event_type.as_str().trim_start_matches("client.").to_owned();
    stored_event(1, "2025-11-20T10:00:00Z", &name, with(winter(), json!({ "spend_request": budget(amount) }))).event
}

proptest! {
    #[test]
    fn order_and_repetition_leave_no_trace(
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(), kept in any::<u16>(), twice in 0..10_usize,
    ) {
        let full = broken(|told| {
            told.push(event(13, "2025-11-22T10:00:00Z", "revoked", winter()));
            told.push(spend(6, "2025-12-20T10:00:00Z", "updated", "40000.00"));
        });
        let kept: Vec<&StoredEvent> = full.iter().enumerate().filter(|(n, _)| kept & (1 << n) != 0).map(|(_, one)| one).collect();
        let sent: Vec<StoredEvent> = kept.iter().map(|one| (*one).clone()).collect();
        let mut shuffled: Vec<StoredEvent> = order.iter().filter_map(|n| sent.get(*n)).cloned().collect();
        shuffled.extend(sent.get(twice).cloned());
        prop_assert_eq!(all(&sent, &[5, 12]), all(&shuffled, &[5, 12]));
    }
}
