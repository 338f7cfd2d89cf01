//! The frame of a table inside a card: it scrolls by itself where it is wider than the page.

use leptos::prelude::*;

/// Renders a table. `columns` are names with the classes of their cells: `num`, `wide` (hidden on narrow screens), or
/// nothing. `label` describes the rows to screen readers.
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
