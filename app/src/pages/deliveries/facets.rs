//! The values of each filter with the number of requests of each, as links that choose one or take it away.

use super::{PATH, mode_in_words};
use crate::ui::as_of::with_moment;
use crate::ui::count::grouped;
use crate::ui::name::name;
use domain::event::{EventType, Family, Mode};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use domain::query::volume::Volume;
use leptos::prelude::*;

/// Number of event types that are shown at once; the others are behind a summary.
const TYPES: usize = 6;

const MODES: [Mode; 3] = [Mode::Live, Mode::Test, Mode::Sample];

/// A value, its label, and the number of its requests.
type Value = (String, String, u64);

/// Renders a row of values for each filter.
pub(super) fn facets(of: &Volume, filter: &DeliveryFilter) -> AnyView {
    let counts = &of.facets;
    let of_all = |count: Option<&u64>| count.copied().unwrap_or_default();
    let outcomes = Outcome::ALL.map(|one| (one.as_str(), one.label(), of_all(counts.outcomes.get(&one))));
    let modes = MODES.map(|one| (one.as_str(), mode_in_words(one), of_all(counts.modes.get(&one))));
    let families = Family::ALL.map(|one| (one.as_str(), one.label(), of_all(counts.families.get(&one))));
    let known = |values: &[(&str, &str, u64)]| -> Vec<Value> {
        values.iter().map(|(value, label, count)| ((*value).to_owned(), (*label).to_owned(), *count)).collect()
    };
    let endpoints = counts.endpoints.iter().map(|(one, count)| (one.clone(), one.clone(), *count));
    let types = counts.types.iter().map(|(one, count)| (one.clone(), EventType::parse(one).label().to_owned(), *count));
    let mut types: Vec<Value> = types.collect();
    types.sort_by(|(_, one, of_one), (_, other, of_other)| of_other.cmp(of_one).then_with(|| one.cmp(other)));
    view! {
        <section class="facets" data-fresh="facets" aria-label="Narrow by what is known of each request">
            {row(filter, "outcome", "Outcome", known(&outcomes), 1)}
            {row(filter, "mode", "Mode", known(&modes), 1)}
            {row(filter, "endpoint", "Endpoint", endpoints.collect(), 2)}
            {row(filter, "family", "About", known(&families), 1)}
            {row(filter, "type", "Event", types, 1)}
        </section>
    }
    .into_any()
}

/// Renders a filter with at least so many values, or with one that is chosen.
fn row(
    filter: &DeliveryFilter,
    key: &'static str,
    label: &'static str,
    mut values: Vec<Value>,
    least: usize,
) -> Option<AnyView> {
    let chosen = filter.value(key);
    if let Some(chosen) = &chosen
        && values.iter().all(|(value, ..)| value != chosen)
    {
        values.insert(0, (chosen.clone(), super::words(key, chosen), 0));
    }
    if values.len() < least && chosen.is_none() {
        return None;
    }
    let is_chosen = |value: &String| chosen.as_ref() == Some(value);
    let mut chips: Vec<AnyView> = values
        .iter()
        .map(|(value, label, count)| chip(filter, key, (value, label, *count), is_chosen(value)))
        .collect();
    // One more is shown in place of a summary about it alone.
    let rest = if chips.len() > TYPES + 1 { chips.split_off(TYPES) } else { Vec::new() };
    let is_open = values.iter().skip(TYPES).any(|(value, ..)| is_chosen(value));
    let rest = (!rest.is_empty()).then(|| {
        let more = format!("{} more", rest.len());
        view! { <details class="more" open=is_open><summary>{more}</summary><div class="chips">{rest}</div></details> }
    });
    let id = format!("facet-{key}");
    let labelled_by = id.clone();
    Some(
        view! {
            <div class="chips" role="group" aria-labelledby=labelled_by><span class="facet-name" id=id>{label}</span>{chips}{rest}</div>
        }
        .into_any(),
    )
}

fn chip(
    filter: &DeliveryFilter,
    key: &'static str,
    (value, label, count): (&str, &str, u64),
    is_chosen: bool,
) -> AnyView {
    let chosen = if is_chosen { filter.without(key) } else { filter.with(key, value) };
    // A type of another family would find nothing.
    let chosen = if key == "family" { chosen.without("type") } else { chosen };
    let href = with_moment(format!("{PATH}{}", chosen.to_query()));
    let title = is_chosen.then(|| format!("Remove the filter {label} {}", grouped(count)));
    let class = if is_chosen { "chip remove" } else { "chip" };
    view! {
        <a class=class href=href aria-current=is_chosen.then_some("true") aria-label=title>
            {name(label.to_owned())} " " <span class="number">{grouped(count)}</span>
        </a>
    }
    .into_any()
}
