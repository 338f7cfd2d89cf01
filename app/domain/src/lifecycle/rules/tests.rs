//! Tests that the rules and the transition tables agree.

use super::{Pattern, Rule};
use crate::event::EventType;
use crate::lifecycle::contact::{self, ContactState};
use crate::lifecycle::contract::{self, ContractState, state_of};
use crate::lifecycle::finding::FindingKind;
use crate::lifecycle::spend::{self, RequisitionState};
use crate::lifecycle::transition::Transition;
use std::collections::BTreeSet;

/// Gaps, as pairs of a missing event and the one it is missing before; and contradictions with the rules they break.
type Breaches<S> = (Vec<(EventType, EventType)>, Vec<(S, EventType, Rule)>);

/// Collects the gaps and contradictions of a whole table.
fn breaches<S: Copy + 'static>(states: &[S], after: fn(S, &EventType) -> Transition<S>) -> Breaches<S> {
    let (mut gaps, mut contradictions) = (Vec::new(), Vec::new());
    for &state in states {
        for event in EventType::KNOWN {
            match after(state, &event) {
                Transition::Gap(_, missing) => gaps.extend(missing.iter().map(|first| (first.clone(), event.clone()))),
                Transition::Contradiction(rule) => contradictions.push((state, event, rule)),
                Transition::Unless(_, missing, rule) => {
                    gaps.extend(missing.iter().map(|first| (first.clone(), event.clone())));
                    contradictions.push((state, event, rule));
                }
                Transition::To(_) | Transition::Past | Transition::Neutral => {}
            }
        }
    }
    (gaps, contradictions)
}

#[test]
fn every_gap_of_a_table_breaks_a_precedence_and_no_precedence_is_made_up() {
    let mut said: BTreeSet<(EventType, EventType)> =
        breaches(&ContractState::ALL, contract::after).0.into_iter().collect();
    said.extend(breaches(&ContactState::ALL, contact::after).0);
    said.extend(breaches(&RequisitionState::ALL, spend::after).0);
    let mut declared = BTreeSet::new();
    for rule in Rule::ALL {
        if let Pattern::Precedence { first, then } = rule.pattern() {
            assert_eq!(rule.kind(), FindingKind::Missing);
            assert_eq!(Rule::that_first_came(first), Some(rule));
            declared.extend(then.iter().map(|then| (first.clone(), then.clone())));
        }
    }
    assert_eq!(said, declared);
}

#[test]
fn every_contradiction_of_the_table_breaks_a_rule_that_forbids_it() {
    let (_, contradictions) = breaches(&ContractState::ALL, contract::after);
    assert!(contradictions.len() > 15);
    for (state, event, rule) in contradictions {
        assert_eq!(rule.kind(), FindingKind::Impossible);
        match rule.pattern() {
            Pattern::Absence { never, after } => {
                assert!(never.contains(&event), "{rule:?} does not forbid {event:?}");
                // A revocation stays impossible whatever followed the acceptance.
                let is_named = after.iter().any(|after| state_of(after).is_some_and(|named| named <= state));
                assert!(is_named, "{rule:?} does not know {state:?}");
            }
            Pattern::Between { then, .. } => assert_eq!(*then, event),
            other @ (Pattern::Precedence { .. }
            | Pattern::Succession(_)
            | Pattern::Response { .. }
            | Pattern::Always) => {
                panic!("{rule:?} is no prohibition: {other:?}")
            }
        }
    }
}

#[test]
fn every_rule_has_a_name_of_its_own_and_says_what_to_do() {
    let names: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    let sentences: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.says()).collect();
    assert_eq!((names.len(), sentences.len()), (Rule::ALL.len(), Rule::ALL.len()));
    for rule in Rule::ALL {
        assert_eq!(Rule::parse(rule.as_str()), Some(rule));
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        assert!(rule.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        for text in [rule.says(), rule.advice()] {
            assert!(text.ends_with('.'), "{rule:?} says {text:?}");
        }
    }
}
