//! What a delivery is about, when it came and happened, and from where.

use crate::shell::context::with_moment;
use crate::ui::facts::Facts;
use crate::ui::name::name;
use crate::ui::time::moment;
use crate::view::delivery::{DeliveryDetail, LabelledSubject};
use domain::event::EventType;
use domain::id::in_path;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use domain::timeline::words::duration_in_words;
use leptos::prelude::*;

/// Maximum number of subjects; further ones, of which a body may name thousands, are counted.
const SUBJECTS: usize = 12;

pub(super) fn about(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let kind = summary.event_type.as_ref().filter(|_| summary.outcome != Outcome::Refused).map(event_type);
    Facts::default()
        .maybe("Event", kind)
        .maybe("What it is about", (!summary.about.is_empty()).then(|| subjects(&summary.about)))
        .with("Received", received(of))
        .maybe("Happened", happened(of))
        .with("Endpoint", summary.endpoint.clone())
        .maybe("Sender’s address", of.remote.clone())
        .show()
}

pub(super) fn happened(of: &DeliveryDetail) -> Option<AnyView> {
    let origin = of.occurred_from.map(|from| match from {
        TimeOrigin::MessageId => "from the message id: the moment YunoJuno sent the event, the same on every replay",
        TimeOrigin::FirstAttempt => "from the timestamp of the first attempt seen; the message id holds no time",
        TimeOrigin::Arrival => "the moment it arrived; nothing better is known",
    });
    of.summary.occurred_at.map(|at| view! { {moment(at)} <div class="dim">{origin}</div> }.into_any())
}

pub(super) fn received(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let late = summary.occurred_at.and_then(|at| {
        let seconds = summary.received_at.as_second() - at.as_second();
        (seconds > 60).then(|| format!("{} after it happened", duration_in_words(seconds)))
    });
    view! { {moment(summary.received_at)} {late.map(|words| view! { <div class="dim">{words}</div> })} }.into_any()
}

fn event_type(of: &EventType) -> AnyView {
    let name = view! { <code>{name(of.as_str())}</code> };
    if of.is_known() {
        view! { <a href=with_moment(format!("/catalog/{}", in_path(of.as_str())))>{name}</a> }.into_any()
    } else {
        view! { {name} <div class="dim">"Not in the catalog: stored whole, and not interpreted."</div> }.into_any()
    }
}

pub(super) fn subjects(of: &[LabelledSubject]) -> AnyView {
    let more = of.len().saturating_sub(SUBJECTS);
    let more = (more > 0).then(|| view! { <div class="dim">{format!("and {more} more")}</div> });
    let listed = of.iter().take(SUBJECTS).map(|about| {
        let kind = about.subject.kind();
        let label = name(about.label.clone());
        let label = match about.subject.path() {
            Some(path) => view! { <a href=with_moment(path)>{label}</a> }.into_any(),
            None => label,
        };
        view! { <div>{label} " " <span class="dim">{kind}</span></div> }
    });
    view! { {listed.collect_view()} {more} }.into_any()
}
