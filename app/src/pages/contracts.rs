//! Every contract, newest event first.

use super::contractors::test_switch;
use crate::lifecycle::contract::Phase;
use crate::shell::context::{filter, viewer_in_time};
use crate::shell::frame::{Here, page};
use crate::shell::load::load;
use crate::ui::as_of::as_of_picker;
use crate::ui::card::{empty, head};
use crate::ui::chips::{choose, in_force, search};
use crate::ui::pager::pager;
use crate::ui::tables;
use crate::view::Page;
use crate::view::contractor::ContractSummary;
use crate::view::filter::{ContractFilter, Query};
use crate::view::viewer::Viewer;
use leptos::prelude::*;

const PATH: &str = "/contracts";

/// `/contracts`
pub fn contracts() -> AnyView {
    let viewer = viewer_in_time();
    let filter: ContractFilter = filter();
    let (asked, told) = (filter.clone(), viewer.moment());
    load(
        Here::Contracts,
        move |model| async move { model.contracts(&asked, told).await },
        move |answer| show(&answer, &filter, &viewer),
    )
}

fn show(of: &Page<ContractSummary>, filter: &ContractFilter, viewer: &Viewer) -> AnyView {
    let phases = Phase::ALL.into_iter().map(|phase| (phase.as_str(), phase.label().to_owned()));
    page(
        Here::Contracts,
        "Contracts",
        view! {
            {head(None, "Contracts", view! { {as_of_picker(viewer)} {test_switch(PATH, filter)} }, ())}
            {search(PATH, filter, "Title, contractor or id")}
            {choose("State", PATH, filter, "state", phases)}
            {in_force(PATH, filter, words)}
            {if of.items.is_empty() { nothing(filter) } else { tables::contracts(&of.items, true, viewer.now) }}
            {pager(PATH, filter, "after", of.next.as_ref())}
        },
    )
}

fn words(key: &str, value: &str) -> String {
    match key {
        "q" => format!("“{value}”"),
        "state" => Phase::parse(value).map_or_else(String::new, |phase| phase.label().to_owned()),
        _ => "Test traffic".to_owned(),
    }
}

fn nothing(filter: &ContractFilter) -> AnyView {
    if filter.filters().is_empty() {
        empty(
            "No contracts yet",
            view! { <p>"A contract appears with its first event: approved, offered, or whatever comes first. Drafts send nothing."</p> },
        )
    } else {
        empty(
            "No contract fits",
            view! { <p>"Try another state, or fewer letters."</p> <a class="button" href=PATH>"Show all contracts"</a> },
        )
    }
}
