//! Formatting of instants and dates. Instants are UTC from the server and moved to the reader's zone by an island;
//! dates of contracts are dates, and never shifted.

use domain::timeline::words::seconds_ago_in_words;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leptos::prelude::*;

/// "13 Feb 2026"
pub fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// "Tuesday 3 February 2026"
pub fn long_day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// Returns the UTC day of an instant.
pub fn utc_day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// "1 Sep – 28 Nov 2025", "15 Dec 2025 – 13 Feb 2026", "from 1 Mar 2026"; `None` without any date.
pub fn day_range(first: Option<Date>, last: Option<Date>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) if first.year() == last.year() => {
            Some(format!("{} – {}", first.strftime("%-d %b"), day(last)))
        }
        (Some(first), Some(last)) => Some(format!("{} – {}", day(first), day(last))),
        (Some(first), None) => Some(format!("from {}", day(first))),
        (None, Some(last)) => Some(format!("until {}", day(last))),
        (None, None) => None,
    }
}

/// "today", "tomorrow", "in 4 days", "yesterday", "6 days ago"
pub fn days_from(today: Date, date: Date) -> String {
    let days = date.duration_since(today).as_hours() / 24;
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", -days),
    }
}

/// Returns "just now", "3 minutes ago", "12 hours ago", "6 days ago", then the date.
pub fn ago_in_words(at: Timestamp, now: Timestamp) -> String {
    seconds_ago_in_words(now.as_second() - at.as_second()).unwrap_or_else(|| day(utc_day(at)))
}

/// Returns the full form, for the title of every `<time>`: "Fri 30 Jan 2026, 09:15:33 UTC".
pub fn full(at: Timestamp) -> String {
    at.strftime("%a %-d %b %Y, %H:%M:%S UTC").to_string()
}

fn machine(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

// `data-t` tells the island the form in which to write the local time.
fn stamp(at: Timestamp, form: &'static str, text: String) -> AnyView {
    view! { <time datetime=machine(at) title=full(at) data-t=form>{text}</time> }.into_any()
}

/// Renders the time of day: "16:42".
pub fn clock(at: Timestamp) -> AnyView {
    stamp(at, "clock", at.strftime("%H:%M").to_string())
}

/// Renders the time for table rows, with seconds today and else with the date: "16:42:07", "30 Jan, 09:15", "30 Jan
/// 2025, 09:15".
pub fn row_time(at: Timestamp, now: Timestamp) -> AnyView {
    let (day, today) = (utc_day(at), utc_day(now));
    let pattern = match () {
        () if day == today => "%H:%M:%S",
        () if day.year() == today.year() => "%-d %b, %H:%M",
        () => "%-d %b %Y, %H:%M",
    };
    stamp(at, "row", at.strftime(pattern).to_string())
}

/// Renders the full form as text.
pub fn moment(at: Timestamp) -> AnyView {
    stamp(at, "full", full(at))
}

/// "30 Jan 2026, 09:15"
pub fn short(at: Timestamp) -> AnyView {
    stamp(at, "short", at.strftime("%-d %b %Y, %H:%M").to_string())
}

/// Renders "30 Jan 2026, 09:15:33", for instants that may be seconds apart.
pub fn to_the_second(at: Timestamp) -> AnyView {
    stamp(at, "second", at.strftime("%-d %b %Y, %H:%M:%S").to_string())
}

/// Renders "6 days ago", with the instant as a tooltip.
pub fn ago(at: Timestamp, now: Timestamp) -> AnyView {
    stamp(at, "ago", ago_in_words(at, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_written_as_people_write_them() {
        assert_eq!(day_range(Some(date(2025, 9, 1)), Some(date(2025, 11, 28))).unwrap(), "1 Sep – 28 Nov 2025");
        assert_eq!(day_range(Some(date(2025, 12, 1)), Some(date(2026, 2, 13))).unwrap(), "1 Dec 2025 – 13 Feb 2026");
        assert_eq!(day_range(Some(date(2026, 3, 1)), None).unwrap(), "from 1 Mar 2026");
        assert_eq!(day_range(None, None), None);
        assert_eq!(long_day(date(2026, 2, 3)), "Tuesday 3 February 2026");
    }

    #[test]
    fn distances_are_told_in_days() {
        let today = date(2026, 2, 9);
        assert_eq!(days_from(today, date(2026, 2, 13)), "in 4 days");
        assert_eq!(days_from(today, today), "today");
        assert_eq!(days_from(today, date(2026, 2, 8)), "yesterday");
        assert_eq!(days_from(today, date(2026, 1, 30)), "10 days ago");
    }

    #[test]
    fn an_instant_is_told_by_its_distance_until_that_says_little() {
        let now: Timestamp = "2026-02-09T12:00:00Z".parse().unwrap();
        let at = |text: &str| ago_in_words(text.parse().unwrap(), now);
        assert_eq!(at("2026-02-09T12:00:00Z"), "just now");
        assert_eq!(at("2026-02-09T11:59:00Z"), "1 minute ago");
        assert_eq!(at("2026-02-09T00:59:59Z"), "11 hours ago");
        assert_eq!(at("2026-02-08T12:00:01Z"), "23 hours ago");
        assert_eq!(at("2026-02-03T12:00:00Z"), "6 days ago");
        assert_eq!(at("2025-09-01T12:00:00Z"), "1 Sep 2025");
    }
}
