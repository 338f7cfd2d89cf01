//! Tests of renewals: which contract renews which.

use crate::id::ContractId;
use crate::lifecycle::contract::ContractState;
use crate::timeline::{Renewal, RenewalCandidate, renewal, renewals};

fn candidate(id: &str, start: &str, end: &str, names: &[&str]) -> RenewalCandidate {
    RenewalCandidate {
        id: id.into(),
        start_on: start.parse().ok(),
        ends_on: end.parse().ok(),
        renewal_ids: names.iter().map(|name| (*name).into()).collect(),
        rate: None,
        state: ContractState::Accepted,
    }
}

fn link(id: &str, is_stated: bool) -> (ContractId, bool) {
    (id.into(), is_stated)
}

#[test]
fn dates_that_touch_link_both_ways() {
    let old = candidate("ct_1", "2025-09-01", "2025-11-30", &[]);
    let new = candidate("ct_2", "2025-12-01", "2026-03-31", &[]);
    assert_eq!(renewals(&new, std::slice::from_ref(&old)), (Some(link("ct_1", false)), None));
    assert_eq!(renewals(&old, std::slice::from_ref(&new)), (None, Some(link("ct_2", false))));
    let apart = candidate("ct_3", "2025-12-02", "2026-03-31", &[]);
    assert_eq!(renewals(&apart, &[old]), (None, None));
}

#[test]
fn a_stated_link_wins_whichever_side_carries_it() {
    let old = candidate("ct_1", "2025-09-01", "2025-11-28", &[]);
    let touching = candidate("ct_9", "2025-10-01", "2025-11-30", &[]);
    let new = candidate("ct_2", "2025-12-01", "2026-03-31", &["ct_1"]);
    assert_eq!(renewals(&new, &[touching.clone(), old.clone()]), (Some(link("ct_1", true)), None));
    assert_eq!(renewals(&old, &[touching.clone(), new]), (None, Some(link("ct_2", true))));

    let old = candidate("ct_1", "2025-09-01", "2025-11-28", &["ct_2"]);
    let new = candidate("ct_2", "2025-12-01", "2026-03-31", &[]);
    assert_eq!(renewals(&new, &[touching, old]), (Some(link("ct_1", true)), None));
}

#[test]
fn of_a_chain_the_nearest_link_is_meant() {
    let first = candidate("ct_1", "2025-01-01", "2025-03-31", &[]);
    let second = candidate("ct_2", "2025-04-01", "2025-06-30", &["ct_1"]);
    let third = candidate("ct_3", "2025-07-01", "2025-09-30", &["ct_1", "ct_2"]);
    assert_eq!(renewals(&third, &[second.clone(), first.clone()]), (Some(link("ct_2", true)), None));
    assert_eq!(renewals(&first, &[third.clone(), second.clone()]), (None, Some(link("ct_2", true))));
    assert_eq!(renewals(&second, &[third, first]), (Some(link("ct_1", true)), Some(link("ct_3", true))));
}

#[test]
fn without_dates_the_one_that_names_the_other_is_the_renewal() {
    let old = candidate("ct_1", "", "", &[]);
    let new = candidate("ct_2", "", "", &["ct_1"]);
    assert_eq!(renewals(&new, std::slice::from_ref(&old)), (Some(link("ct_1", true)), None));
    assert_eq!(renewals(&old, std::slice::from_ref(&new)), (None, Some(link("ct_2", true))));
}

#[test]
fn what_was_taken_back_renews_nothing() {
    let old = candidate("ct_1", "2025-09-01", "2025-11-30", &[]);
    for names in [&[][..], &["ct_1"]] {
        let new =
            RenewalCandidate { state: ContractState::Revoked, ..candidate("ct_2", "2025-12-01", "2026-03-31", names) };
        assert_eq!(renewals(&new, std::slice::from_ref(&old)), (None, None));
        assert_eq!(renewals(&old, std::slice::from_ref(&new)), (None, None));
    }
    // Nor does work follow on a withdrawn contract, unless that is stated.
    let old = RenewalCandidate { state: ContractState::Cancelled, ..old };
    let touching = candidate("ct_2", "2025-12-01", "2026-03-31", &[]);
    assert_eq!(renewals(&touching, std::slice::from_ref(&old)), (None, None));
    let stated = candidate("ct_2", "2025-12-01", "2026-03-31", &["ct_1"]);
    assert_eq!(renewals(&stated, std::slice::from_ref(&old)), (Some(link("ct_1", true)), None));
    assert_eq!(renewals(&old, &[stated]), (None, Some(link("ct_2", true))));
}

#[test]
fn a_contract_does_not_renew_itself() {
    let odd = candidate("ct_1", "2025-09-01", "2025-08-31", &["ct_1"]);
    assert_eq!(renewals(&odd, std::slice::from_ref(&odd)), (None, None));
}

#[test]
fn a_gap_without_a_working_day_is_no_gap() {
    // 28 November 2025 is a Friday.
    let old = candidate("ct_1", "2025-09-01", "2025-11-28", &[]);
    let renews = |start: &str| renewals(&candidate("ct_2", start, "2026-03-31", &[]), std::slice::from_ref(&old)).0;
    for start in ["2025-11-29", "2025-11-30", "2025-12-01"] {
        assert_eq!(renews(start), Some(link("ct_1", false)), "{start}");
    }
    for start in ["2025-11-28", "2025-12-02"] {
        assert_eq!(renews(start), None, "{start}");
    }
    let thursday = candidate("ct_1", "2025-09-01", "2025-11-27", &[]);
    let monday = candidate("ct_2", "2025-12-01", "2026-03-31", &[]);
    assert_eq!(renewals(&monday, &[thursday]), (None, None), "a Friday lies between");
}

#[test]
fn of_several_renewals_the_one_that_has_come_furthest_is_meant() {
    let old = candidate("ct_1", "2025-09-01", "2025-11-28", &[]);
    let next = |id: &str, names: &[&str], state| RenewalCandidate {
        state,
        ..candidate(id, "2025-12-01", "2026-03-31", names)
    };
    let draft = next("ct_2", &["ct_1"], ContractState::Approved);
    let offered = next("ct_3", &["ct_1"], ContractState::Offered);
    let signed = next("ct_4", &[], ContractState::Accepted);
    let renewed_by = |others: &[&RenewalCandidate]| {
        let all: Vec<RenewalCandidate> = others.iter().map(|one| (*one).clone()).chain([old.clone()]).collect();
        (renewals(&old, &all).1.map(|(id, _)| id.to_string()), renewal(&old.id, &all))
    };
    let is = |id: &str, renewal| (Some(id.to_owned()), renewal);
    assert_eq!(renewed_by(&[&draft]), is("ct_2", Renewal::Nothing), "a draft is shown, and renews nothing");
    assert_eq!(renewed_by(&[&draft, &offered]), is("ct_3", Renewal::Offered));
    assert_eq!(renewed_by(&[&signed, &offered, &draft]), is("ct_4", Renewal::Signed));
    assert_eq!(renewed_by(&[]), (None, Renewal::Nothing));
}
