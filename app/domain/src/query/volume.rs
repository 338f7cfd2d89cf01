//! Counts of requests by what is known of each without its body: over time, and by the values of each filter.

use super::filter::DeliveryFilter;
use super::outcome::Outcome;
use super::search::{Conditions, Request, conditions, is_of_conditions, parse};
use super::window::{Grain, Stretch, Window, hour_of};
use crate::event::{EventType, Family, Mode};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum number of hours that are summed up one by one.
const MAX_SUMMED_HOURS: i64 = 40 * 24;

/// What counted requests have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKind {
    /// The name of the endpoint.
    pub endpoint: String,
    /// The event type of the message; `None` for a refused request, and where none could be read.
    pub event_type: Option<EventType>,
    /// The mode of the message; `None` for a refused request.
    pub mode: Option<Mode>,
    /// The outcome.
    pub outcome: Outcome,
}

/// Requests of one kind within an hour, a day or a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedRequests {
    /// The first hour.
    pub hour: i64,
    /// Their kind.
    pub kind: RequestKind,
    /// Their number.
    pub count: u64,
}

/// Numbers of requests by outcome, in the order of [`Outcome::ALL`].
pub type ByOutcome = [u64; 4];

/// The requests of one bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its first hour.
    pub from: i64,
    /// The hour after its last.
    pub until: i64,
    /// The numbers.
    pub counts: ByOutcome,
}

impl Bar {
    /// Returns the number of requests of any outcome.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Numbers of requests by the values of each filter. Those of one filter are narrowed by all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By family.
    pub families: BTreeMap<Family, u64>,
    /// By event type, on the wire.
    pub types: BTreeMap<String, u64>,
    /// By outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// By mode.
    pub modes: BTreeMap<Mode, u64>,
    /// By endpoint.
    pub endpoints: BTreeMap<String, u64>,
}

/// A time in which no live message came to an endpoint, and which is unusually long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The name of the endpoint.
    pub endpoint: String,
    /// The last message before it.
    pub from: Timestamp,
    /// Its end, or now.
    pub until: Timestamp,
}

/// The requests of a stretch of time that a filter admits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// The stretch of time.
    pub stretch: Stretch,
    /// Its bars.
    pub bars: Vec<Bar>,
    /// Numbers by the values of each filter.
    pub facets: Facets,
    /// The silences in it, the first at first.
    pub silences: Vec<Silence>,
    /// Whether the filter asks for something that is not counted, so that fewer requests may be listed.
    pub is_more: bool,
    /// Whether it is the last week because the filter names no time, so that the list goes further back.
    pub is_of_last_week: bool,
}

/// A filter whose values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Facet {
    Family,
    Type,
    Outcome,
    Mode,
    Endpoint,
}

/// What is counted of a filter: its values, and those of its search that are known without a body.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    filter: &'a DeliveryFilter,
    conditions: Conditions,
    /// Arrival at this instant or later.
    pub from: Option<Timestamp>,
    /// Arrival before this instant.
    pub until: Option<Timestamp>,
    /// Whether the filter asks for something that is not counted.
    pub is_more: bool,
}

fn midnight(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

impl<'a> Selection<'a> {
    /// Returns what is counted of a filter.
    pub fn of(filter: &'a DeliveryFilter, now: Timestamp) -> Self {
        let search = filter.q.as_deref().map(parse);
        let is_searched = search.as_ref().is_some_and(|search| !search.as_ref().is_ok_and(is_of_conditions));
        let is_more = filter.late || filter.once || is_searched;
        let mut conditions = search.and_then(Result::ok).map(|query| conditions(&query, now)).unwrap_or_default();
        let since = filter.last.and_then(|window| window.since(now));
        let from = [filter.from.and_then(midnight), filter.arrived_since, since, conditions.after.take()];
        let day_after = |day: Date| day.checked_add(1.day()).ok().and_then(midnight);
        let until = [filter.to.and_then(day_after), filter.arrived_until, conditions.before.take()];
        conditions.ids = None;
        let (from, until) = (from.into_iter().flatten().max(), until.into_iter().flatten().min());
        Self { filter, conditions, from, until, is_more }
    }

    /// Returns whether it names no beginning.
    fn is_open(&self) -> bool {
        self.from.is_none() && self.filter.last.is_none()
    }

    /// Returns whether it names no time.
    pub fn is_of_any_time(&self) -> bool {
        self.is_open() && self.until.is_none()
    }

    /// Returns the stretch of time to count: that of the filter, and a week where it names none. `first` is the hour of
    /// the first request.
    pub fn stretch(&self, first: i64, now: Timestamp) -> Stretch {
        let week_before = self.until.map_or(now, |until| until.min(now));
        let from = if self.is_open() { Window::Week.since(week_before) } else { self.from };
        Stretch::new(from, self.until, first, now)
    }

    /// Returns from where to where requests are summed up for the exact number of those listed, in hours, and by which
    /// unit; `None` where they are not counted so finely.
    pub fn exact(&self, now: Timestamp) -> Option<(Grain, i64, i64)> {
        let edges = [self.from.map_or(0, Timestamp::as_millisecond), self.until.map_or(0, Timestamp::as_millisecond)];
        let is_of = |unit: i64| edges.iter().all(|at| at.rem_euclid(unit) == 0);
        let (from, until) = (self.from.map_or(0, hour_of), self.until.map_or(i64::MAX, hour_of));
        let is_recent = hour_of(now).saturating_sub(from) <= MAX_SUMMED_HOURS;
        match () {
            () if self.is_more => None,
            () if self.from.is_none() && self.until.is_none() => Some((Grain::Month, from, until)),
            () if is_of(86_400_000) => Some((Grain::Day, from, until)),
            () if is_of(3_600_000) && is_recent => Some((Grain::Hour, from, until)),
            () => None,
        }
    }

    /// Returns whether requests of a kind are counted.
    pub fn admits(&self, kind: &RequestKind) -> bool {
        self.admits_but(kind, None)
    }

    /// The same, with one filter left out.
    fn admits_but(&self, kind: &RequestKind, without: Option<Facet>) -> bool {
        let filter = self.filter;
        let meets = |facet: Facet, is_met: bool| without == Some(facet) || is_met;
        let name = kind.event_type.as_ref().map(EventType::as_str);
        let family = kind.event_type.as_ref().and_then(EventType::family);
        // A family that is chosen replaces the type.
        let is_type = filter.event_type.is_none() || filter.event_type.as_deref() == name;
        (without == Some(Facet::Family) || meets(Facet::Type, is_type))
            && meets(Facet::Family, filter.family.is_none() || filter.family == family)
            && meets(Facet::Outcome, filter.outcome.is_none_or(|outcome| outcome == kind.outcome))
            && meets(Facet::Mode, filter.mode.is_none() || filter.mode == kind.mode)
            && meets(Facet::Endpoint, filter.endpoint.as_ref().is_none_or(|endpoint| *endpoint == kind.endpoint))
            && self.conditions.admit(&Request {
                endpoint: &kind.endpoint,
                received_at: Timestamp::UNIX_EPOCH,
                outcome: kind.outcome,
                reason: None,
                event_type: name,
                mode: kind.mode,
                message_id: None,
                occurred_at: None,
                attempts: None,
                headers: &[],
                mentions: &[],
                body: &[],
            })
    }

    /// Adds counts up.
    pub fn add_up(&self, stretch: Stretch, counted: impl IntoIterator<Item = CountedRequests>) -> (Vec<Bar>, Facets) {
        let bar = |(from, until)| Bar { from, until, counts: ByOutcome::default() };
        let mut bars: Vec<Bar> = stretch.bars().into_iter().map(bar).collect();
        let mut facets = Facets::default();
        for CountedRequests { hour, kind, count } in counted {
            if self.admits(&kind) {
                let place = bars.partition_point(|bar| bar.from <= hour).saturating_sub(1);
                if let Some(bar) = bars.get_mut(place) {
                    bar.counts[place_of(kind.outcome)] += count;
                }
            }
            let is_counted = |facet| self.admits_but(&kind, Some(facet));
            if let Some(family) = kind.event_type.as_ref().and_then(EventType::family)
                && is_counted(Facet::Family)
            {
                *facets.families.entry(family).or_default() += count;
            }
            if let Some(event_type) = &kind.event_type
                && is_counted(Facet::Type)
            {
                *facets.types.entry(event_type.as_str().to_owned()).or_default() += count;
            }
            if is_counted(Facet::Outcome) {
                *facets.outcomes.entry(kind.outcome).or_default() += count;
            }
            if let Some(mode) = kind.mode
                && is_counted(Facet::Mode)
            {
                *facets.modes.entry(mode).or_default() += count;
            }
            if is_counted(Facet::Endpoint) {
                *facets.endpoints.entry(kind.endpoint).or_default() += count;
            }
        }
        (bars, facets)
    }
}

fn place_of(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Stored => 0,
        Outcome::Unreadable => 1,
        Outcome::Duplicate => 2,
        Outcome::Refused => 3,
    }
}

#[cfg(test)]
mod tests;
