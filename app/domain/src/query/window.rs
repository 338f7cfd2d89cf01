//! The stretches of time that requests are counted in, and their division into bars.
//!
//! Requests are counted by whole hours, days or months of UTC, so a stretch begins and ends with one of these. Hours are
//! numbered from 1970-01-01.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// Hours of a day.
const DAY: i64 = 24;
/// Maximum number of bars of one unit: each is wide enough to be hit with a pointer.
const MAX_BARS: i64 = 36;
/// Maximum length of a stretch of time with an open end, in hours: before it, the first request bounds the stretch.
const LONGEST: i64 = 3 * 366 * DAY;

/// A stretch of time up to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
    /// Everything.
    All,
}

impl Window {
    /// All of them, the shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::All];

    /// Returns the value in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::All => "all",
        }
    }

    /// The inverse of [`Window::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.as_str() == text)
    }

    /// Returns the label of its link.
    pub fn label(self) -> &'static str {
        match self {
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Quarter => "Last 90 days",
            Self::All => "All",
        }
    }

    /// Returns its beginning: that of the bar in which it begins, so that what is counted is what is listed.
    pub fn since(self, now: Timestamp) -> Option<Timestamp> {
        let (hours, step) = match self {
            Self::Day => (DAY, 1),
            Self::Week => (7 * DAY, 6),
            Self::Month => (30 * DAY, DAY),
            Self::Quarter => (90 * DAY, DAY),
            Self::All => return None,
        };
        let hour = hour_of(now) - hours;
        Some(instant(hour - hour.rem_euclid(step)))
    }
}

/// The length of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// An hour.
    Hour,
    /// Six hours, from midnight on.
    SixHours,
    /// A day.
    Day,
    /// A week from Monday on.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// The unit by which requests are counted in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// By hours.
    Hour,
    /// By days.
    Day,
    /// By months.
    Month,
}

impl Grain {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    /// Returns the word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Returns the first hour of the unit that holds this hour.
    pub fn floor(self, hour: i64) -> i64 {
        match self {
            Self::Hour => hour,
            Self::Day => hour - hour.rem_euclid(DAY),
            Self::Month => hour_of_day(day_of(hour).first_of_month()),
        }
    }
}

/// A stretch of time that is counted, in whole hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its first hour.
    pub from: i64,
    /// The hour after its last.
    pub until: i64,
    /// The length of its bars; the first and the last may be cut.
    pub unit: Unit,
}

impl Stretch {
    /// Returns the stretch of time between two instants, `None` for an open end; `first` is the hour of the first request.
    /// It never ends after the bar of now.
    pub fn new(from: Option<Timestamp>, until: Option<Timestamp>, first: i64, now: Timestamp) -> Self {
        let end = hour_of(now) + 1;
        let until_hour = until.map_or(end, |until| -(-until.as_millisecond()).div_euclid(3_600_000));
        let mut from_hour = from.map_or(first, hour_of);
        if from.is_none() || until_hour.min(end) - from_hour > LONGEST {
            from_hour = from_hour.max(first);
        }
        let from_hour = from_hour.min(end);
        let hours = until_hour.clamp(from_hour, end) - from_hour;
        let unit = match hours {
            _ if hours <= MAX_BARS => Unit::Hour,
            _ if hours <= 6 * MAX_BARS => Unit::SixHours,
            _ if hours <= DAY * MAX_BARS => Unit::Day,
            _ if hours <= 7 * DAY * MAX_BARS => Unit::Week,
            _ if hours <= 30 * DAY * MAX_BARS => Unit::Month,
            _ => Unit::Year,
        };
        let grain = unit.grain();
        let from = grain.floor(from_hour);
        // The bar of now is shown whole.
        let whole = unit.next(unit.floor(end - 1));
        let until = until.map_or(whole, |_| until_hour.min(whole)).max(from);
        let until = if grain.floor(until) == until { until } else { grain.floor(until) + DAY };
        Self { from, until, unit }
    }

    /// Returns first hour and end of each bar.
    pub fn bars(self) -> Vec<(i64, i64)> {
        let mut bars = Vec::new();
        let mut start = self.unit.floor(self.from);
        // The bound holds whatever the dates are; no stretch has as many.
        while start < self.until && bars.len() < 400 {
            let end = self.unit.next(start);
            bars.push((start.max(self.from), end.min(self.until)));
            start = end;
        }
        bars
    }

    /// Returns the coarsest unit of counting whose borders are those of the stretch and of its bars.
    pub fn grain(self) -> Grain {
        let is_of_months = matches!(self.unit, Unit::Month | Unit::Year)
            && [self.from, self.until].iter().all(|hour| Grain::Month.floor(*hour) == *hour);
        if is_of_months { Grain::Month } else { self.unit.grain() }
    }
}

impl Unit {
    fn grain(self) -> Grain {
        match self {
            Self::Hour | Self::SixHours => Grain::Hour,
            Self::Day | Self::Week | Self::Month | Self::Year => Grain::Day,
        }
    }

    /// Returns the first hour of the bar that holds this hour.
    fn floor(self, hour: i64) -> i64 {
        match self {
            Self::Hour => hour,
            Self::SixHours => hour - hour.rem_euclid(6),
            Self::Day => Grain::Day.floor(hour),
            // 1970-01-01 was a Thursday.
            Self::Week => hour - (hour + 3 * DAY).rem_euclid(7 * DAY),
            Self::Month => Grain::Month.floor(hour),
            Self::Year => hour_of_day(day_of(hour).first_of_year()),
        }
    }

    fn next(self, start: i64) -> i64 {
        match self {
            Self::Hour => start + 1,
            Self::SixHours => start + 6,
            Self::Day => start + DAY,
            Self::Week => start + 7 * DAY,
            Self::Month => hour_of_day(day_of(start).saturating_add(1.month())).max(start + 1),
            Self::Year => hour_of_day(day_of(start).saturating_add(1.year())).max(start + 1),
        }
    }
}

/// Returns the number of an instant's hour.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// Returns the beginning of an hour.
pub fn instant(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH.saturating_add(SignedDuration::from_hours(hour)).unwrap_or(Timestamp::MAX)
}

/// Returns the day of an hour.
pub fn day_of(hour: i64) -> Date {
    TimeZone::UTC.to_datetime(instant(hour)).date()
}

fn hour_of_day(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_hours()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hour(text: &str) -> i64 {
        hour_of(at(text))
    }

    /// Returns unit, number of bars, and the first and the last bar.
    fn told(from: Option<&str>, until: Option<&str>, first: &str, now: &str) -> (Unit, usize, String, String) {
        let stretch = Stretch::new(from.map(at), until.map(at), hour(first), at(now));
        let bars = stretch.bars();
        let words = |bar: Option<&(i64, i64)>| {
            bar.map(|(from, until)| format!("{}/{}", instant(*from), instant(*until))).unwrap_or_default()
        };
        for pair in bars.windows(2) {
            assert_eq!(pair[0].1, pair[1].0, "bars lie side by side");
        }
        assert_eq!((bars[0].0, bars[bars.len() - 1].1), (stretch.from, stretch.until));
        (stretch.unit, bars.len(), words(bars.first()), words(bars.last()))
    }

    const NOW: &str = "2026-03-22T14:37:10Z";

    #[test]
    fn each_window_has_bars_that_can_be_hit_and_begins_with_one() {
        let expected = [
            (Window::Day, Unit::Hour, 25, "2026-03-21T14:00:00Z/2026-03-21T15:00:00Z"),
            (Window::Week, Unit::SixHours, 29, "2026-03-15T12:00:00Z/2026-03-15T18:00:00Z"),
            (Window::Month, Unit::Day, 31, "2026-02-20T00:00:00Z/2026-02-21T00:00:00Z"),
            // A first week that is cut: 22 December was a Monday.
            (Window::Quarter, Unit::Week, 13, "2025-12-22T00:00:00Z/2025-12-29T00:00:00Z"),
        ];
        for (window, unit, count, first) in expected {
            let since = window.since(at(NOW)).unwrap().to_string();
            let told = told(Some(&since), None, "2020-01-01T00:00:00Z", NOW);
            assert_eq!((told.0, told.1, told.2.as_str()), (unit, count, first), "{window:?}");
        }
        assert_eq!(Window::All.since(at(NOW)), None);
    }

    #[test]
    fn everything_begins_with_the_first_request() {
        let all = told(None, None, "2025-01-01T00:00:00Z", NOW);
        assert_eq!((all.0, all.1), (Unit::Month, 15));
        assert!(all.3.ends_with("/2026-04-01T00:00:00Z"), "{}", all.3);
        assert_eq!(Stretch::new(None, None, hour("2025-01-01T00:00:00Z"), at(NOW)).grain(), Grain::Month);
        assert_eq!(told(None, None, "2026-03-01T00:00:00Z", NOW).0, Unit::Day);
        assert_eq!(told(None, None, "2011-05-01T00:00:00Z", NOW).0, Unit::Year);
    }

    #[test]
    fn days_that_are_asked_for_are_kept_to() {
        let asked = told(Some("2026-03-03T00:00:00Z"), Some("2026-03-06T00:00:00Z"), "2020-01-01T00:00:00Z", NOW);
        assert_eq!((asked.0, asked.1), (Unit::SixHours, 12));
        assert_eq!(asked.2, "2026-03-03T00:00:00Z/2026-03-03T06:00:00Z");
        let cut = told(Some("2025-11-01T00:00:00Z"), Some("2026-02-20T00:00:00Z"), "2020-01-01T00:00:00Z", NOW);
        assert_eq!((cut.0, cut.2.as_str()), (Unit::Week, "2025-11-01T00:00:00Z/2025-11-03T00:00:00Z"));
        assert!(cut.3.ends_with("/2026-02-20T00:00:00Z"), "{}", cut.3);
        // An hour that has begun counts.
        let within = told(Some("2026-03-22T08:15:00Z"), Some("2026-03-22T09:20:00Z"), "2020-01-01T00:00:00Z", NOW);
        assert_eq!((within.1, within.2.as_str()), (2, "2026-03-22T08:00:00Z/2026-03-22T09:00:00Z"));
    }

    #[test]
    fn no_instant_is_too_far() {
        for from in [Some(Timestamp::MIN), Some(at(NOW)), Some(Timestamp::MAX), None] {
            for until in [Some(Timestamp::MIN), Some(Timestamp::MAX), None] {
                let stretch = Stretch::new(from, until, hour("2025-01-01T00:00:00Z"), at(NOW));
                assert!(stretch.bars().len() <= 40, "{stretch:?}");
                assert!(stretch.from <= stretch.until, "{stretch:?}");
            }
        }
    }

    #[test]
    fn every_hour_is_in_its_unit() {
        for unit in [Unit::Hour, Unit::SixHours, Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
            for hour in (hour("2023-12-20T00:00:00Z")..hour("2024-03-05T00:00:00Z")).step_by(5) {
                let start = unit.floor(hour);
                assert!(start <= hour && hour < unit.next(start) && unit.floor(start) == start, "{unit:?} {hour}");
            }
        }
    }
}
