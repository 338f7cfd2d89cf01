//! The events expected next, and those that would be unusual, by the transition table and the current day.

use super::contract::{ContractState, Phase, after};
use super::transition::Transition;
use crate::event::EventType;
use crate::event::{any_contact_event, any_spend_event};
use jiff::Span;
use jiff::civil::Date;

/// The possible next events of a contract, in plain sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The expected ones: "The contractor signs, or the offer is revoked." `None` when there are none.
    pub next: Option<String>,
    /// Rare ones: "It is offered again, or it is deleted."
    pub possible: Option<String>,
    /// Those that would not fit: "A notice before it was signed." One sentence for each reason.
    pub unusual: Vec<String>,
}

const EVENTS: [EventType; 8] = [
    EventType::ContractApproved,
    EventType::ContractOffered,
    EventType::ContractAccepted,
    EventType::ContractRevoked,
    EventType::ContractCancelled,
    EventType::ContractNoticeServed,
    EventType::ContractCompleted,
    EventType::ContractDeleted,
];

/// Returns an event as a clause.
fn clause(event: &EventType, again: bool) -> &'static str {
    match (event, again) {
        (EventType::ContractApproved, false) => "it is approved",
        (EventType::ContractApproved, true) => "it is approved again",
        (EventType::ContractOffered, false) => "it is offered",
        (EventType::ContractOffered, true) => "it is offered again",
        (EventType::ContractAccepted, _) => "the contractor signs",
        (EventType::ContractRevoked, _) => "the offer is revoked",
        (EventType::ContractCancelled, _) => "it is cancelled before its start",
        (EventType::ContractNoticeServed, false) => "notice is served",
        (EventType::ContractNoticeServed, true) => "notice is served again with another date",
        (EventType::ContractCompleted, false) => "its end date is settled",
        (EventType::ContractCompleted, true) => "its end date is settled anew",
        (EventType::ContractDeleted | any_contact_event!() | any_spend_event!() | EventType::Unknown(_), _) => {
            "it is deleted"
        }
    }
}

/// Returns an event as a noun.
fn noun(event: &EventType) -> &'static str {
    match event {
        EventType::ContractApproved => "an approval",
        EventType::ContractOffered => "an offer",
        EventType::ContractAccepted => "a signature",
        EventType::ContractRevoked => "a revoked offer",
        EventType::ContractCancelled => "a cancellation",
        EventType::ContractNoticeServed => "a notice",
        EventType::ContractCompleted => "a settled end date",
        EventType::ContractDeleted => "a deletion",
        any_contact_event!() | any_spend_event!() | EventType::Unknown(_) => "another event",
    }
}

/// Returns the outlook of a contract in this state on this day.
pub fn outlook(state: ContractState, phase: Phase) -> Outlook {
    if state == ContractState::Deleted {
        return Outlook {
            unusual: vec!["Anything at all: it was deleted, and nothing can follow.".to_owned()],
            ..Outlook::default()
        };
    }
    let has_begun = phase.is_running() || phase == Phase::Completed;
    let mut next = Vec::new();
    let mut possible = Vec::new();
    let mut unusual: Vec<(String, Vec<&'static str>)> = Vec::new();
    let mut odd = |why: String, event: &EventType| match unusual.iter_mut().find(|(reason, _)| *reason == why) {
        Some((_, events)) => events.push(noun(event)),
        None => unusual.push((why, vec![noun(event)])),
    };
    for event in &EVENTS {
        match after(state, event) {
            // The table ignores dates: what the day rules out is unusual as well.
            Transition::To(target) if has_begun && target == ContractState::Cancelled => {
                odd("since it has begun".to_owned(), event);
            }
            Transition::To(target) if phase == Phase::Completed && target == ContractState::NoticeServed => {
                odd("since its last day has passed".to_owned(), event);
            }
            Transition::To(target) if target == state || target == ContractState::Deleted => {
                possible.push(clause(event, target == state));
            }
            Transition::To(_) => next.push(clause(event, state == ContractState::Revoked)),
            Transition::Gap(_, missing) => odd(format!("before it was {}", steps(missing)), event),
            Transition::Unless(..) => odd("without a second offer".to_owned(), event),
            Transition::Contradiction(_) => odd(format!("because {}", standing(state)), event),
            Transition::Past | Transition::Neutral => {}
        }
    }
    Outlook {
        next: sentence(&next),
        possible: sentence(&possible),
        unusual: unusual
            .into_iter()
            .map(|(why, events)| format!("{} {why}.", capital(&either(&events, false))))
            .collect(),
    }
}

/// Returns a clause about a state, as the reason why another event cannot follow.
fn standing(state: ContractState) -> &'static str {
    match state {
        ContractState::Cancelled => "it was cancelled",
        ContractState::NoticeServed => "notice was served",
        ContractState::EndKnown => "its end date is settled",
        ContractState::Accepted => "it was signed",
        ContractState::Known
        | ContractState::Approved
        | ContractState::Offered
        | ContractState::Revoked
        | ContractState::Deleted => "of what was said before",
    }
}

fn steps(missing: &[EventType]) -> String {
    let words: Vec<&str> = missing
        .iter()
        .map(|event| match event {
            EventType::ContractAccepted => "signed",
            EventType::ContractOffered => "offered",
            EventType::ContractApproved
            | EventType::ContractRevoked
            | EventType::ContractCancelled
            | EventType::ContractNoticeServed
            | EventType::ContractCompleted
            | EventType::ContractDeleted
            | any_contact_event!()
            | any_spend_event!()
            | EventType::Unknown(_) => "approved",
        })
        .collect();
    words.join(" and ")
}

/// Joins "a, b or c"; clauses have a comma before the last one too.
fn either(words: &[&str], are_clauses: bool) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{}{} or {last}", first.join(", "), if are_clauses { "," } else { "" }),
    }
}

fn sentence(clauses: &[&str]) -> Option<String> {
    (!clauses.is_empty()).then(|| format!("{}.", capital(&either(clauses, true))))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns the last day on which notice can be given so that the contract ends as planned: the end minus the notice
/// period. `None` before it is signed, once a notice or an end is known, and without a notice period. Pages, lists, the
/// calendar and its feeds all use this.
pub fn notice_deadline(state: ContractState, ends_on: Option<Date>, notice_days: Option<u32>) -> Option<Date> {
    let days = notice_days.filter(|days| state == ContractState::Accepted && *days > 0)?;
    // The number comes from a body, and may be out of range.
    ends_on?.checked_sub(Span::new().try_days(i64::from(days)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn told(state: ContractState, phase: Phase) -> (String, String, String) {
        let Outlook { next, possible, unusual } = outlook(state, phase);
        (next.unwrap_or_default(), possible.unwrap_or_default(), unusual.join(" "))
    }

    fn said(next: &str, possible: &str, unusual: &str) -> (String, String, String) {
        (next.to_owned(), possible.to_owned(), unusual.to_owned())
    }

    #[test]
    fn what_may_follow_is_read_from_the_table() {
        assert_eq!(
            told(ContractState::Offered, Phase::Offered),
            said(
                "The contractor signs, or the offer is revoked.",
                "It is offered again, or it is deleted.",
                "A cancellation, a notice or a settled end date before it was signed."
            )
        );
        assert_eq!(
            told(ContractState::Approved, Phase::Approved),
            said(
                "It is offered.",
                "It is approved again, or it is deleted.",
                "A signature or a revoked offer before it was offered. \
                 A cancellation, a notice or a settled end date before it was offered and signed."
            )
        );
        assert_eq!(
            told(ContractState::Revoked, Phase::Revoked),
            said(
                "It is approved again, or it is offered again.",
                "It is deleted.",
                "A signature without a second offer. A revoked offer before it was offered. \
                 A cancellation, a notice or a settled end date before it was offered and signed."
            )
        );
    }

    #[test]
    fn the_day_says_what_the_table_cannot() {
        let signed = "A revoked offer because it was signed.";
        assert_eq!(
            told(ContractState::Accepted, Phase::Upcoming),
            said(
                "It is cancelled before its start, notice is served, or its end date is settled.",
                "It is deleted.",
                signed
            )
        );
        assert_eq!(
            told(ContractState::Accepted, Phase::Active),
            said(
                "Notice is served, or its end date is settled.",
                "It is deleted.",
                &format!("{signed} A cancellation since it has begun.")
            )
        );
        assert_eq!(
            told(ContractState::Accepted, Phase::Completed),
            said(
                "Its end date is settled.",
                "It is deleted.",
                &format!("{signed} A cancellation since it has begun. A notice since its last day has passed.")
            )
        );
    }

    #[test]
    fn after_the_end_little_may_follow() {
        let (next, possible, _) = told(ContractState::EndKnown, Phase::Completed);
        assert_eq!((next.as_str(), possible.as_str()), ("", "Its end date is settled anew, or it is deleted."));
        let (next, possible, unusual) = told(ContractState::Deleted, Phase::Deleted);
        assert_eq!((next.as_str(), possible.as_str()), ("", ""));
        assert!(unusual.starts_with("Anything at all"), "{unusual}");
    }

    #[test]
    fn every_event_of_every_state_is_past_or_spoken_of() {
        for state in ContractState::ALL {
            for phase in Phase::ALL {
                let (next, possible, unusual) = told(state, phase);
                assert!(!format!("{next}{possible}{unusual}").is_empty(), "{state:?} {phase:?}");
            }
        }
    }

    #[test]
    fn notice_must_be_served_a_notice_period_before_the_end() {
        let end = Some(date(2026, 2, 13));
        assert_eq!(notice_deadline(ContractState::Accepted, end, Some(7)), Some(date(2026, 2, 6)));
        assert_eq!(notice_deadline(ContractState::Accepted, end, Some(0)), None);
        assert_eq!(notice_deadline(ContractState::Offered, end, Some(7)), None);
        assert_eq!(notice_deadline(ContractState::NoticeServed, end, Some(7)), None);
        assert_eq!(notice_deadline(ContractState::Accepted, None, Some(7)), None);
        assert_eq!(notice_deadline(ContractState::Accepted, end, None), None);
        assert_eq!(notice_deadline(ContractState::Accepted, Some(Date::MIN), Some(u32::MAX)), None);
    }
}
