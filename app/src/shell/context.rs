//! What a page may know of its request.

pub use crate::ui::as_of::keep_moment;

use crate::api::StatusLine;
use crate::ui::as_of;
use crate::view::filter::Query;
use crate::view::viewer::{Theme, Viewer, Zone};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

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

/// A piece of the path.
pub fn param(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name).unwrap_or_default())
}

/// One value of the query string.
pub fn query_value(name: &str) -> Option<String> {
    use_query_map().with_untracked(|query| query.get(name)).filter(|value| !value.is_empty())
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
