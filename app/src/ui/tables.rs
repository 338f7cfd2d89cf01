//! The rows of contracts and requisitions, wherever a page lists them.

use super::as_of::keep_moment;
use super::mark::{mark, test_tag};
use super::time::{ago, day_range};
use crate::estimate::Standing;
use crate::event::contract::Rate;
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

/// Requisitions as a table.
pub fn requisitions(of: &[RequisitionSummary], now: Timestamp) -> AnyView {
    let rows: Vec<AnyView> = of.iter().map(|one| requisition(one, now)).collect();
    view! {
        <div class="table-wrap">
            <table class="table" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Requisition"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"Amount"</th>
                        <th scope="col" class="num wide" title="Signed contracts that draw on it: an estimate">"Committed"</th>
                        <th scope="col" class="num wide" title="The amount less what is committed: an estimate">"Left"</th>
                        <th scope="col" class="num wide">"Contracts"</th>
                        <th scope="col" class="num wide">"Last event"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn requisition(of: &RequisitionSummary, now: Timestamp) -> AnyView {
    let href = keep_moment(format!("/spend/{}", of.id));
    let partial =
        of.is_partial.then(|| view! { <span class="dim" title="A contract could not be counted">" at least"</span> });
    let left = match &of.remaining {
        Some(left) if left.amount.is_sign_negative() && !left.amount.is_zero() => {
            let over = Money { amount: left.amount.abs(), currency: left.currency.clone() };
            view! { <span class="mark" data-tone="ended"><span class="dot" aria-hidden="true"></span>"over by " {over.to_string()}</span> }.into_any()
        }
        left => or_dash(left.as_ref()).into_any(),
    };
    view! {
        <tr>
            <td>
                <a class="main" href=href>{of.title.clone()}</a>
                {test_tag(of.is_test)}
                {of.external_id.clone().map(|number| view! { <span class="sub">{number}</span> })}
            </td>
            <td class="fit">{mark(&of.state)}</td>
            <td class="num">
                {or_dash(of.amount.as_ref())}
                {of.amount_type.as_ref().map(|kind| view! { <span class="sub">{kind.in_words()}</span> })}
            </td>
            <td class="num wide">{or_dash(of.committed.as_ref())}{partial}</td>
            <td class="num wide">{left}</td>
            <td class="num wide">{of.contracts}</td>
            <td class="num dim wide">{ago(of.last_at, now)}</td>
        </tr>
    }
    .into_any()
}

fn or_dash(money: Option<&Money>) -> String {
    money.map_or_else(|| "–".to_owned(), ToString::to_string)
}

/// "£25,000.00 in total"
pub fn amount(of: &RequisitionSummary) -> Option<String> {
    let money = of.amount.as_ref()?;
    Some(match &of.amount_type {
        Some(kind) => format!("{money} {}", kind.in_words()),
        None => money.to_string(),
    })
}
