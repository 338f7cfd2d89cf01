//! Navigation to the past: the date picker in a page's head, the banner while it is active, and links that keep it.

use super::time::{day, days_from};
use crate::view::viewer::Viewer;
use domain::query::moment::{AS_OF, AsOf, MEANING, Meaning, Moment};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// Returns the moment in this page's query string, if it is valid.
pub fn asked() -> Option<AsOf> {
    use_query_map().with_untracked(|query| AsOf::parse(&query.get(AS_OF)?, query.get(MEANING).as_deref()))
}

/// Returns whether the query string has an invalid moment: the page then says so, as it shows the present instead.
fn is_misread() -> bool {
    let is_given = use_query_map().with_untracked(|query| query.get(AS_OF).is_some_and(|text| !text.trim().is_empty()));
    is_given && asked().is_none()
}

/// The past moment chosen by the reader, in context once it is known. Every link keeps it, also on pages that always
/// show the present, until the reader returns to today.
#[derive(Clone, Copy)]
pub struct ChosenMoment(pub AsOf);

/// Puts the moment of this page's query string into context, if it is in the past.
pub fn provide_moment() {
    let now = use_context::<Viewer>().map(|viewer| viewer.now);
    if let Some(as_of) = now.and_then(|now| Moment::new(now, asked()).as_of) {
        provide_context(ChosenMoment(as_of));
    }
}

/// Returns the chosen moment as pairs of a query string; none for now.
pub fn moment_pairs() -> Vec<(&'static str, String)> {
    use_context().map_or_else(Vec::new, |ChosenMoment(as_of)| as_of.pairs())
}

/// Renders the chosen moment as hidden fields of a form.
pub fn moment_fields() -> AnyView {
    moment_pairs()
        .into_iter()
        .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
        .collect_view()
        .into_any()
}

/// Adds the chosen moment to a URL.
pub fn with_moment(href: impl Into<String>) -> String {
    let href = href.into();
    let pairs = moment_pairs();
    if pairs.is_empty() {
        return href;
    }
    let Ok(query) = serde_urlencoded::to_string(pairs) else { return href };
    let (address, anchor) = href.split_once('#').map_or((href.as_str(), None), |(address, at)| (address, Some(at)));
    let joint = if address.contains('?') { '&' } else { '?' };
    let anchor = anchor.map(|at| format!("#{at}")).unwrap_or_default();
    format!("{address}{joint}{query}{anchor}")
}

/// Returns the other pairs of the query string, so that choosing a moment keeps the filters; cursors are left out, as
/// they depend on the moment.
fn others() -> Vec<(String, String)> {
    let search = use_location().search.get_untracked();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(search.trim_start_matches('?')).unwrap_or_default();
    let is_ours = |key: &str| matches!(key, AS_OF | MEANING | "after" | "before");
    pairs.into_iter().filter(|(key, _)| !is_ours(key)).collect()
}

/// Renders "As of today ▾": a form that works without WASM. A chosen day means its end, in UTC.
pub fn as_of_picker(viewer: &Viewer) -> AnyView {
    let path = use_location().pathname.get_untracked();
    let kept: Vec<_> =
        others().into_iter().map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect();
    let chosen = viewer.as_of.map_or_else(|| "today".to_owned(), |_| day(viewer.today()));
    let zone = viewer.as_of.map(|_| " (UTC)");
    let meaning = viewer.as_of.map(|as_of| as_of.meaning).unwrap_or_default();
    let choices: Vec<_> = Meaning::ALL
        .into_iter()
        .map(|one| {
            let hint = match one {
                Meaning::Happened => "Every event that had happened by then, whenever it arrived.",
                Meaning::Known => "Only what had arrived here by then.",
            };
            view! {
                <label class="choice">
                    <input type="radio" name=MEANING value=one.as_str() checked=one == meaning/>
                    <span><b>{one.label()}</b> <span class="dim">{hint}</span></span>
                </label>
            }
        })
        .collect();
    view! {
        <details class="as-of">
            <summary class="pill">"As of "<b>{chosen}</b>{zone}</summary>
            <form class="as-of-form" method="get" action=path>
                {kept}
                <label>
                    <span>"Day (its end, UTC)"</span>
                    <input type="date" name=AS_OF value=viewer.today().to_string() max=day_of_today() required=true/>
                </label>
                {choices}
                <button class="button" type="submit">"Show"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Returns today, which is the latest day to choose; the viewer's `now` may itself be in the past.
fn day_of_today() -> Option<String> {
    use_context::<Viewer>().map(|viewer| viewer.today().to_string())
}

/// Renders the banner of a page that shows the past, with a link back.
pub fn as_of_banner(viewer: &Viewer) -> AnyView {
    let back = back();
    let Some(as_of) = viewer.as_of else {
        return is_misread()
            .then(|| {
                view! {
                    <p class="as-of-banner" role="note">
                        "The day in the address cannot be read, so this is today. Write it as 2026-01-31 or 2026-01-31T12:00Z."
                    </p>
                }
            })
            .into_any();
    };
    let real_today = use_context::<Viewer>().map_or_else(|| viewer.today(), |viewer| viewer.today());
    let zone = as_of.is_end_of_day().then_some(" (UTC)");
    let meaning = match as_of.meaning {
        Meaning::Happened => "as it happened: every event up to then, whenever it arrived",
        Meaning::Known => "as we knew it then: only what had arrived by then",
    };
    view! {
        <p class="as-of-banner" role="note">
            "This is "<b>{as_of.in_words()}</b>{zone}", "{days_from(real_today, viewer.today())}", "{meaning}". "
            <a href=back>"Back to today"</a>
        </p>
    }
    .into_any()
}

/// Renders the banner of a page that always shows the present, while a past moment is chosen.
pub fn present_only_banner() -> AnyView {
    let Some(ChosenMoment(as_of)) = use_context() else { return ().into_any() };
    view! {
        <p class="as-of-banner" role="note">
            "This page tells of now. Contractors, contracts, spend and the calendar go on telling of "<b>{as_of.in_words()}</b>
            ", each with what was wrong then. " <a href=back()>"Back to today"</a>
        </p>
    }
    .into_any()
}

/// Returns this page's URL without a moment.
fn back() -> String {
    address(None)
}

/// Returns this page's URL at another moment, without cursors, as they depend on the moment.
pub fn address(of: Option<AsOf>) -> String {
    let path = use_location().pathname.get_untracked();
    let moment = of.map(AsOf::pairs).unwrap_or_default();
    let pairs = others().into_iter().chain(moment.into_iter().map(|(key, value)| (key.to_owned(), value)));
    match serde_urlencoded::to_string(pairs.collect::<Vec<_>>()) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path,
    }
}
