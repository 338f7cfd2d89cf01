//! Search while typing: updates the list at every pause. Without this island the box is an ordinary form.

use super::dom;
use super::local_times::localise;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlInputElement, XmlHttpRequest, XmlHttpRequestResponseType};

/// A timer of the browser, with its callback.
type Pause = (i32, Closure<dyn FnMut()>);

/// The pause in typing after which the search starts, in milliseconds.
const PAUSE: i32 = 180;

thread_local! {
    // A page has one search box. An old request is aborted before the next begins, so that a slow response never
    // replaces a newer one.
    static ASKED: RefCell<Option<XmlHttpRequest>> = const { RefCell::new(None) };
    static WAITING: RefCell<Option<Pause>> = const { RefCell::new(None) };
}

/// The island, which announces the number of rows; the box itself is already in the page.
#[island]
pub fn SearchBox() -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let input = dom::first("#search").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            dom::listen(&input.clone(), "input", move |_| wait(input.clone(), said));
        }
    });
    view! { <span class="visually-hidden" role="status">{said}</span> }
}

fn wait(input: HtmlInputElement, said: RwSignal<String>) {
    let Some(window) = web_sys::window() else { return };
    if let Some((timer, _)) = WAITING.take() {
        window.clear_timeout_with_handle(timer);
    }
    let act = Closure::<dyn FnMut()>::new(move || ask(&input, said));
    let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), PAUSE);
    if let Ok(timer) = timer {
        WAITING.set(Some((timer, act)));
    }
}

/// Requests the page that the form would lead to, by `XMLHttpRequest`, which returns a parsed document.
fn ask(input: &HtmlInputElement, said: RwSignal<String>) {
    let Some(url) = address(&input.value()) else { return };
    if let Some(old) = ASKED.take() {
        let _ = old.abort();
    }
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("GET", &url).is_err() {
        return;
    }
    request.set_response_type(XmlHttpRequestResponseType::Document);
    let asked = request.clone();
    let text = input.value();
    dom::listen(&request, "load", move |_| {
        let answer = asked.response().ok().and_then(|answer| answer.dyn_into::<Document>().ok());
        // After a session ended the response is another page, which the form itself must lead to.
        match answer.filter(|answer| asked.status() == Ok(200) && swap(answer)) {
            Some(answer) => {
                replace_address(&url);
                remember(&text);
                let count = answer.query_selector("[data-count]").ok().flatten();
                said.set(count.and_then(|count| count.get_attribute("data-count")).unwrap_or_default());
            }
            None => {
                if let Some(window) = web_sys::window() {
                    let _ = window.location().set_href(&url);
                }
            }
        }
    });
    if request.send().is_ok() {
        ASKED.set(Some(request));
    }
}

/// Returns this page's URL with another search text, at its first page.
fn address(text: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let query = web_sys::UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
    query.delete("after");
    if text.trim().is_empty() {
        query.delete("q");
    } else {
        query.set("q", text.trim());
    }
    let path = location.pathname().ok()?;
    let query = String::from(query.to_string());
    Some(if query.is_empty() { path } else { format!("{path}?{query}") })
}

/// Replaces the elements that depend on the search text. `false` when the response is another page.
fn swap(answer: &Document) -> bool {
    let old = dom::all(None, "[data-swap]");
    let Ok(found) = answer.query_selector_all("[data-swap]") else { return false };
    let new: Vec<Element> =
        (0..found.length()).filter_map(|place| found.item(place)?.dyn_into::<Element>().ok()).collect();
    if old.is_empty() || old.len() != new.len() {
        return false;
    }
    for (old, new) in old.iter().zip(&new) {
        old.set_inner_html(&new.inner_html());
        localise(Some(old));
    }
    true
}

fn replace_address(url: &str) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// Updates the search text in hidden fields of other forms; without a previous search, they have none.
fn remember(text: &str) {
    for form in dom::all(None, "main form[method=get]:not([role=search])") {
        let kept = "input[type=hidden][name=q]";
        if form.query_selector(kept).ok().flatten().is_none() {
            let _ = form.insert_adjacent_html("afterbegin", "<input type=\"hidden\" name=\"q\">");
        }
        if let Some(field) = form.query_selector(kept).ok().flatten() {
            let _ = field.set_attribute("value", text);
        }
    }
}
