//! The deadline for replaying a message from the sender's portal, which keeps payloads for a limited number of days.

use crate::text::counted;
use crate::timeline::words::{date_in_words, day_of};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// Default number of days for which the sender keeps payloads; it may be 1 to 90.
pub const USUAL_DAYS: u16 = 90;

/// The configured number of days for which the sender keeps payloads, put into context for every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptDays(pub u16);

/// Returns the last UTC day on which a message sent at this instant can be replayed.
pub fn last_day(sent_at: Timestamp, days: u16) -> Date {
    day_of(sent_at).saturating_add(i64::from(days).days())
}

/// Returns the addition to any advice to replay a message that was sent at this instant or earlier.
pub fn note(sent_by: Timestamp, days: u16, now: Timestamp) -> String {
    let last = last_day(sent_by, days);
    let kept = counted(days.into(), "day");
    if day_of(now) <= last {
        format!("The portal keeps messages for {kept}: this can be done until {} at the latest.", date_in_words(last))
    } else {
        format!("The portal keeps messages for {kept}: since {} this is no longer possible.", date_in_words(last))
    }
}

/// Returns how far back a replay reaches today.
pub fn reach(days: u16, now: Timestamp) -> String {
    let first = day_of(now).saturating_sub(i64::from(days).days());
    format!(
        "The portal keeps messages for {}, so today a replay reaches back to {}; what was sent earlier cannot be had again.",
        counted(days.into(), "day"),
        date_in_words(first)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_day_of_a_replay_is_named_and_its_passing_too() {
        let sent = at("2026-02-02T09:00:00Z");
        assert_eq!(
            note(sent, 90, at("2026-03-01T00:00:00Z")),
            "The portal keeps messages for 90 days: this can be done until 3 May 2026 at the latest."
        );
        assert_eq!(
            note(sent, 90, at("2026-05-03T23:59:59Z")),
            "The portal keeps messages for 90 days: this can be done until 3 May 2026 at the latest."
        );
        assert_eq!(
            note(sent, 90, at("2026-05-04T00:00:00Z")),
            "The portal keeps messages for 90 days: since 3 May 2026 this is no longer possible."
        );
        assert_eq!(
            note(sent, 1, at("2026-02-03T00:00:00Z")),
            "The portal keeps messages for 1 day: this can be done until 3 February 2026 at the latest."
        );
        assert_eq!(last_day(Timestamp::MAX, 90), Date::MAX);
    }

    #[test]
    fn how_far_back_a_replay_reaches_depends_on_the_setting() {
        let now = at("2026-11-30T10:00:00Z");
        assert!(reach(90, now).contains("90 days, so today a replay reaches back to 1 September 2026"));
        assert!(reach(14, now).contains("14 days, so today a replay reaches back to 16 November 2026"));
    }
}
