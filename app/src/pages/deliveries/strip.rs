//! The bars of requests over time above the list, with links that narrow to the time of each.

use super::PATH;
use crate::chart::volume::{Column, Drawing, HEIGHT, TOP, draw};
use crate::islands::StripDrag;
use crate::ui::as_of::with_moment;
use crate::ui::badge::Badge as _;
use crate::ui::chips::chip;
use crate::ui::count::grouped;
use crate::ui::time::{day, day_range, full};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use domain::query::volume::{Bar, Volume};
use domain::query::window::{Window, day_of, instant};
use jiff::ToSpan as _;
use leptos::prelude::*;

/// Renders the number of requests, the bars with their legend, and a table of the same.
pub(super) fn strip(of: &Volume, filter: &DeliveryFilter) -> AnyView {
    let drawing = draw(of);
    let total: u64 = of.bars.iter().map(Bar::total).sum();
    let title = if total == 1 { "1 request".to_owned() } else { format!("{} requests", grouped(total)) };
    // The list is not bound by a time that nobody chose.
    let is_open = of.is_of_last_week.then_some(", the last 7 days");
    let span = format!("{} (UTC)", span(of.stretch.from, of.stretch.until));
    view! {
        <div>
            <div data-fresh="volume">
                <section class="card strip" aria-labelledby="volume">
                    <div class="card-head">
                        <h2 id="volume">{title}</h2>
                        <p>{span}{is_open}</p>
                        {windows(of, filter)}
                    </div>
                    {more(of, filter)}
                    {sheet(of, &drawing, filter)}
                    {legend(of, &drawing)}
                    {table(of, filter)}
                </section>
            </div>
            <StripDrag/>
        </div>
    }
    .into_any()
}

/// Renders the choice of a time up to now. A time that is given otherwise is none of them.
fn windows(of: &Volume, filter: &DeliveryFilter) -> AnyView {
    let others = DeliveryFilter {
        from: None,
        to: None,
        arrived_since: None,
        arrived_until: None,
        before: None,
        last: None,
        ..filter.clone()
    };
    let is_other = others.filters().len() + usize::from(filter.last.is_some()) < filter.filters().len();
    let shown = filter.last.or(of.is_of_last_week.then_some(Window::Week));
    let chips: Vec<AnyView> = Window::ALL
        .into_iter()
        .map(|window| {
            let chosen = DeliveryFilter { last: Some(window), ..others.clone() };
            chip(
                with_moment(format!("{PATH}{}", chosen.to_query())),
                window.label(),
                !is_other && shown == Some(window),
            )
        })
        .collect();
    view! { <nav class="chips" aria-label="Time">{chips}</nav> }.into_any()
}

/// Says what of the filters is not counted.
fn more(of: &Volume, filter: &DeliveryFilter) -> Option<AnyView> {
    let parts: Vec<&str> = [
        (filter.q.is_some(), "what the search asks of payloads"),
        (filter.late, "lateness"),
        (filter.once, "“each message once”"),
    ]
    .into_iter()
    .filter_map(|(is, words)| is.then_some(words))
    .collect();
    let words =
        format!("Numbers and bars are of the other filters: {} is not counted, so fewer are listed.", parts.join(", "));
    of.is_more.then(|| view! { <p class="strip-note">{words}</p> }.into_any())
}

fn percent(thousandths: i64) -> String {
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

/// Renders the SVG as a group, as screen readers ignore links within an image.
fn sheet(of: &Volume, drawing: &Drawing, filter: &DeliveryFilter) -> AnyView {
    let bottom = TOP + HEIGHT;
    let told = format!(
        "Requests from {} in {} bars, the highest with {}. The same numbers stand in the table below.",
        span(of.stretch.from, of.stretch.until),
        of.bars.len(),
        grouped(drawing.most)
    );
    let silences = drawing.silences.iter().zip(&of.silences).map(|((x, width), silence)| {
        let title = silent(&silence.endpoint, full(silence.from), full(silence.until));
        view! {
            <rect class="silence" x=percent(*x) y=TOP width=percent(*width) height=HEIGHT><title>{title}</title></rect>
        }
    });
    let labels = drawing.labels.iter().map(|(x, words)| {
        view! { <text class="tick" x=percent(*x) y=bottom + 16>{words.clone()}</text> }
    });
    view! {
        <svg class="strip-svg" width="100%" height=bottom + 22 role="group" aria-labelledby="strip-title" aria-describedby="strip-desc">
            <title id="strip-title">"Requests over time"</title>
            <desc id="strip-desc">{told}</desc>
            <defs>
                <pattern id="p-refused" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6"></rect></pattern>
            </defs>
            {silences.collect_view()}
            {drawing.columns.iter().map(|one| column(one, filter)).collect_view()}
            <path class="grid" d=format!("M0 {bottom} H9999")></path>
            {labels.collect_view()}
        </svg>
    }
    .into_any()
}

/// Renders a bar as a link of the chart's full height. An empty one leads nowhere.
fn column(of: &Column, filter: &DeliveryFilter) -> AnyView {
    if of.parts.is_empty() {
        return ().into_any();
    }
    // A tenth of its width to either side of it is free.
    let (x, width) = (of.x + of.width / 10, of.width * 4 / 5);
    let parts = of.parts.iter().map(|(outcome, y, height)| part(*outcome, percent(x), *y, percent(width), *height));
    let words = format!("{}: {}", span(of.bar.from, of.bar.until), counts(&of.bar));
    let title = words.clone();
    view! {
        <a class="column" href=narrowed(&of.bar, filter) aria-label=words>
            <title>{title}</title>
            <rect class="target" x=percent(of.x) y="0" width=percent(of.width) height=TOP + HEIGHT></rect>
            {parts.collect_view()}
        </a>
    }
    .into_any()
}

/// Renders a part in its colour, and refused requests with stripes as well, so that colour does not stand alone.
fn part(of: Outcome, x: String, y: i64, width: String, height: i64) -> AnyView {
    let stripes = (of == Outcome::Refused).then(|| {
        let (x, width) = (x.clone(), width.clone());
        view! { <rect x=x y=y width=width height=height fill="url(#p-refused)"></rect> }
    });
    view! { <rect class="part" data-tone=of.tone() x=x y=y width=width height=height></rect> {stripes} }.into_any()
}

fn narrowed(bar: &Bar, filter: &DeliveryFilter) -> String {
    with_moment(format!("{PATH}{}", filter.within(instant(bar.from), instant(bar.until)).to_query()))
}

/// Returns "12 stored, 1 refused".
fn counts(bar: &Bar) -> String {
    let counts = Outcome::ALL.into_iter().zip(bar.counts).filter(|(_, count)| *count > 0);
    counts
        .map(|(outcome, count)| format!("{} {}", grouped(count), outcome.label().to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ")
}

fn silent(endpoint: &str, from: String, until: String) -> String {
    format!("An unusual silence: no live message came to {endpoint} from {from} to {until}")
}

/// Returns "17 Mar 2026", "16 Mar – 22 Mar 2026", "17 Mar 2026, 06:00 – 12:00".
fn span(from: i64, until: i64) -> String {
    let (first, last) = (day_of(from), day_of(until - 1));
    let is_days = from.rem_euclid(24) == 0 && until.rem_euclid(24) == 0;
    let clock = |hour: i64| instant(hour).strftime("%H:%M").to_string();
    match (is_days, first == last) {
        (true, true) => day(first),
        (true, false) => day_range(Some(first), Some(last)).unwrap_or_default(),
        (false, true) => format!("{}, {} – {}", day(first), clock(from), clock(until)),
        (false, false) => {
            let end = if until.rem_euclid(24) == 0 { last.saturating_add(1.day()) } else { last };
            format!("{}, {} – {}, {}", day(first), clock(from), day(end), clock(until))
        }
    }
}

fn legend(of: &Volume, drawing: &Drawing) -> AnyView {
    let is_there = |place: usize| of.bars.iter().any(|bar| bar.counts.get(place).is_some_and(|count| *count > 0));
    let items = Outcome::ALL.into_iter().enumerate().filter(|(place, _)| is_there(*place)).map(|(_, outcome)| {
        view! {
            <li>
                <svg class="swatch" viewBox="0 0 22 12" aria-hidden="true">{part(outcome, "1".to_owned(), 1, "20".to_owned(), 10)}</svg>
                {outcome.label()}
            </li>
        }
    });
    let silence = (!of.silences.is_empty()).then(|| {
        view! {
            <li>
                <svg class="swatch" viewBox="0 0 22 12" aria-hidden="true"><rect class="silence" x="1" y="1" width="20" height="10"></rect></svg>
                "Unusual silence"
            </li>
        }
    });
    let highest = (drawing.most > 0).then(|| view! { <li>"Highest bar: "{grouped(drawing.most)}</li> });
    view! { <ul class="picture-legend" aria-label="What the bars mean">{items.collect_view()} {silence} {highest}</ul> }
        .into_any()
}

fn table(of: &Volume, filter: &DeliveryFilter) -> AnyView {
    let rows: Vec<AnyView> = of
        .bars
        .iter()
        .filter(|bar| bar.total() > 0)
        .map(|bar| {
            let cells = bar.counts.map(|count| view! { <td class="num">{grouped(count)}</td> });
            view! {
                <tr>
                    <th scope="row"><a href=narrowed(bar, filter)>{span(bar.from, bar.until)}</a></th>
                    {cells.into_iter().collect_view()}
                    <td class="num">{grouped(bar.total())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let silences: Vec<AnyView> = of
        .silences
        .iter()
        .map(|one| view! { <li>{silent(&one.endpoint, full(one.from), full(one.until))}"."</li> }.into_any())
        .collect();
    let heads = Outcome::ALL.map(|outcome| view! { <th scope="col" class="num">{outcome.label()}</th> });
    view! {
        <details class="picture-table">
            <summary>"The bars as a table"</summary>
            <p class="strip-note">"Refused requests are counted whether or not they are kept."</p>
            {(!silences.is_empty()).then(|| view! { <ul class="strip-note">{silences}</ul> })}
            <div class="table-wrap" tabindex="0" role="region" aria-label="Requests over time">
                <table class="table">
                    <caption>"Requests over time"</caption>
                    <thead>
                        <tr><th scope="col">"Time (UTC)"</th>{heads.into_iter().collect_view()}<th scope="col" class="num">"All"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::span;
    use domain::query::window::hour_of;

    #[test]
    fn a_time_is_told_in_days_where_it_is_whole_days() {
        let told = |from: &str, until: &str| {
            let hour = |text: &str| hour_of(format!("2026-03-{text}:00:00Z").parse().unwrap());
            span(hour(from), hour(until))
        };
        assert_eq!(told("17T00", "18T00"), "17 Mar 2026");
        assert_eq!(told("16T00", "23T00"), "16 Mar – 22 Mar 2026");
        assert_eq!(told("17T06", "17T12"), "17 Mar 2026, 06:00 – 12:00");
        assert_eq!(told("17T18", "18T00"), "17 Mar 2026, 18:00 – 00:00");
        assert_eq!(told("15T12", "22T18"), "15 Mar 2026, 12:00 – 22 Mar 2026, 18:00");
        assert_eq!(told("15T12", "22T00"), "15 Mar 2026, 12:00 – 22 Mar 2026, 00:00");
    }
}
