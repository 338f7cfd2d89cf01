//! The moment a page shows: now, or a point in the past.

use crate::timeline::StoredEvent;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The query key of the moment: an instant or a day, in UTC.
pub const AS_OF: &str = "as_of";
/// The query key of its meaning: `happened` (default) or `known`.
pub const MEANING: &str = "by";

/// The meaning of "as of".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// As it happened: every event that happened by then, whenever it arrived.
    #[default]
    Happened,
    /// As it was known then: every event that arrived by then.
    Known,
}

impl Meaning {
    /// Both, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Happened, Self::Known];

    /// Returns the value in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Happened => "happened",
            Self::Known => "known",
        }
    }

    /// Parses a value; unknown ones are [`Meaning::Happened`].
    pub fn parse(text: &str) -> Self {
        if text == "known" { Self::Known } else { Self::Happened }
    }

    /// Returns the label of the choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Happened => "As it happened",
            Self::Known => "As we knew it then",
        }
    }
}

/// A moment in the past, with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AsOf {
    /// The instant, inclusive.
    pub at: Timestamp,
    /// The meaning.
    pub meaning: Meaning,
}

impl AsOf {
    /// Parses the values of a query string. A day alone means its end in UTC; an instant without a zone is in UTC.
    pub fn parse(at: &str, meaning: Option<&str>) -> Option<Self> {
        let at = at.trim();
        let instant = match at.len() {
            10 => at.parse().ok().and_then(end_of_day),
            _ => instant(at),
        };
        // Truncated to milliseconds, like everything it is compared with.
        let at = Timestamp::from_millisecond(instant?.as_millisecond()).ok()?;
        Some(Self { at, meaning: meaning.map(Meaning::parse).unwrap_or_default() })
    }

    /// Returns the pairs of a query string that [`AsOf::parse`] reads back, without the default meaning.
    pub fn pairs(self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![(AS_OF, self.spelling())];
        if self.meaning != Meaning::default() {
            pairs.push((MEANING, self.meaning.as_str().to_owned()));
        }
        pairs
    }

    /// Returns the shortest text that [`AsOf::parse`] reads as this instant: a day alone for its end, no seconds where
    /// they are zero. A shared URL then stays as it was typed.
    fn spelling(self) -> String {
        let civil = TimeZone::UTC.to_datetime(self.at);
        let is_whole_minute = civil.second() == 0 && civil.subsec_nanosecond() == 0;
        match end_of_day(civil.date()) {
            Some(end) if end == self.at => civil.date().to_string(),
            _ if is_whole_minute => self.at.strftime("%Y-%m-%dT%H:%MZ").to_string(),
            _ => self.at.to_string(),
        }
    }

    /// Returns "1 Sep 2026", with the time of day in UTC unless it is the end of a day.
    pub fn in_words(self) -> String {
        let pattern = if self.is_end_of_day() { "%-d %b %Y" } else { "%-d %b %Y, %H:%M UTC" };
        self.at.strftime(pattern).to_string()
    }

    /// Returns whether it is the end of a day, rather than another instant.
    pub fn is_end_of_day(self) -> bool {
        end_of_day(TimeZone::UTC.to_datetime(self.at).date()) == Some(self.at)
    }

    /// Returns the end of the UTC day of an instant.
    pub fn day_of(at: Timestamp, meaning: Meaning) -> Self {
        Self { at: end_of_day(TimeZone::UTC.to_datetime(at).date()).unwrap_or(at), meaning }
    }
}

/// Returns the last millisecond of a UTC day.
fn end_of_day(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 999_000_000)).ok()
}

/// Parses an instant; without a zone it is in UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let utc = |moment: DateTime| TimeZone::UTC.to_timestamp(moment).ok();
    // Parsing of a civil time stops at a zone, so text is parsed with a zone first.
    text.parse().ok().or_else(|| minutes_in_utc(text)?.parse().ok()).or_else(|| text.parse().ok().and_then(utc))
}

/// Completes `2026-01-31T12:00Z` with the seconds that a timestamp requires.
fn minutes_in_utc(text: &str) -> Option<String> {
    let minutes = text.strip_suffix(['Z', 'z'])?;
    (minutes.len() == 16).then(|| format!("{minutes}:00Z"))
}

/// The moment that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The current time, by the server's clock.
    pub now: Timestamp,
    /// The moment in the past; `None` for now.
    pub as_of: Option<AsOf>,
}

impl From<Timestamp> for Moment {
    fn from(now: Timestamp) -> Self {
        Self { now, as_of: None }
    }
}

impl Moment {
    /// Creates a moment; one in the future means now.
    pub fn new(now: Timestamp, as_of: Option<AsOf>) -> Self {
        Self { now, as_of: as_of.filter(|as_of| as_of.at < now) }
    }

    /// Returns the instant that the page shows.
    pub fn at(&self) -> Timestamp {
        self.as_of.map_or(self.now, |as_of| as_of.at)
    }

    /// Returns the UTC day for "ending", "completed" and "in 4 days".
    pub fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.at()).date()
    }

    /// Returns whether an event that happened and arrived at these times is included.
    pub fn includes(&self, occurred_at: Timestamp, received_at: Timestamp) -> bool {
        match self.as_of {
            None => true,
            Some(AsOf { at, meaning: Meaning::Happened }) => occurred_at <= at,
            Some(AsOf { at, meaning: Meaning::Known }) => received_at <= at,
        }
    }

    /// Returns whether this event is included.
    pub fn shows(&self, stored_event: &StoredEvent) -> bool {
        self.includes(stored_event.occurred_at, stored_event.received_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_read_as_people_write_it() {
        for (text, instant) in [
            ("2026-01-31T12:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:07", "2026-01-31T12:00:07Z"),
            ("2026-01-31T12:00:07.5Z", "2026-01-31T12:00:07.5Z"),
            ("2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00Z"),
            ("2026-01-31", "2026-01-31T23:59:59.999Z"),
            (" 2026-01-31 ", "2026-01-31T23:59:59.999Z"),
        ] {
            assert_eq!(AsOf::parse(text, None).map(|as_of| as_of.at), Some(at(instant)), "{text}");
        }
        for text in ["", "yesterday", "2026-02-30", "2026-13-01T00:00Z", "31.01.2026", "2026-01-31T25:00"] {
            assert_eq!(AsOf::parse(text, None), None, "{text}");
        }
        assert_eq!(AsOf::parse("2026-01-31", Some("known")).unwrap().meaning, Meaning::Known);
        assert_eq!(AsOf::parse("2026-01-31", Some("??")).unwrap().meaning, Meaning::Happened);
    }

    #[test]
    fn a_moment_ahead_is_now() {
        let now = at("2026-02-09T10:00:00Z");
        let ahead = AsOf::parse("2026-02-10", None);
        assert_eq!(Moment::new(now, ahead), now.into());
        let past = AsOf::parse("2026-02-08", None);
        assert_eq!(Moment::new(now, past).today().to_string(), "2026-02-08");
        assert_eq!(Moment::from(now).today().to_string(), "2026-02-09");
    }

    #[test]
    fn the_two_meanings_ask_for_different_times() {
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
        let moment = |meaning| Moment {
            now: at("2026-04-01T00:00:00Z"),
            as_of: Some(AsOf { at: at("2026-02-01T00:00:00Z"), meaning }),
        };
        assert!(moment(Meaning::Happened).includes(early, late));
        assert!(!moment(Meaning::Known).includes(early, late));
        assert!(!moment(Meaning::Happened).includes(late, early));
        assert!(moment(Meaning::Known).includes(late, early));
        assert!(Moment::from(early).includes(late, late));
    }

    #[test]
    fn a_moment_keeps_its_short_spelling() {
        for (text, kept) in [
            ("2026-09-01", "2026-09-01"),
            ("2026-09-01T23:59:59.999Z", "2026-09-01"),
            ("2026-01-31T12:00Z", "2026-01-31T12:00Z"),
            ("2026-01-31T13:00:00+01:00", "2026-01-31T12:00Z"),
            ("2026-01-31T12:00:07Z", "2026-01-31T12:00:07Z"),
            ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.5Z"),
        ] {
            let as_of = AsOf::parse(text, None).unwrap();
            assert_eq!(as_of.pairs(), [(AS_OF, kept.to_owned())], "{text}");
            assert_eq!(AsOf::parse(kept, None), Some(as_of), "{text}");
        }
    }

    #[test]
    fn a_moment_in_words_has_a_time_unless_a_day_was_asked_for() {
        let words = |text| AsOf::parse(text, None).unwrap().in_words();
        assert_eq!(words("2026-09-01"), "1 Sep 2026");
        assert_eq!(words("2026-09-01T12:30Z"), "1 Sep 2026, 12:30 UTC");
    }

    proptest! {
        #[test]
        fn a_moment_comes_back_through_a_link(ms in 0_i64..4_000_000_000_000, is_known in any::<bool>()) {
            let meaning = if is_known { Meaning::Known } else { Meaning::Happened };
            let as_of = AsOf { at: Timestamp::from_millisecond(ms).unwrap(), meaning };
            let pairs = as_of.pairs();
            let value = |key| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str());
            prop_assert_eq!(AsOf::parse(value(AS_OF).unwrap(), value(MEANING)), Some(as_of));
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = AsOf::parse(&text, Some(&text));
        }
    }
}
