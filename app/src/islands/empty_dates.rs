//! Marks empty date fields. `WebKit` shows today's date in them, which looks like an active filter.

use super::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Marks them now, and whenever a field changes or the page is restored.
pub fn mark() {
    let Some(window) = web_sys::window() else { return };
    mark_all();
    for name in ["input", "change", "reset", "pageshow"] {
        dom::listen(&window, name, |_| mark_all());
    }
}

fn mark_all() {
    for field in dom::all(None, "input[type='date']") {
        let _ =
            if is_empty(&field) { field.set_attribute("data-empty", "") } else { field.remove_attribute("data-empty") };
    }
}

/// A field with a partial date has no value either, but is not empty.
fn is_empty(field: &Element) -> bool {
    field.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.value().is_empty() && !input.validity().bad_input())
}
