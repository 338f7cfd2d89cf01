//! The notice on a page or list as of a moment before its first event.

use super::as_of::{ChosenMoment, address};
use super::card::empty;
use super::time::{day, short, utc_day};
use crate::view::first_event::FirstEvent;
use crate::view::viewer::Viewer;
use domain::query::moment::{AsOf, Meaning};
use jiff::Timestamp;
use leptos::prelude::*;

/// Renders "By 1 Sep 2026 nothing about Fernanda had reached Junoscope; first heard on 30 Nov 2026. See it as it
/// happened". Nothing without a past moment.
pub fn not_yet(of: &FirstEvent) -> AnyView {
    let Some(ChosenMoment(as_of)) = use_context() else { return ().into_any() };
    let (by, name) = (as_of.in_words(), of.name.clone());
    match as_of.meaning {
        Meaning::Known => {
            let first = on(of.received_at, as_of);
            // The state as it happened is known now, if an event had happened by then.
            let has_happened = of.happened_at <= as_of.at;
            let rest = if has_happened {
                let happened = AsOf { meaning: Meaning::Happened, ..as_of };
                view! { <a href=address(Some(happened))>"See it as it happened"</a> "." }.into_any()
            } else {
                view! { "Its first event happened on " {on(of.happened_at, as_of)} ". " {see(of.received_at, as_of)} }
                    .into_any()
            };
            empty(
                "Nothing was known yet",
                view! {
                    <p>
                        {format!("By {by} nothing about ")} <b>{name}</b> " had reached Junoscope; first heard on " {first} ". "
                        {rest}
                    </p>
                },
            )
        }
        Meaning::Happened => empty(
            "Nothing had happened yet",
            view! {
                <p>
                    {format!("By {by} no event about ")} <b>{name}</b> " had happened; the first one is of "
                    {on(of.happened_at, as_of)} ". " {see(of.happened_at, as_of)}
                </p>
            },
        ),
    }
}

/// Renders a day, with the time if it is the day of the moment itself.
fn on(at: Timestamp, as_of: AsOf) -> AnyView {
    if utc_day(at) == utc_day(as_of.at) { short(at) } else { day(utc_day(at)).into_any() }
}

/// Renders a link to the first day with data, which may be today.
fn see(at: Timestamp, as_of: AsOf) -> AnyView {
    let then = AsOf::day_of(at, as_of.meaning);
    let is_past = use_context::<Viewer>().is_some_and(|viewer| then.at < viewer.now);
    let (to, words) =
        if is_past { (Some(then), format!("See {}", day(utc_day(at)))) } else { (None, "See today".to_owned()) };
    view! { <a href=address(to)>{words}</a> "." }.into_any()
}
