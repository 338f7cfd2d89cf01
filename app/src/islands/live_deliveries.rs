//! Inserts new deliveries at the top of the list as they are committed, and shows the connection state.

mod stream;

use super::local_times::localise;
use super::{dom, refresh};
use leptos::prelude::*;
use stream::Status;
use web_sys::{Element, MessageEvent, UrlSearchParams};

/// Maximum number of rows, as more make a page slow; the oldest are removed, and are on the next page.
const MAX_ROWS: usize = 200;

/// The rows of the table; one of refused requests has further ones inside.
const ROWS: &str = ":scope > tr";

/// The button that shows the stream's status; it pauses and resumes.
#[island]
pub fn LiveDeliveries() -> impl IntoView {
    let status = RwSignal::new(None::<Status>);
    Effect::new(move |_| stream::begin(status));
    let of_status = move |word: fn(Status) -> &'static str| status.get().map_or("", word);
    view! {
        // Outside the button, as screen readers do not announce changes within one.
        <span class="visually-hidden" role="status">{move || of_status(Status::words)}</span>
        <button
            type="button"
            class="pill live-pill"
            data-status=move || status.get().map(Status::as_str)
            title=move || of_status(Status::hint)
            on:click=move |_| stream::toggle(status)
        >
            <span class="dot" aria-hidden="true"></span>
            <b>{move || of_status(Status::words)}</b>
        </button>
    }
}

/// Returns the URL of the stream. It starts after the rows of the page, so that neither a pause nor a slow start leaves
/// a gap.
fn address() -> Option<String> {
    dom::first("[data-live]")?.get_attribute("data-live")
}

/// Inserts a row into the table, nearly always as the first.
fn insert(message: &MessageEvent) {
    let Some(place) = dom::first("[data-live]") else { return };
    let Some(html) = message.data().as_string() else { return };
    let Ok(Some(body)) = place.query_selector("tbody") else { return };
    let seq = message.last_event_id();
    go_on_after(&place, &seq);
    refresh::soon();
    let rows = dom::all(Some(&body), ROWS);
    // Also within a row of refused requests.
    if dom::all(Some(&body), "tr[id]").iter().any(|row| row.get_attribute("data-seq").as_ref() == Some(&seq)) {
        return;
    }
    if body.insert_adjacent_html("afterbegin", &html).is_err() {
        return;
    }
    let Some(row) = body.first_element_child() else { return };
    // The clocks of instances differ and the list is ordered by arrival, so the row may not be the first; the last row
    // shown must be the one before the next page.
    if let Some(newer) = rows.iter().take_while(|other| is_newer(other, &row)).last() {
        let _ = newer.after_with_node_1(&row);
    }
    if place.remove_attribute("hidden").is_ok()
        && let Some(empty) = dom::first(".page > .empty")
    {
        empty.remove();
    }
    let _ = row.set_attribute("class", "fresh");
    localise(Some(&row));
    join(&row);
    let rows = dom::all(Some(&body), ROWS);
    if rows.len() > MAX_ROWS {
        for old in rows.iter().skip(MAX_ROWS) {
            old.remove();
        }
        if let Some(last) = rows.get(MAX_ROWS - 1) {
            lead_on_from(last);
        }
    }
}

/// Moves a refused request into the row below it, if that has those of the same sender and reason.
fn join(row: &Element) {
    let key = row.get_attribute("data-refused");
    let Some(group) = row.next_element_sibling().filter(|next| next.class_list().contains("refusals")) else { return };
    if key.is_none() || group.get_attribute("data-refused") != key {
        return;
    }
    let Ok(Some(body)) = group.query_selector("tbody") else { return };
    for name in ["data-seq", "data-at"] {
        let _ = group.set_attribute(name, &row.get_attribute(name).unwrap_or_default());
    }
    let _ = body.prepend_with_node_1(row);
    if let Ok(Some(times)) = group.query_selector(".times") {
        times.set_text_content(Some(&format!("×{}", dom::all(Some(&body), "tr").len())));
    }
}

/// Sets the position at which a reopened stream starts.
fn go_on_after(place: &Element, seq: &str) {
    let Some(url) = place.get_attribute("data-live") else { return };
    let Some((path, since)) = url.rsplit_once("since=") else { return };
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    if number(seq) > number(since) {
        let _ = place.set_attribute("data-live", &format!("{path}since={seq}"));
    }
}

/// Returns the sort key of a row: arrival and sequence number.
fn key(row: &Element) -> (i64, i64) {
    let number = |name: &str| row.get_attribute(name).and_then(|text| text.parse().ok()).unwrap_or_default();
    (number("data-at"), number("data-seq"))
}

fn is_newer(one: &Element, other: &Element) -> bool {
    key(one) > key(other)
}

/// Updates the link to the next page, which begins after the last row shown.
fn lead_on_from(last: &Element) {
    let Some(link) = dom::first(".pager a[rel=next]") else { return };
    let Some(href) = link.get_attribute("href") else { return };
    let (path, query) = href.split_once('?').unwrap_or((&href, ""));
    let Ok(query) = UrlSearchParams::new_with_str(query) else { return };
    let (at, seq) = key(last);
    query.set("before", &format!("{at}~{seq}"));
    let _ = link.set_attribute("href", &format!("{path}?{}", String::from(query.to_string())));
    if let Some(pager) = dom::first(".pager") {
        let _ = pager.remove_attribute("hidden");
    }
}
