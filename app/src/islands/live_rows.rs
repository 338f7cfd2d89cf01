//! New deliveries at the top of the list as they are committed, and a pill that says whether they come.

use super::dom;
use super::local_times::localise;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventSource, MessageEvent};

/// More rows than this make a page slow; the oldest leave first. They are on the next page anyway.
const MOST_ROWS: usize = 200;

thread_local! {
    // An open source is no `Send` value, and there is one list on a page.
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

/// Live, paused or reconnecting, in words; pressing it pauses and goes on.
#[island]
pub fn LiveRows() -> impl IntoView {
    let status = RwSignal::new("");
    Effect::new(move |_| start(status));
    let words = move || match status.get() {
        "live" => "Live",
        "paused" => "Paused",
        _ => "Reconnecting",
    };
    let hint = move || if status.get() == "paused" { "Show new deliveries again" } else { "Pause new deliveries" };
    view! {
        // Outside the button: inside one, a change of words is nobody's announcement.
        <span class="visually-hidden" role="status">{words}</span>
        <button
            type="button"
            class="pill live-pill"
            data-status=move || Some(status.get()).filter(|status| !status.is_empty())
            title=hint
            on:click=move |_| toggle(status)
        >
            <span class="dot" aria-hidden="true"></span>
            <b>{words}</b>
        </button>
    }
}

fn toggle(status: RwSignal<&'static str>) {
    match SOURCE.take() {
        Some(source) => {
            source.close();
            status.set("paused");
        }
        None => start(status),
    }
}

/// Opens the stream behind the newest row of the page, so that neither a pause nor a slow start leaves a gap.
fn start(status: RwSignal<&'static str>) {
    let Some(place) = dom::first("[data-live]") else { return };
    let Some(url) = place.get_attribute("data-live") else { return };
    let Ok(source) = EventSource::new(&url) else { return };
    status.set("reconnecting");
    dom::listen(&source, "open", move |_| status.set("live"));
    // The browser connects again by itself, and sends the id of the last row it got.
    dom::listen(&source, "error", move |event| {
        let is_closed = event
            .target()
            .and_then(|target| target.dyn_into::<EventSource>().ok())
            .is_some_and(|source| source.ready_state() == EventSource::CLOSED);
        status.set(if is_closed { "paused" } else { "reconnecting" });
    });
    dom::listen(&source, "message", move |event| {
        if let Some(message) = event.dyn_ref::<MessageEvent>() {
            status.set("live");
            insert(&place, message);
        }
    });
    SOURCE.set(Some(source));
}

fn insert(place: &Element, message: &MessageEvent) {
    let Some(html) = message.data().as_string() else { return };
    let Ok(Some(body)) = place.query_selector("tbody") else { return };
    let seq = message.last_event_id();
    let is_known = dom::all(Some(&body), "tr")
        .iter()
        .take(MOST_ROWS)
        .any(|row| row.get_attribute("data-seq").as_ref() == Some(&seq));
    if is_known || body.insert_adjacent_html("afterbegin", &html).is_err() {
        return;
    }
    // A pause begins here again, not at what the page was served with.
    if let Some((path, _)) = place
        .get_attribute("data-live")
        .and_then(|url| url.rsplit_once("since=").map(|(path, seq)| (path.to_owned(), seq.to_owned())))
    {
        let _ = place.set_attribute("data-live", &format!("{path}since={seq}"));
    }
    if place.remove_attribute("hidden").is_ok()
        && let Some(empty) = dom::first(".page > .empty")
    {
        empty.remove();
    }
    if let Some(row) = body.first_element_child() {
        let _ = row.set_attribute("class", "fresh");
        localise(Some(&row));
    }
    for old in dom::all(Some(&body), "tr").iter().skip(MOST_ROWS) {
        old.remove();
    }
}
