//! The cost of signed contracts, one line for each currency.

use crate::view::summary::{ContractSummary, committed, unestimated};
use domain::money::Money;
use leptos::prelude::*;

/// Returns pairs for a side box: "Committed, estimate" with a sum for each currency, and the number of signed contracts
/// that cannot be estimated, if any. Empty without signed contracts.
pub fn committed_pairs(of: &[ContractSummary]) -> Vec<(String, AnyView)> {
    let sums = committed(of);
    let unknown = unestimated(of);
    let mut pairs: Vec<(String, AnyView)> =
        sums.iter().map(|sum| ("Committed, estimate".to_owned(), sum.to_string().into_any())).collect();
    if unknown > 0 {
        let text = if unknown == 1 { "1 contract".to_owned() } else { format!("{unknown} contracts") };
        pairs.push(("Signed, not estimated in full".to_owned(), text.into_any()));
    }
    pairs
}

/// Renders what is left of an amount, or the excess; `is_partial` if more is committed than could be computed,
/// `is_by_day` for a day rate.
pub fn left_of(left: &Money, is_partial: bool, is_by_day: bool) -> AnyView {
    let a_day = is_by_day.then_some(" a day");
    if left.is_below_zero() {
        let over = Money { amount: left.amount.abs(), currency: left.currency.clone() };
        let words = if is_partial { "over by at least " } else { "over by " };
        return view! { <span class="tag warn">{words} {over.to_string()} {a_day}</span> }.into_any();
    }
    view! { {is_partial.then(|| view! { <span class="dim">"at most "</span> })} {left.to_string()} {a_day} }.into_any()
}

/// Renders a table cell with one sum per line, or a dash; `words` explain incomplete sums.
pub fn committed_cell(of: &[Money], words: Option<&'static str>) -> AnyView {
    if of.is_empty() {
        return view! { <span class="dim">{words.unwrap_or("–")}</span> }.into_any();
    }
    let words = || words.map(|words| view! { <span class="dim">{words} " "</span> });
    of.iter().map(|sum| view! { <div>{words()} {sum.to_string()}</div> }).collect_view().into_any()
}
