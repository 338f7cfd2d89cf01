//! Tests of the transition tables, row by row against the documented lifecycles.

use super::contact::{self, ContactState};
use super::contract::{self, ContractState};
use super::spend::{self, RequisitionState};
use super::transition::Transition;
use crate::event::EventType;
use jiff::civil::date;

/// Returns a cell as one word: the target, with a mark for the kind of move. `-` past, `!` contradiction, `?` believed
/// despite one, `+` after a gap, `.` neutral.
fn cell<S: Copy>(step: Transition<S>, word: fn(S) -> &'static str) -> String {
    match step {
        Transition::To(state) => word(state).to_owned(),
        Transition::Gap(state, missing) => format!("{}+{}", word(state), missing.len()),
        Transition::Unless(state, _, _) => format!("{}?", word(state)),
        Transition::Past => "-".to_owned(),
        Transition::Contradiction(_) => "!".to_owned(),
        Transition::Neutral => ".".to_owned(),
    }
}

fn row<S: Copy>(
    state: S,
    after: fn(S, &EventType) -> Transition<S>,
    word: fn(S) -> &'static str,
    events: std::ops::Range<usize>,
) -> String {
    let cells: Vec<String> = EventType::KNOWN[events].iter().map(|event| cell(after(state, event), word)).collect();
    cells.join(" ")
}

#[test]
fn a_contract_moves_as_the_facts_say() {
    let said: Vec<String> = ContractState::ALL
        .into_iter()
        .map(|state| format!("{}: {}", state.as_str(), row(state, contract::after, ContractState::as_str, 4..12)))
        .collect();
    let expected = [
        // approved offered revoked accepted cancelled notice_served completed deleted
        "known: approved offered revoked+1 accepted+1 cancelled+2 notice_served+2 end_known+2 deleted",
        "approved: approved offered revoked+1 accepted+1 cancelled+2 notice_served+2 end_known+2 deleted",
        "offered: - offered revoked accepted cancelled+1 notice_served+1 end_known+1 deleted",
        "revoked: approved offered revoked+1 accepted? cancelled+2 notice_served+2 end_known+2 deleted",
        "accepted: - - ! - cancelled notice_served end_known deleted",
        "cancelled: ! ! ! ! - ! ! deleted",
        "notice_served: - - ! - ! notice_served end_known deleted",
        "end_known: - - ! - ! - end_known deleted",
        "deleted: ! ! ! ! ! ! ! !",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_contractor_moves_as_the_facts_say() {
    let said: Vec<String> = ContactState::ALL
        .into_iter()
        .map(|state| format!("{}: {}", state.as_str(), row(state, contact::after, ContactState::as_str, 0..4)))
        .collect();
    let expected = [
        // created registered onboarding_completed custom_fields_updated
        "known: invited registered+1 onboarded+2 .",
        "invited: - registered onboarded+1 .",
        "registered: - registered onboarded .",
        "onboarded: - - onboarded .",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_requisition_moves_as_the_facts_say() {
    let said: Vec<String> = RequisitionState::ALL
        .into_iter()
        .map(|state| format!("{}: {}", state.as_str(), row(state, spend::after, RequisitionState::as_str, 12..15)))
        .collect();
    let expected = [
        // created updated approved
        "known: requested requested+1 approved+1",
        "requested: - requested approved",
        "approved: - approved approved",
    ];
    assert_eq!(said, expected);
}

#[test]
fn events_of_other_families_and_unknown_ones_move_nothing() {
    let unknown = EventType::parse("client.contract.custom_fields_updated");
    for state in ContractState::ALL {
        assert_eq!(contract::after(state, &unknown), Transition::Neutral);
        assert_eq!(contract::after(state, &EventType::SpendApproved), Transition::Neutral);
    }
    for state in ContactState::ALL {
        assert_eq!(contact::after(state, &unknown), Transition::Neutral);
        assert_eq!(contact::after(state, &EventType::ContractAccepted), Transition::Neutral);
    }
    for state in RequisitionState::ALL {
        assert_eq!(spend::after(state, &unknown), Transition::Neutral);
        assert_eq!(spend::after(state, &EventType::ContactCreated), Transition::Neutral);
    }
}

#[test]
fn every_event_that_moves_stands_for_the_state_it_is_due_in() {
    for event in &EventType::KNOWN[4..12] {
        let stands_for = contract::state_of(event).unwrap();
        for state in ContractState::ALL {
            if let Some(target) = contract::after(state, event).target() {
                assert_eq!(target, stands_for, "{event} from {}", state.as_str());
            }
        }
    }
}

#[test]
fn ranks_follow_the_lifecycle() {
    let ranks = |events: &[EventType], rank: fn(&EventType) -> u8| events.iter().map(rank).collect::<Vec<u8>>();
    assert_eq!(ranks(&EventType::KNOWN[4..12], contract::rank), [0, 1, 2, 2, 3, 3, 4, 5]);
    assert_eq!(ranks(&EventType::KNOWN[0..4], contact::rank), [0, 1, 2, 3]);
    assert_eq!(ranks(&EventType::KNOWN[12..15], spend::rank), [0, 1, 2]);
    assert_eq!(contract::rank(&EventType::parse("client.contract.custom_fields_updated")), 6);
}

#[test]
fn one_state_has_one_word() {
    use crate::lifecycle::contract::{ContractState, Phase};
    let words = |state, first: &str, last: &str| {
        let phase = Phase::on(date(2026, 2, 9), state, first.parse().ok(), last.parse().ok());
        (phase.label(), phase.label_on(last.parse().ok()))
    };
    let is = |word: &'static str| (word, word.to_owned());
    assert_eq!(words(ContractState::Accepted, "2026-03-01", "2026-05-29"), is("Signed"));
    assert_eq!(words(ContractState::Accepted, "2026-01-01", "2026-05-29"), is("At work"));
    assert_eq!(words(ContractState::NoticeServed, "2026-01-01", "2026-05-29"), is("Under notice"));
    let ending = words(ContractState::EndKnown, "2026-01-01", "2026-02-13");
    assert_eq!(ending, ("Ending", "Ending on 13 Feb 2026".to_owned()));
    assert_eq!(words(ContractState::EndKnown, "2026-01-01", "2026-02-08"), is("Ended"));
    for state in ContractState::ALL {
        let phase = Phase::on(date(2026, 2, 9), state, None, None);
        let is_begun = state == ContractState::Accepted;
        assert_eq!(if is_begun { "Signed" } else { phase.label() }, state.label(), "{state:?}");
    }
    let names = [
        "Contract approved",
        "Contract offered",
        "Offer revoked",
        "Contract signed",
        "Contract cancelled",
        "Notice served",
        "End date settled",
        "Contract deleted",
    ];
    let said: Vec<String> =
        crate::event::EventType::KNOWN[4..12].iter().map(|event| event.label().to_owned()).collect();
    assert_eq!(said, names);
    for phase in Phase::ALL {
        assert_eq!(Phase::parse(phase.as_str()), Some(phase));
    }
}
