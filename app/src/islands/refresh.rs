//! Fetches this page again, and replaces the parts of it that are marked with `data-fresh`, matched by its value.

use super::dom;
use super::local_times::localise;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlElement, SvgElement, XmlHttpRequest, XmlHttpRequestResponseType};

/// The shortest time between two refreshes, in milliseconds.
const PAUSE: i32 = 4_000;

/// The time after a change until the first refresh, in which what is counted of it is stored; in milliseconds.
const SETTLING: i32 = 1_000;

/// The time after which an answer is given up, in milliseconds.
const TIMEOUT: u32 = 30_000;

/// What can have the focus within a part.
const FOCUSABLE: &str = "a, summary, [tabindex]";

thread_local! {
    static WAITING: RefCell<Option<Closure<dyn FnMut()>>> = const { RefCell::new(None) };
    /// The time of the last refresh, in milliseconds since the epoch.
    static LAST: Cell<f64> = const { Cell::new(0.0) };
    /// Whether something changed while the page was hidden.
    static IS_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Refreshes soon, as something changed; when the page is hidden, as soon as it is shown.
pub fn soon() {
    let is_waiting = WAITING.with_borrow(Option::is_some);
    let (Some(window), false) = (web_sys::window(), is_waiting) else { return };
    let is_recent = js_sys::Date::now() - LAST.get() < f64::from(PAUSE);
    let act = Closure::<dyn FnMut()>::new(|| {
        // Dropped after this call, in which it is still in use.
        let _running = WAITING.take();
        now();
    });
    let pause = if is_recent { PAUSE } else { SETTLING };
    if window.set_timeout_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), pause).is_ok() {
        WAITING.set(Some(act));
    }
}

/// Refreshes what became due while the page was hidden.
pub fn if_due() {
    if IS_DUE.get() {
        now();
    }
}

/// Refreshes, unless the page is hidden.
pub fn now() {
    let is_hidden = dom::document().is_some_and(|document| document.hidden());
    IS_DUE.set(is_hidden);
    if is_hidden {
        return;
    }
    LAST.set(js_sys::Date::now());
    let Some(url) = web_sys::window().and_then(|window| window.location().href().ok()) else { return };
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("GET", &url).is_err() {
        return;
    }
    request.set_response_type(XmlHttpRequestResponseType::Document);
    request.set_timeout(TIMEOUT);
    // The header tells the server that this is no use of the session.
    let _ = request.set_request_header("x-junoscope-refresh", "1");
    let asked = request.clone();
    dom::listen(&request, "load", move |_| {
        let answer = asked.response().ok().and_then(|answer| answer.dyn_into::<Document>().ok());
        let is_fresh = answer.filter(|_| asked.status() == Ok(200)).is_some_and(|answer| swap(&answer));
        say_failed(!is_fresh);
    });
    for failure in ["error", "timeout"] {
        dom::listen(&request, failure, |_| say_failed(true));
    }
    let _ = request.send();
}

/// Replaces the marked elements; `false` when the response is another page, as after a session ended.
fn swap(answer: &Document) -> bool {
    let mut is_swapped = false;
    for old in dom::all(None, "[data-fresh]") {
        let name = old.get_attribute("data-fresh").unwrap_or_default();
        let Ok(Some(new)) = answer.query_selector(&format!("[data-fresh=\"{name}\"]")) else { continue };
        is_swapped = true;
        // While a part of it is being chosen it stays.
        if old.query_selector("[data-chosen]").ok().flatten().is_none() && old.inner_html() != new.inner_html() {
            put(&old, &new);
        }
    }
    is_swapped
}

/// Replaces the contents of an element. What is open in it stays open, and what has the focus keeps it.
fn put(old: &Element, new: &Element) {
    let open: Vec<bool> = dom::all(Some(old), "details").iter().map(|one| one.has_attribute("open")).collect();
    let active = dom::document().and_then(|document| document.active_element());
    let active = active.filter(|active| old.contains(Some(active)));
    let href = active.as_ref().and_then(|active| active.get_attribute("href"));
    let place = dom::all(Some(old), FOCUSABLE).iter().position(|one| Some(one) == active.as_ref());
    old.set_inner_html(&new.inner_html());
    for (one, is_open) in dom::all(Some(old), "details").iter().zip(open) {
        let _ = if is_open { one.set_attribute("open", "") } else { one.remove_attribute("open") };
    }
    localise(Some(old));
    let Some(place) = place else { return };
    let all = dom::all(Some(old), FOCUSABLE);
    let same = all.iter().find(|one| href.is_some() && one.get_attribute("href") == href);
    let Some(next) = same.or_else(|| all.get(place)) else { return };
    // The links of a picture are no HTML elements.
    let _ = match next.dyn_ref::<HtmlElement>() {
        Some(next) => next.focus(),
        None => next.unchecked_ref::<SvgElement>().focus(),
    };
}

fn say_failed(is_failed: bool) {
    for note in dom::all(None, "[data-fresh-failed]") {
        let _ = if is_failed { note.remove_attribute("hidden") } else { note.set_attribute("hidden", "") };
    }
}
