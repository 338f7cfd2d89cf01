//! A story: sentences of events, grouped by day, with findings beside the events they concern.

use super::as_of::with_moment;
use super::badge::{Badge, dot, mode_tag};
use super::changes::{event_words, under_sentence};
use super::finding::finding;
use super::sentence::sentence;
use super::time::{clock, long_day, utc_day};
use domain::diff::EventChanges;
use domain::id::Subject;
use domain::timeline::{Entry, replays_in_words};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Returns the anchor of an event, on the page of its subject and on others that list it.
pub fn anchor(seq: i64) -> String {
    format!("event-{seq}")
}

/// Renders entries, newest first, as given. Each sentence links to its delivery, which shows less to hirers than to
/// admins; the time links to the event on the page of its subject.
pub fn entries(of: &[Entry]) -> AnyView {
    by_day(of, &|one| {
        let href =
            one.subject.as_ref().and_then(Subject::path).map(|path| with_moment(format!("{path}#{}", anchor(one.seq))));
        entry(one, href, None)
    })
}

/// Renders entries on the page of the subject itself: with the changes of each event under its sentence.
pub fn entries_with_changes(of: &[Entry], changes: &BTreeMap<i64, EventChanges>) -> AnyView {
    by_day(of, &|one| entry(one, Some(format!("#{}", anchor(one.seq))), changes.get(&one.seq)))
}

fn by_day(of: &[Entry], show: &dyn Fn(&Entry) -> AnyView) -> AnyView {
    let days: Vec<AnyView> = of
        .chunk_by(|a, b| utc_day(a.occurred_at) == utc_day(b.occurred_at))
        .map(|day| {
            let heading = day.first().map(|first| long_day(utc_day(first.occurred_at)));
            let items: Vec<AnyView> = day.iter().map(show).collect();
            view! { <section><h3>{heading}</h3><ol class="day">{items}</ol></section> }.into_any()
        })
        .collect();
    // Each page has one story, so this is shown once.
    let replays = replays_in_words(of).map(|words| view! { <p class="dim">{words}</p> });
    view! { <div class="entries">{replays} {days}</div> }.into_any()
}

fn entry(of: &Entry, here: Option<String>, changes: Option<&EventChanges>) -> AnyView {
    let href = with_moment(format!("/deliveries/{}", of.seq));
    let link = view! { <a href=href>{event_words(&of.event_type).to_owned()}</a> };
    let notes = notes(of);
    let between = (!notes.is_empty()).then_some(" · ");
    let findings: Vec<AnyView> = of.findings.iter().map(|one| finding(one, of.occurred_at)).collect();
    let time = match here {
        Some(href) => view! { <a class="clock" href=href>{clock(of.occurred_at)}</a> }.into_any(),
        None => clock(of.occurred_at),
    };
    view! {
        <li class="entry" id=anchor(of.seq)>
            {time} <span class="rail">{dot(of.event_type.tone())}</span>
            <div class="said">
                <p>{sentence(&of.sentence)}{mode_tag(of.mode)}</p>
                <p class="detail">{notes}{between}{link}</p>
                {changes.map(under_sentence)}
                {findings}
            </div>
        </li>
    }
    .into_any()
}

// Lateness and order are findings; replays are noted once above all entries.
fn notes(of: &Entry) -> String {
    let mut parts: Vec<String> = of.detail.iter().cloned().collect();
    if of.attempts > 1 {
        parts.push(format!("came {} times", of.attempts));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::estimate::samples::{stored_event, winter};
    use domain::timeline::contract;
    use jiff::SignedDuration;

    /// Returns an offer and its acceptance, each replayed this many days later, or not at all.
    fn story(days: [i64; 2]) -> Vec<Entry> {
        let mut events = [
            stored_event(1, "2025-11-21T10:00:00Z", "contract.offered", winter()),
            stored_event(2, "2025-11-24T10:00:00Z", "contract.accepted", winter()),
        ];
        for (event, days) in events.iter_mut().zip(days) {
            event.received_at = event.occurred_at + SignedDuration::from_hours(24 * days);
        }
        contract(&events).unwrap().entries
    }

    #[test]
    fn what_was_replayed_is_said_once_a_page() {
        let html = |days| Owner::new().with(|| entries(&story(days)).to_html());
        let both = html([3, 5]);
        assert!(both.contains("These 2 events were replayed between 3 days and 5 days after they happened."), "{both}");
        assert_eq!(both.matches("replayed").count(), 1, "{both}");
        let one = html([3, 0]);
        assert!(one.contains("One of these 2 events was replayed 3 days after it happened."), "{one}");
        assert_eq!(one.matches("replayed").count(), 1, "{one}");
        assert!(!html([0, 0]).contains("replayed"));
    }
}
