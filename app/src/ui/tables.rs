//! The rows of contracts and requisitions, wherever a page lists them.

use super::as_of::keep_moment;
use super::mark::{mark, test_tag};
use super::time::{ago, day_range};
use crate::estimate::Standing;
use crate::event::contract::Rate;
use crate::event::spend::AmountType;
use crate::money::Money;
use crate::view::contractor::ContractSummary;
use crate::view::spend::RequisitionSummary;
use jiff::Timestamp;
use leptos::prelude::*;

/// Contracts as a table; without the contractor's column on the contractor's own page.
pub fn contracts(of: &[ContractSummary], with_contractor: bool, now: Timestamp) -> AnyView {
    let rows: Vec<AnyView> = of.iter().map(|one| contract(one, with_contractor, now)).collect();
    view! {
        <div class="table-wrap">
            <table class="table" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Contract"</th>
                        {with_contractor.then(|| view! { <th scope="col">"Contractor"</th> })}
                        <th scope="col">"State"</th>
                        <th scope="col" class="wide">"Dates"</th>
                        <th scope="col" class="num wide" title="What it costs in its present state: an estimate; below it the rate">"Estimate"</th>
                        <th scope="col" class="num wide">"Last event"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn contract(of: &ContractSummary, with_contractor: bool, now: Timestamp) -> AnyView {
    let href = keep_moment(format!("/contracts/{}", of.id));
    let contractor = with_contractor.then(|| {
        let name = of.contractor_name.clone().or_else(|| of.contractor_id.as_ref().map(ToString::to_string));
        let link = of.contractor_id.as_ref().map(|id| keep_moment(format!("/contractors/{id}")));
        match (name, link) {
            (Some(name), Some(href)) => view! { <td><a class="quiet-link" href=href>{name}</a></td> }.into_any(),
            (name, _) => view! { <td class="dim">{name.unwrap_or_else(|| "not named".to_owned())}</td> }.into_any(),
        }
    });
    let rate = of.rate.as_ref().and_then(Rate::in_words);
    let findings = (of.findings > 0).then(|| {
        let text = if of.findings == 1 { "1 finding".to_owned() } else { format!("{} findings", of.findings) };
        view! { " " <span class="tag warn">{text}</span> }
    });
    view! {
        <tr>
            <td>
                <a class="main" href=href>{of.title.clone()}</a>
                {test_tag(of.is_test)}
                {findings}
                {of.job_title.clone().map(|text| view! { <span class="sub">{text}</span> })}
            </td>
            {contractor}
            <td class="fit">{mark(&of.phase)}</td>
            <td class="fit wide">{day_range(of.start_on, of.ends_on)}</td>
            <td class="num wide">
                <span class:dim=of.standing != Standing::Committed>{or_dash(of.estimate.as_ref())}</span>
                {rate.map(|rate| view! { <span class="sub">{rate}</span> })}
            </td>
            <td class="num dim wide">{ago(of.last_at, now)}</td>
        </tr>
    }
    .into_any()
}

/// "£25,000.00 in total"
pub fn amount(of: &RequisitionSummary) -> Option<String> {
    Some(counted_amount(of.amount.as_ref()?, of.amount_type.as_ref()))
}

/// An amount with what it counts.
pub fn counted_amount(money: &Money, kind: Option<&AmountType>) -> String {
    match kind {
        Some(kind) => format!("{money} {}", kind.in_words()),
        None => money.to_string(),
    }
}

fn or_dash(money: Option<&Money>) -> String {
    money.map_or_else(|| "–".to_owned(), ToString::to_string)
}
