//! Who works for the client: contractors by name.

use crate::lifecycle::contact::ContactState;
use crate::shell::context::{filter, keep_moment, viewer_in_time};
use crate::shell::frame::{Here, page};
use crate::shell::load::load;
use crate::ui::as_of::as_of_picker;
use crate::ui::card::{empty, head};
use crate::ui::chips::{choose, in_force, search};
use crate::ui::committed::committed_cell;
use crate::ui::mark::{mark, test_tag};
use crate::ui::pager::pager;
use crate::ui::time::{ago, day, days_from};
use crate::view::Page;
use crate::view::contractor::ContractorSummary;
use crate::view::filter::{ContractorFilter, Query};
use crate::view::viewer::Viewer;
use leptos::prelude::*;

const PATH: &str = "/contractors";

/// `/contractors`
pub fn contractors() -> AnyView {
    let viewer = viewer_in_time();
    let filter: ContractorFilter = filter();
    let (asked, told) = (filter.clone(), viewer.moment());
    load(
        Here::Contractors,
        move |model| async move { model.contractors(&asked, told).await },
        move |answer| show(&answer, &filter, &viewer),
    )
}

fn show(of: &Page<ContractorSummary>, filter: &ContractorFilter, viewer: &Viewer) -> AnyView {
    let states = ContactState::ALL.into_iter().map(|state| (state.as_str(), state.label().to_owned()));
    page(
        Here::Contractors,
        "Contractors",
        view! {
            {head(None, "Contractors", view! { {as_of_picker(viewer)} {test_switch(PATH, filter)} }, ())}
            {search(PATH, filter, "Name, e-mail address or id")}
            {choose("State", PATH, filter, "state", states)}
            {in_force(PATH, filter, words)}
            {if of.items.is_empty() { nothing(filter) } else { table(&of.items, viewer) }}
            {pager(PATH, filter, "after", of.next.as_ref())}
        },
    )
}

fn words(key: &str, value: &str) -> String {
    match key {
        "q" => format!("“{value}”"),
        "state" => ContactState::parse(value).map_or_else(String::new, |state| state.label().to_owned()),
        _ => "Test traffic".to_owned(),
    }
}

/// Live subjects or test ones: they are never mixed.
pub fn test_switch(path: &'static str, filter: &impl Query) -> AnyView {
    let is_test = filter.value("test").is_some();
    let (href, text) =
        if is_test { (filter.without("test"), "Show live") } else { (filter.with("test", "1"), "Show test") };
    view! { <a class="pill" href=keep_moment(format!("{path}{}", href.to_query()))>{text}</a> }.into_any()
}

fn nothing(filter: &ContractorFilter) -> AnyView {
    if filter.filters().is_empty() {
        empty(
            "No contractors yet",
            view! { <p>"A contractor appears with the first event that names them: when they are invited, or when a contract of theirs is approved or offered."</p> },
        )
    } else {
        empty(
            "No contractor fits",
            view! { <p>"Try fewer letters, or another state."</p> <a class="button" href=PATH>"Show all contractors"</a> },
        )
    }
}

fn table(of: &[ContractorSummary], viewer: &Viewer) -> AnyView {
    let rows: Vec<AnyView> = of.iter().map(|one| row(one, viewer)).collect();
    view! {
        <div class="table-wrap">
            <table class="table" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="wide">"Client"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"Active"</th>
                        <th scope="col" class="num wide">"Offers"</th>
                        <th scope="col" class="num wide">"Ends next"</th>
                        <th scope="col" class="num wide" title="What signed contracts cost, ended ones included: an estimate">"Committed"</th>
                        <th scope="col" class="num wide">"Last event"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(of: &ContractorSummary, viewer: &Viewer) -> AnyView {
    let href = keep_moment(format!("/contractors/{}", of.id));
    let next =
        of.next_end_on.map(|last| view! { {day(last)} <span class="sub">{days_from(viewer.today(), last)}</span> });
    let or_dash = |count: u32| if count == 0 { "–".to_owned() } else { count.to_string() };
    view! {
        <tr>
            <td><a class="main" href=href>{of.name.clone()}</a>{test_tag(of.is_test)}</td>
            <td class="wide">{of.client.clone()}</td>
            <td class="fit">{mark(&of.state)}</td>
            <td class="num">{or_dash(of.active_contracts)}</td>
            <td class="num wide">{or_dash(of.open_offers)}</td>
            <td class="num wide">{next}</td>
            <td class="num wide">{committed_cell(&of.committed)}</td>
            <td class="num dim wide">{ago(of.last_at, viewer.now)}</td>
        </tr>
    }
    .into_any()
}
