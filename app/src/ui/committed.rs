//! The cost of signed contracts, one line for each currency.

use crate::view::contractor::{ContractSummary, committed, unestimated};
use domain::money::Money;
use leptos::prelude::*;

/// Pairs for a side box: "Committed, estimate" and the sum, once for each currency; and how many signed contracts cannot
/// be estimated, where there are any. Nothing where nothing is signed.
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

/// What is left of an amount, or by how much it is passed; `is_partial` where more is committed than could be told,
/// `is_by_day` where it is of a day's work.
pub fn left_of(left: &Money, is_partial: bool, is_by_day: bool) -> AnyView {
    let a_day = is_by_day.then_some(" a day");
    if left.is_below_zero() {
        let over = Money { amount: left.amount.abs(), currency: left.currency.clone() };
        let words = if is_partial { "over by at least " } else { "over by " };
        return view! { <span class="tag warn">{words} {over.to_string()} {a_day}</span> }.into_any();
    }
    view! { {is_partial.then(|| view! { <span class="dim">"at most "</span> })} {left.to_string()} {a_day} }.into_any()
}

/// For a cell of a table: one sum a line, or a dash; `words` where that is not everything.
pub fn committed_cell(of: &[Money], words: Option<&'static str>) -> AnyView {
    if of.is_empty() {
        return view! { <span class="dim">{words.unwrap_or("–")}</span> }.into_any();
    }
    let words = || words.map(|words| view! { <span class="dim">{words} " "</span> });
    of.iter().map(|sum| view! { <div>{words()} {sum.to_string()}</div> }).collect_view().into_any()
}
