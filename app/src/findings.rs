//! What is wrong with one subject? The findings of its story, and those that take more than one story or the clock.
//!
//! Everything here is a function of sets of events, and so of what arrived and not of how: a finding goes away when the
//! late event comes. What depends on the clock is told with the time during which it holds, and not by a clock.

#[cfg(test)]
mod tests;

use crate::budget::{self, Budget};
use crate::estimate::{Commitment, Standing, standing_of};
use crate::event::{EventType, Mode};
use crate::lifecycle::contract::ContractState;
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::{Limits, Rule};
use crate::lifecycle::spend::RequisitionState;
use crate::timeline::words::{counted, date_in_words};
use crate::timeline::{ContractStory, ContractorStory, Entry, RequisitionStory};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::collections::BTreeSet;

/// What is wrong with a contractor's joining. `altered` are the messages that came again with other content.
pub fn of_contractor(story: &ContractorStory, altered: &BTreeSet<i64>) -> Vec<Finding> {
    in_entries(&story.entries, story.is_test, altered)
}

/// What is wrong with a contract, as if nothing renewed it: [`Rule::RenewedBeforeEnd`] is kept by another contract.
pub fn of_contract(story: &ContractStory, altered: &BTreeSet<i64>, limits: Limits) -> Vec<Finding> {
    let mut findings = in_entries(&story.entries, story.is_test, altered);
    findings.extend(open_offer(story, limits));
    findings.extend(ending(story, limits));
    findings
}

/// What is wrong with a requisition and the `contracts` of its mode that draw on it, each with its commitments.
pub fn of_requisition(
    story: &RequisitionStory,
    contracts: &[(ContractStory, Vec<Commitment>)],
    altered: &BTreeSet<i64>,
    limits: Limits,
) -> Vec<Finding> {
    let is_drawn_on = contracts.iter().any(|(contract, _)| standing_of(contract) != Standing::Nothing);
    let mut findings = of_requisition_within_budget(story, is_drawn_on, altered, limits);
    findings.extend(over_budget(story, contracts, "its contracts"));
    findings
}

/// The same of a requisition whose contracts are known to cost no more than it is for; `is_drawn_on` when one of them is
/// more than a contract that was revoked, cancelled or deleted: such a one draws on nothing any more, unless that is in
/// question.
pub fn of_requisition_within_budget(
    story: &RequisitionStory,
    is_drawn_on: bool,
    altered: &BTreeSet<i64>,
    limits: Limits,
) -> Vec<Finding> {
    let mut findings = in_entries(&story.entries, story.is_test, altered);
    findings.extend(unused(story, is_drawn_on, limits));
    findings
}

/// What stands at single events.
fn in_entries(entries: &[Entry], is_test: bool, altered: &BTreeSet<i64>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in entries {
        findings.extend(entry.findings.iter().cloned());
        let broken = |rule: Rule| Finding::new(rule, entry.seq, entry.event_type.clone(), rule.says());
        if altered.contains(&entry.seq) {
            findings.push(broken(Rule::SaysTheSame));
        }
        if entry.mode != Mode::Live && !is_test {
            findings.push(broken(Rule::TestsStayApart));
        }
    }
    findings
}

fn counting<'a>(entries: &'a [Entry], is_test: bool, event_type: &EventType) -> Option<&'a Entry> {
    let counts = |entry: &&Entry| entry.event_type == *event_type && (is_test || entry.mode == Mode::Live);
    entries.iter().rev().find(counts)
}

fn open_offer(story: &ContractStory, limits: Limits) -> Option<Finding> {
    if story.state != ContractState::Offered {
        return None;
    }
    let offer = counting(&story.entries, story.is_test, &EventType::ContractOffered)?;
    let days = u64::from(limits.offer_days);
    let offered = match &story.facts.title {
        Some(title) => format!("the offer of “{title}”"),
        None => "the offer".to_owned(),
    };
    let sentence = format!("Nobody has answered {offered} for more than {}.", counted(days, "day"));
    Some(Finding {
        from: Some(later(offer.occurred_at, limits.offer_days)?),
        ..Finding::new(Rule::OfferIsAnswered, offer.seq, offer.event_type.clone(), sentence)
    })
}

/// Notice is a decision against a renewal, and an end that was moved another one: only an end as agreed is asked about.
fn ending(story: &ContractStory, limits: Limits) -> Option<Finding> {
    let is_as_agreed = matches!(story.state, ContractState::Accepted | ContractState::EndKnown)
        && story.planned_end_on.is_none()
        && counting(&story.entries, story.is_test, &EventType::ContractNoticeServed).is_none();
    let last = story.ends_on.filter(|_| is_as_agreed)?;
    let accepted = counting(&story.entries, story.is_test, &EventType::ContractAccepted)
        .or_else(|| counting(&story.entries, story.is_test, &EventType::ContractCompleted))?;
    let title = story.facts.title.as_ref().map_or_else(|| "The contract".to_owned(), |title| format!("“{title}”"));
    let sentence = format!("{title} ends on {} and nothing renews it.", date_in_words(last));
    Some(Finding {
        from: Some(start_of(last.checked_sub(i64::from(limits.ending_days).days()).ok()?)?),
        until: Some(start_of(last.tomorrow().ok()?)?),
        ..Finding::new(Rule::RenewedBeforeEnd, accepted.seq, accepted.event_type.clone(), sentence)
    })
}

/// That the contracts cost more than the requisition is for; `whose` are they, as the sentence calls them.
pub fn over_budget(
    story: &RequisitionStory,
    contracts: &[(ContractStory, Vec<Commitment>)],
    whose: &str,
) -> Option<Finding> {
    let Budget { breach, approved, draws, .. } = budget::of(story, contracts);
    let breach = breach?;
    let stories = contracts.iter().map(|(contract, _)| &contract.entries);
    let told = stories.chain([&story.entries]).flatten().find(|entry| entry.seq == breach.seq);
    let event_type = told.map_or(EventType::SpendUpdated, |entry| entry.event_type.clone());
    let since = date_in_words(TimeZone::UTC.to_datetime(breach.at).date());
    let approved = approved.map_or_else(String::new, |money| format!(" of {money}"));
    let title =
        breach.contract.and_then(|id| draws.into_iter().find(|draw| draw.contract == id)).map(|draw| draw.title);
    let why = match title {
        Some(title) => format!("it was passed by “{title}” on {since}"),
        None => format!("this is so since the amount was changed on {since}"),
    };
    let sentence = format!("By estimate, {whose} cost {} more than the amount{approved}: {why}.", breach.over);
    Some(Finding::new(Rule::WithinBudget, breach.seq, event_type, sentence))
}

fn unused(story: &RequisitionStory, is_drawn_on: bool, limits: Limits) -> Option<Finding> {
    if story.state != RequisitionState::Approved || is_drawn_on {
        return None;
    }
    let approval = counting(&story.entries, story.is_test, &EventType::SpendApproved)?;
    let days = u64::from(limits.unused_days);
    let sentence = format!("It was approved more than {} ago, and no contract draws on it.", counted(days, "day"));
    Some(Finding {
        from: Some(later(approval.occurred_at, limits.unused_days)?),
        ..Finding::new(Rule::ApprovedSpendIsUsed, approval.seq, approval.event_type.clone(), sentence)
    })
}

fn later(at: Timestamp, days: u16) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

fn start_of(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}
