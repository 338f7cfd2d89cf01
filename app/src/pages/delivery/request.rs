//! The request of a delivery: its verification step by step, what was skipped while reading it, and its headers.

use super::spot::Spot;
use crate::ui::card::card;
use crate::ui::pager::part_links;
use crate::ui::payload::cost;
use crate::view::delivery::CheckStep;
use domain::text::cut;
use leptos::prelude::*;

/// Size of a part of the headers, in bytes, on a page of its own and beside the list.
const PAGE: usize = 6_000;
const BESIDE: usize = 2_500;
/// Maximum length of a header's name, in characters; its value was cut when it was stored.
const NAME: usize = 200;
/// Maximum number of skipped fields; further ones are counted.
const SKIPPED: usize = 20;
/// Maximum length of what is said of a step, in characters: a header may be quoted in it.
const EXPLANATION: usize = 700;

/// Renders the steps of the verification, with what to do about the one that failed.
pub(super) fn checks(of: &[CheckStep]) -> AnyView {
    let items: Vec<AnyView> = of
        .iter()
        .map(|step| {
            let (tone, sign, word) = match step.passed {
                Some(true) => ("completed", "✓", "passed"),
                Some(false) => ("ended", "✗", "failed"),
                None => ("deleted", "–", "not reached"),
            };
            let advice = step.advice.clone().map(|words| view! { <p class="advice"><b>"What to do: "</b>{words}</p> });
            view! {
                <li data-tone=tone>
                    <span class="sign" aria-hidden="true">{sign}</span>
                    <b>{step.name.clone()}<span class="visually-hidden">{format!(": {word}")}</span></b>
                    <div><p>{cut(&step.explanation, EXPLANATION).into_owned()}</p>{advice}</div>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = view! { <ol class="checks">{items}</ol> };
    card("Signature check", Some("what was looked at, in this order".to_owned()), list)
}

/// Renders the paths of fields that could not be read.
pub(super) fn skipped_fields(of: &[String]) -> AnyView {
    if of.is_empty() {
        return ().into_any();
    }
    let more = of.len().saturating_sub(SKIPPED);
    let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
    let items: Vec<_> = of.iter().take(SKIPPED).map(|text| view! { <li>{cut(text, NAME).into_owned()}</li> }).collect();
    let list = view! { <div class="body prose"><ul>{items}{more}</ul></div> };
    card("Skipped while reading", Some("an undocumented shape; the event still counts".to_owned()), list)
}

/// Returns the bytes of HTML of the headers that are shown, about.
pub(super) fn size(of: &[(String, String)], spot: &Spot) -> usize {
    part(of, spot).0.iter().map(size_of_header).sum()
}

fn size_of_header((name, value): &(String, String)) -> usize {
    90 + cost::of_text(name) + cost::of_text(value)
}

/// Returns the part of the headers that is asked for, its number, and the number of parts.
fn part<'a>(of: &'a [(String, String)], spot: &Spot) -> (&'a [(String, String)], usize, usize) {
    let parts = in_parts(of, spot.either(PAGE, BESIDE));
    let number = spot.headers.min(parts.len().max(1));
    (parts.get(number - 1).copied().unwrap_or_default(), number, parts.len())
}

/// Renders the headers as they came, in parts where they are long.
pub(super) fn headers(of: &[(String, String)], spot: &Spot) -> AnyView {
    let (shown, number, parts) = part(of, spot);
    let rows: Vec<_> = shown
        .iter()
        .map(|(name, value)| {
            let name = cut(name, NAME).into_owned();
            view! { <div><dt><code>{name}</code></dt><dd><code>{value.clone()}</code></dd></div> }
        })
        .collect();
    let words = format!("{} of {} headers", shown.len(), of.len());
    let links = part_links("Parts of the headers", words, (number, parts), |part| spot.to_headers(part));
    let list = view! { <div class="body"><dl class="facts">{rows}</dl></div> {links} };
    view! { <div id="headers">{card("Headers", Some("secrets are masked".to_owned()), list)}</div> }.into_any()
}

/// Divides headers into parts of about this many bytes.
fn in_parts(all: &[(String, String)], budget: usize) -> Vec<&[(String, String)]> {
    let mut parts = Vec::new();
    let mut rest = all;
    while !rest.is_empty() {
        let mut spent = 0;
        let fit = rest.iter().take_while(|header| {
            spent += size_of_header(header);
            spent <= budget
        });
        let (part, after) = rest.split_at(fit.count().max(1));
        parts.push(part);
        rest = after;
    }
    parts
}
