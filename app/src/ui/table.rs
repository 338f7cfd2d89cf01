//! The frame of a table inside a card: it scrolls by itself where it is wider than the page.

use leptos::prelude::*;

/// `columns` are names with the classes of their cells: `num`, `wide` (left out on a phone), or nothing. The label says
/// to a screen reader what the rows are.
pub fn table(label: &'static str, columns: &[(&str, &'static str)], rows: Vec<AnyView>) -> AnyView {
    let heads: Vec<_> = columns
        .iter()
        .map(|(name, class)| view! { <th scope="col" class=(!class.is_empty()).then_some(*class)>{(*name).to_owned()}</th> })
        .collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
