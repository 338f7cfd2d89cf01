//! The page of one spend requisition: its amount, its state, and the contracts that draw on it.

use super::comparison::compared;
use crate::shell::context::{param, viewer_in_time};
use crate::shell::frame::{Section, page};
use crate::shell::load::{at_moment, before, load};
use crate::ui::as_of::as_of_picker;
use crate::ui::badge::{id_pill, mode_tag, pill, plain_pill};
use crate::ui::box_pairs::side_box;
use crate::ui::budget_card::{budget_card, draws};
use crate::ui::card::{card, empty, head, outward};
use crate::ui::compare::{self, compare};
use crate::ui::entries::entries_with_changes;
use crate::ui::facts::Facts;
use crate::ui::finding::{counts, replay_note, standing};
use crate::ui::tables::amount;
use crate::ui::time::short;
use crate::ui::versions::{other_changes, versions};
use crate::view::detail::RequisitionDetail;
use crate::view::first_event::AtMoment;
use crate::view::viewer::Viewer;
use domain::event::Mode;
use domain::id::{RequisitionId, Subject};
use domain::query::moment::{AsOf, Meaning};
use leptos::prelude::*;

/// The breadcrumb to the list.
const CRUMB: (&str, &str) = ("/spend", "Spend");

/// Renders `/spend/{id}`.
pub fn requisition() -> AnyView {
    let viewer = viewer_in_time();
    let id: RequisitionId = param().as_str().into();
    let moment = viewer.moment();
    let asked = compare::asked();
    let reader = viewer.clone();
    load(
        Section::Spend,
        move |model| async move {
            let found = model.requisition(&id, moment, reader.role()).await;
            let answer = compared(&model, Subject::Requisition(id.clone()), asked, &reader).await?;
            Ok((at_moment(&model, Subject::Requisition(id), moment, found).await?, answer))
        },
        move |(found, answer)| match found {
            AtMoment::Present(found) => show(&found, &answer, &viewer),
            AtMoment::BeforeFirstEvent(first_event) => before(Section::Spend, CRUMB, &first_event, &viewer),
        },
    )
}

fn show(of: &RequisitionDetail, answer: &compare::Answer, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    let pills = view! {
        <div class="row">
            {pill(&summary.state, None)}
            {amount(summary).map(plain_pill)}
            {summary.external_id.clone().map(plain_pill)}
            {id_pill(summary.id.as_str())}
            {mode_tag(Mode::of_subject(summary.is_test, summary.id.as_str()))}
        </div>
    };
    let contracts = if of.contracts.is_empty() { undrawn(viewer.as_of) } else { draws(&of.budget, &of.contracts) };
    let facts = Facts::default()
        .maybe("Amount", amount(summary))
        .maybe("Number", summary.external_id.clone())
        .maybe("For", of.description.clone())
        .with("Versions sent", summary.versions)
        .with("Last event", short(summary.last_at))
        .custom_fields(&of.custom_fields);
    let findings = (!of.findings.is_empty()).then(|| {
        let pairs = counts(&of.findings).into_iter().map(|(name, count)| (name.to_owned(), count.into_any())).collect();
        side_box("Findings", pairs)
    });
    page(
        Section::Spend,
        summary.title.clone(),
        view! {
            {head(Some(CRUMB), summary.title.clone(), view! { {as_of_picker(viewer)} {outward(of.url.as_deref())} }, pills)}
            {standing(&of.findings)}
            {budget_card(&of.budget)}
            <section class="stack"><h2>"Contracts that draw on it"</h2>{contracts}</section>
            <div class="columns">
                <div>{versions(of)} <section class="stack"><h2>"Events"</h2>{story(of, viewer)}</section> {compare(&of.entries, answer)}</div>
                <aside aria-label="In short">{findings}{card("Details", None, view! { <div class="body">{facts.show()}</div> })}</aside>
            </div>
        },
    )
}

fn story(of: &RequisitionDetail, viewer: &Viewer) -> AnyView {
    if of.entries.is_empty() && viewer.as_of.is_some() {
        return view! { <p class="dim">"Only a contract had named it by then; none of its own events."</p> }.into_any();
    }
    if of.entries.is_empty() {
        // Its events were sent before the contract's event that mentions it.
        let text = "No event about this requisition has arrived; a contract named it. Its own events may have been sent before this receiver existed: fetch them from the portal with Replay Missing.";
        let until = replay_note(of.summary.last_at);
        return view! { <p class="dim">{text}" "{until}</p> }.into_any();
    }
    entries_with_changes(&of.entries, &other_changes(of))
}

/// Renders the notice that no contract draws on it, or none as of a past moment.
fn undrawn(as_of: Option<AsOf>) -> AnyView {
    let Some(as_of) = as_of else {
        return empty(
            "No contract draws on it yet",
            view! { <p>"A contract names its requisition in every event; the first one links it here."</p> },
        );
    };
    let text = match as_of.meaning {
        Meaning::Happened => "No event of a contract that names it had happened by then.",
        Meaning::Known => "No event of a contract that names it had reached Junoscope by then.",
    };
    empty(&format!("No contract drew on it by {}", as_of.in_words()), view! { <p>{text}</p> })
}
