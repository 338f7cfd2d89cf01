//! The facts about its request that a page may use.

pub use crate::ui::as_of::with_moment;

use crate::api::StatusLine;
use crate::ui::as_of;
use crate::view::viewer::{Theme, Viewer, Zone};
use domain::query::filter::{Query, pairs_of};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use percent_encoding::percent_decode_str;

/// Returns the reader. While the server lists its routes there is no request, and so no reader.
pub fn viewer() -> Viewer {
    use_context().unwrap_or(Viewer {
        person: None,
        theme: Theme::default(),
        zone: Zone::default(),
        now: Timestamp::UNIX_EPOCH,
        as_of: None,
    })
}

/// Returns the reader of a page that can show the past, with the moment of its query string.
pub fn viewer_in_time() -> Viewer {
    as_of::provide_moment();
    viewer().at(as_of::asked())
}

/// Returns the path parameter of a route, such as the id in `/contracts/{id}`. Leptos decodes it twice, and an id may
/// contain a percent sign: so it is taken from the path itself and decoded once. Empty if that is not valid text.
pub fn param() -> String {
    let path = use_location().pathname.get_untracked();
    let piece = path.split('/').nth(2).unwrap_or_default();
    percent_decode_str(piece).decode_utf8().unwrap_or_default().into_owned()
}

/// Returns one value of the query string, decoded once; the last of several, as everywhere.
pub fn query_value(name: &str) -> Option<String> {
    pairs_of(&use_location().search.get_untracked())
        .into_iter()
        .rfind(|(key, _)| key == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

/// Parses the query string as a filter.
pub fn filter<F: Query>() -> F {
    F::from_query(&use_location().search.get_untracked())
}

/// Returns path and query of this page, to return to after a form.
pub fn here() -> String {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    match search.trim_start_matches('?') {
        "" => path,
        search => format!("{path}?{search}"),
    }
}

/// Sets the status code of the response.
pub fn set_status(status: u16) {
    if let Some(StatusLine(set)) = use_context() {
        set(status);
    }
}
