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
use domain::diff::EventChanges;
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
            {card("About", None, view! { <div class="body">{facts::about(of)}</div> })}
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
            {facts::about(of)}
            {head::neighbours(of, spot)}
            {head::actions(of)}
        </div>
        {sections(of, spot)}
    }
    .into_any()
}

/// Renders everything below the head. Of a refused request the verification comes first.
fn sections(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let is_refused = of.summary.outcome == Outcome::Refused;
    let mut checks = Some(request::checks(&of.checks));
    let first = checks.take_if(|_| is_refused);
    view! {
        {first}
        {changes::section(of.changed.clone().map(|changed| fitting(changed, spot.either(8_000, 3_500))).as_ref())}
        {payload::payload(of, spot)}
        {request::skipped_fields(&of.skipped_fields)}
        {attempts::attempts(of, spot)}
        {checks}
        {request::headers(&of.headers, spot)}
    }
    .into_any()
}

/// Cuts changes to about this many bytes of HTML; the others are counted, and marked in the payload.
fn fitting(mut of: EventChanges, budget: usize) -> EventChanges {
    let mut spent = 0;
    for diff in [&mut of.stated, &mut of.diff] {
        let fit = diff.changes.iter().take_while(|change| {
            let values = [&change.before, &change.after].into_iter().flatten();
            spent += 160 + cost::of_text(&change.label) + values.map(|value| cost::of_text(value)).sum::<usize>();
            spent <= budget
        });
        let fit = fit.count();
        *diff = std::mem::take(diff).cut(fit);
    }
    of
}
