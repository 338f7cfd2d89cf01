//! Keeps the marked parts of a page current: soon after a delivery arrived, and every half minute, as silence changes them
//! too. Without this island the page states the time it was rendered.

use super::{dom, refresh};
use leptos::prelude::*;
use std::cell::RefCell;
use web_sys::EventSource;

/// The refresh interval, in milliseconds.
const PAUSE: i32 = 30_000;

thread_local! {
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

/// The island, which renders nothing. It follows the stream that an element with `data-follow` names, and shows an
/// element with `data-fresh-failed` while refreshes fail.
#[island]
pub fn KeepFresh() -> impl IntoView {
    Effect::new(|_| {
        follow();
        dom::every(PAUSE, || {
            if !is_hidden() {
                refresh::now();
                follow();
            }
        });
        if let Some(document) = dom::document() {
            // Streams of hidden pages would take the connections of the visible one.
            dom::listen(&document, "visibilitychange", |_| {
                if is_hidden() {
                    close();
                } else {
                    refresh::now();
                    follow();
                }
            });
        }
    });
}

fn is_hidden() -> bool {
    dom::document().is_some_and(|document| document.hidden())
}

fn close() {
    if let Some(source) = SOURCE.take() {
        source.close();
    }
}

/// Opens the stream if it is not open; one that ended is opened again with the next refresh.
fn follow() {
    if is_hidden() || SOURCE.with_borrow(Option::is_some) {
        return;
    }
    let url = dom::first("[data-follow]").and_then(|place| place.get_attribute("data-follow"));
    let Some(Ok(source)) = url.map(|url| EventSource::new(&url)) else { return };
    for name in ["message", "counted"] {
        dom::listen(&source, name, |_| refresh::soon());
    }
    for name in ["ended", "error"] {
        dom::listen(&source, name, |_| close());
    }
    SOURCE.set(Some(source));
}
