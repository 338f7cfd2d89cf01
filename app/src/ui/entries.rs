//! A story: events in sentences, grouped by day, each finding where it belongs.

use super::as_of::keep_moment;
use super::finding::finding;
use super::mark::{Marked, dot, test_tag};
use super::sentence::sentence;
use super::time::{clock, long_day, utc_day};
use crate::event::Mode;
use crate::timeline::Entry;
use leptos::prelude::*;

/// Newest first, as given. Each leads to its delivery; for those who may not open it, to its place on the page of what
/// it is about.
pub fn entries(of: &[Entry], links_to_deliveries: bool) -> AnyView {
    let days: Vec<AnyView> = of
        .chunk_by(|a, b| utc_day(a.occurred_at) == utc_day(b.occurred_at))
        .map(|day| {
            let heading = day.first().map(|first| long_day(utc_day(first.occurred_at)));
            let items: Vec<AnyView> = day.iter().map(|one| entry(one, links_to_deliveries)).collect();
            view! { <section><h3>{heading}</h3><ol class="day">{items}</ol></section> }.into_any()
        })
        .collect();
    view! { <div class="entries">{days}</div> }.into_any()
}

fn entry(of: &Entry, links_to_deliveries: bool) -> AnyView {
    let place = || Some(keep_moment(format!("{}#event-{}", of.subject.as_ref()?.path()?, of.seq)));
    let href = if links_to_deliveries { Some(format!("/deliveries/{}", of.seq)) } else { place() };
    let link = href.map(|href| view! { <a href=href>{of.event_type.label().to_owned()}</a> });
    let notes = notes(of);
    let between = (link.is_some() && !notes.is_empty()).then_some(" · ");
    let findings: Vec<AnyView> = of.findings.iter().map(finding).collect();
    view! {
        <li class="entry" id=format!("event-{}", of.seq)>
            {clock(of.occurred_at)} <span class="rail">{dot(of.event_type.tone())}</span>
            <div class="said">
                <p>{sentence(&of.sentence)}{test_tag(of.mode == Mode::Test)}</p>
                <p class="detail">{notes}{between}{link}</p>
                {findings}
            </div>
        </li>
    }
    .into_any()
}

// Lateness and order are told by the story itself, in the detail or as a finding.
fn notes(of: &Entry) -> String {
    let mut parts: Vec<String> = of.detail.iter().cloned().collect();
    if of.attempts > 1 {
        parts.push(format!("came {} times", of.attempts));
    }
    parts.join(" · ")
}
