//! The labels beside the lanes: a contract's name and terms, or a currency and its sums.

use super::Links;
use super::money::summary;
use crate::chart::layout::{Drawing, Lane};
use crate::chart::window::Choice;
use crate::chart::{ChartContract, ChartData};
use crate::ui::as_of::with_moment;
use crate::ui::name::name;
use domain::text::cut;
use leptos::prelude::*;

/// Maximum length of a tooltip, which shows labels that the style sheet cuts.
const HOVER: usize = 300;

/// Renders the labels in the order of the lanes. They stay visible while the chart beside them scrolls.
pub(super) fn labels(data: &ChartData, drawing: &Drawing, choice: Choice, links: &Links) -> AnyView {
    let class = if drawing.is_dense { "picture-labels dense" } else { "picture-labels" };
    let lanes: Vec<AnyView> = drawing.lanes.iter().map(|lane| label(data, drawing, lane, choice, links)).collect();
    let spend: Vec<AnyView> = data.spend.iter().map(summary).collect();
    view! { <ul class=class data-rows="">{lanes} {spend}</ul> }.into_any()
}

fn label(data: &ChartData, drawing: &Drawing, lane: &Lane, choice: Choice, links: &Links) -> AnyView {
    if let Some(contract) = lane.id.as_ref().and_then(|id| data.contracts.iter().find(|contract| contract.id == *id)) {
        return contract_label(contract);
    }
    let href = links.view(Choice { ended: Some(true), ..choice });
    let count = drawing.ended.0;
    let says = if count == 1 { "1 ended contract".to_owned() } else { format!("{count} ended contracts") };
    view! { <li><p><a href=href>{says}</a> <span>"Show each"</span></p></li> }.into_any()
}

fn contract_label(contract: &ChartContract) -> AnyView {
    let href = with_moment(contract.id.path());
    let about = contract
        .subtitle
        .clone()
        .map(|text| view! { " " <span title=cut(&text, HOVER).into_owned()>{name(&text)}</span> });
    view! { <li><p><a class="main" href=href title=cut(&contract.title, HOVER).into_owned()>{name(contract.title.clone())}</a>{about}</p></li> }
        .into_any()
}
