//! The keyboard: `/` to search, `j` and `k` along a list, `g` and a letter to a page, `?` for this list.

use super::dom;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const PAGES: [(&str, &str, &str); 7] = [
    ("o", "/", "Overview"),
    ("p", "/contractors", "Contractors"),
    ("c", "/contracts", "Contracts"),
    ("s", "/spend", "Spend"),
    ("m", "/calendar", "Calendar"),
    ("d", "/deliveries", "Deliveries"),
    ("k", "/catalog", "Catalog"),
];

/// The dialog with the list of keys; closed until `?` is pressed.
#[island]
pub fn KeyMap() -> impl IntoView {
    Effect::new(|_| {
        let Some(document) = dom::document() else { return };
        let after_g = Cell::new(false);
        dom::listen(&document, "keydown", move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                press(event, &after_g);
            }
        });
    });
    let pages = PAGES.map(|(key, _, name)| {
        view! { <dt><kbd>"g"</kbd> " " <kbd>{key}</kbd></dt><dd>{name}</dd> }
    });
    view! {
        <dialog class="keys" id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <dl>
                <dt><kbd>"/"</kbd></dt><dd>"Search"</dd>
                <dt><kbd>"j"</kbd> " " <kbd>"k"</kbd></dt><dd>"Down and up the list"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"Open the chosen row"</dd>
                {pages}
                <dt><kbd>"?"</kbd></dt><dd>"This list"</dd>
            </dl>
            <form method="dialog"><button class="button" type="submit">"Close"</button></form>
        </dialog>
    }
}

fn press(event: &KeyboardEvent, after_g: &Cell<bool>) {
    let is_typing = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"));
    if is_typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    if after_g.replace(false) {
        if let Some((_, path, _)) = PAGES.iter().find(|(letter, ..)| *letter == key)
            && let Some(link) = dom::first(&format!("#menu a[href='{path}']"))
        {
            event.prevent_default();
            click(&link);
        }
        return;
    }
    match key.as_str() {
        "g" => after_g.set(true),
        "/" => focus(dom::first("#search"), event),
        "j" => focus(step(1), event),
        "k" => focus(step(-1), event),
        "?" => show_keys(event),
        _ => {}
    }
}

/// The link of the row after or before the one that has the focus.
fn step(by: isize) -> Option<Element> {
    let rows = dom::all(None, "[data-rows] a.main");
    let active = dom::document()?.active_element();
    let place = active.and_then(|active| rows.iter().position(|row| row.is_same_node(Some(&active))));
    let next = match place {
        Some(place) => place.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
        None => 0,
    };
    rows.get(next).cloned()
}

fn focus(element: Option<Element>, event: &KeyboardEvent) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = element.focus();
    }
}

fn click(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.click();
    }
}

fn show_keys(event: &KeyboardEvent) {
    if let Some(dialog) = dom::first("#keys").and_then(|keys| keys.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        event.prevent_default();
        if !dialog.open() {
            let _ = dialog.show_modal();
        }
    }
}
