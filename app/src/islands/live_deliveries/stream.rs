//! The event stream behind live rows: open while the page is visible, reopened when it breaks, closed otherwise.
//!
//! Browsers reopen a stream by themselves only after a network error, never after an error response of a proxy whose
//! server is restarting. So this reopens it in every case, with increasing delays.

use super::super::{dom, refresh};
use super::{address, insert};
use leptos::prelude::{RwSignal, Set};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// The first reconnection delay, and the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const MAX_WAIT: Duration = Duration::from_secs(30);

/// A timer of the browser, with its callback.
type Timer = (i32, Closure<dyn FnMut()>);

thread_local! {
    // Thread-local, as an event source is not `Send`, and a page has one list.
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
    static LISTENERS: RefCell<Vec<(&'static str, js_sys::Function)>> = const { RefCell::new(Vec::new()) };
    /// The timer of the next attempt.
    static WAITING: RefCell<Option<Timer>> = const { RefCell::new(None) };
    static FAILURES: Cell<u32> = const { Cell::new(0) };
    static STATUS: Cell<Option<Status>> = const { Cell::new(None) };
}

/// The status of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The stream is open.
    Live,
    /// The stream is being opened or reopened.
    Reconnecting,
    /// The reader paused it.
    Paused,
    /// The server closed it, as too many streams are open.
    Displaced,
    /// The session has ended.
    SignedOut,
}

impl Status {
    /// Returns the name for style sheets.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Reconnecting => "reconnecting",
            Self::Paused | Self::Displaced => "paused",
            Self::SignedOut => "signed-out",
        }
    }

    /// Returns the label of the button.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Reconnecting => "Reconnecting",
            Self::Paused | Self::Displaced => "Paused",
            Self::SignedOut => "Signed out",
        }
    }

    /// Returns the description of the button's action.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Live | Self::Reconnecting => "Pause new deliveries",
            Self::Paused => "Show new deliveries again",
            Self::Displaced => "New deliveries are shown in other windows; show them here again",
            Self::SignedOut => "Sign in again",
        }
    }

    /// Returns whether a stream is wanted.
    fn is_open(self) -> bool {
        matches!(self, Self::Live | Self::Reconnecting)
    }
}

fn set(status: RwSignal<Option<Status>>, now: Status) {
    STATUS.set(Some(now));
    status.set(Some(now));
}

/// Returns the delay after consecutive failures. `chance`, from 0 to 1, spreads pages that lost the same server.
fn back_off(failures: u32, chance: f64) -> Duration {
    let wait = FIRST_WAIT.saturating_mul(1 << failures.min(10)).min(MAX_WAIT);
    wait.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0)
}

/// Opens the stream, and closes it while the page is hidden.
pub(super) fn begin(status: RwSignal<Option<Status>>) {
    let on = |name: &'static str, act: Box<dyn FnMut(Event)>| {
        // Created once for the lifetime of the page, however often the stream is reopened.
        let function = Closure::<dyn FnMut(Event)>::wrap(act).into_js_value().unchecked_into::<js_sys::Function>();
        (name, function)
    };
    LISTENERS.set(vec![
        on(
            "open",
            Box::new(move |event| {
                if is_current(&event) {
                    is_live(status);
                }
            }),
        ),
        on(
            "error",
            Box::new(move |event| {
                if is_current(&event) {
                    wait(status);
                }
            }),
        ),
        on(
            "message",
            Box::new(move |event| {
                if is_current(&event)
                    && let Some(message) = event.dyn_ref::<MessageEvent>()
                {
                    is_live(status);
                    insert(message);
                }
            }),
        ),
        on(
            // Something arrived that this list leaves out, and its bars may not.
            "counted",
            Box::new(|event| {
                if is_current(&event) {
                    refresh::soon();
                }
            }),
        ),
        on(
            "ended",
            Box::new(move |event| {
                if is_current(&event) {
                    let why = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string());
                    close();
                    set(
                        status,
                        if why.as_deref() == Some("signed-out") { Status::SignedOut } else { Status::Displaced },
                    );
                }
            }),
        ),
    ]);
    if let Some(document) = dom::document() {
        // Browsers limit connections per host: streams of hidden pages would block the visible one.
        dom::listen(&document, "visibilitychange", move |_| {
            let is_wanted = STATUS.get().is_some_and(|now| now.is_open() || now == Status::Displaced);
            if is_hidden() {
                close();
            } else if is_wanted {
                FAILURES.set(0);
                open(status);
                refresh::if_due();
            }
        });
    }
    if is_hidden() {
        set(status, Status::Reconnecting);
    } else {
        open(status);
    }
}

/// Pauses or resumes the stream.
pub(super) fn toggle(status: RwSignal<Option<Status>>) {
    match STATUS.get() {
        Some(now) if now.is_open() => {
            close();
            set(status, Status::Paused);
        }
        Some(Status::SignedOut) => {
            if let Some(window) = web_sys::window() {
                let _ = window.location().reload();
            }
        }
        _ => {
            FAILURES.set(0);
            open(status);
        }
    }
}

fn is_hidden() -> bool {
    dom::document().is_some_and(|document| document.hidden())
}

/// Returns whether the event is from the current stream.
fn is_current(event: &Event) -> bool {
    let source = event.target().and_then(|target| target.dyn_into::<EventSource>().ok());
    source.is_some() && SOURCE.with_borrow(|current| *current == source)
}

fn is_live(status: RwSignal<Option<Status>>) {
    FAILURES.set(0);
    if STATUS.get() != Some(Status::Live) {
        set(status, Status::Live);
    }
}

fn open(status: RwSignal<Option<Status>>) {
    close();
    let Some(url) = address() else { return };
    // A page that becomes visible again does not report that it reconnects; a failure is reported.
    if STATUS.get() != Some(Status::Live) {
        set(status, Status::Reconnecting);
    }
    let Ok(source) = EventSource::new(&url) else { return };
    LISTENERS.with_borrow(|listeners| {
        for (name, listener) in listeners {
            let _ = source.add_event_listener_with_callback(name, listener);
        }
    });
    SOURCE.set(Some(source));
}

/// Schedules a reconnection after a failure.
fn wait(status: RwSignal<Option<Status>>) {
    close();
    set(status, Status::Reconnecting);
    let failures = FAILURES.get();
    FAILURES.set(failures.saturating_add(1));
    let Some(window) = web_sys::window() else { return };
    let pause = i32::try_from(back_off(failures, js_sys::Math::random()).as_millis()).unwrap_or(i32::MAX);
    let act = Closure::<dyn FnMut()>::new(move || open(status));
    let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), pause);
    if let Ok(timer) = timer {
        WAITING.set(Some((timer, act)));
    }
}

/// Closes the stream and cancels a scheduled reconnection.
fn close() {
    if let Some(source) = SOURCE.take() {
        source.close();
    }
    if let (Some((timer, _)), Some(window)) = (WAITING.take(), web_sys::window()) {
        window.clear_timeout_with_handle(timer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_are_spread() {
        let seconds = |failures| back_off(failures, 0.5).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 100].map(seconds), [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(back_off(0, 0.0), Duration::from_millis(750));
        assert_eq!(back_off(0, 1.0), Duration::from_millis(1_250));
        assert_eq!(back_off(5, 7.0), Duration::from_millis(37_500));
    }

    #[test]
    fn only_a_pause_of_the_reader_and_the_end_of_a_session_want_no_stream() {
        for (status, is_open) in [
            (Status::Live, true),
            (Status::Reconnecting, true),
            (Status::Paused, false),
            (Status::Displaced, false),
            (Status::SignedOut, false),
        ] {
            assert_eq!(status.is_open(), is_open, "{status:?}");
        }
    }
}
