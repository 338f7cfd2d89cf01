//! Links to the next page of a list, and back to its first.

use super::as_of::with_moment;
use domain::query::filter::{Cursor, Query};
use leptos::prelude::*;

/// Renders a hidden link to a next page that does not exist yet, on the first page of a live list; a script completes
/// and shows it.
pub fn growing(path: &'static str, filter: &impl Query, key: &'static str) -> AnyView {
    let next = with_moment(format!("{path}{}", filter.without(key).to_query()));
    view! {
        <nav class="pager" aria-label="Pages" hidden="">
            <span>"First page"</span>
            <a class="button" rel="next" href=next>"Next page →"</a>
        </nav>
    }
    .into_any()
}

/// Renders links to the first and the next page, if these differ from this one. `key` is the filter's cursor parameter.
pub fn pager(path: &'static str, filter: &impl Query, key: &'static str, next: Option<&Cursor>) -> AnyView {
    pager_that_says("Next page →", path, filter, key, next)
}

/// Renders the same with other words for the next page.
pub fn pager_that_says(
    words: &'static str,
    path: &'static str,
    filter: &impl Query,
    key: &'static str,
    next: Option<&Cursor>,
) -> AnyView {
    let is_first = filter.value(key).is_none();
    if is_first && next.is_none() {
        return ().into_any();
    }
    let first = with_moment(format!("{path}{}", filter.without(key).to_query()));
    let next = next.map(|cursor| with_moment(format!("{path}{}", filter.with(key, &cursor.to_text()).to_query())));
    view! {
        <nav class="pager" aria-label="Pages">
            {if is_first {
                view! { <span>"First page"</span> }.into_any()
            } else {
                view! { <a class="button" href=first>"← First page"</a> }.into_any()
            }}
            {match next {
                Some(href) => view! { <a class="button" rel="next" href=href>{words}</a> }.into_any(),
                None => view! { <span>"That is all."</span> }.into_any(),
            }}
        </nav>
    }
    .into_any()
}

/// Renders which part of something is shown, with links to the first, the previous, the next and the last; nothing for
/// a single part. `(number, parts)` counts from 1.
pub fn part_links(
    label: &'static str,
    words: String,
    (number, parts): (usize, usize),
    href: impl Fn(usize) -> String,
) -> AnyView {
    if parts <= 1 {
        return ().into_any();
    }
    let link = |is_shown: bool, part: usize, text: &'static str, rel: Option<&'static str>| {
        is_shown.then(|| view! { <a class="pill" rel=rel href=href(part)>{text}</a> })
    };
    view! {
        <nav class="parts no-print" aria-label=label>
            <span>{words}</span>
            <span class="row">
                {link(number > 2, 1, "First", None)}
                {link(number > 1, number.saturating_sub(1), "← Previous", Some("prev"))}
                {link(number < parts, number + 1, "Next →", Some("next"))}
                {link(number + 1 < parts, parts, "Last", None)}
            </span>
        </nav>
    }
    .into_any()
}
