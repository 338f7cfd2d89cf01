//! The lanes as a table, for screen readers, print, and readers who prefer figures.

use super::Links;
use crate::picture::arrange::Drawing;
use crate::picture::{Scene, Work};
use crate::ui::as_of::keep_moment;
use crate::ui::mark::phase_mark;
use crate::ui::name::name;
use crate::ui::time::day;
use crate::view::viewer::Viewer;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::timeline::words::day_of;
use leptos::prelude::*;

/// Renders every contract, with a lane of its own or not; the earliest first.
pub(super) fn contracts(scene: &Scene, drawing: &Drawing, viewer: &Viewer, links: &Links) -> AnyView {
    let mut works: Vec<&Work> = scene.works.iter().collect();
    works.sort_by_key(|work| (work.start_on, work.id.clone()));
    let rows: Vec<AnyView> = works.iter().map(|work| row(work, &works, drawing, viewer, links)).collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Contracts as a table">
            <table class="table">
                <caption>"Contracts"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Contract"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Approved"</th>
                        <th scope="col">"Offered"</th>
                        <th scope="col">"Signed"</th>
                        <th scope="col">"First day"</th>
                        <th scope="col">"Last day"</th>
                        <th scope="col">"Notice, end or exit"</th>
                        <th scope="col">"Renews"</th>
                        <th scope="col">"Findings"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(work: &Work, all: &[&Work], drawing: &Drawing, viewer: &Viewer, links: &Links) -> AnyView {
    let page = work.id.path();
    let phase = Phase::on(viewer.today(), work.state, work.start_on, work.ends_on);
    let planned = work.planned_end_on.map(|date| format!(", planned {}", day(date)));
    let exits = [
        (ContractState::NoticeServed, "Notice served"),
        (ContractState::EndKnown, "End date settled"),
        (ContractState::Revoked, "Revoked"),
        (ContractState::Cancelled, "Cancelled"),
        (ContractState::Deleted, "Deleted"),
    ];
    let exits: Vec<AnyView> = exits
        .into_iter()
        .filter(|(state, _)| is_exit(work, *state))
        .map(|(state, word)| view! { <span class="sub">{word}" "{when(work, state, &page, links)}</span> }.into_any())
        .collect();
    let last = work.ends_on.map(day).or_else(|| work.start_on.map(|_| "no end given".to_owned()));
    let lane = drawing.lanes.iter().find(|lane| lane.id.as_ref() == Some(&work.id));
    let beyond = lane.and_then(|lane| lane.onward.as_ref()).map(|onward| {
        view! { <span class="sub"><a href=links.view(onward.to)>"beyond what is drawn"</a></span> }
    });
    let mut flaws: Vec<&'static str> = work.flaws.iter().map(|flaw| flaw.kind.label()).collect();
    flaws.dedup();
    view! {
        <tr>
            <td>
                <a class="main" href=keep_moment(page.clone())>{name(work.title.clone())}</a>
                {work.subtitle.clone().map(|text| view! { <span class="sub">{name(text)}</span> })}
            </td>
            <td class="fit">{phase_mark(phase, work.ends_on)}</td>
            <td class="fit">{when(work, ContractState::Approved, &page, links)}</td>
            <td class="fit">{when(work, ContractState::Offered, &page, links)}</td>
            <td class="fit">{when(work, ContractState::Accepted, &page, links)}</td>
            <td class="fit">{work.start_on.map(day)}</td>
            <td class="fit">{last}{planned}{beyond}</td>
            <td class="fit">{exits}</td>
            <td>{renewal(work, all)}</td>
            <td>{flaws.join(", ")}</td>
        </tr>
    }
    .into_any()
}

/// Returns whether the contract ended by this step, and was not resumed later.
fn is_exit(work: &Work, state: ContractState) -> bool {
    let back = [ContractState::Approved, ContractState::Offered, ContractState::Accepted];
    let place = work.steps.iter().rposition(|step| step.state == state);
    place.is_some_and(|place| !work.steps[place..].iter().any(|step| back.contains(&step.state)))
}

/// Renders the contract it renews; worded differently if that is inferred from dates.
fn renewal(work: &Work, all: &[&Work]) -> AnyView {
    let Some((id, is_stated)) = &work.renews else { return ().into_any() };
    let title = all.iter().find(|one| one.id == *id).map_or_else(|| id.to_string(), |one| one.title.clone());
    let href = keep_moment(id.path());
    let sure = (!is_stated).then(|| view! { <span class="sub">"by its dates"</span> });
    view! { <a href=href>{name(title)}</a> {sure} }.into_any()
}

/// Renders the day of the last such step, linked to its event; in words for an inferred step.
fn when(work: &Work, state: ContractState, page: &str, links: &Links) -> AnyView {
    let Some(step) = work.steps.iter().rfind(|step| step.state == state) else { return ().into_any() };
    match (step.at, step.seq) {
        (Some(at), seq) => view! { <a href=links.event(page, seq)>{day(day_of(at))}</a> }.into_any(),
        (None, Some(seq)) => view! { <a href=links.event(page, Some(seq))>"out of order"</a> }.into_any(),
        (None, None) => view! { <span class="dim">"not seen"</span> }.into_any(),
    }
}
