//! The fold of a contract's events into its story.

use super::order::{Turn, in_order, is_test, last_at};
use super::tell::contract::{Scene, end_in, snapshot};
use super::tell::entry;
use super::walk::{Lifecycle, Passage, walk};
use super::words::date_in_words;
use super::{ContractStory, Fit, Happening, Step, TimeOrigin, newest, revival};
use crate::event::contact::CustomField;
use crate::event::contract::Contract;
use crate::event::{Event, EventType, Payload};
use crate::id::{ContractId, Subject};
use crate::lifecycle::contract::{ContractState, after, rank, state_of};
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use crate::lifecycle::transition::Move;
use jiff::civil::Date;

pub(super) fn fold(happenings: &[Happening]) -> Option<ContractStory> {
    let turns = in_order(happenings, rank, |event| contract_of(event).is_some());
    let id = contract_of(turns.first()?.event)?.clone();
    let last_at = last_at(&turns)?;

    let counting: Vec<&Turn<'_>> = turns.iter().filter(|turn| turn.counts).collect();
    let snapshots: Vec<&Contract> = counting.iter().rev().filter_map(|turn| snapshot(turn)).collect();
    let facts = newest::contract(id, &snapshots, newest::custom_fields(&counting, carried));
    let ends_on = end_in(&facts);

    let has_second_offer = has_second_offer(&counting);
    let is_revived = revival::is_certain(&counting);
    let lifecycle = Lifecycle {
        noun: "contract",
        start: ContractState::Known,
        after: |state, event: &EventType| {
            let step = after(state, event);
            let Move::Contradiction(why) = step else { return step };
            let is_offered_again =
                has_second_offer && *event == EventType::ContractRevoked && state != ContractState::Deleted;
            let is_explained =
                is_offered_again || !is_revived && Rule::that_says(why) == Some(Rule::NothingAfterCancellation);
            if is_explained { Move::Past } else { step }
        },
        raise: |state, _: &Event| state,
        in_words: ContractState::in_words,
    };
    let mut passages = walk(&turns, &lifecycle);
    let state = passages.last().map_or(ContractState::Known, |passage| passage.to);
    let steps = steps(&turns, &passages);

    let mut findings: Vec<Vec<Finding>> =
        passages.iter_mut().map(|passage| std::mem::take(&mut passage.findings)).collect();
    revival::tell(&turns, &mut findings, &facts, ends_on);
    if let Some((place, finding)) = ends_before_start(&turns, &facts, ends_on).filter(|_| !state.is_void()) {
        findings[place].push(finding);
    }

    let mut known_end = (None, None);
    let mut entries = Vec::with_capacity(turns.len());
    for ((turn, passage), mut findings) in turns.iter().zip(&passages).zip(findings) {
        let scene = Scene { turn, facts: &facts, end_before: known_end.0.or(known_end.1) };
        if turn.event.event_type == EventType::ContractCancelled && passage.fit != Fit::OutOfOrder && turn.counts {
            findings.extend(cancelled_too_late(&scene));
        }
        let subject = Subject::Contract(facts.id.clone());
        entries.push(entry(turn, subject, passage.fit, findings, scene.sentence(), scene.detail()));
        if let Some(now) = snapshot(turn).filter(|_| turn.counts) {
            let actual = known_end.0.filter(|_| !now.clears("actual_end_date"));
            let planned = known_end.1.filter(|_| !now.clears("end_date"));
            known_end = (now.actual_end_on.or(actual), now.end_on.or(planned));
        }
    }

    let findings: Vec<Finding> = entries.iter().flat_map(|entry| entry.findings.iter().cloned()).collect();
    Some(ContractStory {
        state,
        steps,
        is_disputed: state.is_void() && findings.iter().any(revival::speaks_for_it),
        findings,
        entries,
        planned_end_on: planned_end(&turns).filter(|planned| Some(*planned) != ends_on),
        facts,
        ends_on,
        is_test: is_test(&turns),
        last_at,
    })
}

/// Returns whether a second offer explains both a revocation and an acceptance, whose order alone is off. It does not
/// explain a revocation sent long after the signing, with no offer since: a queue changes the order of events by
/// minutes, not by days.
fn has_second_offer(counting: &[&Turn<'_>]) -> bool {
    let all = |wanted: EventType| counting.iter().filter(move |turn| turn.event.event_type == wanted);
    let last = |wanted: EventType| all(wanted).map(|turn| turn.occurred_at).max();
    let are_certain = counting.iter().all(|turn| turn.occurred_from == TimeOrigin::MessageId);
    let is_revoked_anyway = are_certain
        && last(EventType::ContractAccepted)
            .max(last(EventType::ContractOffered))
            .zip(last(EventType::ContractRevoked))
            .is_some_and(|(signed, revoked)| revoked.duration_since(signed) > revival::QUEUED);
    all(EventType::ContractOffered).count() > all(EventType::ContractRevoked).count() && !is_revoked_anyway
}

fn carried<'a>(turn: &Turn<'a>) -> Option<&'a [CustomField]> {
    let carries = |contract: &&Contract| contract.is_whole() || !contract.custom_fields.is_empty();
    snapshot(turn).filter(carries).map(|contract| contract.custom_fields.as_slice())
}

/// Returns the events that count for state and facts, deduplicated, oldest first.
pub(super) fn events(happenings: &[Happening]) -> Vec<Happening> {
    let turns = in_order(happenings, rank, |event| contract_of(event).is_some());
    turns.iter().filter(|turn| turn.counts).map(Turn::happening).collect()
}

/// Returns the contract an event is about, not one it merely mentions.
fn contract_of(event: &Event) -> Option<&ContractId> {
    match &event.payload {
        Payload::Contract(contract) => Some(&contract.id),
        Payload::Unrecognised(subjects) => match subjects.first() {
            Some(Subject::Contract(id)) => Some(id),
            _ => None,
        },
        Payload::Contact(_) | Payload::Requisition(_) => None,
    }
}

/// Returns the steps. A confirmed state (a second notice) is no new step, but a repeated offer is, as its age counts.
/// An inferred step has no time, but the sequence number of its delivery if that came out of order.
fn steps(turns: &[Turn<'_>], passages: &[Passage<ContractState>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (turn, passage) in turns.iter().zip(passages) {
        steps.extend(
            passage
                .owed
                .iter()
                .filter_map(|owed| Some(Step { state: state_of(&owed.event_type)?, at: None, seq: owed.told_by })),
        );
        let is_offered_again = turn.counts
            && turn.event.event_type == EventType::ContractOffered
            && passage.fit == Fit::Expected
            && passage.to == ContractState::Offered;
        if passage.to != passage.from || !passage.owed.is_empty() || is_offered_again {
            steps.push(Step { state: passage.to, at: Some(turn.occurred_at), seq: Some(turn.seq) });
        }
    }
    steps
}

/// Returns the last day by the newest event before any notice; without one, by the first notice.
fn planned_end(turns: &[Turn<'_>]) -> Option<Date> {
    let moved = |turn: &Turn<'_>| rank(&turn.event.event_type) >= rank(&EventType::ContractNoticeServed);
    // "No end given" is a statement about the end as well.
    let end = |turn: &Turn<'_>| {
        let contract = snapshot(turn).filter(|_| turn.counts)?;
        (contract.end_on.is_some() || contract.clears("end_date")).then_some(contract.end_on)
    };
    let agreed = turns.iter().rev().filter(|turn| !moved(turn)).find_map(end);
    agreed.or_else(|| turns.iter().filter(|turn| moved(turn)).find_map(end)).flatten()
}

/// Returns the finding that the last day is before the first, and the index of the event since which every snapshot
/// says so.
fn ends_before_start(turns: &[Turn<'_>], facts: &Contract, ends_on: Option<Date>) -> Option<(usize, Finding)> {
    let (first, last) = facts.start_on.zip(ends_on).filter(|(first, last)| last < first)?;
    let days = |place: usize| {
        let now = snapshot(&turns[place]).filter(|_| turns[place].counts)?;
        let days = (now.start_on, end_in(now));
        (days != (None, None)).then_some(days)
    };
    let dated = || (0..turns.len()).rev().filter_map(|place| Some((place, days(place)?)));
    let is_turned = |days: (Option<Date>, Option<Date>)| matches!(days, (Some(first), Some(last)) if last < first);
    let since = dated().take_while(|(_, days)| is_turned(*days)).last().or_else(|| dated().next());
    let (place, _) = since?;
    let name = facts.title.as_ref().map_or_else(|| "The contract".to_owned(), |title| format!("“{title}”"));
    let sentence =
        format!("{name} is said to end on {}, before its first day, {}.", date_in_words(last), date_in_words(first));
    let turn = &turns[place];
    Some((place, Finding::new(Rule::EndsAfterStart, turn.seq, turn.event.event_type.clone(), sentence)))
}

/// Returns the finding that a contract was cancelled after its start; the cancellation is believed.
fn cancelled_too_late(scene: &Scene<'_>) -> Option<Finding> {
    let rule = Rule::NoCancellationAfterStart;
    scene.has_begun().then(|| Finding::new(rule, scene.turn.seq, EventType::ContractCancelled, rule.says()))
}
