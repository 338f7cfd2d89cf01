//! The sidebar of a contract's page: a summary, and the subjects it belongs to.

use crate::shell::context::with_moment;
use crate::ui::badge::{badge, phase_badge};
use crate::ui::box_pairs::{side_box, side_list};
use crate::ui::committed::left_of;
use crate::ui::finding::counts;
use crate::ui::name::name;
use crate::ui::tables::amount;
use crate::ui::time::{day, day_range, days_from};
use crate::view::detail::{ContractDetail, ContractLink};
use crate::view::summary::ContractSummary;
use crate::view::summary::RequisitionSummary;
use crate::view::viewer::Viewer;
use domain::event::contract::Rate;
use domain::timeline::Renewal;
use leptos::prelude::*;

/// Renders its current state.
pub(super) fn now(of: &ContractSummary, viewer: &Viewer) -> AnyView {
    let mut pairs = vec![("State".to_owned(), phase_badge(of.phase, of.ends_on))];
    // A withdrawn contract has no days to count down to.
    let is_void = of.state.is_void();
    if let Some(dates) = day_range(of.start_on, of.ends_on) {
        let label = if is_void { "Was to run" } else { "Dates" };
        pairs.push((label.to_owned(), dates.into_any()));
    }
    if let Some(last) = of.ends_on.filter(|_| !is_void) {
        pairs.push(("Last day".to_owned(), days_from(viewer.today(), last).into_any()));
    }
    if let Some(rate) = of.rate.as_ref().and_then(Rate::in_words) {
        pairs.push(("Rate".to_owned(), rate.into_any()));
    }
    let title = if viewer.as_of.is_some() { format!("On {}", day(viewer.today())) } else { "Now".to_owned() };
    side_box(&title, pairs)
}

/// Renders the number of findings of each kind.
pub(super) fn findings(of: &ContractDetail) -> AnyView {
    if of.findings.is_empty() {
        return ().into_any();
    }
    let pairs = counts(&of.findings).into_iter().map(|(name, count)| (name.to_owned(), count.into_any())).collect();
    side_box("Findings", pairs)
}

/// Renders the requisition it draws on.
pub(super) fn requisition(of: &ContractDetail) -> AnyView {
    let Some(one) = &of.requisition else { return ().into_any() };
    let line = view! {
        <div class="between"><a href=with_moment(one.id.path())>{name(one.title.clone())}</a>{badge(&one.state)}</div>
        <div class="dim">{one.external_id.clone().map(|number| view! { {name(number)} " · " })}{amount(one)}</div>
        {usage(one)}
    };
    side_list("Draws on", vec![line.into_any()])
}

/// Renders how much of the requisition is committed, by all contracts.
fn usage(of: &RequisitionSummary) -> AnyView {
    let (Some(committed), Some(left)) = (&of.committed, &of.remaining) else { return ().into_any() };
    let at_least = if of.is_partial { "at least " } else { "" };
    let rest = left_of(left, of.is_partial, of.is_by_day());
    let a_day = if of.is_by_day() { " a day" } else { "" };
    let word = (!left.is_below_zero()).then_some(" left");
    view! { <div>{format!("{at_least}{committed}{a_day} committed · ")}{rest}{word}</div> }.into_any()
}

/// Returns the wording of a renewal, which takes effect when it is signed.
fn renewed_by(to: &ContractLink) -> &'static str {
    match Renewal::of(to.state) {
        Renewal::Signed => "Renewed by",
        Renewal::Offered => "Renewal offered, not signed:",
        Renewal::Nothing => "A draft may renew it:",
    }
}

/// Renders links to the previous and the next contract.
pub(super) fn renewals(of: &ContractDetail) -> AnyView {
    let link = |words: &'static str, to: &ContractLink| {
        let from = to.start_on.map(|first| format!(", from {}", day(first)));
        let sure = (!to.is_stated).then(|| view! { <div class="dim">"Concluded from dates that touch."</div> });
        view! { {words} " " <a href=with_moment(to.id.path())>{name(to.title.clone())}</a> {from} {sure} }.into_any()
    };
    let is_signed = Renewal::of(of.summary.state) == Renewal::Signed;
    let lines: Vec<AnyView> = of
        .renews
        .iter()
        .map(|to| link(if is_signed { "Renews" } else { "Would renew" }, to))
        .chain(of.renewed_by.iter().map(|to| link(renewed_by(to), to)))
        .collect();
    if lines.is_empty() { ().into_any() } else { side_list("Renewals", lines) }
}
