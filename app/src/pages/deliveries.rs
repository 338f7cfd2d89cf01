//! The list of all requests that reached a webhook URL, newest first.

mod groups;
mod panel;

use super::setup::waiting_for_the_first_event;
use crate::islands::LiveDeliveries;
use crate::shell::Assets;
use crate::shell::context::{filter, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::as_of::moment_fields;
use crate::ui::card::{empty, head};
use crate::ui::chips::in_force;
use crate::ui::count::grouped;
use crate::ui::pager::{growing, pager, pager_that_says};
use crate::ui::search::{looked, mistake};
use crate::ui::time::day;
use crate::view::delivery::{DeliveryPage, RefusedCount};
use crate::view::viewer::Viewer;
use domain::event::{EventType, Family, Mode};
use domain::query::filter::{DeliveryFilter, Query};
use domain::query::outcome::Outcome;
use domain::timeline::words::time_in_words;
use leptos::prelude::*;

const PATH: &str = "/deliveries";

/// Renders `/deliveries`.
pub fn deliveries() -> AnyView {
    let viewer = viewer();
    let (role, now) = (viewer.role(), viewer.now);
    let filter: DeliveryFilter = filter();
    let asked = filter.clone();
    let open = panel::asked();
    load(
        Section::Deliveries,
        move |model| async move {
            let open = panel::find(&model, open, role).await?;
            Ok((model.deliveries(&asked, now, role).await?, model.refused(role).await?, open))
        },
        move |(answer, refused, open)| show(&answer, refused, open.as_ref(), &filter, &viewer),
    )
}

/// Renders "1,438 requests were refused, the newest 1,000 are kept.", only if the filter includes refused requests and
/// not all are kept.
fn let_go(refused: RefusedCount, filter: &DeliveryFilter) -> Option<AnyView> {
    let shows_refused = filter.outcome.is_none_or(|outcome| outcome == Outcome::Refused);
    (shows_refused && refused.all > refused.kept).then(|| {
        let (all, kept) = (grouped(refused.all), grouped(refused.kept));
        let words = format!(
            "{all} requests were refused, the newest {kept} are kept; those that look most like YunoJuno’s are kept longest."
        );
        view! { <p class="dim">{words}</p> }.into_any()
    })
}

fn show(
    of: &DeliveryPage,
    refused: RefusedCount,
    open: Option<&panel::Open>,
    filter: &DeliveryFilter,
    viewer: &Viewer,
) -> AnyView {
    let DeliveryPage { rows: of, head: log_head, search } = of;
    let is_unfiltered = filter.pairs().is_empty();
    let searched = search.as_ref().and_then(|search| search.as_ref().ok());
    let mistaken = search.as_ref().and_then(|search| search.as_ref().err());
    let list = match (of.items.is_empty() && mistaken.is_none(), is_unfiltered) {
        (true, true) => waiting_for_the_first_event(),
        (true, false) if of.next.is_some() => empty("No delivery fits so far", view! { <p>"Older ones may fit."</p> }),
        (true, false) => empty(
            "No delivery fits",
            view! {
                <p>"Nothing that was received fits these filters. Take one away, or look at a longer time."</p>
                <a class="button" href=with_moment(PATH)>"Show all deliveries"</a>
            },
        ),
        (false, _) => ().into_any(),
    };
    // Older pages are static: only the first page can grow at its top.
    let is_first = filter.before.is_none();
    let live_from = (is_first && mistaken.is_none()).then(|| {
        let query = filter.to_query();
        let mark = if query.is_empty() { '?' } else { '&' };
        format!("/live/deliveries{query}{mark}since={log_head}")
    });
    let live = live_from.is_some().then(|| view! { <LiveDeliveries/> });
    let rows = groups::rows(&of.items, filter, open.map(panel::Open::seq), viewer.now);
    let rows_and_pager = view! {
        <div class="table-wrap" hidden=of.items.is_empty() data-live=live_from>
            <table class="table deliveries" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Received"</th>
                        <th scope="col">"Event"</th>
                        <th scope="col">"About"</th>
                        <th scope="col">"Outcome"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {match &of.next {
            // Rows that live rows displace from this page are on the next one, so its link is prepared.
            None if is_first => growing(PATH, filter, "before"),
            next if searched.is_some() => {
                pager_that_says("Look further back →", PATH, filter, "before", next.as_ref())
            }
            next => pager(PATH, filter, "before", next.as_ref()),
        }}
    }
    .into_any();
    page(
        Section::Deliveries,
        "Deliveries",
        view! {
            {head(None, "Deliveries", live, ())}
            {form(filter, mistaken.is_some())}
            {mistaken.map(|error| mistake(filter.q.as_deref().unwrap_or_default(), error))}
            {panel::help(open, filter)}
            {in_force(PATH, filter, |key, value| match searched {
                Some(searched) if key == "q" => searched.words.clone(),
                _ => words(key, value),
            })}
            {let_go(refused, filter)}
            {searched.map(|searched| looked(searched, is_first, viewer.now))}
            {list}
            {panel::panes(rows_and_pager, open, filter)}
        },
    )
}

fn form(filter: &DeliveryFilter, is_mistaken: bool) -> AnyView {
    let families = Family::ALL.into_iter().map(|family| (family.as_str().to_owned(), family.label().to_owned()));
    let types = EventType::KNOWN.into_iter().map(|one| (one.as_str().to_owned(), one.label().to_owned()));
    // An unknown type is chosen by a link; the form must keep it.
    let unknown =
        filter.event_type.clone().filter(|name| !EventType::parse(name).is_known()).map(|name| (name.clone(), name));
    // These are chosen by links alone, and the form must keep them.
    let hidden = ["arrived_since", "late", "once"]
        .map(|key| filter.value(key).map(|value| view! { <input type="hidden" name=key value=value/> }));
    let outcomes = Outcome::ALL.into_iter().map(|one| (one.as_str().to_owned(), one.label().to_owned()));
    view! {
        <form method="get" action=PATH class="filters" role="search">
            {moment_fields()}
            <div class="search">
                <div class="field">
                    <label for="search">"Search"</label>
                    <input
                        class="input" id="search" type="search" name="q" value=filter.value("q").unwrap_or_default()
                        autocomplete="off" autocapitalize="off" spellcheck="false"
                        aria-invalid=is_mistaken.then_some("true") aria-describedby=is_mistaken.then_some("mistake")
                    />
                </div>
                <button class="button" type="submit">"Search"</button>
            </div>
            <div class="narrow">
            {select("family", "Family", filter.value("family"), families.collect())}
            {select("type", "Event", filter.value("type"), types.chain(unknown).collect())}
            {select("outcome", "Outcome", filter.value("outcome"), outcomes.collect())}
            {select("mode", "Mode", filter.value("mode"), MODES.into_iter().map(|mode| (mode.as_str().to_owned(), mode_in_words(mode).to_owned())).collect())}
            {endpoints(filter)}
            {date("from", "From (UTC)", filter.value("from"))}
            {date("to", "To (UTC)", filter.value("to"))}
            </div>
            {hidden}
        </form>
    }
    .into_any()
}

const MODES: [Mode; 3] = [Mode::Live, Mode::Test, Mode::Sample];

fn mode_in_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "Live",
        Mode::Test => "Test",
        Mode::Sample => "Sample",
    }
}

/// Renders the choice of endpoints where there are several, or one is chosen by a link.
fn endpoints(filter: &DeliveryFilter) -> Option<AnyView> {
    let known = use_context::<Assets>().unwrap_or_default().webhook_urls;
    let mut names: Vec<String> = known.into_iter().map(|(name, _)| name).collect();
    names.extend(filter.endpoint.clone().filter(|name| !names.contains(name)));
    let is_choice = names.len() > 1 || filter.endpoint.is_some();
    let options = names.into_iter().map(|name| (name.clone(), name)).collect();
    is_choice.then(|| select("endpoint", "Endpoint", filter.value("endpoint"), options))
}

fn select(name: &'static str, label: &'static str, chosen: Option<String>, values: Vec<(String, String)>) -> AnyView {
    let options: Vec<_> = values
        .into_iter()
        .map(|(value, text)| {
            let is_chosen = chosen.as_ref() == Some(&value);
            view! { <option value=value selected=is_chosen>{text}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select class="input" id=name name=name><option value="">"Any"</option>{options}</select>
        </div>
    }
    .into_any()
}

fn date(name: &'static str, label: &'static str, value: Option<String>) -> AnyView {
    // For the style sheet: WebKit shows today's date in an empty field.
    let is_empty = value.is_none().then_some("");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name type="date" name=name data-empty=is_empty value=value.unwrap_or_default()/>
        </div>
    }
    .into_any()
}

fn words(key: &str, value: &str) -> String {
    match key {
        "q" => format!("“{value}”"),
        "type" => EventType::parse(value).label().to_owned(),
        "family" => Family::parse(value).map_or_else(String::new, |family| family.label().to_owned()),
        "outcome" => Outcome::parse(value).map_or_else(String::new, |outcome| outcome.label().to_owned()),
        "from" => value.parse().map_or_else(|_| value.to_owned(), |date| format!("from {} (UTC)", day(date))),
        "to" => value.parse().map_or_else(|_| value.to_owned(), |date| format!("until {} (UTC)", day(date))),
        "arrived_since" => value.parse().map_or_else(|_| value.to_owned(), |at| format!("since {}", time_in_words(at))),
        "endpoint" => format!("endpoint {value}"),
        "mode" => mode_in_words(Mode::parse(value)).to_owned(),
        "late" => "arrived late".to_owned(),
        "once" => "each message once".to_owned(),
        _ => value.to_owned(),
    }
}
