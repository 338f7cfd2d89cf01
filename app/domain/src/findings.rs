//! The findings of one subject: those of its story, and those that need several stories or the clock.
//!
//! All are functions of sets of events, so they depend on what arrived and not on the order: a finding disappears when
//! the late event comes. Those that depend on the clock carry the time during which they hold, and do not read it.

mod aging;
#[cfg(test)]
mod tests;

use crate::budget::{self, Contribution};
use crate::commitment::{Commitment, CommitmentState, commitment_state_of};
use crate::event::spend::{AmountType, TypedAmount};
use crate::event::{EventType, Mode};
use crate::lifecycle::contract::ContractState;
use crate::lifecycle::finding::{Aging, Finding};
use crate::lifecycle::rules::{Limits, Rule};
use crate::lifecycle::spend::RequisitionState;
use crate::timeline::words::date_in_words;
use crate::timeline::{ContractStory, ContractorStory, Entry, Renewal, RequisitionStory};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::collections::BTreeSet;

/// Returns the findings of a contractor. `altered` are the messages that came again with another body.
pub fn of_contractor(story: &ContractorStory, altered: &BTreeSet<i64>) -> Vec<Finding> {
    in_entries(&story.entries, story.is_test, altered)
}

/// Returns the findings of a contract as if it had no renewal: [`Rule::RenewedBeforeEnd`] depends on other contracts.
pub fn of_contract(story: &ContractStory, altered: &BTreeSet<i64>, limits: Limits) -> Vec<Finding> {
    let mut findings = in_entries(&story.entries, story.is_test, altered);
    findings.extend(open_offer(story, limits));
    findings.extend(ending(story, limits));
    findings
}

/// Returns the findings of a requisition and the `contracts` of its mode that draw on it, each with its commitments.
pub fn of_requisition(
    story: &RequisitionStory,
    contracts: &[(ContractStory, Vec<Commitment>)],
    altered: &BTreeSet<i64>,
    limits: Limits,
) -> Vec<Finding> {
    let is_drawn_on = contracts.iter().any(|(contract, _)| commitment_state_of(contract) != CommitmentState::Nothing);
    let mut findings = of_requisition_within_budget(story, is_drawn_on, altered, limits);
    findings.extend(over_budget(story, contracts, "its contracts"));
    findings
}

/// The same for a requisition whose contracts are known to be within its amount. `is_drawn_on` is whether one of them
/// was not revoked, cancelled or deleted, or is disputed: only such contracts draw on it.
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

/// Returns the findings of single events.
fn in_entries(entries: &[Entry], is_test: bool, altered: &BTreeSet<i64>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in entries {
        findings.extend(entry.findings.iter().cloned());
        let broken = |rule: Rule| Finding::new(rule, entry.seq, entry.event_type.clone(), rule.says());
        if altered.contains(&entry.seq) {
            findings.push(broken(Rule::BodyIsUnchanged));
        }
        if entry.mode != Mode::Live && !is_test {
            findings.push(broken(Rule::TestEventsAreSeparate));
        }
    }
    findings
}

fn counting<'a>(entries: &'a [Entry], is_test: bool, event_type: &EventType) -> Option<&'a Entry> {
    let counts = |entry: &&Entry| entry.event_type == *event_type && (is_test || entry.mode == Mode::Live);
    entries.iter().rev().find(counts)
}

fn open_offer(story: &ContractStory, limits: Limits) -> Option<Finding> {
    if !story.state.is_open_offer() {
        return None;
    }
    let offer = counting(&story.entries, story.is_test, &EventType::ContractOffered)?;
    let offered = match &story.facts.title {
        Some(title) => format!("the offer of “{title}”"),
        None => "the offer".to_owned(),
    };
    let sentence = format!("Nobody has answered {offered}.");
    let aging = Aging {
        since: offer.occurred_at,
        allowed_days: limits.offer_days,
        starts_on: story.facts.start_on,
        ends_on: story.ends_on,
    };
    Some(Finding {
        from: Some(later(offer.occurred_at, limits.offer_days)?),
        aging: Some(aging),
        ..Finding::new(Rule::OfferIsAnswered, offer.seq, offer.event_type.clone(), sentence)
    })
}

/// A notice is a decision against a renewal, and so is a moved end: only an end as agreed can be a finding.
fn ending(story: &ContractStory, limits: Limits) -> Option<Finding> {
    let is_as_agreed = story.state.is_signed()
        && story.state != ContractState::NoticeServed
        && story.planned_end_on.is_none()
        && counting(&story.entries, story.is_test, &EventType::ContractNoticeServed).is_none();
    let last = story.ends_on.filter(|_| is_as_agreed)?;
    let accepted = counting(&story.entries, story.is_test, &EventType::ContractAccepted)
        .or_else(|| counting(&story.entries, story.is_test, &EventType::ContractCompleted))?;
    let title = story.facts.title.as_ref().map_or_else(|| "The contract".to_owned(), |title| format!("“{title}”"));
    let sentence = format!("{title} ends on {}{NOTHING_RENEWS_IT}", date_in_words(last));
    Some(Finding {
        from: Some(start_of(last.checked_sub(i64::from(limits.ending_days).days()).ok()?)?),
        until: Some(start_of(last.tomorrow().ok()?)?),
        ..Finding::new(Rule::RenewedBeforeEnd, accepted.seq, accepted.event_type.clone(), sentence)
    })
}

const NOTHING_RENEWS_IT: &str = " and nothing renews it.";
const RENEWAL_IS_OFFERED: &str = " and its renewal is offered, not signed.";

/// Revises a finding of [`of_contract`] by the other contracts: a signed renewal removes it, an offered one is named,
/// and a draft, which the contractor does not know yet, changes nothing.
pub fn renewed(finding: Finding, renewal: Renewal) -> Option<Finding> {
    if finding.rule != Rule::RenewedBeforeEnd {
        return Some(finding);
    }
    match renewal {
        Renewal::Signed => None,
        Renewal::Nothing => Some(finding),
        Renewal::Offered => {
            // The sentence ends in fixed words, whatever the title contains.
            let sentence = match finding.sentence.strip_suffix(NOTHING_RENEWS_IT) {
                Some(head) => format!("{head}{RENEWAL_IS_OFFERED}"),
                None => finding.sentence.clone(),
            };
            let advice = "Ask the contractor to sign the renewal, or let it end and revoke the offer.".to_owned();
            Some(Finding { sentence, advice, ..finding })
        }
    }
}

/// Returns the finding that the contracts exceed the requisition; `whose` describes them in the sentence.
pub fn over_budget(
    story: &RequisitionStory,
    contracts: &[(ContractStory, Vec<Commitment>)],
    whose: &str,
) -> Option<Finding> {
    let contributions = contracts.iter().filter_map(|one| Contribution::of(one, &story.facts.id));
    exceeded(story, &contributions.collect::<Vec<_>>(), whose)
}

/// The same for contracts of which only the contributions are known.
pub fn exceeded(story: &RequisitionStory, contributions: &[Contribution], whose: &str) -> Option<Finding> {
    let breach = budget::breach(story, contributions)?;
    let TypedAmount { money, kind } = story.limit()?;
    let since = date_in_words(TimeZone::UTC.to_datetime(breach.at).date());
    let a_day = if kind.as_ref().is_some_and(AmountType::is_day_rate) { " a day" } else { "" };
    let amount = match budget::altered(story) {
        // Lowered since: the current amount counts.
        Some((approved, now)) if now.money == money => {
            format!("the amount of {money}{a_day}, where {} was approved", approved.in_words())
        }
        Some((_, now)) => {
            format!("the {money}{a_day} that was approved, though it is for {} now", now.in_words())
        }
        None => format!("the amount of {money}{a_day}"),
    };
    let title = breach.contract.and_then(|id| contributions.iter().find(|one| one.contract == id));
    let why = match title.map(|one| &one.title) {
        Some(title) => format!("it was passed by “{title}” on {since}"),
        None => format!("this is so since the amount was changed on {since}"),
    };
    let sentence = format!("By estimate, {whose} cost {}{a_day} more than {amount}: {why}.", breach.over);
    Some(Finding::new(Rule::WithinBudget, breach.seq, breach.event_type, sentence))
}

fn unused(story: &RequisitionStory, is_drawn_on: bool, limits: Limits) -> Option<Finding> {
    if story.state != RequisitionState::Approved || is_drawn_on {
        return None;
    }
    let approval = counting(&story.entries, story.is_test, &EventType::SpendApproved)?;
    let sentence = "It was approved, and no contract draws on it.";
    let aging = Aging { since: approval.occurred_at, allowed_days: limits.unused_days, starts_on: None, ends_on: None };
    Some(Finding {
        from: Some(later(approval.occurred_at, limits.unused_days)?),
        aging: Some(aging),
        ..Finding::new(Rule::ApprovedSpendIsUsed, approval.seq, approval.event_type.clone(), sentence)
    })
}

fn later(at: Timestamp, days: u16) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

fn start_of(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}
