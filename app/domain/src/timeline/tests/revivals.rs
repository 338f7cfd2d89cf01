//! Tests of contracts that resume after a withdrawal.

use super::{kinds, of_contract, stored_event, with};
use crate::commitment::{CommitmentState, commitment_state_of, history};
use crate::lifecycle::contract::ContractState::{Cancelled, Deleted};
use crate::lifecycle::finding::FindingKind::{Impossible, OutOfOrder};
use crate::lifecycle::finding::Severity;
use crate::timeline::{ContractStory, StoredEvent, TimeOrigin, contract};
use serde_json::json;

/// Returns events of a contract that is signed, cancelled on 20 September, and approved, offered and signed again from
/// 10 to 12 October: for 44 working days at £500.00.
fn signed_again() -> Vec<StoredEvent> {
    let object = with(json!({
        "start_date": "2026-11-02", "end_date": "2026-12-31",
        "rate": { "currency": "GBP", "unit": "DAY", "value": "500.00" },
    }));
    [
        ("2026-09-01", "offered"),
        ("2026-09-02", "accepted"),
        ("2026-09-20", "cancelled"),
        ("2026-10-10", "approved"),
        ("2026-10-11", "offered"),
        ("2026-10-12", "accepted"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((day, event), seq)| {
        stored_event(seq, &format!("{day}T09:00:00Z"), &format!("client.contract.{event}"), object.clone())
    })
    .collect()
}

fn story_of(stored_events: &[StoredEvent]) -> ContractStory {
    contract(stored_events).unwrap()
}

#[test]
fn a_signature_after_a_cancellation_is_a_problem_that_names_both_events_and_the_money() {
    let story = story_of(&signed_again());
    assert_eq!(story.state, Cancelled);
    assert_eq!(kinds(&story.findings), [(Impossible, 6, "client.contract.accepted")]);
    let finding = &story.findings[0];
    assert_eq!((finding.rule.as_str(), finding.severity), ("nothing-after-cancellation", Severity::Problem));
    assert_eq!(
        finding.sentence,
        "“Brand refresh” was cancelled on 20 September 2026 and signed on 12 October 2026: both cannot be. It counts as \
         cancelled, and the £22,000.00 that it would cost by estimate are in question, not committed."
    );
    // The commitment is released, and then disputed.
    let bound: Vec<_> = history(&signed_again()).into_iter().map(|one| (one.seq, one.standing)).collect();
    assert_eq!(
        bound,
        [
            (1, CommitmentState::Pending),
            (2, CommitmentState::Committed),
            (3, CommitmentState::Nothing),
            (4, CommitmentState::Disputed)
        ]
    );
}

#[test]
fn a_contract_whose_first_signature_was_never_seen_is_in_question_too() {
    let seen_late: Vec<StoredEvent> = signed_again().into_iter().filter(|one| one.seq > 2).collect();
    let story = story_of(&seen_late);
    assert!(story.findings.iter().any(|one| one.rule.as_str() == "nothing-after-cancellation" && one.seq == 6));
    assert_eq!(commitment_state_of(&story), CommitmentState::Disputed);
    // An offer is enough, and the finding is at the last event.
    let story = story_of(&seen_late[..3]);
    assert!(story.findings.iter().any(|one| one.rule.as_str() == "nothing-after-cancellation" && one.seq == 5));
}

#[test]
fn what_came_before_the_cancellation_and_was_sent_after_it_takes_nothing_up() {
    let order = |minutes: [i64; 3], origin: TimeOrigin| {
        let at = |minute: i64| format!("2026-02-01T09:{minute:02}:00Z");
        let events = ["offered", "accepted", "cancelled"].into_iter().zip(minutes).zip(1..);
        let events: Vec<StoredEvent> = events
            .map(|((event, minute), seq)| StoredEvent { occurred_from: origin, ..of_contract(seq, &at(minute), event) })
            .collect();
        story_of(&events)
    };
    // Within minutes a queue may have changed the order.
    let turned = order([1, 9, 4], TimeOrigin::MessageId);
    assert_eq!((turned.state, turned.is_disputed), (Cancelled, false));
    assert_eq!(kinds(&turned.findings), [(OutOfOrder, 2, "client.contract.accepted")]);
    // Times of arrival do not tell the order of events.
    let mut events =
        vec![of_contract(1, "2026-02-01T09:00:00Z", "cancelled"), of_contract(2, "2026-02-09T09:00:00Z", "accepted")];
    for one in &mut events {
        one.occurred_from = TimeOrigin::Arrival;
    }
    assert!(!story_of(&events).is_disputed);
    // Cancelled again, it is cancelled.
    let mut again = signed_again();
    again.push(of_contract(7, "2026-10-20T09:00:00Z", "cancelled"));
    assert_eq!(
        (story_of(&again).is_disputed, commitment_state_of(&story_of(&again))),
        (false, CommitmentState::Nothing)
    );
}

#[test]
fn a_signature_after_a_deletion_names_both_events_and_the_money() {
    let mut events = signed_again();
    events[2] = of_contract(3, "2026-09-20T09:00:00Z", "deleted");
    let story = story_of(&events);
    assert_eq!((story.state, commitment_state_of(&story)), (Deleted, CommitmentState::Disputed));
    assert_eq!(
        story.findings.last().unwrap().sentence,
        "“Brand refresh” was deleted on 20 September 2026 and signed on 12 October 2026: both cannot be. It counts as \
         deleted, and the £22,000.00 that it would cost by estimate are in question, not committed."
    );
    // Two ends of one contract do not contradict each other.
    let gone = [&events[..3], &[of_contract(4, "2026-10-01T09:00:00Z", "cancelled")]].concat();
    assert_eq!(commitment_state_of(&story_of(&gone)), CommitmentState::Nothing);
}
