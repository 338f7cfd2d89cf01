//! Dates, spans, durations and ordinals in plain British English.

use crate::text::counted;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(date: Date) -> &'static str {
    // A month is always 1 to 12, so the default is never used.
    usize::try_from(date.month() - 1).ok().and_then(|place| MONTHS.get(place)).copied().unwrap_or_default()
}

/// "13 February 2026".
pub fn date_in_words(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// "1 March to 29 May 2026": month and year are said once where both ends share them. One day is said alone.
pub fn span_in_words(start: Date, end: Date) -> String {
    let last = date_in_words(end);
    if start == end {
        last
    } else if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{} to {last}", start.day())
    } else if start.year() == end.year() {
        format!("{} {} to {last}", start.day(), month(start))
    } else {
        format!("{} to {last}", date_in_words(start))
    }
}

/// As [`span_in_words`], where either end may be unknown: "from 1 March 2026", "until 29 May 2026".
pub fn open_span_in_words(start: Option<Date>, end: Option<Date>) -> Option<String> {
    match (start, end) {
        (Some(start), Some(end)) => Some(span_in_words(start, end)),
        (Some(start), None) => Some(format!("from {}", date_in_words(start))),
        (None, Some(end)) => Some(format!("until {}", date_in_words(end))),
        (None, None) => None,
    }
}

/// Returns "24 November 2025, 10:00 UTC". Seconds are truncated, so that a replay from this time is complete.
pub fn time_in_words(at: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(at);
    format!("{}, {:02}:{:02} UTC", date_in_words(time.date()), time.hour(), time.minute())
}

/// Returns a wire name in words: `client.contract.custom_fields_updated` is "contract custom fields updated". The
/// delivery's page shows it verbatim.
pub fn event_in_words(wire_name: &str) -> String {
    let name = wire_name.strip_prefix("client.").unwrap_or(wire_name);
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "without a name".to_owned() } else { words.join(" ") }
}

/// Returns `NOT_BOOKABLE` as "Not bookable", as the sender's set of values is open.
pub fn sentence_case(words: &str) -> String {
    let words = words.replace('_', " ").to_lowercase();
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the UTC day.
pub fn day_of(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// Returns a duration in words: "40 seconds", "35 minutes", "2 hours 5 minutes", "6 days", "4 months", "3 years".
/// Rounded down, so "late" is never exaggerated; the sign is dropped. A month is a twelfth of a year.
pub fn duration_in_words(seconds: i64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 31_557_600;
    const MONTH: u64 = YEAR / 12;
    let seconds = seconds.unsigned_abs();
    if seconds < MINUTE {
        counted(seconds, "second")
    } else if seconds < HOUR {
        counted(seconds / MINUTE, "minute")
    } else if seconds < DAY {
        let hours = counted(seconds / HOUR, "hour");
        match seconds % HOUR / MINUTE {
            0 => hours,
            minutes => format!("{hours} {}", counted(minutes, "minute")),
        }
    } else if seconds < 2 * MONTH {
        counted(seconds / DAY, "day")
    } else if seconds < 2 * YEAR {
        counted(seconds / MONTH, "month")
    } else {
        counted(seconds / YEAR, "year")
    }
}

/// Returns the time between two attempts: "less than 1 s", "12 s", "4 min 10 s", "2 h 5 min", "1 d 9 h". Rounded down; the
/// sign is dropped.
pub fn gap_in_words(milliseconds: i64) -> String {
    let seconds = milliseconds.unsigned_abs() / 1_000;
    let both = |(whole, unit): (u64, &str), (rest, smaller): (u64, &str)| match rest {
        0 => format!("{whole} {unit}"),
        rest => format!("{whole} {unit} {rest} {smaller}"),
    };
    match seconds {
        0 => "less than 1 s".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3_600 => both((seconds / 60, "min"), (seconds % 60, "s")),
        3_600..86_400 => both((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        _ => both((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    }
}

/// Returns "just now", "7 minutes ago", "3 days ago"; `None` where a date is better.
pub fn seconds_ago_in_words(seconds: i64) -> Option<String> {
    const HOUR: i64 = 3600;
    match seconds {
        s if s < 5 => Some("just now".to_owned()),
        s if (HOUR..24 * HOUR).contains(&s) => Some(format!("{} ago", duration_in_words(s - s % HOUR))),
        s if s < 60 * 86_400 => Some(format!("{} ago", duration_in_words(s))),
        _ => None,
    }
}

/// "1st", "2nd", "3rd", "11th".
pub fn ordinal(place: u32) -> String {
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

/// Returns "a", "a and b", "a, b and c", with any joiner in place of "and".
pub fn listed(words: &[&str], joiner: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {joiner} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_senders_words_are_shown_as_words() {
        assert_eq!(sentence_case("NOT_BOOKABLE"), "Not bookable");
        assert_eq!(sentence_case(""), "");
    }

    #[test]
    fn dates_are_written_out() {
        assert_eq!(date_in_words(date(2026, 2, 13)), "13 February 2026");
        assert_eq!(date_in_words(date(2025, 12, 1)), "1 December 2025");
    }

    #[test]
    fn a_span_says_month_and_year_once() {
        assert_eq!(span_in_words(date(2026, 3, 1), date(2026, 5, 29)), "1 March to 29 May 2026");
        assert_eq!(span_in_words(date(2026, 3, 1), date(2026, 3, 29)), "1 to 29 March 2026");
        assert_eq!(span_in_words(date(2025, 12, 1), date(2026, 2, 13)), "1 December 2025 to 13 February 2026");
        assert_eq!(span_in_words(date(2025, 12, 1), date(2026, 12, 1)), "1 December 2025 to 1 December 2026");
        assert_eq!(span_in_words(date(2026, 3, 1), date(2026, 3, 1)), "1 March 2026");
        assert_eq!(open_span_in_words(Some(date(2026, 3, 1)), None).unwrap(), "from 1 March 2026");
        assert_eq!(open_span_in_words(None, Some(date(2026, 3, 1))).unwrap(), "until 1 March 2026");
        assert_eq!(open_span_in_words(None, None), None);
    }

    #[test]
    fn a_gap_has_two_units_at_most() {
        let gaps = [
            (0, "less than 1 s"),
            (999, "less than 1 s"),
            (-12_400, "12 s"),
            (60_000, "1 min"),
            (250_000, "4 min 10 s"),
        ];
        let longer = [(7_500_000, "2 h 5 min"), (3_600_000, "1 h"), (118_800_000, "1 d 9 h"), (86_400_000, "1 d")];
        for (milliseconds, words) in gaps.into_iter().chain(longer) {
            assert_eq!(gap_in_words(milliseconds), words);
        }
    }

    #[test]
    fn a_time_is_in_utc_and_never_rounded_up() {
        assert_eq!(time_in_words("2025-11-24T10:00:59.999Z".parse().unwrap()), "24 November 2025, 10:00 UTC");
        assert_eq!(time_in_words("2025-11-24T00:07:00+02:00".parse().unwrap()), "23 November 2025, 22:07 UTC");
    }

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (60, "1 minute"),
            (35 * 60 + 5, "35 minutes"),
            (3_600, "1 hour"),
            (2 * 3_600 + 5 * 60, "2 hours 5 minutes"),
            (86_400, "1 day"),
            (6 * 86_400, "6 days"),
            (45 * 86_400, "45 days"),
            (122 * 86_400, "4 months"),
            (730 * 86_400, "23 months"),
            (3 * 366 * 86_400, "3 years"),
            (-120, "2 minutes"),
        ] {
            assert_eq!(duration_in_words(seconds), words, "{seconds} s");
        }
        assert!(duration_in_words(i64::MIN).ends_with("years"));
    }

    #[test]
    fn ordinals_know_the_teens() {
        let said: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 101, 111, 112].into_iter().map(ordinal).collect();
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th", "112th"]);
    }

    #[test]
    fn a_list_is_joined_before_its_last_word() {
        assert_eq!(listed(&[], "and"), "");
        assert_eq!(listed(&["a"], "and"), "a");
        assert_eq!(listed(&["a", "b", "c"], "and"), "a, b and c");
        assert_eq!(listed(&["a", "b"], "or"), "a or b");
    }
}
