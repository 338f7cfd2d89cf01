//! Narrows the list to the time of several bars: by a drag from one to another, or by Shift+Enter on one and on another.
//! One bar alone is a link.

use super::dom;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent, UrlSearchParams, window};

/// Minimum distance of a drag, in pixels.
const MIN_DRAG: f64 = 5.0;

const BARS: &str = ".strip-svg a.column";

thread_local! {
    /// Where the pointer was pressed, in pixels of the window.
    static PRESSED: Cell<Option<f64>> = const { Cell::new(None) };
    /// Whether it moved so far that its release is no click.
    static IS_DRAG: Cell<bool> = const { Cell::new(false) };
}

/// The island, which says what time is chosen. It listens at the document, as the bars are replaced when new deliveries
/// are counted.
#[island]
pub fn StripDrag() -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(document) = dom::document() else { return };
        dom::listen(&document, "pointerdown", |event| {
            IS_DRAG.set(false);
            let Some(press) = event.dyn_ref::<PointerEvent>() else { return };
            let is_other = press.ctrl_key() || press.meta_key() || press.shift_key() || press.alt_key();
            // Touch scrolls the page.
            if press.button() == 0 && press.pointer_type() != "touch" && !is_other && within(&event, ".strip-svg") {
                PRESSED.set(Some(f64::from(press.client_x())));
            }
        });
        dom::listen(&document, "pointermove", move |event| {
            let (Some(now), Some(from)) = (event.dyn_ref::<PointerEvent>(), PRESSED.get()) else { return };
            let to = f64::from(now.client_x());
            if IS_DRAG.get() || (to - from).abs() >= MIN_DRAG {
                IS_DRAG.set(true);
                said.set(choose(|bar| {
                    let place = bar.get_bounding_client_rect();
                    place.left() < from.max(to) && place.right() > from.min(to)
                }));
            }
        });
        dom::listen(&document, "pointerup", |_| {
            if PRESSED.take().is_some() && IS_DRAG.get() {
                narrow();
            }
        });
        dom::listen(&document, "pointercancel", move |_| cancel(said));
        // The end of a drag is no click; and links must not start a native drag.
        dom::listen(&document, "click", |event| {
            if IS_DRAG.take() {
                event.prevent_default();
            }
        });
        dom::listen(&document, "dragstart", |event| {
            if within(&event, ".strip-svg") {
                event.prevent_default();
            }
        });
        dom::listen(&document, "keydown", move |event| {
            let Some(press) = event.dyn_ref::<KeyboardEvent>() else { return };
            match press.key().as_str() {
                "Escape" => cancel(said),
                "Enter" if press.shift_key() && within(&event, BARS) => {
                    event.prevent_default();
                    said.set(reach(&event));
                }
                _ => {}
            }
        });
    });
    view! { <p class="strip-chosen" class:visually-hidden=move || said.with(String::is_empty) role="status">{said}</p> }
}

fn within(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.and_then(|target| target.closest(selector).ok().flatten()).is_some()
}

/// Takes a bar as the first end of a time, and as the other where one is taken.
fn reach(event: &Event) -> String {
    let bars = dom::all(None, BARS);
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(here) = bars.iter().position(|bar| Some(bar) == target.as_ref()) else { return String::new() };
    let Some(first) = bars.iter().position(|bar| bar.has_attribute("data-chosen")) else {
        let words = choose(|bar| Some(bar) == target.as_ref());
        return format!("{words}. Shift+Enter on another bar chooses the time up to it, Escape none.");
    };
    let ends = bars.get(first.min(here)..=first.max(here)).unwrap_or_default();
    let words = choose(|bar| ends.contains(bar));
    narrow();
    words
}

/// Marks the bars that are chosen, and returns their time in words.
fn choose(is_chosen: impl Fn(&Element) -> bool) -> String {
    let (chosen, others): (Vec<Element>, Vec<Element>) = dom::all(None, BARS).into_iter().partition(is_chosen);
    for bar in &others {
        let _ = bar.remove_attribute("data-chosen");
    }
    for bar in &chosen {
        let _ = bar.set_attribute("data-chosen", "");
    }
    let words = |bar: &Element| {
        let label = bar.get_attribute("aria-label").unwrap_or_default();
        label.rsplit_once(": ").map(|(time, _)| time.to_owned()).unwrap_or_default()
    };
    match (chosen.first(), chosen.last()) {
        (Some(first), Some(last)) if first != last => format!("From {} to {}", words(first), words(last)),
        (Some(only), _) => words(only),
        (None, _) => String::new(),
    }
}

fn cancel(said: RwSignal<String>) {
    PRESSED.set(None);
    said.set(choose(|_| false));
}

/// Leads to the time from the first chosen bar to the last.
fn narrow() {
    let query = |bar: &Element| {
        let href = bar.get_attribute("href")?;
        let (path, query) = href.split_once('?')?;
        Some((path.to_owned(), UrlSearchParams::new_with_str(query).ok()?))
    };
    let chosen = dom::all(None, &format!("{BARS}[data-chosen]"));
    let ends = chosen.first().and_then(query).zip(chosen.last().and_then(query));
    let (Some(((path, first), (_, last))), Some(window)) = (ends, window()) else { return };
    if let Some(until) = last.get("arrived_until") {
        first.set("arrived_until", &until);
    }
    let _ = window.location().set_href(&format!("{path}?{}", String::from(first.to_string())));
}
