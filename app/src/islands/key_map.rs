//! Keyboard shortcuts: `/` searches, `j` and `k` move along a list, `Escape` closes what is open beside it, `g` and a
//! letter open a page, `?` shows the keys.

use super::{dom, empty_dates};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, window};

/// Key after `g`, path and name of each page of the navigation.
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

/// The selector of items in every kind of list. A new kind of list belongs here. What stands folded above a list is none,
/// nor what is open beside it.
const ITEMS: &str = "main :is(table:not(.month) tbody tr:not(.refusals), .plainlist > li, .catalog-row, .entry, .finding-row, \
                     .month-marks > li):not(.panel *, .strip *, .views *)";
/// The selectors of the link that opens an item, in order of preference.
const OPENERS: [&str; 3] = ["a.main", ".detail a", "a[href]"];

/// The island, which renders nothing: it handles keys, and marks the document as having shortcuts.
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
        // Reached from a page without a search box.
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
        // An open popover takes the key itself.
        "Escape" if dom::first(":popover-open").is_none() => {
            if let Some(close) = dom::first("a[data-close]") {
                click(&close);
            }
        }
        "?" => {
            if let Some(button) = dom::first("[popovertarget='keys']") {
                event.prevent_default();
                click(&button);
            }
        }
        _ => {}
    }
}

/// Focuses the search box of this page, or opens the list of its section.
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

/// Moves the focus to the link of the next or previous item.
fn step(by: isize, event: &KeyboardEvent) {
    let links: Vec<HtmlElement> = dom::all(None, ITEMS).iter().filter_map(opener).collect();
    let active = dom::document().and_then(|document| document.active_element());
    let place = active.and_then(|active| links.iter().position(|link| link.is_same_node(Some(&active))));
    // Begins at the item that is open, or to which the address leads.
    let place = place.or_else(|| {
        let is_current = |link: &HtmlElement| link.has_attribute("aria-current");
        let is_target = |link: &HtmlElement| link.closest(":target").is_ok_and(|item| item.is_some());
        links.iter().position(is_current).or_else(|| links.iter().position(is_target))
    });
    let next = match place {
        Some(place) => place.saturating_add_signed(by).min(links.len().saturating_sub(1)),
        None => 0,
    };
    if let Some(link) = links.get(next) {
        event.prevent_default();
        let _ = link.focus();
    }
}

/// Returns the link that opens an item; `None` where none is visible.
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
