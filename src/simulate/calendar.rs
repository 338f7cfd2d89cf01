//! Times of simulated events: mostly in working hours; the platform itself also acts at night. All in UTC.

use super::rng::Rng;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use std::fmt;

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 24 * 60 * MS_PER_MINUTE;
const OPENS: i64 = 8 * 60 * MS_PER_MINUTE;
const CLOSES: i64 = 18 * 60 * MS_PER_MINUTE + 30 * MS_PER_MINUTE;

/// Minutes of an hour, for the time between steps.
pub(super) const HOUR: i64 = 60;
/// Minutes of a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// Milliseconds since 1970, in multiples of 4 ms, which is the resolution of message ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SimTime(i64);

/// Days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(i64);

impl SimTime {
    pub(super) fn of(at: Timestamp) -> Self {
        let ms = at.as_millisecond();
        Self(ms - ms.rem_euclid(4))
    }

    pub(super) fn timestamp(self) -> Timestamp {
        // Simulated times are always within the range of a timestamp.
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(super) fn day(self) -> Day {
        Day(self.0.div_euclid(MS_PER_DAY))
    }

    /// Returns a random time this many minutes later at any hour, as a machine would act; always later.
    pub(super) fn soon(self, rng: &mut Rng, low: i64, high: i64) -> Self {
        let ms = rng.between(low * MS_PER_MINUTE, high * MS_PER_MINUTE);
        Self(self.0 + (ms - ms.rem_euclid(4)).max(4))
    }

    /// Returns a random time this many minutes later, as a person would act: outside office hours it waits for the next
    /// working morning.
    pub(super) fn later(self, rng: &mut Rng, low: i64, high: i64) -> Self {
        self.soon(rng, low, high).in_office_hours(rng)
    }

    fn in_office_hours(self, rng: &mut Rng) -> Self {
        let day = self.day();
        let time = self.0 - day.0 * MS_PER_DAY;
        let open_today = day.weekday() < 5;
        if open_today && (OPENS..CLOSES).contains(&time) {
            return self;
        }
        let today_is_still_to_come = open_today && time < OPENS;
        let mut morning = if today_is_still_to_come { day } else { day.plus(1) };
        while morning.weekday() >= 5 {
            morning = morning.plus(1);
        }
        Self(morning.0 * MS_PER_DAY + OPENS).soon(rng, 5, 150)
    }
}

impl Day {
    pub(super) fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    pub(super) fn until(self, later: Self) -> i64 {
        later.0 - self.0
    }

    /// Returns the weekday, 0 for Monday.
    pub(super) fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    /// Returns this day if it is a Monday, else the next one.
    pub(super) fn monday(self) -> Self {
        self.plus((7 - self.weekday()).rem_euclid(7))
    }

    /// Returns a time just after the end of the day, when the platform runs its batch jobs.
    pub(super) fn night_after(self, rng: &mut Rng) -> SimTime {
        SimTime(self.plus(1).0 * MS_PER_DAY).soon(rng, 5, 25)
    }

    /// Returns a time in the office hours of this day or the next working day.
    pub(super) fn at_work(self, rng: &mut Rng) -> SimTime {
        SimTime(self.0 * MS_PER_DAY + OPENS).soon(rng, 10, 9 * HOUR).in_office_hours(rng)
    }

    pub(super) fn date(self) -> Date {
        let epoch = Date::constant(1970, 1, 1);
        epoch.checked_add(jiff::Span::new().days(self.0)).unwrap_or(epoch)
    }

    pub(super) fn months_before(self, months: u32) -> Self {
        let date = self.date();
        let earlier = date.checked_sub(jiff::Span::new().months(i64::from(months))).unwrap_or(date);
        Self(self.0 - earlier.until(date).map_or(0, |span| i64::from(span.get_days())))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.date().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> SimTime {
        SimTime::of(text.parse().unwrap())
    }

    #[test]
    fn people_act_in_office_hours_only() {
        let mut rng = Rng::of(7, "office", 0);
        let mut at = moment("2025-03-07T17:00:00Z");
        for _ in 0..500 {
            let next = at.later(&mut rng, 1, 3 * DAY);
            assert!(next > at);
            assert!(next.day().weekday() < 5, "{}", next.timestamp());
            let time = next.timestamp().to_string();
            assert!(("08:00".."18:30").contains(&&time[11..16]), "{time}");
            at = next;
        }
    }

    #[test]
    fn days_are_the_calendars() {
        let day = moment("2026-03-31T12:00:00Z").day();
        assert_eq!(day.to_string(), "2026-03-31");
        assert_eq!(day.weekday(), 1, "a Tuesday");
        assert_eq!(day.monday().to_string(), "2026-04-06");
        assert_eq!(day.months_before(1).to_string(), "2026-02-28");
        assert_eq!(day.months_before(18).to_string(), "2024-09-30");
    }

    #[test]
    fn a_moment_is_whole_steps_of_four_milliseconds() {
        assert_eq!(moment("2026-01-01T00:00:00.007Z").timestamp().to_string(), "2026-01-01T00:00:00.004Z");
    }
}
