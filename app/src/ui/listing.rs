//! A list as a table: the same columns as its CSV file, with sortable headings.

use super::as_of::{moment_pairs, with_moment};
use super::badge::{badge, mode_tag, phase_badge};
use super::chips::kept;
use super::committed::{committed_cell, left_of};
use super::name::{name, names};
use super::time::{ago, day, days_from};
use crate::view::columns::{Cell, Column, State, Table};
use crate::view::viewer::Viewer;
use domain::event::contract::Rate;
use domain::query::column_names::Shown;
use domain::query::filter::Order;
use leptos::prelude::*;

/// Renders the rows of one page, in the columns of the filter. On narrow screens each row is a few lines, without
/// horizontal scrolling; explicitly chosen columns are shown there, too.
pub fn table<F: Table>(filter: &F, rows: &[F::Row], viewer: &Viewer) -> AnyView {
    let columns = filter.columns();
    let is_chosen = !filter.cols().is_empty();
    let heads: Vec<AnyView> = columns.iter().map(|column| head(filter, column, is_chosen)).collect();
    let rows: Vec<AnyView> = rows
        .iter()
        .map(|row| {
            let cells: Vec<AnyView> = columns
                .iter()
                .map(|column| {
                    let content = (column.cell)(row);
                    // The label for narrow layouts without headings; some cells need none.
                    let is_plain = matches!(content, Cell::Subject { .. } | Cell::Link { .. } | Cell::State(_));
                    let label = (!is_plain).then_some(column.label);
                    let class = column.width.class(is_chosen);
                    view! { <td class=class data-label=label>{cell(content, viewer)}</td> }.into_any()
                })
                .collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <div class="table-wrap">
            <table class="table listing" data-rows="">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Renders a heading; for a sortable column, a link that sorts by it or reverses the order.
fn head<F: Table>(filter: &F, column: &Column<F::Row>, is_chosen: bool) -> AnyView {
    let class = column.width.class(is_chosen);
    let is_sorted = F::IS_SORTED_IN_THE_PAST || moment_pairs().is_empty();
    let Some(by) = column.sort.filter(|_| is_sorted) else {
        return view! { <th scope="col" class=class>{column.label}</th> }.into_any();
    };
    let current = filter.order();
    let is_current = current.by == by;
    let next = if is_current { current.reversed() } else { Order::first(by) };
    let href = with_moment(format!("{}{}", F::PATH, filter.with("sort", &next.to_text()).to_query()));
    let sorted = is_current.then_some(if current.descending { "descending" } else { "ascending" });
    view! { <th scope="col" class=class aria-sort=sorted><a class="sort" href=href>{column.label}</a></th> }.into_any()
}

fn cell(of: Cell, viewer: &Viewer) -> AnyView {
    match of {
        Cell::Subject { href, text, under, mode, findings } => {
            let findings = (findings > 0).then(|| {
                let text = if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") };
                view! { " " <span class="tag warn">{text}</span> }
            });
            view! {
                <a class="main" href=with_moment(href)>{name(text)}</a>
                {mode_tag(mode)}
                {findings}
                {under.map(|text| view! { <span class="sub">{name(text)}</span> })}
            }
            .into_any()
        }
        Cell::Link { href, text } => match (href, text) {
            (Some(href), Some(text)) => {
                view! { <a class="quiet-link" href=with_moment(href)>{name(text)}</a> }.into_any()
            }
            (_, text) => {
                view! { <span class="dim">{name(text.unwrap_or_else(|| "not named".to_owned()))}</span> }.into_any()
            }
        },
        Cell::Text(text) => text.map(name).into_any(),
        Cell::Code(text) => text.map(|text| view! { <code class="dim">{name(text)}</code> }).into_any(),
        Cell::Texts(texts) => names(texts),
        Cell::State(State::Contractor(state)) => badge(&state),
        Cell::State(State::Contract(phase, ends_on)) => phase_badge(phase, ends_on),
        Cell::State(State::Requisition(state)) => badge(&state),
        Cell::Day(date) | Cell::LastDay(date, false) => date.map(day).into_any(),
        Cell::LastDay(_, true) => view! { <span class="dim">"no end given"</span> }.into_any(),
        Cell::DayAhead(date) => {
            date.map(|date| view! { {day(date)} {below(days_from(viewer.today(), date))} }).into_any()
        }
        Cell::Instant(at) => view! { <span class="dim">{ago(at, viewer.now)}</span> }.into_any(),
        Cell::Rate(rate) => rate.as_ref().and_then(Rate::in_words).into_any(),
        Cell::Sums(sums, words) => committed_cell(&sums, words),
        Cell::Count(0) | Cell::Sum(None, _) | Cell::Remaining { left: None, .. } => "–".into_any(),
        Cell::Count(count) => count.into_any(),
        Cell::Sum(Some(sum), words) => view! { {sum.to_string()} {words.map(below)} }.into_any(),
        Cell::Remaining { left: Some(left), is_partial, is_by_day } => left_of(&left, is_partial, is_by_day),
        Cell::Amount { now, approved } => {
            // The approved amount is shown only if it differs.
            let approved = approved.filter(|approved| now.as_ref() != Some(approved));
            let approved = approved.map(|approved| below(format!("{} approved", approved.in_words())));
            let words = now.as_ref().and_then(|now| now.kind.as_ref()).map(|kind| below(kind.in_words()));
            view! { {now.map(|now| now.money.to_string())} {words} {approved} }.into_any()
        }
    }
}

/// Renders a remark below a sum; beside it on narrow screens.
fn below(words: impl Into<String>) -> AnyView {
    let words = words.into();
    view! { <span class="below dim">" " {words}</span> }.into_any()
}

/// Renders the number of rows, the choice of columns, and the link to the CSV file.
pub fn toolbar<F: Table>(filter: &F, rows: usize, has_more: bool, nouns: [&'static str; 2]) -> AnyView {
    let is_first = filter.after().is_none();
    let noun = if rows == 1 { nouns[0] } else { nouns[1] };
    let count = match (is_first, has_more) {
        (_, true) if rows == 0 => format!("No {noun} so far"),
        (true, true) => format!("The first {rows} {noun}"),
        (true, false) => format!("{rows} {noun}"),
        (false, _) => format!("{rows} more {noun}"),
    };
    let file = with_moment(format!("{}.csv{}", F::PATH, filter.without("after").to_query()));
    view! {
        <div class="between list-tools">
            <p class="dim" data-count=count.clone()>{count.clone()}</p>
            <div class="row">
                {columns_form(filter)}
                <a class="pill" href=file download="">"Export CSV"</a>
            </div>
        </div>
    }
    .into_any()
}

fn columns_form<F: Table>(filter: &F) -> AnyView {
    let shown: Vec<&str> = filter.columns().iter().map(|column| column.key).collect();
    let boxes: Vec<AnyView> = F::CELLS
        .iter()
        .zip(F::COLUMNS)
        .filter(|(_, name)| name.shown != Shown::Always)
        .map(|(column, _)| {
            let is_shown = shown.contains(&column.key);
            view! {
                <label class="tick">
                    <input type="checkbox" name="cols" value=column.key checked=is_shown/>
                    <span>{column.label}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let own = with_moment(format!("{}{}", F::PATH, filter.without("cols").to_query()));
    view! {
        <details class="drop">
            <summary class="pill">"Columns"</summary>
            <form class="drop-form" method="get" action=F::PATH>
                {kept(filter, &["cols"])}
                <fieldset><legend class="visually-hidden">"Columns"</legend>{boxes}</fieldset>
                <div class="row"><button class="button" type="submit">"Show"</button> <a href=own>"The usual ones"</a></div>
            </form>
        </details>
    }
    .into_any()
}
