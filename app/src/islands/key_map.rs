//! Keyboard shortcuts: `/` searches, `j` and `k` move along a list, `g` and a letter open a page, `?` shows the keys.

use super::{dom, empty_dates};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, window};

/// The letter after `g`, the path, and the name of each page of the navigation.
pub const PAGES: [(&str, &str, &str); 8] = [
    ("o", "/", "Overview"),
    ("p", "/contractors", "Contractors"),
    ("c", "/contracts", "Contracts"),
    ("s", "/spend", "Spend"),
    ("m", "/calendar", "Calendar"),
    ("f", "/findings", "Findings"),
    ("d", "/deliveries", "Deliveries"),
    ("k", "/catalog", "Catalog"),
];

/// The items of every kind of list a page can have. A new kind of list belongs here.
const ITEMS: &str = "main :is(table:not(.month) tbody tr, .plainlist > li, .catalog-row, .entry, .finding-row, \
                     .month-marks > li)";
/// The link that opens an item: the first of these it has.
const OPENERS: [&str; 3] = ["a.main", ".detail a", "a[href]"];

/// Listens to the keyboard, and marks the document as one that does. It has no look of its own.
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
        if let Some(html) = document.document_element() {
            let _ = html.set_attribute("data-awake", "");
        }
        empty_dates::mark();
        // The way here from a page without a search box.
        if window().and_then(|window| window.location().hash().ok()).as_deref() == Some("#search") {
            focus(dom::first("#search"));
        }
    });
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
            && let Some(link) = dom::first(&format!("#menu a[data-page='{path}']"))
        {
            event.prevent_default();
            click(&link);
        }
        return;
    }
    match key.as_str() {
        "g" => after_g.set(true),
        "/" => {
            event.prevent_default();
            search();
        }
        "j" => step(1, event),
        "k" => step(-1, event),
        "?" => {
            if let Some(button) = dom::first("[popovertarget='keys']") {
                event.prevent_default();
                click(&button);
            }
        }
        _ => {}
    }
}

/// To the search box of this page, or of the list that its section has.
fn search() {
    if let Some(input) = dom::first("#search") {
        focus(Some(input));
        return;
    }
    let path = dom::first("#main").and_then(|main| main.get_attribute("data-search"));
    if let Some((path, window)) = path.zip(window()) {
        let _ = window.location().set_href(&format!("{path}#search"));
    }
}

/// Moves the focus to the link of the item after or before the one that has it.
fn step(by: isize, event: &KeyboardEvent) {
    let links: Vec<HtmlElement> = dom::all(None, ITEMS).iter().filter_map(opener).collect();
    let active = dom::document().and_then(|document| document.active_element());
    let place = active.and_then(|active| links.iter().position(|link| link.is_same_node(Some(&active))));
    let next = match place {
        Some(place) => place.saturating_add_signed(by).min(links.len().saturating_sub(1)),
        None => 0,
    };
    if let Some(link) = links.get(next) {
        event.prevent_default();
        let _ = link.focus();
    }
}

/// The link that opens an item; `None` where it has none that can be seen.
fn opener(item: &Element) -> Option<HtmlElement> {
    if item.closest("details:not([open])").is_ok_and(|closed| closed.is_some()) {
        return None;
    }
    let link = OPENERS.iter().find_map(|selector| item.query_selector(selector).ok().flatten())?;
    link.dyn_into::<HtmlElement>().ok().filter(|link| link.offset_width() > 0)
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn click(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.click();
    }
}
