//! Goes on with a search that ended before its page was full: fetches what the link "Look further back" leads to, one
//! part after another, and adds the rows beneath. Without this island the link does the same by hand.

use super::dom;
use super::local_times::localise;
use js_sys::Number;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, XmlHttpRequest, XmlHttpRequestResponseType};

/// Number of rows of a full page.
const FULL: usize = 50;

/// The link to the next part.
const NEXT: &str = ".pager a[rel=next]";

thread_local! {
    // A page has one search, and one part is asked for at a time.
    static ASKED: RefCell<Option<XmlHttpRequest>> = const { RefCell::new(None) };
}

/// How the search stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The page was full when it came.
    Asleep,
    /// Parts are asked for, except while the page is hidden.
    Running,
    /// The reader stopped it.
    Stopped,
    /// The server did not answer.
    Failed,
    /// The page is full.
    Full,
    /// All was looked at.
    All,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Asleep => "",
            Self::Running => "Looking further back.",
            Self::Stopped => "The search is stopped.",
            Self::Failed => "Junoscope did not answer.",
            Self::Full => "The page is full.",
            Self::All => "Everything was looked at.",
        }
    }

    /// Returns the label of the button; `None` where there is nothing to do.
    fn act(self) -> Option<&'static str> {
        match self {
            Self::Running => Some("Stop"),
            Self::Stopped | Self::Failed => Some("Continue"),
            Self::Asleep | Self::Full | Self::All => None,
        }
    }
}

/// The island, which says whether the search goes on, and stops and continues it.
#[island]
pub fn SearchOn() -> impl IntoView {
    let state = RwSignal::new(State::Asleep);
    Effect::new(move |_| {
        if shown() >= FULL || dom::first(NEXT).is_none() {
            return;
        }
        state.set(State::Running);
        go_on(state);
        if let Some(document) = dom::document() {
            dom::listen(&document, "visibilitychange", move |_| go_on(state));
        }
    });
    let toggle = move |_| {
        if state.get_untracked() == State::Running {
            state.set(State::Stopped);
            if let Some(request) = ASKED.take() {
                let _ = request.abort();
            }
        } else {
            state.set(State::Running);
            go_on(state);
        }
    };
    view! {
        <p class="row dim search-on" hidden=move || state.get() == State::Asleep>
            <span role="status">{move || state.get().words()}</span>
            {move || {
                state
                    .get()
                    .act()
                    .map(|act| view! { <button type="button" class="pill" on:click=toggle>{act}</button> })
            }}
        </p>
    }
}

/// Returns the number of rows, each of joined refused requests counted.
fn shown() -> usize {
    dom::all(None, "[data-rows] tr[id]").len()
}

/// Asks for the next part, if one is wanted and none is on its way.
fn go_on(state: RwSignal<State>) {
    let is_hidden = dom::document().is_some_and(|document| document.hidden());
    if state.get_untracked() != State::Running || is_hidden || ASKED.with_borrow(Option::is_some) {
        return;
    }
    let Some(href) = dom::first(NEXT).and_then(|link| link.get_attribute("href")) else {
        state.set(State::All);
        return;
    };
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("GET", &href).is_err() {
        return;
    }
    request.set_response_type(XmlHttpRequestResponseType::Document);
    // The header tells the server that this is no use of the session.
    let _ = request.set_request_header("x-junoscope-refresh", "1");
    let asked = request.clone();
    dom::listen(&request, "loadend", move |_| {
        if !ASKED.with_borrow(|current| current.as_ref() == Some(&asked)) {
            return;
        }
        ASKED.set(None);
        let answer = asked.response().ok().and_then(|answer| answer.dyn_into::<Document>().ok());
        if !answer.is_some_and(|answer| asked.status() == Ok(200) && add(&answer)) {
            state.set(State::Failed);
        } else if shown() >= FULL {
            state.set(State::Full);
        } else {
            go_on(state);
        }
    });
    if request.send().is_ok() {
        ASKED.set(Some(request));
    }
}

/// Adds the rows of a part, and says how far was looked with all parts; `false` when the response is another page.
fn add(answer: &Document) -> bool {
    let found = |selector: &str| answer.query_selector(selector).ok().flatten();
    let (Some(body), Some(rows)) = (dom::first("[data-rows] > tbody"), found("[data-rows] > tbody")) else {
        return false;
    };
    let (Some(looked), Some(further)) = (dom::first("[data-looked]"), found("[data-looked]")) else { return false };
    let (Some(link), Some(next)) = (dom::first(NEXT), found(".pager > :last-child")) else { return false };
    let rows = dom::all(Some(&rows), ":scope > tr");
    if !rows.is_empty() {
        if let Ok(Some(place)) = body.closest(".table-wrap") {
            let _ = place.remove_attribute("hidden");
        }
        if let Some(empty) = dom::first(".page > .empty") {
            empty.remove();
        }
    }
    for row in rows {
        let is_there = !row.id().is_empty() && dom::first(&format!("#{}", row.id())).is_some();
        if !is_there && body.append_child(&row).is_ok() {
            localise(Some(&row));
        }
    }
    let _ = link.replace_with_with_node_1(&next);
    let count = |of: &Element| of.get_attribute("data-looked").and_then(|text| text.parse::<u32>().ok());
    let sum = count(&looked).zip(count(&further)).map(|(one, other)| one.saturating_add(other));
    looked.set_inner_html(&further.inner_html());
    localise(Some(&looked));
    if let (Some(sum), Ok(Some(place))) = (sum, looked.query_selector("[data-looked-count]")) {
        let _ = looked.set_attribute("data-looked", &sum.to_string());
        let grouped = Number::from(sum).to_locale_string("en-GB");
        place.set_text_content(Some(&String::from(grouped)));
    }
    true
}
