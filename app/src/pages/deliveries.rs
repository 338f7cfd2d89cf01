//! The list of all requests that reached a webhook URL, newest first.

mod export_menu;
mod facets;
mod groups;
mod panel;
mod strip;
mod views;

use super::setup::waiting_for_the_first_event;
use crate::islands::{LiveDeliveries, SearchOn};
use crate::shell::context::{filter, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::as_of::moment_fields;
use crate::ui::card::{empty, head};
use crate::ui::chips::in_force_but;
use crate::ui::count::grouped;
use crate::ui::filter_form::day_field;
use crate::ui::pager::{growing, pager, pager_that_says};
use crate::ui::search::{looked, mistake};
use crate::ui::time::day;
use crate::view::delivery::{DeliveryPage, DeliveryView, RefusedCount};
use crate::view::viewer::Viewer;
use domain::event::{EventType, Family, Mode};
use domain::query::filter::{DeliveryFilter, Query};
use domain::query::outcome::Outcome;
use domain::query::volume::Volume;
use domain::query::window::Window;
use domain::timeline::words::time_in_words;
use leptos::prelude::*;

const PATH: &str = "/deliveries";

/// Filters that are chosen by links, which the form keeps.
const HIDDEN: [&str; 10] =
    ["type", "family", "outcome", "mode", "endpoint", "last", "arrived_since", "arrived_until", "late", "once"];

/// Filters that are taken away where they are chosen.
const CHOSEN_ELSEWHERE: [&str; 6] = ["type", "family", "outcome", "mode", "endpoint", "last"];

/// Renders `/deliveries`.
pub fn deliveries() -> AnyView {
    let viewer = viewer();
    let (role, now) = (viewer.role(), viewer.now);
    let filter: DeliveryFilter = filter();
    let asked = filter.clone();
    let email = viewer.person.as_ref().map(|person| person.email.clone()).unwrap_or_default();
    let open = panel::asked();
    load(
        Section::Deliveries,
        move |model| async move {
            let open = panel::find(&model, open, role).await?;
            let page = model.deliveries(&asked, now, role).await?;
            let counts = (model.volume(&asked, now, role).await?, model.refused(role).await?);
            Ok((page, counts, model.delivery_views(&email, now, role).await?, open))
        },
        move |(page, counts, views, open)| show(&page, &counts, &views, open.as_ref(), &filter, &viewer),
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
    (volume, refused): &(Volume, RefusedCount),
    views: &[DeliveryView],
    open: Option<&panel::Open>,
    filter: &DeliveryFilter,
    viewer: &Viewer,
) -> AnyView {
    let DeliveryPage { rows: of, head: log_head, search } = of;
    let is_unfiltered = filter.pairs().is_empty();
    // Before the first request there is nothing to count.
    let is_waiting = of.items.is_empty() && is_unfiltered;
    let searched = search.as_ref().and_then(|search| search.as_ref().ok());
    let mistaken = search.as_ref().and_then(|search| search.as_ref().err());
    let list = match (of.items.is_empty() && mistaken.is_none(), is_unfiltered) {
        (true, true) => waiting_for_the_first_event(),
        (true, false) if of.next.is_some() => empty("No delivery fits so far", view! { <p>"Older ones may fit."</p> }),
        (true, false) => empty(
            "No delivery fits",
            view! {
                <p>"Nothing that was received fits these filters. Take one away, or look at a longer time."</p>
                <a class="button" href=with_moment(format!("{PATH}{}", DeliveryFilter::default().to_query()))>"Show all deliveries"</a>
            },
        ),
        (false, _) => ().into_any(),
    };
    // Older pages are static: only the first page can grow at its top.
    let is_first = filter.before.is_none();
    let live_from =
        (is_first && mistaken.is_none()).then(|| format!("/live/deliveries{}&since={log_head}", filter.to_query()));
    let live = live_from.is_some().then(|| view! { <LiveDeliveries/> });
    let menu = mistaken.is_none().then(|| export_menu::export_menu(filter, *log_head));
    let rows = groups::rows(&of.items, filter, open.map(panel::Open::seq), viewer.now);
    // Beside a delivery the rows are others than those of the next part.
    let goes_on = searched.is_some() && of.next.is_some() && open.is_none();
    let rows_and_pager = view! {
        <div class="table-wrap" hidden=of.items.is_empty() data-live=live_from>
            <table class="table deliveries" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Received"</th>
                        <th scope="col">"Event"</th>
                        <th scope="col">"About"</th>
                        <th scope="col" class="fit">"Outcome"</th>
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
        {goes_on.then(|| view! { <SearchOn/> })}
    }
    .into_any();
    page(
        Section::Deliveries,
        "Deliveries",
        view! {
            {head(None, "Deliveries", view! { {live} {menu} }, ())}
            {form(filter, mistaken.is_some())}
            {mistaken.map(|error| mistake(filter.q.as_deref().unwrap_or_default(), error))}
            {panel::help(open, filter)}
            {views::views(views, filter, viewer)}
            {in_force_but(PATH, filter, &CHOSEN_ELSEWHERE, |key, value| match searched {
                Some(searched) if key == "q" => searched.words.clone(),
                _ => words(key, value),
            })}
            {(!is_waiting).then(|| strip::strip(volume, filter))}
            // Beside a delivery there is no room for them.
            {(!is_waiting && open.is_none()).then(|| facets::facets(volume, filter))}
            {let_go(*refused, filter)}
            {searched.map(|searched| looked(searched, is_first, *log_head, viewer.now))}
            {list}
            {panel::panes(rows_and_pager, open, filter)}
        },
    )
}

fn form(filter: &DeliveryFilter, is_mistaken: bool) -> AnyView {
    // These are chosen by links alone, and the form must keep them.
    let hidden = HIDDEN.map(|key| filter.value(key).map(|value| view! { <input type="hidden" name=key value=value/> }));
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
            {day_field("from", "From (UTC)", "from".to_owned(), filter.value("from").unwrap_or_default())}
            {day_field("to", "To (UTC)", "to".to_owned(), filter.value("to").unwrap_or_default())}
            </div>
            {hidden}
        </form>
    }
    .into_any()
}

fn mode_in_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "Live",
        Mode::Test => "Test",
        Mode::Sample => "Sample",
    }
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
        "arrived_until" => value.parse().map_or_else(|_| value.to_owned(), |at| format!("until {}", time_in_words(at))),
        "last" => Window::parse(value).map_or_else(String::new, |window| window.label().to_lowercase()),
        "endpoint" => format!("endpoint {value}"),
        "mode" => mode_in_words(Mode::parse(value)).to_owned(),
        "late" => "arrived late".to_owned(),
        "once" => "each message once".to_owned(),
        _ => value.to_owned(),
    }
}
