//! Keeps the place of the list when a delivery is opened or closed beside it, which loads the page again.

use super::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, window};

/// The key of the place in the session's storage.
const KEY: &str = "place-in-list";

/// The island, which renders nothing. Links inside the panes lead to the same list.
#[island]
pub fn KeepPlace() -> impl IntoView {
    Effect::new(|_| {
        restore();
        if let Some(document) = dom::document() {
            dom::listen(&document, "click", |event| {
                let is_plain = event.dyn_ref::<MouseEvent>().is_some_and(|click| {
                    click.button() == 0
                        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
                });
                let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                let link = link.and_then(|target| target.closest("a[href*='open='], a[data-close]").ok().flatten());
                let is_in_list =
                    link.is_some_and(|link| link.closest(".list-pane, .panel").is_ok_and(|pane| pane.is_some()));
                if is_plain && is_in_list {
                    save();
                }
            });
        }
    });
}

fn save() {
    let Some(window) = window() else { return };
    if let (Ok(Some(storage)), Ok(at)) = (window.session_storage(), window.scroll_y()) {
        let _ = storage.set_item(KEY, &whole(at).to_string());
    }
}

/// Scrolls to the place that was saved, once.
fn restore() {
    let Some(window) = window() else { return };
    let Ok(Some(storage)) = window.session_storage() else { return };
    let at = storage.get_item(KEY).ok().flatten().and_then(|text| text.parse::<i32>().ok());
    let _ = storage.remove_item(KEY);
    if let Some(at) = at {
        window.scroll_to_with_x_and_y(0.0, f64::from(at));
    }
}

/// Rounds to whole pixels, as the text of a fraction would make the WASM larger.
#[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a place on a page; the cast saturates")]
fn whole(at: f64) -> i32 {
    at as i32
}
