//! Contracts that resume after a withdrawal: how certain that is, and how it is described.

use super::TimeOrigin;
use super::order::OrderedEvent;
use super::words::{date_in_words, day_of};
use crate::estimate;
use crate::event::EventType;
use crate::event::contract::Contract;
use crate::event::{any_contact_event, any_spend_event};
use crate::lifecycle::contract::ContractState;
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use jiff::SignedDuration;
use jiff::civil::Date;

/// Maximum time by which a queue changes the order of events.
pub(super) const QUEUED: SignedDuration = SignedDuration::from_hours(1);

/// Returns whether an event resumes a contract.
fn is_revival(event: &EventType) -> bool {
    match event {
        EventType::ContractApproved | EventType::ContractOffered | EventType::ContractAccepted => true,
        EventType::ContractRevoked
        | EventType::ContractCancelled
        | EventType::ContractNoticeServed
        | EventType::ContractCompleted
        | EventType::ContractDeleted
        | any_contact_event!()
        | any_spend_event!()
        | EventType::Unknown(_) => false,
    }
}

/// Returns whether a contract certainly resumed after its last cancellation: it was signed before and after, and the
/// times are the sender's own and far enough apart that the order is real.
pub(super) fn is_certain(counting: &[&OrderedEvent<'_>]) -> bool {
    let is = |wanted: EventType| move |item: &&OrderedEvent<'_>| item.event.event_type == wanted;
    let Some(place) = counting.iter().rposition(is(EventType::ContractCancelled)) else { return false };
    let (before, after) = counting.split_at(place);
    let Some((cancelled, after)) = after.split_first() else { return false };
    let signed = is(EventType::ContractAccepted);
    if before.iter().any(&signed) && after.iter().any(&signed) {
        return true;
    }
    let is_apart = |item: &&&OrderedEvent<'_>| {
        is_revival(&item.event.event_type)
            && item.occurred_from == TimeOrigin::MessageId
            && item.occurred_at.duration_since(cancelled.occurred_at) > QUEUED
    };
    cancelled.occurred_from == TimeOrigin::MessageId && after.iter().any(|item| is_apart(&item))
}

/// Returns whether a finding contradicts the withdrawal of a contract, so that its cost is in question.
pub(super) fn speaks_for_it(finding: &Finding) -> bool {
    let always = [
        Rule::NoNoticeAfterCancellation,
        Rule::NoCompletionAfterCancellation,
        Rule::NothingAfterCancellation,
        Rule::NoCancellationAfterStart,
    ];
    always.contains(&finding.rule)
        || finding.rule == Rule::NothingAfterDeletion && is_taken_up(&finding.event_type).is_some()
}

/// Returns what a resuming event did to the contract, in words.
fn is_taken_up(event: &EventType) -> Option<&'static str> {
    Some(match event {
        EventType::ContractApproved => "approved",
        EventType::ContractOffered => "offered",
        EventType::ContractAccepted => "signed",
        EventType::ContractNoticeServed => "given notice",
        EventType::ContractCompleted => "given a settled end date",
        EventType::ContractRevoked
        | EventType::ContractCancelled
        | EventType::ContractDeleted
        | any_contact_event!()
        | any_spend_event!()
        | EventType::Unknown(_) => return None,
    })
}

/// Adds both events and the amount to the findings of a resumed contract. Of several findings after a cancellation one
/// is kept, at the last signature, or else the last event, as all say the same. `findings` are those of each turn, in
/// order.
pub(super) fn add_findings(
    ordered: &[OrderedEvent<'_>],
    findings: &mut [Vec<Finding>],
    facts: &Contract,
    ends_on: Option<Date>,
) {
    let of_rule = |found: &[Vec<Finding>], rule: Rule| -> Vec<usize> {
        (0..found.len()).filter(|place| found[*place].iter().any(|finding| finding.rule == rule)).collect()
    };
    let again = of_rule(findings, Rule::NothingAfterCancellation);
    let is_signature = |place: &&usize| ordered[**place].event.event_type == EventType::ContractAccepted;
    let told = again.iter().rfind(is_signature).or(again.last()).copied();
    for place in again.into_iter().filter(|place| Some(*place) != told) {
        findings[place].retain(|finding| finding.rule != Rule::NothingAfterCancellation);
    }
    for (rule, ended) in [
        (Rule::NothingAfterCancellation, ContractState::Cancelled),
        (Rule::NothingAfterDeletion, ContractState::Deleted),
    ] {
        for place in of_rule(findings, rule) {
            let item = &ordered[place];
            let is_end = |item: &&OrderedEvent<'_>| {
                item.counts && crate::lifecycle::contract::state_of(&item.event.event_type) == Some(ended)
            };
            let Some(end) = ordered[..place].iter().rfind(is_end) else { continue };
            let Some(what) = is_taken_up(&item.event.event_type) else { continue };
            let sentence = sentence(ended, end, what, item, facts, ends_on);
            for finding in findings[place].iter_mut().filter(|finding| finding.rule == rule) {
                finding.sentence.clone_from(&sentence);
            }
        }
    }
}

/// Returns "“Winter campaign” was cancelled on 20 September 2026 and signed on 12 October 2026: both cannot be. It
/// counts as cancelled, and the £22,000.00 that it would cost by estimate are in question, not committed."
fn sentence(
    ended: ContractState,
    end: &OrderedEvent<'_>,
    what: &str,
    again: &OrderedEvent<'_>,
    facts: &Contract,
    ends_on: Option<Date>,
) -> String {
    let name = facts.title.as_ref().map_or_else(|| "The contract".to_owned(), |title| format!("“{title}”"));
    let word = if ended == ContractState::Deleted { "deleted" } else { "cancelled" };
    let [first, second] = [end, again].map(|item| date_in_words(day_of(item.occurred_at)));
    let estimate = estimate::of(facts, ends_on);
    let money = match (&estimate.total, &estimate.obstacle) {
        (Some(_), _) => {
            format!("the {} that it would cost by estimate are in question, not committed", estimate.in_words())
        }
        (None, Some(why)) => format!("what it would cost is in question, and cannot be estimated because {why}"),
        (None, None) => "what it would cost is in question".to_owned(),
    };
    format!("{name} was {word} on {first} and {what} on {second}: both cannot be. It counts as {word}, and {money}.")
}
