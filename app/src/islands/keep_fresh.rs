//! Reloads the marked parts of a page every half minute, so that a wall display stays current. Without this island the
//! page states the time it was rendered.

use super::dom;
use super::local_times::localise;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, XmlHttpRequest, XmlHttpRequestResponseType};

/// The refresh interval, in milliseconds.
const PAUSE: i32 = 30_000;

/// The island, which renders nothing. It replaces the elements with `data-fresh`, matched by its value, and shows an
/// element with `data-fresh-failed` while refreshes fail.
#[island]
pub fn KeepFresh() -> impl IntoView {
    Effect::new(|_| {
        dom::every(PAUSE, || {
            // Hidden pages are not refreshed; when shown, the next refresh is soon.
            if dom::document().is_some_and(|document| !document.hidden()) {
                ask();
            }
        });
    });
}

fn ask() {
    let Some(url) = web_sys::window().and_then(|window| window.location().href().ok()) else { return };
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("GET", &url).is_err() {
        return;
    }
    request.set_response_type(XmlHttpRequestResponseType::Document);
    request.set_timeout(PAUSE.unsigned_abs());
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
        old.set_inner_html(&new.inner_html());
        localise(Some(&old));
    }
    is_swapped
}

fn say_failed(is_failed: bool) {
    for note in dom::all(None, "[data-fresh-failed]") {
        let _ = if is_failed { note.remove_attribute("hidden") } else { note.set_attribute("hidden", "") };
    }
}
