//! The page of one contract: its state, its terms and its history.

mod facts;
mod lifecycle;
mod sidebar;

use super::comparison::compared;
use crate::shell::context::{param, viewer_in_time, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::{at_moment, before, load};
use crate::ui::as_of::as_of_picker;
use crate::ui::badge::{id_pill, mode_tag, pill, plain_pill};
use crate::ui::card::{card, head, outward};
use crate::ui::compare::{self, compare};
use crate::ui::entries::entries_with_changes;
use crate::ui::estimate_card::estimate_card;
use crate::ui::finding::standing;
use crate::ui::name::name;
use crate::ui::time::{day, days_from};
use crate::view::detail::ContractDetail;
use crate::view::first_event::AtMoment;
use crate::view::summary::ContractSummary;
use crate::view::viewer::Viewer;
use domain::event::Mode;
use domain::id::{ContractId, Subject};
use domain::lifecycle::contract::Phase;
use leptos::prelude::*;

/// The breadcrumb to the list.
const CRUMB: (&str, &str) = ("/contracts", "Contracts");

/// Renders `/contracts/{id}`.
pub fn contract() -> AnyView {
    let viewer = viewer_in_time();
    let id: ContractId = param().as_str().into();
    let moment = viewer.moment();
    let asked = compare::asked();
    let reader = viewer.clone();
    load(
        Section::Contracts,
        move |model| async move {
            let found = model.contract(&id, moment, reader.role()).await;
            let answer = compared(&model, Subject::Contract(id.clone()), asked, &reader).await?;
            Ok((at_moment(&model, Subject::Contract(id), moment, found).await?, answer))
        },
        move |(found, answer)| match found {
            AtMoment::Present(found) => show(&found, &answer, &viewer),
            AtMoment::BeforeFirstEvent(first_event) => before(Section::Contracts, CRUMB, &first_event, &viewer),
        },
    )
}

fn show(of: &ContractDetail, answer: &compare::Answer, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    page(
        Section::Contracts,
        summary.title.clone(),
        view! {
            {head(Some(CRUMB), summary.title.clone(), view! { {as_of_picker(viewer)} {outward(of.url.as_deref())} }, pills(summary, viewer))}
            {standing(&of.findings)}
            {card("Lifecycle", None, lifecycle::lifecycle(of, viewer))}
            <div class="columns">
                <div>
                    {card("Facts", None, view! { <div class="body">{facts::facts(of, viewer)}</div> })}
                    {estimate_card(&of.estimate, summary.standing, of.work_time_type.as_deref())}
                    {facts::fees(of)}
                    <section class="stack">
                        <h2>"Events"</h2>
                        {entries_with_changes(&of.entries, &of.changes)}
                    </section>
                    {compare(&of.entries, answer)}
                </div>
                <aside aria-label="In short">
                    {sidebar::now(summary, viewer)} {sidebar::findings(of)} {sidebar::requisition(of)} {sidebar::renewals(of)}
                </aside>
            </div>
        },
    )
}

fn pills(of: &ContractSummary, viewer: &Viewer) -> AnyView {
    let more = of
        .phase
        .is_running()
        .then(|| {
            of.ends_on.map(|last| {
                // The label ends in a word that needs the day.
                let until = if of.phase == Phase::Ending { "on" } else { "until" };
                format!("{until} {}, {}", day(last), days_from(viewer.today(), last))
            })
        })
        .flatten();
    let contractor = of.contractor_id.as_ref().map(|id| {
        let name = name(of.contractor_name.clone().unwrap_or_else(|| id.to_string()));
        view! { <a class="pill" href=with_moment(id.path())>{name}</a> }
    });
    view! {
        <div class="row">
            {pill(&of.phase, more)}
            {contractor}
            {of.client.clone().map(plain_pill)}
            {id_pill(of.id.as_str())}
            {mode_tag(Mode::of_subject(of.is_test, of.id.as_str()))}
        </div>
    }
    .into_any()
}
