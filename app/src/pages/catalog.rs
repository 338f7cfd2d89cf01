//! The event catalog page: which events exist, when each is sent, and which families an endpoint should receive.

use crate::shell::context::{query_value, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::as_of::moment_fields;
use crate::ui::badge::{Badge, dot};
use crate::ui::card::{card, empty, head};
use crate::ui::chips::chip;
use crate::ui::name::name;
use crate::ui::time::ago;
use crate::view::catalog::EventTally;
use crate::view::viewer::Viewer;
use domain::event::catalog::{self, Entry};
use domain::event::{EventType, Family};
use domain::id::in_path;
use domain::policy::Thing;
use domain::query::filter::{DeliveryFilter, Query};
use leptos::prelude::*;

/// Renders `/catalog`, with `?q=` and `?family=`.
pub fn catalog() -> AnyView {
    let viewer = viewer();
    let words = query_value("q").unwrap_or_default();
    let family = query_value("family").as_deref().and_then(Family::parse);
    load(
        Section::Catalog,
        |model| async move { model.tallies().await },
        move |answer| show(&answer, &words, family, &viewer),
    )
}

fn show(tallies: &[EventTally], words: &str, family: Option<Family>, viewer: &Viewer) -> AnyView {
    let families: Vec<AnyView> = Family::ALL
        .into_iter()
        .filter(|one| family.is_none_or(|chosen| chosen == *one))
        .filter_map(|one| family_card(one, words, tallies, viewer))
        .collect();
    let nothing = families.is_empty().then(|| {
        empty(
            "No event fits",
            view! { <p>"Try another word: a field’s name, a part of the event’s name, or what it tells."</p> <a class="button" href=with_moment("/catalog")>"Show all events"</a> },
        )
    });
    let href = |family: Option<Family>| {
        let mut pairs = Vec::new();
        if !words.is_empty() {
            pairs.push(("q", words));
        }
        pairs.extend(family.map(|family| ("family", family.as_str())));
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        with_moment(format!("/catalog?{query}").trim_end_matches('?'))
    };
    let chips: Vec<AnyView> =
        Family::ALL.into_iter().map(|one| chip(href(Some(one)), one.label(), family == Some(one))).collect();
    page(
        Section::Catalog,
        "Catalog",
        view! {
            {head(None, "Catalog", (), view! {
                <p class="lede">"Fifteen events in three families: when YunoJuno sends each, what it carries, and what has arrived here."</p>
            })}
            <form method="get" action="/catalog" class="search" role="search">
                {moment_fields()}
                {family.map(|family| view! { <input type="hidden" name="family" value=family.as_str()/> })}
                <div class="field">
                    <label for="search">"An event, a field, or what you want to know"</label>
                    <input class="input" id="search" type="search" name="q" value=words.to_owned() autocomplete="off"/>
                </div>
                <button class="button" type="submit">"Search"</button>
            </form>
            <nav class="chips" aria-label="Family">{chip(href(None), "All families", family.is_none())} {chips}</nav>
            {families}
            {nothing}
            {unknown(tallies, viewer)}
        },
    )
}

fn family_card(family: Family, words: &str, tallies: &[EventTally], viewer: &Viewer) -> Option<AnyView> {
    let rows: Vec<AnyView> = catalog::entries()
        .iter()
        .filter(|entry| entry.event_type.family() == Some(family) && fits(entry, family, words))
        .map(|entry| row(entry, tallies, viewer))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let body = view! {
        <div class="body prose">
            <p>{catalog::family_summary(family)}</p>
            <details>
                <summary>"Should an endpoint take this family?"</summary>
                <p>{catalog::family_advice(family)}</p>
            </details>
        </div>
        <ul class="catalog-list">{rows}</ul>
    };
    Some(card(family.label(), None, body))
}

fn fits(entry: &Entry, family: Family, words: &str) -> bool {
    let own = format!("{} {} {}", entry.event_type.as_str(), entry.event_type.label(), entry.when).to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| {
        own.contains(word) || catalog::fields(family).iter().any(|field| field.path.to_lowercase().contains(word))
    })
}

fn row(entry: &Entry, tallies: &[EventTally], viewer: &Viewer) -> AnyView {
    let tally = tallies.iter().find(|tally| tally.event_type == entry.event_type);
    let received = match tally.filter(|tally| tally.live + tally.test > 0) {
        Some(tally) => view! {
            <b>{tally.live}{(tally.test > 0).then(|| format!(" + {} test", tally.test))}</b>
            " "
            <span>"last "{tally.last_at.map(|at| ago(at, viewer.now))}</span>
        }
        .into_any(),
        None => view! { <span>"none yet"</span> }.into_any(),
    };
    let href = with_moment(format!("/catalog/{}", in_path(entry.event_type.as_str())));
    view! {
        <li class="catalog-row">
            <div class="name">
                <span class="mark">{dot(entry.event_type.tone())}<a href=href>{entry.event_type.label().to_owned()}</a></span>
                <code>{entry.event_type.as_str().to_owned()}</code>
            </div>
            <p class="when">{entry.when}</p>
            <div class="tally">{received}</div>
        </li>
    }
    .into_any()
}

fn unknown(tallies: &[EventTally], viewer: &Viewer) -> AnyView {
    let rows: Vec<AnyView> = tallies
        .iter()
        .filter(|tally| !tally.event_type.is_known())
        .map(|tally| {
            let name = name(tally.event_type.as_str());
            let name = view! { <code>{name}</code> };
            let name = if viewer.sees(Thing::DeliveryList) {
                view! { <a href=with_moment(format!("/deliveries{}", of_type(&tally.event_type).to_query()))>{name}</a> }.into_any()
            } else {
                name.into_any()
            };
            view! {
                <li>
                    {name}
                    <span class="note">{tally.live + tally.test}" received, last "{tally.last_at.map(|at| ago(at, viewer.now))}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let note = "stored whole and shown; not interpreted".to_owned();
    card("Received, but not in the catalog", Some(note), view! { <ul class="plainlist">{rows}</ul> })
}

/// Returns the filter of deliveries of one type, known or not.
pub fn of_type(event_type: &EventType) -> DeliveryFilter {
    DeliveryFilter { event_type: Some(event_type.as_str().to_owned()), ..DeliveryFilter::default() }
}

/// Returns the event type of a name in a URL, if the catalog has it.
pub fn known(name: &str) -> Option<EventType> {
    Some(EventType::parse(name)).filter(EventType::is_known)
}
