//! DOM helpers shared by all islands.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, EventTarget};

/// Returns the document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Returns every element that matches the selector, below `root` or in the document.
pub fn all(root: Option<&Element>, selector: &str) -> Vec<Element> {
    let found = match root {
        Some(root) => root.query_selector_all(selector),
        None => match document() {
            Some(document) => document.query_selector_all(selector),
            None => return Vec::new(),
        },
    };
    let Ok(list) = found else { return Vec::new() };
    (0..list.length()).filter_map(|place| list.item(place)?.dyn_into().ok()).collect()
}

/// Returns the first element that matches the selector.
pub fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok().flatten()
}

/// Adds an event listener for the lifetime of the page, which is that of every island.
pub fn listen(target: &EventTarget, name: &str, act: impl FnMut(Event) + 'static) {
    let act = Closure::<dyn FnMut(Event)>::new(act);
    if target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref()).is_ok() {
        act.forget();
    }
}

/// Calls `act` at this interval for the lifetime of the page.
pub fn every(milliseconds: i32, act: impl FnMut() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let act = Closure::<dyn FnMut()>::new(act);
    let callback = act.as_ref().unchecked_ref();
    if window.set_interval_with_callback_and_timeout_and_arguments_0(callback, milliseconds).is_ok() {
        act.forget();
    }
}
