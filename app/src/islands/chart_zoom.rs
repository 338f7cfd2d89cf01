//! Drag, wheel and keyboard navigation of a contractor's chart. Every view has a URL: the server draws it, this fetches
//! and swaps it in, and updates the address bar so that the view can be shared.

use super::dom;
use crate::chart::axis::WIDTH;
use crate::chart::window::Zoom;
use js_sys::Date;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, KeyboardEvent, PointerEvent, Url, WheelEvent, XmlHttpRequest};
use web_sys::{XmlHttpRequestResponseType, window};

const DAY_IN_MILLISECONDS: f64 = 86_400_000.0;
thread_local! {
    // A page has one chart.
    static WAITING: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Minimum distance of a drag, in pixels.
const MIN_DRAG: f64 = 5.0;

/// The island, which renders the list of its keys.
#[island]
pub fn ChartZoom() -> impl IntoView {
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(chart) = dom::first("#picture") {
            wheel(&chart);
            keys(&chart);
            drag(&chart);
            show_now(&chart);
            is_awake.set(true);
        }
    });
    let keys = [("←", "→", "move"), ("+", "−", "zoom")].map(|(one, other, what)| {
        view! { <span><kbd>{one}</kbd> " " <kbd>{other}</kbd> " "{what}</span> }
    });
    view! {
        <p class="picture-hint" hidden=move || !is_awake.get()>
            <span>"Ctrl and wheel zoom, and what is zoomed can be dragged. With the picture in focus: "</span>
            {keys}
        </p>
    }
}

/// The current view, read from the chart's attributes.
struct Shown {
    zoom: Zoom,
    /// Milliseconds since the epoch.
    from: f64,
    days: f64,
}

impl Shown {
    fn read(chart: &Element) -> Option<Self> {
        let zoom = Zoom::parse(&chart.get_attribute("data-zoom")?);
        let from = Date::new(&JsValue::from_str(&chart.get_attribute("data-from")?)).get_time();
        Some(Self { zoom, from, days: chart.get_attribute("data-days")?.parse().ok()? })
    }

    /// Returns the view after zooming one step, with the day at `share` of the width staying in place.
    fn zoomed(&self, is_nearer: bool, share: f64) -> Option<(Zoom, Option<f64>)> {
        let mut fixed =
            Zoom::ALL.into_iter().filter_map(|zoom| Some((zoom, f64::from(i32::try_from(zoom.days()?).ok()?))));
        let next = if is_nearer {
            fixed.find(|(_, days)| *days < self.days - 1.0)
        } else {
            fixed.rfind(|(_, days)| self.zoom != Zoom::Fit && *days > self.days + 1.0)
        };
        match next {
            Some((zoom, days)) => Some((zoom, Some(self.from + share * (self.days - days) * DAY_IN_MILLISECONDS))),
            None => (!is_nearer && self.zoom != Zoom::Fit).then_some((Zoom::Fit, None)),
        }
    }
}

/// Scrolls a chart that is wider than the screen to the current work. Initially the box shows its right end, which may
/// be the planned end of something long.
fn show_now(chart: &Element) {
    let found = |selector: &str| chart.query_selector(selector).ok().flatten();
    let (Some(sheet), Some(line)) = (found(".picture-scroll"), found(".now path")) else { return };
    // Not if the reader has scrolled already.
    if sheet.scroll_left() != 0 || sheet.scroll_width() <= sheet.client_width() {
        return;
    }
    let (sheet_place, line_place) = (sheet.get_bounding_client_rect(), line.get_bounding_client_rect());
    let by = line_place.left() - sheet_place.left() - sheet_place.width() / 2.0;
    sheet.scroll_by_with_x_and_y(by, 0.0);
}

fn wheel(chart: &Element) {
    let place = chart.clone();
    dom::listen(chart, "wheel", move |event| {
        let Some(event) = event.dyn_ref::<WheelEvent>().filter(|event| event.ctrl_key() || event.meta_key()) else {
            return;
        };
        // Without Ctrl the wheel scrolls the page; a pinch on a touchpad is reported as a wheel with Ctrl.
        event.prevent_default();
        let share = share_of_width(&place, f64::from(event.client_x()));
        if let Some((zoom, from)) = Shown::read(&place).and_then(|shown| shown.zoomed(event.delta_y() < 0.0, share)) {
            show(&place, zoom, from);
        }
    });
}

fn keys(chart: &Element) {
    let place = chart.clone();
    dom::listen(chart, "keydown", move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let is_in_focus = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| target.matches(".picture-scroll").unwrap_or_default());
        if !is_in_focus || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        match key.as_str() {
            "ArrowLeft" | "ArrowRight" => {
                let name = if key == "ArrowLeft" { "earlier" } else { "later" };
                let link = dom::first(&format!("#picture [data-move={name}]"));
                // Where everything is shown there is no link, and the box scrolls by itself.
                if let Some(href) = link.and_then(|link| link.get_attribute("href")) {
                    event.prevent_default();
                    ask(&place, &href);
                }
            }
            "+" | "=" | "-" | "−" => {
                event.prevent_default();
                let is_nearer = matches!(key.as_str(), "+" | "=");
                if let Some((zoom, from)) = Shown::read(&place).and_then(|shown| shown.zoomed(is_nearer, 0.5)) {
                    show(&place, zoom, from);
                }
            }
            _ => {}
        }
    });
}

/// Handles dragging by mouse or pen; touch scrolls the box.
fn drag(chart: &Element) {
    let start: Rc<Cell<Option<f64>>> = Rc::default();
    let moved: Rc<Cell<f64>> = Rc::default();

    let (begun, way) = (Rc::clone(&start), Rc::clone(&moved));
    let place = chart.clone();
    dom::listen(chart, "pointerdown", move |event| {
        let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
        let is_on_sheet = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| target.closest(".picture-svg").is_ok_and(|sheet| sheet.is_some()));
        let is_zoomed = Shown::read(&place).is_some_and(|shown| shown.zoom != Zoom::Fit);
        way.set(0.0);
        if is_on_sheet && is_zoomed && event.button() == 0 && event.pointer_type() != "touch" {
            begun.set(Some(f64::from(event.client_x())));
        }
    });

    let (begun, way) = (Rc::clone(&start), Rc::clone(&moved));
    let place = chart.clone();
    dom::listen(chart, "pointermove", move |event| {
        let (Some(event), Some(from)) = (event.dyn_ref::<PointerEvent>(), begun.get()) else { return };
        let by = f64::from(event.client_x()) - from;
        if by.abs() < MIN_DRAG && way.get() == 0.0 {
            return;
        }
        way.set(by);
        let _ = place.set_pointer_capture(event.pointer_id());
        slide(by);
    });

    let (begun, way) = (Rc::clone(&start), Rc::clone(&moved));
    let place = chart.clone();
    dom::listen(chart, "pointerup", move |_| {
        if begun.take().is_none() || way.get() == 0.0 {
            return;
        }
        let Some((shown, width)) = Shown::read(&place).zip(sheet_width()) else { return };
        let days = (way.get() / width * shown.days).round();
        show(&place, shown.zoom, Some(shown.from - days * DAY_IN_MILLISECONDS));
    });

    let begun = Rc::clone(&start);
    dom::listen(chart, "pointercancel", move |_| {
        begun.set(None);
        slide(0.0);
    });
    // The end of a drag is no click; and links must not start a native drag.
    dom::listen(chart, "click", move |event| {
        if moved.replace(0.0) != 0.0 {
            event.prevent_default();
        }
    });
    dom::listen(chart, "dragstart", |event| event.prevent_default());
}

/// Moves the drawing by this many screen pixels, converted to units of the drawing, which larger text makes larger on
/// the screen.
fn slide(by: f64) {
    let Some(group) = dom::first("#picture .moving") else { return };
    let units = sheet_width().map_or(by, |width| by * i32::try_from(WIDTH).map_or(width, f64::from) / width);
    let _ = group.set_attribute("transform", &format!("translate({units} 0)"));
}

fn sheet_width() -> Option<f64> {
    let width = dom::first("#picture .picture-svg")?.get_bounding_client_rect().width();
    (width > 0.0).then_some(width)
}

fn share_of_width(chart: &Element, x: f64) -> f64 {
    let sheet = chart.query_selector(".picture-svg").ok().flatten();
    let place = sheet.map(|sheet| sheet.get_bounding_client_rect());
    place.filter(|place| place.width() > 0.0).map_or(0.5, |place| ((x - place.left()) / place.width()).clamp(0.0, 1.0))
}

/// Requests another view of this page.
fn show(chart: &Element, zoom: Zoom, from: Option<f64>) {
    let Some(url) = window().and_then(|window| window.location().href().ok()).and_then(|href| Url::new(&href).ok())
    else {
        return;
    };
    let query = url.search_params();
    query.set("zoom", zoom.as_str());
    match from {
        Some(from) => {
            let day: String = Date::new(&JsValue::from_f64(from)).to_iso_string().into();
            query.set("from", day.get(..10).unwrap_or_default());
        }
        None => query.delete("from"),
    }
    if zoom == Zoom::Fit {
        query.delete("zoom");
    }
    ask(chart, &url.href());
}

/// Requests a view. Only one request runs at a time; of those made meanwhile only the last follows, so that the final
/// view is the requested one.
fn ask(chart: &Element, href: &str) {
    if chart.has_attribute("aria-busy") {
        WAITING.set(Some(href.to_owned()));
        return;
    }
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("GET", href).is_err() {
        return;
    }
    request.set_response_type(XmlHttpRequestResponseType::Document);
    let _ = chart.set_attribute("aria-busy", "true");
    let (place, asked, href) = (chart.clone(), request.clone(), href.to_owned());
    dom::listen(&request, "loadend", move |_| {
        let _ = place.remove_attribute("aria-busy");
        if let Some(next) = WAITING.take() {
            ask(&place, &next);
            return;
        }
        let answer = asked.response_xml().ok().flatten();
        match answer.and_then(|page| page.get_element_by_id("picture")) {
            Some(new) => put(&place, &new, &href),
            None => slide(0.0),
        }
    });
    let _ = request.send();
}

/// Replaces the contents of the chart; the focused box and this island stay.
fn put(chart: &Element, new: &Element, href: &str) {
    for part in [".picture-head", ".picture-sheet", ".picture-legend"] {
        let found = |root: &Element| root.query_selector(part).ok().flatten();
        if let (Some(old), Some(new)) = (found(chart), found(new)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
    for name in ["data-from", "data-days", "data-zoom"] {
        if let Some(value) = new.get_attribute(name) {
            let _ = chart.set_attribute(name, &value);
        }
    }
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(href));
    }
}
