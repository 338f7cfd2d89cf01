//! The menu that takes deliveries out: as JSON lines, or as a CSV file with chosen fields.

use crate::ui::count::grouped;
use domain::query::filter::{DeliveryFilter, Query};
use leptos::prelude::*;

/// Renders the menu. Its files have everything that the filter finds, and not this page alone; `head` is the number of
/// requests there can be.
pub(super) fn export_menu(filter: &DeliveryFilter, head: i64) -> AnyView {
    let all = DeliveryFilter { before: None, ..filter.clone() };
    let jsonl = format!("/deliveries.jsonl{}", all.to_query());
    let kept: Vec<_> =
        all.pairs().into_iter().map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect();
    let what = if all.pairs().is_empty() { "Every delivery" } else { "Every delivery that fits" };
    let lead = format!("{what}, oldest first. Up to {} requests are looked at.", grouped(head.unsigned_abs()));
    view! {
        <details class="drop">
            <summary class="pill">"Export"</summary>
            <div class="drop-form">
                <p class="dim">{lead}</p>
                <a class="button" href=jsonl download="">"Export JSONL"</a>
                <p class="dim">"Exact bytes, headers and attempts, a message a line. "<code>"junoscope import"</code>" reads it."</p>
                <form class="stack" method="get" action="/deliveries.csv">
                    {kept}
                    <div class="field">
                        <label for="column">"Further CSV columns, a field’s path on each line"</label>
                        <textarea
                            class="input" id="column" name="column" rows="3" placeholder="data.object.rate.value"
                            autocapitalize="off" spellcheck="false"
                        ></textarea>
                    </div>
                    <button class="button" type="submit">"Export CSV"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
