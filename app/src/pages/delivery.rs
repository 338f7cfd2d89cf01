//! The page of one delivery: its event, its body, and its verification. Viewers who may not see raw deliveries get here
//! by links in sentences, and see when the event happened, how it came and what it changed.

mod attempts;
mod facts;
mod head;
mod payload;
mod request;
mod spot;

pub use spot::Spot;

use crate::api::ApiError;
use crate::shell::context::{param, viewer};
use crate::shell::frame::{Section, page};
use crate::shell::load::{failed, load};
use crate::ui::badge::mode_tag;
use crate::ui::card::{card, head as page_head};
use crate::ui::changes;
use crate::ui::facts::Facts;
use crate::ui::payload::cost;
use crate::ui::time::to_the_second;
use crate::view::delivery::DeliveryDetail;
use domain::diff::{Change, EventChanges};
use domain::policy::Thing;
use domain::query::outcome::Outcome;
use leptos::prelude::*;

/// Renders `/deliveries/{seq}`.
pub fn delivery() -> AnyView {
    let viewer = viewer();
    let role = viewer.role();
    let Ok(seq) = param().parse() else { return failed(Section::Deliveries, ApiError::NotFound) };
    load(
        Section::Deliveries,
        move |model| async move { model.delivery(seq, role).await },
        move |answer| {
            if viewer.sees(Thing::RawDelivery) { show(&answer, &Spot::page(seq)) } else { show_in_words(&answer) }
        },
    )
}

/// Renders the page without what was sent.
fn show_in_words(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let Some(event_type) = &summary.event_type else { return failed(Section::Deliveries, ApiError::Refused) };
    let event_type = changes::event_words(event_type).to_owned();
    let about = Facts::default()
        .maybe("What it is about", (!summary.about.is_empty()).then(|| facts::subjects(&summary.about)))
        .maybe("Happened", facts::happened(of))
        .with("Received", facts::received(of))
        .show();
    let times: Vec<AnyView> =
        of.genuine_attempts().map(|one| view! { <li>{to_the_second(one.received_at)}</li> }.into_any()).collect();
    let came = match (of.imported_from, times.len()) {
        (Some(source), _) => view! { <p>{source.sentence()}</p> }.into_any(),
        (None, 0 | 1) => view! { <p>"It came once, and its signature proved that YunoJuno sent it."</p> }.into_any(),
        (None, many) => view! {
            <p>{format!("It came {many} times, each with a signature that proved that YunoJuno sent it. Once is enough: the others change nothing.")}</p>
            <ul>{times}</ul>
        }
        .into_any(),
    };
    page(
        Section::Deliveries,
        event_type.clone(),
        view! {
            {page_head(None, event_type, (), view! { <div class="row">{summary.mode.map(mode_tag)}</div> })}
            {card("About", None, view! { <div class="body">{about}</div> })}
            {changes::section(of.changed.as_ref())}
            {card("How it came", None, view! {
                <div class="body prose">
                    {came}
                    <p class="dim">"What was sent, to the letter, is shown to admins: this page’s address leads them to it."</p>
                </div>
            })}
        },
    )
}

fn show(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let title = of.summary.title().to_owned();
    page(
        Section::Deliveries,
        title.clone(),
        view! {
            {page_head(Some(("/deliveries", "Deliveries")), title, head::neighbours(of, spot), head::pills(of))}
            {head::outcome(of, spot)}
            {head::actions(of)}
            {sections(of, spot)}
        },
    )
}

/// Renders the delivery beside its list, below a head that is given.
pub fn beside(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    view! {
        <div class="panel-top">
            {head::pills(of)}
            {head::outcome(of, spot)}
            // The sentence names them, where there is one.
            {of.told.is_none().then(|| facts::subjects(&of.summary.about))}
            {head::neighbours(of, spot)}
            {head::actions(of)}
        </div>
        {sections(of, spot)}
    }
    .into_any()
}

/// Renders everything below the head. Of a refused request the verification comes first; beside the list, what changed and
/// the payload do.
fn sections(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let is_refused = of.summary.outcome == Outcome::Refused;
    let changed = of.changed.clone().map(|changed| fitting(changed, spot.either(8_000, 2_500)));
    // Beside the list the payload gets the room that the others leave.
    let taken = changed.as_ref().map_or(0, size) + attempts::size(of, spot) + request::size(&of.headers, spot);
    let room = spot.either(payload::PAGE, payload::BESIDE.saturating_sub(taken).max(2_500));
    let mut checks = Some(request::checks(&of.checks));
    let first = checks.take_if(|_| is_refused);
    let mut about = Some(card("About", None, view! { <div class="body">{facts::about(of)}</div> }));
    let on_page = about.take_if(|_| !spot.is_beside());
    view! {
        {first}
        {on_page}
        {changes::section(changed.as_ref())}
        {payload::payload(of, spot, room)}
        {request::skipped_fields(&of.skipped_fields)}
        {about}
        {attempts::attempts(of, spot)}
        {checks}
        {request::headers(&of.headers, spot)}
    }
    .into_any()
}

/// Returns the bytes of HTML of changes, about.
fn size(of: &EventChanges) -> usize {
    of.stated.changes.iter().chain(&of.diff.changes).map(size_of_change).sum()
}

fn size_of_change(of: &Change) -> usize {
    let values = [&of.before, &of.after].into_iter().flatten();
    160 + cost::of_text(&of.label) + values.map(|value| cost::of_text(value)).sum::<usize>()
}

/// Cuts changes to about this many bytes of HTML; the others are counted, and marked in the payload.
fn fitting(mut of: EventChanges, budget: usize) -> EventChanges {
    let mut spent = 0;
    for diff in [&mut of.stated, &mut of.diff] {
        let fit = diff.changes.iter().take_while(|change| {
            spent += size_of_change(change);
            spent <= budget
        });
        let fit = fit.count();
        *diff = std::mem::take(diff).cut(fit);
    }
    of
}
