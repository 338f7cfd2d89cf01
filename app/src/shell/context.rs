//! The facts about its request that a page may use.

pub use crate::ui::as_of::keep_moment;

use crate::api::StatusLine;
use crate::ui::as_of;
use crate::view::viewer::{Theme, Viewer, Zone};
use domain::query::filter::{Query, pairs_of};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use percent_encoding::percent_decode_str;

/// Who reads. While the server lists its routes there is no request, and so nobody.
pub fn viewer() -> Viewer {
    use_context().unwrap_or(Viewer {
        person: None,
        theme: Theme::default(),
        zone: Zone::default(),
        now: Timestamp::UNIX_EPOCH,
        as_of: None,
    })
}

/// Who reads a page that can be told of the past, with the moment that its query string asks for.
pub fn viewer_in_time() -> Viewer {
    as_of::provide_moment();
    viewer().at(as_of::asked())
}

/// The piece of the path that a route leaves open, as the id in `/contracts/{id}`. Leptos decodes it twice, and an id may
/// hold a percent sign: so it is taken from the path itself, and decoded once. Empty where that gives no text.
pub fn param() -> String {
    let path = use_location().pathname.get_untracked();
    let piece = path.split('/').nth(2).unwrap_or_default();
    percent_decode_str(piece).decode_utf8().unwrap_or_default().into_owned()
}

/// One value of the query string, decoded once; of two with one name the last, as everywhere.
pub fn query_value(name: &str) -> Option<String> {
    pairs_of(&use_location().search.get_untracked())
        .into_iter()
        .rfind(|(key, _)| key == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

/// The query string as a filter.
pub fn filter<F: Query>() -> F {
    F::from_query(&use_location().search.get_untracked())
}

/// Path and query of this page, to come back to after a form.
pub fn here() -> String {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    match search.trim_start_matches('?') {
        "" => path,
        search => format!("{path}?{search}"),
    }
}

/// Sets the status line of the answer.
pub fn set_status(status: u16) {
    if let Some(StatusLine(set)) = use_context() {
        set(status);
    }
}
