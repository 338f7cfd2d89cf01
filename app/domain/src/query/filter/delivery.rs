//! The filter of the list of deliveries.

use super::{Cursor, Query, get, phrase, put};
use crate::event::{Family, Mode};
use crate::query::outcome::Outcome;
use crate::query::window::Window;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Returns a value verbatim: an unknown event type may begin or end with a space.
fn exactly(pairs: &[(String, String)], key: &str) -> Option<String> {
    pairs.iter().rfind(|(name, _)| name == key).map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
}

/// `/deliveries?…`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFilter {
    /// The event type on the wire, known or not.
    pub event_type: Option<String>,
    /// All types of a family.
    pub family: Option<Family>,
    /// One outcome.
    pub outcome: Option<Outcome>,
    /// Received on or after this day, UTC.
    pub from: Option<Date>,
    /// Received on or before this day, UTC.
    pub to: Option<Date>,
    /// Received at this instant or later.
    pub arrived_since: Option<Timestamp>,
    /// Received before this instant.
    pub arrived_until: Option<Timestamp>,
    /// Received within this time up to now.
    pub last: Option<Window>,
    /// Only requests to this endpoint.
    pub endpoint: Option<String>,
    /// Only messages of this mode.
    pub mode: Option<Mode>,
    /// Only messages that arrived late.
    pub late: bool,
    /// Each message once: no further attempts, no refused requests, and of one that came to several endpoints only the
    /// first arrival. Together with an endpoint, the first arrival there.
    pub once: bool,
    /// A search in the language of [`crate::query::search`], as it was typed, or a message id or a subject's id.
    pub q: Option<String>,
    /// The cursor, for older rows.
    pub before: Option<Cursor>,
}

/// The query string of a list that nothing narrows. Without any, the list opens with the viewer's default view.
const EVERYTHING: &str = "?all=1";

impl DeliveryFilter {
    /// Returns the filter with its time up to now as an instant.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        let since = self.last.and_then(|window| window.since(now));
        Self { arrived_since: self.arrived_since.max(since), last: None, ..self.clone() }
    }

    /// Returns the filter with one stretch of time in place of its own.
    #[must_use]
    pub fn within(&self, from: Timestamp, until: Timestamp) -> Self {
        let others = Self {
            from: None,
            to: None,
            arrived_since: None,
            arrived_until: None,
            last: None,
            before: None,
            ..self.clone()
        };
        let day = |at: Timestamp| (at.as_second() % 86_400 == 0).then(|| TimeZone::UTC.to_datetime(at).date());
        match (day(from), day(until).and_then(|day| day.yesterday().ok())) {
            (Some(from), Some(to)) => Self { from: Some(from), to: Some(to), ..others },
            _ => Self { arrived_since: Some(from), arrived_until: Some(until), ..others },
        }
    }
}

impl Query for DeliveryFilter {
    fn to_query(&self) -> String {
        match serde_urlencoded::to_string(self.pairs()) {
            Ok(text) if !text.is_empty() => format!("?{text}"),
            _ => EVERYTHING.to_owned(),
        }
    }

    fn read(pairs: &[(String, String)]) -> Self {
        Self {
            event_type: exactly(pairs, "type"),
            family: get(pairs, "family").and_then(Family::parse),
            outcome: get(pairs, "outcome").and_then(Outcome::parse),
            from: get(pairs, "from").and_then(|text| text.parse().ok()),
            to: get(pairs, "to").and_then(|text| text.parse().ok()),
            arrived_since: get(pairs, "arrived_since").and_then(|text| text.parse().ok()),
            arrived_until: get(pairs, "arrived_until").and_then(|text| text.parse().ok()),
            last: get(pairs, "last").and_then(Window::parse),
            endpoint: phrase(pairs, "endpoint"),
            mode: get(pairs, "mode")
                .and_then(|word| [Mode::Live, Mode::Test, Mode::Sample].into_iter().find(|mode| mode.as_str() == word)),
            late: get(pairs, "late") == Some("1"),
            once: get(pairs, "once") == Some("1"),
            q: get(pairs, "q").map(str::to_owned),
            before: get(pairs, "before").and_then(Cursor::parse),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        put(&mut pairs, "type", self.event_type.clone());
        put(&mut pairs, "family", self.family.map(Family::as_str));
        put(&mut pairs, "outcome", self.outcome.map(Outcome::as_str));
        put(&mut pairs, "from", self.from.map(|day| day.to_string()));
        put(&mut pairs, "to", self.to.map(|day| day.to_string()));
        put(&mut pairs, "arrived_since", self.arrived_since.map(|at| at.to_string()));
        put(&mut pairs, "arrived_until", self.arrived_until.map(|at| at.to_string()));
        put(&mut pairs, "last", self.last.map(Window::as_str));
        put(&mut pairs, "endpoint", self.endpoint.clone());
        put(&mut pairs, "mode", self.mode.map(Mode::as_str));
        put(&mut pairs, "late", self.late.then_some("1"));
        put(&mut pairs, "once", self.once.then_some("1"));
        put(&mut pairs, "q", self.q.clone());
        put(&mut pairs, "before", self.before.as_ref().map(Cursor::to_text));
        pairs
    }
}
