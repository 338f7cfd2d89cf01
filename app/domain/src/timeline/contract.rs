//! The fold of a contract's events into its story.

use super::order::{OrderedEvent, in_order, is_test, last_at};
use super::sentences::contract::{ContractEventContext, end_in, snapshot};
use super::sentences::entry;
use super::walk::{Effect, Lifecycle, walk};
use super::words::date_in_words;
use super::{ContractStory, Fit, Step, StoredEvent, TimeOrigin, newest, revival};
use crate::event::contact::CustomField;
use crate::event::contract::Contract;
use crate::event::{Event, EventType, Payload};
use crate::id::{ContractId, Subject};
use crate::lifecycle::contract::{ContractState, after, rank, state_of};
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use crate::lifecycle::transition::Transition;
use jiff::civil::Date;

pub(super) fn fold(stored_events: &[StoredEvent]) -> Option<ContractStory> {
    let ordered = in_order(stored_events, rank, |event| contract_of(event).is_some());
    let id = contract_of(ordered.first()?.event)?.clone();
    let last_at = last_at(&ordered)?;

    let counting: Vec<&OrderedEvent<'_>> = ordered.iter().filter(|item| item.counts).collect();
    let snapshots: Vec<&Contract> = counting.iter().rev().filter_map(|item| snapshot(item)).collect();
    let facts = newest::contract(id, &snapshots, newest::custom_fields(&counting, carried));
    let ends_on = end_in(&facts);

    let has_second_offer = has_second_offer(&counting);
    let is_revived = revival::is_certain(&counting);
    let lifecycle = Lifecycle {
        noun: "contract",
        start: ContractState::Known,
        after: |state, event: &EventType| {
            let step = after(state, event);
            let Transition::Contradiction(rule) = step else { return step };
            let is_offered_again =
                has_second_offer && *event == EventType::ContractRevoked && state != ContractState::Deleted;
            let is_explained = is_offered_again || !is_revived && rule == Rule::NothingAfterCancellation;
            if is_explained { Transition::Past } else { step }
        },
        raise: |state, _: &Event| state,
        in_words: ContractState::in_words,
    };
    let mut effects = walk(&ordered, &lifecycle);
    let state = effects.last().map_or(ContractState::Known, |effect| effect.to);
    let steps = steps(&ordered, &effects);

    let mut findings: Vec<Vec<Finding>> =
        effects.iter_mut().map(|effect| std::mem::take(&mut effect.findings)).collect();
    revival::add_findings(&ordered, &mut findings, &facts, ends_on);
    if let Some((place, finding)) = ends_before_start(&ordered, &facts, ends_on).filter(|_| !state.is_void()) {
        findings[place].push(finding);
    }

    let mut known_end = (None, None);
    let mut entries = Vec::with_capacity(ordered.len());
    for ((item, effect), mut findings) in ordered.iter().zip(&effects).zip(findings) {
        let context = ContractEventContext { item, facts: &facts, end_before: known_end.0.or(known_end.1) };
        if item.event.event_type == EventType::ContractCancelled && effect.fit != Fit::OutOfOrder && item.counts {
            findings.extend(cancelled_too_late(&context));
        }
        let subject = Subject::Contract(facts.id.clone());
        entries.push(entry(item, subject, effect.fit, findings, context.sentence(), context.detail()));
        if let Some(now) = snapshot(item).filter(|_| item.counts) {
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
        planned_end_on: planned_end(&ordered).filter(|planned| Some(*planned) != ends_on),
        facts,
        ends_on,
        is_test: is_test(&ordered),
        last_at,
    })
}

/// Returns whether a second offer explains both a revocation and an acceptance, whose order alone is off. It does not
/// explain a revocation sent long after the signing, with no offer since: a queue changes the order of events by
/// minutes, not by days.
fn has_second_offer(counting: &[&OrderedEvent<'_>]) -> bool {
    let all = |wanted: EventType| counting.iter().filter(move |item| item.event.event_type == wanted);
    let last = |wanted: EventType| all(wanted).map(|item| item.occurred_at).max();
    let are_certain = counting.iter().all(|item| item.occurred_from == TimeOrigin::MessageId);
    let is_revoked_anyway = are_certain
        && last(EventType::ContractAccepted)
            .max(last(EventType::ContractOffered))
            .zip(last(EventType::ContractRevoked))
            .is_some_and(|(signed, revoked)| revoked.duration_since(signed) > revival::QUEUED);
    all(EventType::ContractOffered).count() > all(EventType::ContractRevoked).count() && !is_revoked_anyway
}

fn carried<'a>(item: &OrderedEvent<'a>) -> Option<&'a [CustomField]> {
    let carries = |contract: &&Contract| contract.is_whole() || !contract.custom_fields.is_empty();
    snapshot(item).filter(carries).map(|contract| contract.custom_fields.as_slice())
}

/// Returns the events that count for state and facts, deduplicated, oldest first.
pub(super) fn events(stored_events: &[StoredEvent]) -> Vec<StoredEvent> {
    let ordered = in_order(stored_events, rank, |event| contract_of(event).is_some());
    ordered.iter().filter(|item| item.counts).map(OrderedEvent::stored_event).collect()
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
fn steps(ordered: &[OrderedEvent<'_>], effects: &[Effect<ContractState>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (item, effect) in ordered.iter().zip(effects) {
        steps.extend(
            effect
                .missing_steps
                .iter()
                .filter_map(|step| Some(Step { state: state_of(&step.event_type)?, at: None, seq: step.reported_by })),
        );
        let is_offered_again = item.counts
            && item.event.event_type == EventType::ContractOffered
            && effect.fit == Fit::Expected
            && effect.to == ContractState::Offered;
        if effect.to != effect.from || !effect.missing_steps.is_empty() || is_offered_again {
            steps.push(Step { state: effect.to, at: Some(item.occurred_at), seq: Some(item.seq) });
        }
    }
    steps
}

/// Returns the last day by the newest event before any notice; without one, by the first notice.
fn planned_end(ordered: &[OrderedEvent<'_>]) -> Option<Date> {
    let moved = |item: &OrderedEvent<'_>| rank(&item.event.event_type) >= rank(&EventType::ContractNoticeServed);
    // "No end given" is a statement about the end as well.
    let end = |item: &OrderedEvent<'_>| {
        let contract = snapshot(item).filter(|_| item.counts)?;
        (contract.end_on.is_some() || contract.clears("end_date")).then_some(contract.end_on)
    };
    let agreed = ordered.iter().rev().filter(|item| !moved(item)).find_map(end);
    agreed.or_else(|| ordered.iter().filter(|item| moved(item)).find_map(end)).flatten()
}

/// Returns the finding that the last day is before the first, and the index of the event since which every snapshot
/// says so.
fn ends_before_start(
    ordered: &[OrderedEvent<'_>],
    facts: &Contract,
    ends_on: Option<Date>,
) -> Option<(usize, Finding)> {
    let (first, last) = facts.start_on.zip(ends_on).filter(|(first, last)| last < first)?;
    let days = |place: usize| {
        let now = snapshot(&ordered[place]).filter(|_| ordered[place].counts)?;
        let days = (now.start_on, end_in(now));
        (days != (None, None)).then_some(days)
    };
    let dated = || (0..ordered.len()).rev().filter_map(|place| Some((place, days(place)?)));
    let is_turned = |days: (Option<Date>, Option<Date>)| matches!(days, (Some(first), Some(last)) if last < first);
    let since = dated().take_while(|(_, days)| is_turned(*days)).last().or_else(|| dated().next());
    let (place, _) = since?;
    let name = facts.title.as_ref().map_or_else(|| "The contract".to_owned(), |title| format!("“{title}”"));
    let sentence =
        format!("{name} is said to end on {}, before its first day, {}.", date_in_words(last), date_in_words(first));
    let item = &ordered[place];
    Some((place, Finding::new(Rule::EndsAfterStart, item.seq, item.event.event_type.clone(), sentence)))
}

/// Returns the finding that a contract was cancelled after its start; the cancellation is believed.
fn cancelled_too_late(context: &ContractEventContext<'_>) -> Option<Finding> {
    let rule = Rule::NoCancellationAfterStart;
    context.has_begun().then(|| Finding::new(rule, context.item.seq, EventType::ContractCancelled, rule.says()))
}
