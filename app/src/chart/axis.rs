//! The time axis: positions of instants and dates, and tick marks.

use super::midnight;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// The width of the axis.
pub const WIDTH: i64 = 820;

/// A range of days, laid out over [`WIDTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The first day.
    pub from: Date,
    /// The day after the last; always later than `from`.
    pub to: Date,
}

/// A tick mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Its position.
    pub x: i64,
    /// Its label.
    pub label: String,
}

/// The interval of tick marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Every day.
    Day,
    /// Every Monday.
    Week,
    /// Every first of a month.
    Month,
    /// January, April, July, October.
    Quarter,
    /// Every first of January.
    Year,
}

impl Axis {
    /// Creates an axis of at least one day.
    pub fn new(from: Date, to: Date) -> Self {
        let latest = Date::MAX.saturating_sub(1.day());
        let from = from.min(latest);
        Self { from, to: to.max(super::day_after(from)) }
    }

    /// Returns the number of days.
    pub fn days(self) -> i64 {
        days_between(self.from, self.to).max(1)
    }

    /// Returns the position of a second since the epoch; below 0 and above [`WIDTH`] it is not visible.
    pub fn x(self, second: i64) -> i64 {
        let (start, end) = (midnight(self.from), midnight(self.to));
        let into = second.saturating_sub(start).clamp(-(end - start), 2 * (end - start));
        (into * WIDTH).div_euclid((end - start).max(1))
    }

    /// Returns the position, clamped to the edges.
    pub fn within(self, second: i64) -> i64 {
        self.x(second).clamp(0, WIDTH)
    }

    /// Returns the interval of tick marks: dense enough to find a day, sparse enough that labels do not touch.
    pub fn unit(self) -> Unit {
        match self.days() {
            ..=14 => Unit::Day,
            15..=62 => Unit::Week,
            63..=500 => Unit::Month,
            501..=1_500 => Unit::Quarter,
            _ => Unit::Year,
        }
    }

    /// Returns the tick marks from left to right. The first one, and the first of every year, include the year.
    pub fn ticks(self) -> Vec<Tick> {
        let unit = self.unit();
        let mut ticks = Vec::new();
        let mut day = first_mark(unit, self.from);
        let mut year = None;
        while day < self.to && ticks.len() < 60 {
            let pattern = match (unit, year == Some(day.year())) {
                (Unit::Day | Unit::Week, true) => "%-d %b",
                (Unit::Day | Unit::Week, false) => "%-d %b %Y",
                (Unit::Month | Unit::Quarter, true) => "%b",
                (Unit::Month | Unit::Quarter, false) => "%b %Y",
                (Unit::Year, _) => "%Y",
            };
            ticks.push(Tick { x: self.within(midnight(day)), label: day.strftime(pattern).to_string() });
            year = Some(day.year());
            let next = next_mark(unit, day);
            if next <= day {
                break;
            }
            day = next;
        }
        ticks
    }
}

/// Returns the number of days between two dates.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    (midnight(to) - midnight(from)) / 86_400
}

/// Returns the Monday of a day's week.
pub(super) fn monday(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.saturating_sub(i64::from(since).days())
}

fn first_mark(unit: Unit, from: Date) -> Date {
    let begun = match unit {
        Unit::Day => from,
        Unit::Week => monday(from),
        Unit::Month => from.first_of_month(),
        Unit::Quarter => {
            let into = (from.month() - 1).rem_euclid(3);
            from.first_of_month().saturating_sub(into.months())
        }
        Unit::Year => from.first_of_year(),
    };
    if begun < from { next_mark(unit, begun) } else { begun }
}

fn next_mark(unit: Unit, day: Date) -> Date {
    match unit {
        Unit::Day => day.saturating_add(1.day()),
        Unit::Week => day.saturating_add(1.week()),
        Unit::Month => day.saturating_add(1.month()),
        Unit::Quarter => day.saturating_add(3.months()),
        Unit::Year => day.saturating_add(1.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn labels(from: Date, to: Date) -> Vec<String> {
        Axis::new(from, to).ticks().into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn months_are_marked_and_a_new_year_says_so() {
        let said = labels(date(2025, 11, 1), date(2026, 3, 1));
        assert_eq!(said, ["Nov 2025", "Dec", "Jan 2026", "Feb"]);
    }

    #[test]
    fn the_longer_the_stretch_the_larger_the_unit() {
        let unit = |days: i64| Axis::new(date(2026, 1, 1), date(2026, 1, 1) + days.days()).unit();
        assert_eq!(
            [10, 35, 92, 366, 900, 4_000].map(unit),
            [Unit::Day, Unit::Week, Unit::Month, Unit::Month, Unit::Quarter, Unit::Year]
        );
        assert_eq!(labels(date(2026, 2, 4), date(2026, 3, 1))[..2], ["9 Feb 2026", "16 Feb"]);
        assert_eq!(labels(date(2024, 2, 1), date(2026, 1, 1))[..4], ["Apr 2024", "Jul", "Oct", "Jan 2025"]);
        assert_eq!(labels(date(2001, 2, 1), date(2009, 1, 1))[..2], ["2002", "2003"]);
    }

    #[test]
    fn an_instant_stands_between_the_days_beside_it() {
        let axis = Axis::new(date(2026, 1, 1), date(2026, 1, 1) + 82.days());
        assert_eq!(axis.x(midnight(date(2026, 1, 2))), 10);
        assert_eq!(axis.x(midnight(date(2026, 1, 1)) + 12 * 3_600), 5);
        assert_eq!(axis.within(i64::MIN), 0);
        assert_eq!(axis.within(i64::MAX), WIDTH);
    }

    #[test]
    fn no_date_is_too_far() {
        for day in [Date::MIN, Date::MAX, date(2026, 1, 1)] {
            let axis = Axis::new(day, day);
            assert_eq!(axis.days(), 1);
            assert!(axis.ticks().len() <= 60);
        }
        assert!(Axis::new(Date::MIN, Date::MAX).ticks().len() <= 60);
    }
}
