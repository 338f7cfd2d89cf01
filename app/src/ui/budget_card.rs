//! The budget card of a requisition: its figures, a bar, and one row for each contract that draws on it.

use super::badge::phase_badge;
use super::card::card;
use super::finding::notice;
use super::name::name;
use super::time::day_range;
use crate::ui::as_of::with_moment;
use crate::view::summary::ContractSummary;
use domain::budget::{Budget, ContractShare};
use domain::commitment::CommitmentState;
use domain::event::spend::AmountType;
use domain::lifecycle::spend::RequisitionState;
use domain::money::Money;
use leptos::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Renders the figures, the bar, and what could not be counted. The breach is not repeated here, as its finding is at
/// the top of the page.
pub fn budget_card(of: &Budget) -> AnyView {
    let is_day_rate = of.amount_type == Some(AmountType::DayRate);
    let at_least = if of.is_partial { "at least " } else { "" };
    let at_most = if of.is_partial { "at most " } else { "" };
    let (name, kind) = amount_words(of);
    let (committed, pending) = if is_day_rate {
        ("the dearest working day of a signed contract", "the dearest working day of an offer")
    } else {
        ("estimated cost of signed contracts", "estimated cost of open offers and drafts")
    };
    let left = of.remaining.as_ref();
    let is_over = left.is_some_and(Money::is_below_zero);
    let left = left.map(|left| Money { amount: left.amount.abs(), currency: left.currency.clone() });
    let a_day = if is_day_rate { " a day" } else { "" };
    let figures = view! {
        <dl class="figures">
            {figure(name, of.approved.as_ref(), ["", a_day], kind, None)}
            {figure("Committed", of.committed.as_ref(), [at_least, a_day], committed.to_owned(), None)}
            {if is_over {
                figure("Over by", left.as_ref(), [at_least, a_day], "more than the amount".to_owned(), Some("ended"))
            } else {
                figure("Left", left.as_ref(), [at_most, a_day], share_words(of), None)
            }}
            {figure("Pending", of.pending.as_ref(), ["", a_day], pending.to_owned(), None)}
        </dl>
    };
    let obstacles: Vec<AnyView> = of.obstacles.iter().map(|text| notice("warn", text.clone())).collect();
    let notes = (!obstacles.is_empty()).then(|| view! { <div class="body">{obstacles}</div> });
    card("Approved against committed", Some("estimates, not invoices".to_owned()), view! { {figures}{bar(of)}{notes} })
}

/// Returns the name of the compared amount, with its type and, if it changed after its approval, both amounts.
fn amount_words(of: &Budget) -> (&'static str, String) {
    let kind = of.amount_type.as_ref().filter(|kind| !kind.is_day_rate()).map(AmountType::in_words);
    let with_kind = |words: String| kind.iter().cloned().chain([words]).collect::<Vec<_>>().join("; ");
    if let Some((approved, now)) = &of.altered {
        return if of.approved.as_ref() == Some(&now.money) {
            ("Lowered to", with_kind(format!("{} was approved", approved.in_words())))
        } else {
            ("Approved", with_kind(format!("it is for {} now, which was not approved", now.in_words())))
        };
    }
    let name = match of.state {
        RequisitionState::Approved => "Approved",
        RequisitionState::Requested => "Asked for",
        RequisitionState::Known => "Named by contracts",
    };
    (name, kind.unwrap_or_default())
}

fn figure(
    name: &'static str,
    money: Option<&Money>,
    [before, after]: [&'static str; 2],
    note: String,
    tone: Option<&'static str>,
) -> AnyView {
    let value = match money {
        Some(money) => {
            view! { <span class="dim">{before}</span> {money.to_string()} <span class="dim">{after}</span> }.into_any()
        }
        None => view! { <span class="dim">"not known"</span> }.into_any(),
    };
    view! { <div data-tone=tone><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div> }.into_any()
}

fn share_words(of: &Budget) -> String {
    let share = of.committed.as_ref().zip(of.approved.as_ref()).and_then(|(part, whole)| percent(part, whole));
    share.map(|share| format!("{share} % is committed")).unwrap_or_default()
}

/// Renders the committed and pending costs and the amount as one bar. Nothing without a comparison, which the figures
/// explain.
fn bar(of: &Budget) -> AnyView {
    let (Some(approved), Some(committed), Some(pending), Some(_)) =
        (&of.approved, &of.committed, &of.pending, &of.remaining)
    else {
        return ().into_any();
    };
    let is_day_rate = of.amount_type == Some(AmountType::DayRate);
    // Day rates are not added: the bar ends at the higher of the two.
    let end = if is_day_rate {
        Some(committed.amount.max(pending.amount))
    } else {
        committed.amount.checked_add(pending.amount)
    };
    let whole = end.map(|end| end.max(approved.amount)).filter(|whole| !whole.is_zero());
    let Some((end, whole)) = end.zip(whole) else { return ().into_any() };
    let at = |amount: Decimal| thousandths(amount, whole);
    let (limit, bound) = (at(approved.amount), at(committed.amount));
    let within = bound.min(limit);
    let words = format!("{committed} committed and {pending} pending of {approved}");
    view! {
        <svg class="bar" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img">
            <title>{words}</title>
            <rect class="track" x="0" y="3" width=limit.to_string() height="8"></rect>
            <rect class="committed" x="0" y="3" width=within.to_string() height="8"></rect>
            <rect class="over" x=within.to_string() y="3" width=bound.saturating_sub(within).to_string() height="8"></rect>
            <rect class="pending" x=bound.to_string() y="3" width=at(end).saturating_sub(bound).to_string() height="8"></rect>
            <rect class="limit" x=limit.min(997).to_string() y="0" width="3" height="14"></rect>
        </svg>
    }
    .into_any()
}

/// Renders every contract that draws on it, with its share of the amount.
pub fn draws(of: &Budget, contracts: &[ContractSummary]) -> AnyView {
    let rows: Vec<AnyView> = of
        .shares
        .iter()
        .filter_map(|draw| Some(row(of, draw, contracts.iter().find(|contract| contract.id == draw.contract)?)))
        .collect();
    let cost = if of.amount_type == Some(AmountType::DayRate) { "Cost of a day" } else { "Estimate" };
    view! {
        <div class="table-wrap">
            <table class="table" data-rows="">
                <caption class="visually-hidden">"Contracts that draw on it, each with its estimated cost"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Contract"</th>
                        <th scope="col" class="wide">"Contractor"</th>
                        <th scope="col" class="wide">"State"</th>
                        <th scope="col" class="wide">"Dates"</th>
                        <th scope="col" class="num">{cost}</th>
                        <th scope="col" class="wide">"Of the amount"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(of: &Budget, draw: &ContractShare, contract: &ContractSummary) -> AnyView {
    let contractor = contract.contractor_id.as_ref().map(|id| {
        let name = name(contract.contractor_name.clone().unwrap_or_else(|| id.to_string()));
        view! { <a class="quiet-link" href=with_moment(id.path())>{name}</a> }
    });
    let is_dim = draw.cost.is_none() || draw.standing != CommitmentState::Committed;
    let in_words = |cost: &Money| match draw.standing {
        CommitmentState::Nothing => "nothing bound".to_owned(),
        CommitmentState::Disputed => format!("{cost} in question"),
        CommitmentState::Committed | CommitmentState::Pending if draw.at_least.is_some() => format!("at least {cost}"),
        CommitmentState::Committed | CommitmentState::Pending => cost.to_string(),
    };
    let cost = draw.cost.as_ref().map_or_else(|| "not known".to_owned(), in_words);
    let share = draw.cost.as_ref().filter(|_| draw.is_counted).zip(of.approved.as_ref());
    let share = share.and_then(|(cost, approved)| Some(share_bar(percent(cost, approved)?, draw.standing)));
    let left_out = (!draw.is_counted && draw.standing != CommitmentState::Nothing).then_some("not counted");
    view! {
        <tr>
            <td>
                <a class="main" href=with_moment(draw.contract.path())>{name(draw.title.clone())}</a>
                <span class="sub narrow">{phase_badge(contract.phase, contract.ends_on)}</span>
            </td>
            <td class="wide">{contractor}</td>
            <td class="fit wide">{phase_badge(contract.phase, contract.ends_on)}</td>
            <td class="fit wide">{day_range(contract.start_on, contract.ends_on)}</td>
            <td class="num" class:dim=is_dim>{cost}</td>
            <td class="fit wide dim">{share}{left_out}</td>
        </tr>
    }
    .into_any()
}

/// Renders a share. More than 100 % is red, and also stated in words.
fn share_bar(percent: u64, standing: CommitmentState) -> AnyView {
    let is_over = percent > 100;
    let class = match standing {
        _ if is_over => "over",
        CommitmentState::Committed => "committed",
        CommitmentState::Pending | CommitmentState::Disputed | CommitmentState::Nothing => "pending",
    };
    let share = format!("{percent} %");
    let words = if is_over {
        view! { <span class="over-share">{share}<span class="visually-hidden">", more than all of it"</span></span> }
            .into_any()
    } else {
        share.into_any()
    };
    view! {
        <svg class="bar share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="0" width="100" height="8"></rect>
            <rect class=class x="0" y="0" width=percent.min(100).to_string() height="8"></rect>
        </svg>
        {words}
    }
    .into_any()
}

fn percent(part: &Money, whole: &Money) -> Option<u64> {
    let share = part.amount.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole.amount)?;
    // Truncated: 100 % only where all is used.
    share.floor().to_u64()
}

fn thousandths(part: Decimal, whole: Decimal) -> u64 {
    let share = part.checked_mul(Decimal::ONE_THOUSAND).and_then(|part| part.checked_div(whole));
    share.and_then(|share| share.round().to_u64()).unwrap_or_default().min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_above_all_of_it_is_red_and_says_so() {
        let html = |percent: u64| Owner::new().with(|| share_bar(percent, CommitmentState::Committed).to_html());
        let over = html(123);
        assert!(
            over.contains("123 %") && over.contains("over-share") && over.contains("more than all of it"),
            "{over}"
        );
        let all = html(100);
        assert!(all.contains("100 %") && !all.contains("over"), "{all}");
    }
}
