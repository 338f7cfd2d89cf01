//! Converts every instant on the page to the reader's time zone. Contract dates are no instants and stay.

use super::dom;
use domain::timeline::words::seconds_ago_in_words;
use js_sys::{Date, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// The island, which renders nothing; it does nothing when the reader prefers UTC.
#[island]
pub fn LocalTimes() -> impl IntoView {
    Effect::new(|_| {
        localise(None);
        // By the server's clock: with a wrong local clock all durations would be off.
        let behind = dom::first("html")
            .and_then(|html| html.get_attribute("data-now"))
            .and_then(|now| now.parse::<f64>().ok())
            .map_or(0.0, |now| now - Date::now());
        // On a page of the past, durations refer to that moment and stay.
        if dom::first(".as-of-banner").is_none() {
            dom::every(TICK, move || tick(Date::now() + behind));
        }
    });
}

/// The update interval, in milliseconds: "just now" lasts five seconds.
const TICK: i32 = 5_000;

/// Updates relative times.
fn tick(now: f64) {
    for time in dom::all(None, "time[data-t=ago]") {
        let Some(machine) = time.get_attribute("datetime") else { continue };
        let seconds = ((now - Date::new(&JsValue::from_str(&machine)).get_time()) / 1_000.0).floor();
        let words = seconds_in_words(seconds);
        if let Some(words) = words.filter(|words| time.text_content().as_ref() != Some(words)) {
            time.set_text_content(Some(&words));
        }
    }
}

/// Returns a relative time; `None` where a date is better, and for an invalid number.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "JavaScript counts in floats; the cast saturates"
)]
fn seconds_in_words(seconds: f64) -> Option<String> {
    (!seconds.is_nan()).then(|| seconds_ago_in_words(seconds as i64)).flatten()
}

/// Converts the times below `root`, or in the whole page.
pub fn localise(root: Option<&Element>) {
    let is_utc = dom::first("html").and_then(|html| html.get_attribute("data-zone")).as_deref() == Some("utc");
    if is_utc {
        return;
    }
    let now = Date::new_0();
    for time in dom::all(root, "time[data-t]") {
        let (Some(machine), Some(form)) = (time.get_attribute("datetime"), time.get_attribute("data-t")) else {
            continue;
        };
        let at = Date::new(&JsValue::from_str(&machine));
        if at.get_time().is_nan() {
            continue;
        }
        let is_same_day_as = |other: &Date| date(&at) == date(other);
        let text = match form.as_str() {
            "clock" if is_moved(&at) => Some(format!("{}, {}", day(&at), hours(&at))),
            "clock" => Some(hours(&at)),
            "row" if is_same_day_as(&now) => Some(format!("{}:{:02}", hours(&at), at.get_seconds())),
            "row" if at.get_full_year() == now.get_full_year() => Some(format!("{}, {}", day(&at), hours(&at))),
            "row" | "short" => Some(format!("{} {}, {}", day(&at), at.get_full_year(), hours(&at))),
            "second" => Some(format!("{} {}, {}:{:02}", day(&at), at.get_full_year(), hours(&at), at.get_seconds())),
            "full" => Some(full(&at)),
            _ => None,
        };
        if let Some(text) = text {
            time.set_text_content(Some(&text));
        }
        // The title shows both: the reader's zone, and UTC as in logs.
        let utc = time.get_attribute("title").unwrap_or_default();
        let both = format!("{} · {utc}", full(&at));
        if utc.ends_with("UTC") && !utc.contains('·') {
            let _ = time.set_attribute("title", &both);
        }
    }
}

fn date(at: &Date) -> (u32, u32, u32) {
    (at.get_full_year(), at.get_month(), at.get_date())
}

/// Returns whether the reader's day differs from the UTC day whose heading the entry is under.
fn is_moved(at: &Date) -> bool {
    at.get_date() != at.get_utc_date()
}

fn hours(at: &Date) -> String {
    format!("{:02}:{:02}", at.get_hours(), at.get_minutes())
}

fn day(at: &Date) -> String {
    in_words(at, &[("day", "numeric"), ("month", "short")])
}

fn full(at: &Date) -> String {
    let words = in_words(at, &[("weekday", "short"), ("day", "numeric"), ("month", "short"), ("year", "numeric")]);
    let zone = in_words(at, &[("timeZoneName", "short")]);
    let zone = zone.rsplit(' ').next().unwrap_or_default().to_owned();
    format!("{}, {}:{:02} {zone}", words.replace(',', ""), hours(at), at.get_seconds())
}

fn in_words(at: &Date, options: &[(&str, &str)]) -> String {
    let wanted = Object::new();
    for (name, value) in options {
        let _ = Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    at.to_locale_date_string("en-GB", &wanted).into()
}
