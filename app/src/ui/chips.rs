//! Filters as links: chips that choose one value, and chips that take one filter away.

use super::as_of::{moment_pairs, with_moment};
use super::name::name;
use crate::islands::SearchBox;
use domain::query::filter::{Days, Query};
use jiff::civil::Date;
use leptos::prelude::*;

/// Renders a chip that links to `href`; the current one is marked.
pub fn chip(href: String, text: impl Into<String>, is_current: bool) -> AnyView {
    view! { <a class="chip" href=href aria-current=is_current.then_some("true")>{text.into()}</a> }.into_any()
}

/// Renders "All", and one chip for every value of `key`.
pub fn choose(
    label: &'static str,
    path: &'static str,
    filter: &impl Query,
    key: &'static str,
    values: impl IntoIterator<Item = (&'static str, String)>,
) -> AnyView {
    let current = filter.value(key);
    let all = chip(with_moment(format!("{path}{}", filter.without(key).to_query())), "All", current.is_none());
    let chips: Vec<AnyView> = values
        .into_iter()
        .map(|(value, text)| {
            let href = with_moment(format!("{path}{}", filter.with(key, value).to_query()));
            chip(href, text, current.as_deref() == Some(value))
        })
        .collect();
    view! { <nav class="chips" aria-label=label>{all}{chips}</nav> }.into_any()
}

/// Renders one chip for each range of days, which replaces the values of the keys.
pub fn choose_days(
    label: &'static str,
    path: &'static str,
    filter: &impl Query,
    [from, to]: [&'static str; 2],
    ranges: impl IntoIterator<Item = (&'static str, Days)>,
) -> AnyView {
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    let mut current = Some((filter.value(from), filter.value(to)));
    let chips: Vec<AnyView> = ranges
        .into_iter()
        .map(|(words, days)| {
            let chosen = (text(days.from), text(days.to));
            let with = filter.with(from, chosen.0.as_deref().unwrap_or_default());
            let with = with.with(to, chosen.1.as_deref().unwrap_or_default());
            // Two ranges may be the same days, as this month and the next 30 days are on its first day.
            let is_chosen = current.take_if(|current| *current == chosen).is_some();
            chip(with_moment(format!("{path}{}", with.to_query())), words, is_chosen)
        })
        .collect();
    view! { <nav class="chips" aria-label=label><span class="dim">{label}</span> {chips}</nav> }.into_any()
}

/// Renders one chip for every active filter, each of which removes that filter.
pub fn in_force(path: &'static str, filter: &impl Query, words: impl Fn(&str, &str) -> String) -> AnyView {
    in_force_but(path, filter, &[], words)
}

/// Renders the same without chips for filters that are taken away elsewhere.
pub fn in_force_but(
    path: &'static str,
    filter: &impl Query,
    but: &[&str],
    words: impl Fn(&str, &str) -> String,
) -> AnyView {
    let mut pairs = filter.row_filters();
    pairs.retain(|(key, _)| !but.contains(key));
    if pairs.is_empty() {
        return ().into_any();
    }
    let chips: Vec<AnyView> = pairs
        .iter()
        .map(|(key, value)| {
            let href = with_moment(format!("{path}{}", filter.without(key).to_query()));
            let text = words(key, value);
            let title = format!("Remove the filter {text}");
            view! { <a class="chip remove" href=href aria-label=title>{name(text)}</a> }.into_any()
        })
        .collect();
    let all = with_moment(format!("{path}{}", filter.cleared().to_query()));
    view! {
        <nav class="chips" aria-label="Filters in force">
            {chips} <a class="chip plain" href=all>"Clear all"</a>
        </nav>
    }
    .into_any()
}

/// Renders the other filters of a search form, and the moment, as hidden fields.
pub fn kept(filter: &impl Query, but: &[&str]) -> AnyView {
    filter
        .filters()
        .into_iter()
        .filter(|(key, _)| !but.contains(key))
        .chain(moment_pairs())
        .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
        .collect_view()
        .into_any()
}

/// Renders the search form of a list.
pub fn search(path: &'static str, filter: &impl Query, placeholder: &'static str) -> AnyView {
    view! {
        <form method="get" action=path class="search" role="search">
            {kept(filter, &["q"])}
            <div class="field">
                <label for="search">{placeholder}</label>
                <input class="input" id="search" type="search" name="q" value=filter.value("q").unwrap_or_default() autocomplete="off"/>
            </div>
            <button class="button" type="submit">"Search"</button>
            <SearchBox/>
        </form>
    }
    .into_any()
}
