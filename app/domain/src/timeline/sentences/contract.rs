//! Sentences of contract events: "Brand refresh was offered to Amara by Priya Raman."

use super::super::order::OrderedEvent;
use super::super::words::{counted, date_in_words, open_span_in_words};
use super::super::{Sentence, TimeOrigin};
use super::{SentenceBuilder, fields_in_words, joined, unknown};
use crate::event::contact::ContractorPerson;
use crate::event::contract::Contract;
use crate::event::spend::Requisition;
use crate::event::{EventType, Payload};
use crate::id::{ContractorId, Subject};
use crate::timeline::words::day_of;
use jiff::civil::Date;

/// An event of a contract, with facts of the story.
pub(in crate::timeline) struct ContractEventContext<'a> {
    pub(in crate::timeline) item: &'a OrderedEvent<'a>,
    /// The final facts, for what the event omits.
    pub(in crate::timeline) facts: &'a Contract,
    /// The known last day before this event.
    pub(in crate::timeline) end_before: Option<Date>,
}

/// Returns the last day in this snapshot: which field notice and completion change is undocumented.
pub(in crate::timeline) fn end_in(snapshot: &Contract) -> Option<Date> {
    snapshot.actual_end_on.or(snapshot.end_on)
}

/// Returns the contract's snapshot, if the event has one.
pub(in crate::timeline) fn snapshot<'a>(item: &OrderedEvent<'a>) -> Option<&'a Contract> {
    match &item.event.payload {
        Payload::Contract(contract) => Some(contract),
        _ => None,
    }
}

impl<'a> ContractEventContext<'a> {
    /// Returns a value of this event, else of the story.
    fn known<R>(&self, pick: impl Fn(&'a Contract) -> Option<R>) -> Option<R> {
        snapshot(self.item).and_then(&pick).or_else(|| pick(self.facts))
    }

    /// Returns its title; its id if it is unknown.
    fn name(&self) -> String {
        self.known(|contract| contract.title.clone()).unwrap_or_else(|| self.facts.id.to_string())
    }

    fn contractor(&self) -> &'a str {
        let id = || self.known(|contract| contract.contractor_id.as_ref().map(ContractorId::as_str));
        self.known(|contract| called(&contract.person)).or_else(id).unwrap_or("the contractor")
    }

    /// Returns who acted. The body does not say which of several hirers did, so only a single one is named; else the
    /// client.
    fn by_whom(&self) -> String {
        let hirer = self.known(|contract| match contract.hirers.as_slice() {
            [only] => only.called(),
            _ => None,
        });
        let client = || self.known(|contract| contract.client.as_ref()?.called());
        hirer.or_else(client).map(|name| format!(" by {name}")).unwrap_or_default()
    }

    fn start_on(&self) -> Option<Date> {
        self.known(|contract| contract.start_on)
    }

    /// Returns whether the contract had certainly started. It has no time zone, so only the UTC day after its first is
    /// certain; and only a message id tells when the event happened.
    pub(in crate::timeline) fn has_begun(&self) -> bool {
        self.item.occurred_from == TimeOrigin::MessageId
            && self.start_on().is_some_and(|first| day_of(self.item.occurred_at) > first)
    }

    /// Returns the last day before this event, if the event changes it.
    fn end_moved_from(&self) -> Option<Date> {
        let now = snapshot(self.item)?;
        let end = end_in(now)?;
        self.end_before.or(now.end_on).filter(|before| *before != end)
    }

    pub(in crate::timeline) fn sentence(&self) -> Sentence {
        let subject = Subject::Contract(self.facts.id.clone());
        let opening = || SentenceBuilder::default().name(self.name(), subject.clone());
        let inside = |before: &str| SentenceBuilder::default().text(before).name(self.name(), subject.clone());
        let end = snapshot(self.item).and_then(end_in);
        match &self.item.event.event_type {
            EventType::ContractApproved => opening().text(" passed pre-offer approval."),
            EventType::ContractOffered => {
                opening().text(format!(" was offered to {}{}.", self.contractor(), self.by_whom()))
            }
            EventType::ContractRevoked => {
                inside("The offer of ").text(format!(" to {} was revoked{}.", self.contractor(), self.by_whom()))
            }
            EventType::ContractAccepted => opening().text(format!(" was signed by {}.", self.contractor())),
            EventType::ContractCancelled if self.has_begun() => opening().text(" was cancelled."),
            EventType::ContractCancelled => opening().text(" was cancelled before its start."),
            EventType::ContractNoticeServed => {
                let told = inside("Notice was served on ");
                let now = if self.end_moved_from().is_some() { "now " } else { "" };
                match end {
                    Some(end) => told.text(format!(": it {now}ends on {}.", date_in_words(end))),
                    None => told.text("."),
                }
            }
            EventType::ContractCompleted => {
                let told = inside("The end date of ");
                match end {
                    Some(end) => told.text(format!(" is settled: {}.", date_in_words(end))),
                    None => told.text(" is settled."),
                }
            }
            EventType::ContractDeleted => opening().text(" was deleted."),
            EventType::Unknown(name) if name == EventType::CONTRACT_FIELDS_UPDATED => {
                inside("The custom fields of ").text(" were updated.")
            }
            _ => return unknown(self.item, &self.name(), subject),
        }
        .done()
    }

    pub(in crate::timeline) fn detail(&self) -> Option<String> {
        if self.item.event.event_type.as_str() == EventType::CONTRACT_FIELDS_UPDATED {
            return fields_in_words(None, &self.item.event.changes);
        }
        let now = snapshot(self.item)?;
        match &self.item.event.event_type {
            EventType::ContractApproved => now.requisition.as_ref().map(funding).or_else(|| terms(now)),
            EventType::ContractOffered | EventType::ContractAccepted => terms(now),
            EventType::ContractRevoked | EventType::ContractCancelled => {
                Some(format!("It was to run {}", running(now.start_on, end_in(now))?))
            }
            EventType::ContractNoticeServed | EventType::ContractCompleted => {
                let end = end_in(now)?;
                Some(format!("End date {} → {}", date_in_words(self.end_moved_from()?), date_in_words(end)))
            }
            _ => None,
        }
    }
}

/// "£520.00 a day, 1 March to 29 May 2026, 7 days’ notice"
fn terms(contract: &Contract) -> Option<String> {
    let notice = contract.notice_period_days.map(|days| match days {
        0 => "no notice period".to_owned(),
        1 => "1 day’s notice".to_owned(),
        days => format!("{}’ notice", counted(u64::from(days), "day")),
    });
    let rate = contract.rate.as_ref().and_then(crate::event::contract::Rate::in_words);
    joined([rate, open_span_in_words(contract.start_on, end_in(contract)), notice], ", ")
}

/// "from 1 March to 29 May 2026"
fn running(start: Option<Date>, end: Option<Date>) -> Option<String> {
    let span = open_span_in_words(start, end)?;
    Some(match (start, end) {
        (Some(start), Some(end)) if start == end => format!("on {span}"),
        (Some(_), Some(_)) => format!("from {span}"),
        _ => span,
    })
}

/// "Funded by requisition REQ-2026-0031 · £60,000.00 in total"
fn funding(requisition: &Requisition) -> String {
    let which = match (&requisition.external_id, &requisition.title) {
        (Some(number), _) => format!("Funded by requisition {number}"),
        (None, Some(title)) => format!("Funded by {title}"),
        (None, None) => "Funded by a requisition".to_owned(),
    };
    joined([Some(which), super::spend::amount(requisition)], " · ").unwrap_or_default()
}

/// Returns the first name, else the full name, as the position of the first name differs between cultures.
fn called(person: &ContractorPerson) -> Option<&str> {
    person.first_name.as_deref().or(person.name.as_deref())
}
