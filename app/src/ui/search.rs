//! What stands below the search box of deliveries: the help, the place of a mistake, and how far was looked.

use super::as_of::with_moment;
use super::count::grouped;
use super::time::row_time;
use crate::view::delivery::Searched;
use domain::query::filter::{DeliveryFilter, Query};
use domain::query::search::{FORMS, KEYS, QueryError};
use jiff::Timestamp;
use leptos::prelude::*;

/// Renders the closed help. Every example is a link that runs it at `path`.
pub fn search_help(path: &'static str) -> AnyView {
    let row = |example: &'static str, what: String| {
        let href = with_moment(format!("{path}{}", DeliveryFilter::default().with("q", example).to_query()));
        view! { <div><dt><a href=href><code>{example}</code></a></dt><dd>{what}</dd></div> }
    };
    let forms: Vec<_> = FORMS.iter().map(|form| row(form.example, form.what.to_owned())).collect();
    let keys: Vec<_> = KEYS
        .iter()
        .map(|key| match key.values {
            [] => row(key.example, key.what.to_owned()),
            values => row(key.example, format!("{}: {}", key.what, values.join(", "))),
        })
        .collect();
    view! {
        <details class="search-help">
            <summary>"How to search"</summary>
            <p id="how-to-search">"Each example is a link. A search finds deliveries with"</p>
            <dl class="facts">{forms}</dl>
            <p>"What is known of a request besides its payload has keys. They find deliveries"</p>
            <dl class="facts">{keys}</dl>
            <p>
                "An index answers a search, whatever the number of deliveries. Only for parts of values (~) and for headers each delivery is looked at, from the newest back."
            </p>
        </details>
    }
    .into_any()
}

/// Renders a text that is no search, with carets under the mistake.
pub fn mistake(text: &str, error: &QueryError) -> AnyView {
    let marked = error.marked(text);
    view! {
        <div class="finding" data-kind="error" role="alert" id="mistake">
            <b>{error.message.clone()}</b>
            <pre class="code" tabindex="0">{marked}</pre>
        </div>
    }
    .into_any()
}

/// Renders "Looked at 12,400 of 1,000,000 deliveries, back to 3 Mar, 09:14." Scripts add the numbers of several pages up.
/// `head` is the number of requests there can be.
pub fn looked(of: &Searched, is_first: bool, head: i64, now: Timestamp) -> AnyView {
    let looked = match of.looked_at {
        None => "Looked".into_any(),
        Some(count) => {
            let all = if of.is_end { String::new() } else { format!(" of {}", grouped(head.unsigned_abs())) };
            let noun = if count == 1 && of.is_end { "delivery" } else { "deliveries" };
            let comma = if of.looked_to.is_some() { "," } else { "" };
            let rest = format!("{all} {noun}{comma}");
            view! { "Looked at " <span data-looked-count="">{grouped(count)}</span> {rest} }.into_any()
        }
    };
    let back = of.looked_to.map(|at| view! { " back to " {row_time(at, now)} });
    // On later pages the links below say it.
    let end = (of.is_end && is_first).then_some(" That is all.");
    let behind = of.unindexed.map(|count| {
        format!(" The index of the search is {} deliveries behind, so each is looked at.", grouped(count))
    });
    let count = of.looked_at.map(|count| count.to_string()).unwrap_or_default();
    view! { <p class="dim" data-looked=count>{looked} {back} "." {end} {behind}</p> }.into_any()
}
