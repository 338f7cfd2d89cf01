//! The page of one event type: when it is sent, what it carries, how certain that is, and how to verify its signature.

use super::catalog::{known, of_type};
use crate::api::ApiError;
use crate::shell::context::{param, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::{failed, load};
use crate::ui::badge::{Badge, dot, plain_pill};
use crate::ui::card::{card, head};
use crate::ui::facts::Facts;
use crate::ui::payload::tree;
use crate::ui::time::short;
use crate::view::catalog::EventTally;
use crate::view::viewer::Viewer;
use domain::event::catalog::{self, Entry, Field, Standing};
use domain::event::{EventType, Family};
use domain::id::in_path;
use domain::policy::Thing;
use domain::query::filter::Query;
use leptos::prelude::*;

/// Renders `/catalog/{event}`.
pub fn catalog_event() -> AnyView {
    let viewer = viewer();
    let Some(entry) = known(&param()).and_then(|event_type| catalog::entry(&event_type)) else {
        return failed(Section::Catalog, ApiError::NotFound);
    };
    load(
        Section::Catalog,
        |model| async move { model.tallies().await },
        move |answer| show(entry, answer.iter().find(|tally| tally.event_type == entry.event_type), &viewer),
    )
}

fn show(entry: &'static Entry, tally: Option<&EventTally>, viewer: &Viewer) -> AnyView {
    let event_type = &entry.event_type;
    let family = event_type.family();
    let pills = view! {
        <div class="row">
            <span class="pill">{dot(event_type.tone())}<code>{event_type.as_str().to_owned()}</code></span>
            {family.map(|family| plain_pill(family.label()))}
        </div>
    };
    let notes: Vec<_> = entry.notes.iter().map(|text| view! { <li>{*text}</li> }).collect();
    let fields: Vec<&Field> =
        catalog::envelope_fields().iter().chain(family.map(catalog::fields).unwrap_or_default()).collect();
    page(
        Section::Catalog,
        event_type.label().to_owned(),
        view! {
            {head(Some(("/catalog", "Catalog")), event_type.label().to_owned(), (), pills)}
            {card("When", None, view! {
                <div class="body prose">
                    <p>{entry.when}</p>
                    <p class="dim">{entry.follows}</p>
                    {(!notes.is_empty()).then(|| view! { <ul>{notes}</ul> })}
                </div>
            })}
            {place(event_type, family)}
            {received(tally, event_type, viewer)}
            {card("Fields", Some(format!("{} in all", fields.len())), field_table(&fields))}
            {card("Sample body", Some("assembled, not captured: nobody in it is real".to_owned()), sample(entry))}
            {schema(event_type)}
            {card("Checking the signature", None, verification())}
        },
    )
}

/// Returns the usual sequence of events, each with its alternative end; and the events that may come at any time.
fn way(family: Family) -> (Vec<(EventType, Option<EventType>)>, Vec<EventType>) {
    use EventType as E;
    match family {
        Family::Contact => (
            vec![(E::ContactCreated, None), (E::ContactRegistered, None), (E::ContactOnboardingCompleted, None)],
            vec![E::ContactCustomFieldsUpdated],
        ),
        Family::Contract => (
            vec![
                (E::ContractApproved, None),
                (E::ContractOffered, Some(E::ContractRevoked)),
                (E::ContractAccepted, Some(E::ContractCancelled)),
                (E::ContractNoticeServed, None),
                (E::ContractCompleted, None),
            ],
            vec![E::ContractDeleted],
        ),
        Family::Spend => (vec![(E::SpendCreated, None), (E::SpendApproved, None)], vec![E::SpendUpdated]),
    }
}

fn place(event_type: &EventType, family: Option<Family>) -> AnyView {
    let Some(family) = family else { return ().into_any() };
    let link = |to: &EventType| {
        let is_this = to == event_type;
        let label = to.label().to_owned();
        let href = with_moment(format!("/catalog/{}", in_path(to.as_str())));
        view! { <a href=href aria-current=is_this.then_some("page")>{label}</a> }
    };
    let (steps, any_time) = way(family);
    let steps: Vec<AnyView> = steps
        .iter()
        .map(|(step, exit)| {
            let exit =
                exit.as_ref().map(|exit| view! { <span class="exit">"or "{dot(exit.tone())}{link(exit)}</span> });
            view! { <li data-tone=step.tone()>{dot(step.tone())}{link(step)}{exit}</li> }.into_any()
        })
        .collect();
    let any_time: Vec<_> =
        any_time.iter().map(|one| view! { <span class="mark">{dot(one.tone())}{link(one)}</span> }).collect();
    let drawn = view! {
        <ol class="steps siblings" tabindex="0" aria-label="Lifecycle">{steps}</ol>
        <p class="any-time">"At any time: "{any_time}</p>
    };
    card("Its place in the lifecycle", None, drawn)
}

fn received(tally: Option<&EventTally>, event_type: &EventType, viewer: &Viewer) -> AnyView {
    let facts = match tally.filter(|tally| tally.live + tally.test > 0) {
        None => Facts::default().with("Received", "none yet"),
        Some(tally) => {
            let count = format!("{} live, {} test", tally.live, tally.test);
            let count = if viewer.sees(Thing::DeliveryList) {
                let href = with_moment(format!("/deliveries{}", of_type(event_type).to_query()));
                view! { <a href=href>{count}</a> }.into_any()
            } else {
                count.into_any()
            };
            Facts::default()
                .with("Received", count)
                .maybe("First", tally.first_at.map(short))
                .maybe("Last", tally.last_at.map(short))
        }
    };
    card("Received here", None, view! { <div class="body">{facts.show()}</div> })
}

fn field_table(of: &[&Field]) -> AnyView {
    let rows: Vec<AnyView> = of.iter().map(|field| row(field)).collect();
    let legend: Vec<_> = Standing::ALL
        .into_iter()
        .map(|standing| view! { <div><dt>{standing.label()}</dt><dd>{standing.explanation()}</dd></div> })
        .collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Fields">
            <table class="table fields">
                <thead>
                    <tr>
                        <th scope="col">"Path"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"May be null"</th>
                        <th scope="col">"Meaning"</th>
                        <th scope="col">"How sure"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <details class="body"><summary>"What “how sure” means"</summary><dl class="facts">{legend}</dl></details>
    }
    .into_any()
}

fn row(of: &Field) -> AnyView {
    let nullable = match of.nullable {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let tone = match of.standing {
        Standing::Documented => "completed",
        Standing::Example => "accepted",
        Standing::Inferred => "offered",
        Standing::Unknown => "deleted",
    };
    let example = of.example.map(|text| view! { <span class="sub">"such as "<code>{text}</code></span> });
    view! {
        <tr>
            <td class="path"><code>{breakable(of.path)}</code>{of.required.then(|| view! { " " <span class="tag">"required"</span> })}</td>
            <td class="type">{of.kind}{of.format.map(|format| view! { <span class="sub">{format}</span> })}</td>
            <td class="fit">{nullable}</td>
            <td class="meaning">{of.meaning}{example}</td>
            <td class="fit"><span class="mark">{dot(tone)}{of.standing.label()}</span></td>
        </tr>
    }
    .into_any()
}

/// Allows line breaks in a long path, after full stops only.
fn breakable(path: &'static str) -> AnyView {
    path.split_inclusive('.').map(|part| view! { {part} <wbr/> }).collect_view().into_any()
}

fn sample(entry: &'static Entry) -> AnyView {
    view! {
        {tree(entry.sample)}
        <details class="body"><summary>"As text"</summary><pre class="code" tabindex="0">{entry.sample}</pre></details>
    }
    .into_any()
}

fn schema(event_type: &EventType) -> AnyView {
    let Some(text) = catalog::json_schema(event_type).and_then(|schema| serde_json::to_string_pretty(&schema).ok())
    else {
        return ().into_any();
    };
    let body = view! { <details class="body"><summary>"Show the schema"</summary><pre class="code" tabindex="0">{text}</pre></details> };
    card("JSON Schema", Some("draft 2020-12, as tolerant as this receiver".to_owned()), body)
}

fn verification() -> AnyView {
    view! {
        <div class="body prose">
            <p>"Every delivery is signed by Svix, which sends for YunoJuno. A receiver checks it before it reads a single character of the body:"</p>
            <ol>
                <li>"Take the body as raw bytes. Parsing and printing it again changes it, and then nothing matches."</li>
                <li>"Read " <code>"svix-id"</code> ", " <code>"svix-timestamp"</code> " and " <code>"svix-signature"</code> "; each may come as " <code>"webhook-…"</code> " instead. Refuse when one is missing."</li>
                <li>"The timestamp is in seconds. Refuse it when it is more than five minutes from now, either way: an old one may be a recording played again."</li>
                <li>"The key is the signing secret without " <code>"whsec_"</code> ", decoded from base64."</li>
                <li>"Compute HMAC-SHA256 over " <code>"{id}.{timestamp}.{body}"</code> " and encode it in base64."</li>
                <li>"The signature header holds one or more, separated by spaces, each " <code>"v1,…"</code> ". Any one may match; compare in constant time; skip other versions. While a secret is rotated, two are sent."</li>
                <li>"Use " <code>"svix-id"</code> " to recognise a repeat: it stays the same on every attempt. Answer a repeat with 200 as well."</li>
            </ol>
            <p class="dim">"Junoscope does all of this, and shows it step by step on every delivery’s page."</p>
        </div>
    }
    .into_any()
}
