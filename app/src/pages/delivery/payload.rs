//! The body of a delivery, in parts of bounded size: as a tree, as indented text, and as it came.

use super::spot::{Form, Spot};
use crate::islands::PayloadTools;
use crate::shell::context::with_moment;
use crate::ui::card::card;
use crate::ui::chips::chip;
use crate::ui::count::grouped;
use crate::ui::pager::part_links;
use crate::ui::payload::{TreeReading, indented, text_part, tree_part};
use crate::view::delivery::{Body, BodyKept, DeliveryDetail};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use leptos::prelude::*;

/// Size of a part, in bytes of HTML, on a page of its own.
pub(super) const PAGE: usize = 28_000;
/// Size of a part beside the list, together with changes, attempts and headers.
pub(super) const BESIDE: usize = 12_000;

/// Renders the body with its heading. A part of it takes at most `room` bytes of HTML.
pub(super) fn payload(of: &DeliveryDetail, spot: &Spot, room: usize) -> AnyView {
    let is_refused = of.summary.outcome == Outcome::Refused;
    let kept = match of.body_kept {
        BodyKept::NotRead(Some(length)) => {
            format!("It was not read. Its sender said that it had {} bytes.", grouped(length))
        }
        BodyKept::NotRead(None) => "It was not read.".to_owned(),
        BodyKept::FirstOf(length) => format!("The first bytes of {}; the rest was not kept.", grouped(length)),
        BodyKept::Whole => String::new(),
    };
    let kept = (!kept.is_empty()).then(|| view! { <p class="dim">{kept}</p> });
    let not_an_event = || Some("not an event".to_owned());
    let shown = match (&of.body_kept, is_refused) {
        (BodyKept::NotRead(_), _) => card("Body", not_an_event(), view! { <div class="body">{kept}</div> }),
        (BodyKept::Whole | BodyKept::FirstOf(_), true) => {
            let hidden = view! {
                <div class="body">
                    {kept}
                    <details open={spot.part > 1}>
                        <summary>"Show what was sent. Nothing in it was verified: anybody can have written it."</summary>
                        {as_it_came(&of.body, spot, room)}
                    </details>
                </div>
            };
            card("Body", not_an_event(), hidden)
        }
        (BodyKept::Whole | BodyKept::FirstOf(_), false) => card("Payload", size(&of.body), verified(of, spot, room)),
    };
    view! { <div class="payload" id="payload">{shown}</div> }.into_any()
}

fn size(of: &Body) -> Option<String> {
    let bytes = match of {
        Body::Text(text) => text.len(),
        Body::Bytes { length, .. } => *length,
        Body::Withheld => return None,
    };
    Some(format!("{} bytes", grouped(u64::try_from(bytes).unwrap_or(u64::MAX))))
}

/// Renders a verified body in the form that was asked for.
fn verified(of: &DeliveryDetail, spot: &Spot, room: usize) -> AnyView {
    let Body::Text(text) = &of.body else { return as_it_came(&of.body, spot, room) };
    let form = spot.form.unwrap_or(Form::Tree);
    let shown = match form {
        Form::Tree => as_tree(text, of, spot, room),
        Form::Text => indented(text).map(|text| in_parts(&text, Form::Text, spot, room)),
        Form::Raw => Some(in_parts(text, Form::Raw, spot, room)),
    };
    // What is no JSON has one form.
    if shown.is_none() && form == Form::Tree {
        return in_parts(text, Form::Raw, spot, room);
    }
    let forms: Vec<AnyView> =
        Form::ALL.into_iter().map(|one| chip(spot.to_part(one, 1), one.label(), one == form)).collect();
    let shown = shown.unwrap_or_else(|| {
        view! { <div class="body"><p class="dim">"Indented it would be too long. The raw form has all of it."</p></div> }.into_any()
    });
    view! { <nav class="chips forms no-print" aria-label="Form of the payload">{forms}</nav> {shown} }.into_any()
}

fn as_tree(text: &str, of: &DeliveryDetail, spot: &Spot, room: usize) -> Option<AnyView> {
    let others =
        |search: &str| with_moment(format!("/deliveries{}", DeliveryFilter::default().with("q", search).to_query()));
    let reading = TreeReading { part: spot.part, budget: room, changed: &of.changed_paths, others: Some(&others) };
    let part = tree_part(text, &reading)?;
    let number = |count| grouped(u64::try_from(count).unwrap_or(u64::MAX));
    let (first, last) = part.shown;
    let words = format!("Values {} to {} of {}", number(first), number(last), number(part.values));
    let links =
        part_links("Parts of the payload", words, (part.number, part.parts), |part| spot.to_part(Form::Tree, part));
    Some(view! { <PayloadTools>{part.view}</PayloadTools> {links} }.into_any())
}

fn in_parts(text: &str, form: Form, spot: &Spot, room: usize) -> AnyView {
    let part = text_part(text, spot.part, room);
    let words = format!("Part {} of {}", part.number, part.parts);
    let links = part_links("Parts of the payload", words, (part.number, part.parts), |part| spot.to_part(form, part));
    view! {
        <label class="tick wrap-lines no-print"><input type="checkbox" checked=true/> "Wrap long lines"</label>
        <pre class="code" tabindex="0">{part.text}</pre>
        {links}
    }
    .into_any()
}

/// Renders a body without reading it as an event.
fn as_it_came(of: &Body, spot: &Spot, room: usize) -> AnyView {
    match of {
        Body::Withheld => view! { <div class="body"><p class="dim">"Not shown to you."</p></div> }.into_any(),
        Body::Bytes { hex, length } => view! {
            <div class="body"><p class="dim">{format!("{length} bytes that are no text; the first of them:")}</p></div>
            {in_parts(hex, Form::Raw, spot, room)}
        }
        .into_any(),
        Body::Text(text) => in_parts(text, Form::Raw, spot, room),
    }
}
