//! The lanes as a table, for screen readers, print, and readers who prefer figures.

use super::Links;
use crate::chart::layout::Drawing;
use crate::chart::{ChartContract, ChartData};
use crate::ui::as_of::with_moment;
use crate::ui::badge::phase_badge;
use crate::ui::name::name;
use crate::ui::time::day;
use crate::view::viewer::Viewer;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::timeline::words::day_of;
use leptos::prelude::*;

/// Renders every contract, with a lane of its own or not; the earliest first.
pub(super) fn contracts(data: &ChartData, drawing: &Drawing, viewer: &Viewer, links: &Links) -> AnyView {
    let mut contracts: Vec<&ChartContract> = data.contracts.iter().collect();
    contracts.sort_by_key(|contract| (contract.start_on, contract.id.clone()));
    let rows: Vec<AnyView> =
        contracts.iter().map(|contract| row(contract, &contracts, drawing, viewer, links)).collect();
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

fn row(contract: &ChartContract, all: &[&ChartContract], drawing: &Drawing, viewer: &Viewer, links: &Links) -> AnyView {
    let page = contract.id.path();
    let phase = Phase::on(viewer.today(), contract.state, contract.start_on, contract.ends_on);
    let planned = contract.planned_end_on.map(|date| format!(", planned {}", day(date)));
    let exits = [
        (ContractState::NoticeServed, "Notice served"),
        (ContractState::EndKnown, "End date settled"),
        (ContractState::Revoked, "Revoked"),
        (ContractState::Cancelled, "Cancelled"),
        (ContractState::Deleted, "Deleted"),
    ];
    let exits: Vec<AnyView> = exits
        .into_iter()
        .filter(|(state, _)| is_exit(contract, *state))
        .map(|(state, word)| {
            view! { <span class="sub">{word}" "{when(contract, state, &page, links)}</span> }.into_any()
        })
        .collect();
    let last = contract.ends_on.map(day).or_else(|| contract.start_on.map(|_| "no end given".to_owned()));
    let lane = drawing.lanes.iter().find(|lane| lane.id.as_ref() == Some(&contract.id));
    let beyond = lane.and_then(|lane| lane.continuation.as_ref()).map(|continuation| {
        view! { <span class="sub"><a href=links.view(continuation.to)>"beyond what is drawn"</a></span> }
    });
    let mut findings: Vec<&'static str> = contract.findings.iter().map(|finding| finding.kind.label()).collect();
    findings.dedup();
    view! {
        <tr>
            <td>
                <a class="main" href=with_moment(page.clone())>{name(contract.title.clone())}</a>
                {contract.subtitle.clone().map(|text| view! { <span class="sub">{name(text)}</span> })}
            </td>
            <td class="fit">{phase_badge(phase, contract.ends_on)}</td>
            <td class="fit">{when(contract, ContractState::Approved, &page, links)}</td>
            <td class="fit">{when(contract, ContractState::Offered, &page, links)}</td>
            <td class="fit">{when(contract, ContractState::Accepted, &page, links)}</td>
            <td class="fit">{contract.start_on.map(day)}</td>
            <td class="fit">{last}{planned}{beyond}</td>
            <td class="fit">{exits}</td>
            <td>{renewal(contract, all)}</td>
            <td>{findings.join(", ")}</td>
        </tr>
    }
    .into_any()
}

/// Returns whether the contract ended by this step, and was not resumed later.
fn is_exit(contract: &ChartContract, state: ContractState) -> bool {
    let back = [ContractState::Approved, ContractState::Offered, ContractState::Accepted];
    let place = contract.steps.iter().rposition(|step| step.state == state);
    place.is_some_and(|place| !contract.steps[place..].iter().any(|step| back.contains(&step.state)))
}

/// Renders the contract it renews; worded differently if that is inferred from dates.
fn renewal(contract: &ChartContract, all: &[&ChartContract]) -> AnyView {
    let Some((id, is_stated)) = &contract.renews else { return ().into_any() };
    let title = all.iter().find(|one| one.id == *id).map_or_else(|| id.to_string(), |one| one.title.clone());
    let href = with_moment(id.path());
    let sure = (!is_stated).then(|| view! { <span class="sub">"by its dates"</span> });
    view! { <a href=href>{name(title)}</a> {sure} }.into_any()
}

/// Renders the day of the last such step, linked to its event; in words for an inferred step.
fn when(contract: &ChartContract, state: ContractState, page: &str, links: &Links) -> AnyView {
    let Some(step) = contract.steps.iter().rfind(|step| step.state == state) else { return ().into_any() };
    match (step.at, step.seq) {
        (Some(at), seq) => view! { <a href=links.event(page, seq)>{day(day_of(at))}</a> }.into_any(),
        (None, Some(seq)) => view! { <a href=links.event(page, Some(seq))>"out of order"</a> }.into_any(),
        (None, None) => view! { <span class="dim">"not seen"</span> }.into_any(),
    }
}
