//! Every spend requisition, newest event first.

use super::contractors::test_switch;
use crate::lifecycle::spend::RequisitionState;
use crate::shell::context::{filter, viewer_in_time};
use crate::shell::frame::{Here, page};
use crate::shell::load::load;
use crate::ui::as_of::as_of_picker;
use crate::ui::card::{empty, head};
use crate::ui::chips::{choose, in_force, search};
use crate::ui::pager::pager;
use crate::ui::tables;
use crate::view::Page;
use crate::view::filter::{Query, RequisitionFilter};
use crate::view::spend::RequisitionSummary;
use crate::view::viewer::Viewer;
use leptos::prelude::*;

const PATH: &str = "/spend";

/// `/spend`
pub fn spend() -> AnyView {
    let viewer = viewer_in_time();
    let filter: RequisitionFilter = filter();
    let (asked, told) = (filter.clone(), viewer.moment());
    load(
        Here::Spend,
        move |model| async move { model.requisitions(&asked, told).await },
        move |answer| show(&answer, &filter, &viewer),
    )
}

fn show(of: &Page<RequisitionSummary>, filter: &RequisitionFilter, viewer: &Viewer) -> AnyView {
    let states = RequisitionState::ALL.into_iter().map(|state| (state.as_str(), state.label().to_owned()));
    page(
        Here::Spend,
        "Spend",
        view! {
            {head(
                None,
                "Spend",
                view! { {as_of_picker(viewer)} {test_switch(PATH, filter)} },
                view! { <p class="lede">"Requisitions: what was asked for, what was approved, and which contracts draw on it."</p> },
            )}
            {search(PATH, filter, "Title, number or id")}
            {choose("State", PATH, filter, "state", states)}
            {in_force(PATH, filter, words)}
            {if of.items.is_empty() { nothing(filter) } else { tables::requisitions(&of.items, viewer.now) }}
            {pager(PATH, filter, "after", of.next.as_ref())}
        },
    )
}

fn words(key: &str, value: &str) -> String {
    match key {
        "q" => format!("“{value}”"),
        "state" => RequisitionState::parse(value).map_or_else(String::new, |state| state.label().to_owned()),
        _ => "Test traffic".to_owned(),
    }
}

fn nothing(filter: &RequisitionFilter) -> AnyView {
    if filter.filters().is_empty() {
        empty(
            "No requisitions yet",
            view! { <p>"A requisition appears when it is created on YunoJuno, or with the first contract that draws on it."</p> },
        )
    } else {
        empty(
            "No requisition fits",
            view! { <p>"Try another state, or fewer letters."</p> <a class="button" href=PATH>"Show all requisitions"</a> },
        )
    }
}
