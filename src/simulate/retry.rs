//! The retry schedule of failed messages: Svix's delays, scaled down.

use super::rng::Rng;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;

/// Delays between attempts, in seconds: eight attempts in all.
const WAITS_S: [u64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
/// Minimum delay after a timeout.
const AFTER_TIMEOUT_S: u64 = 60;
/// The maximum factor by which `Retry-After` lengthens a delay.
const MAX_FACTOR: u32 = 2;

/// The kind of failure, as far as the next delay depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The request timed out.
    TimedOut,
    /// The connection failed or broke off.
    Unreachable,
    /// A response other than 2xx, with its `Retry-After`.
    Answered(Option<Duration>),
}

/// Returns the delay after attempt number `attempt` (from 1) failed; `None` after the last one. `Retry-After` is
/// honoured between the scheduled delay and twice that. Each delay is randomised by up to a fifth, so that messages
/// that failed together do not come back together.
pub(super) fn wait(attempt: usize, failure: Failure, scale: f64, rng: &mut Rng) -> Option<Duration> {
    let scheduled = Duration::from_secs(*WAITS_S.get(attempt.checked_sub(1)?)?);
    let wait = match failure {
        Failure::TimedOut => scheduled.max(Duration::from_secs(AFTER_TIMEOUT_S)),
        Failure::Answered(Some(asked)) => asked.clamp(scheduled, scheduled * MAX_FACTOR),
        Failure::Unreachable | Failure::Answered(None) => scheduled,
    };
    let factor = (1.0 + 0.2 * rng.swing()) * scale;
    Some(wait.mul_f64(factor.max(0.0)))
}

/// Parses `Retry-After`: a number of seconds, or a date. A past date is no delay.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    static DATES: DateTimeParser = DateTimeParser::new();
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DATES.parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Returns the shortest and the longest of very many delays.
    fn range(attempt: usize, failure: Failure) -> (Duration, Duration) {
        let mut rng = Rng::of(1, "retry", 0);
        let waits: Vec<Duration> = (0..500).map(|_| wait(attempt, failure, 1.0, &mut rng).unwrap()).collect();
        (*waits.iter().min().unwrap(), *waits.iter().max().unwrap())
    }

    /// Asserts that the delays extend about a fifth to either side of `nominal`.
    fn assert_around(nominal: Duration, (least, most): (Duration, Duration)) {
        assert!(least >= nominal.mul_f64(0.799) && least <= nominal.mul_f64(0.85), "{nominal:?}: {least:?}");
        assert!(most <= nominal.mul_f64(1.201) && most >= nominal.mul_f64(1.15), "{nominal:?}: {most:?}");
    }

    #[test]
    fn eight_attempts_spread_over_a_day_and_more() {
        let mut total = Duration::ZERO;
        for (attempt, nominal) in (1..).zip(WAITS_S) {
            let nominal = Duration::from_secs(nominal);
            assert_around(nominal, range(attempt, Failure::Answered(None)));
            total += nominal;
        }
        assert_eq!(total, Duration::from_secs(27 * 3600 + 35 * 60 + 5));
        assert_eq!(wait(8, Failure::Answered(None), 1.0, &mut Rng::of(1, "retry", 0)), None);
    }

    #[test]
    fn only_a_receiver_that_does_not_answer_in_time_is_left_alone_for_a_minute() {
        assert_around(60 * SECOND, range(1, Failure::TimedOut));
        assert_around(300 * SECOND, range(2, Failure::TimedOut));
        assert_around(5 * SECOND, range(1, Failure::Unreachable));
        // Not after a 429 either.
        assert_around(5 * SECOND, range(1, Failure::Answered(None)));
    }

    #[test]
    fn retry_after_is_honoured_between_the_scheduled_wait_and_twice_that() {
        let asked = |seconds: u32| Failure::Answered(Some(SECOND * seconds));
        assert_around(5 * SECOND, range(1, asked(0)));
        assert_around(7 * SECOND, range(1, asked(7)));
        assert_around(10 * SECOND, range(1, asked(3_600)));
        assert_around(300 * SECOND, range(2, asked(120)));
        assert_around(600 * SECOND, range(2, asked(3_600)));
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        for (value, asked) in [
            ("5", Some(5)),
            (" 120 ", Some(120)),
            ("Mon, 30 Nov 2026 10:00:30 GMT", Some(30)),
            ("Mon, 30 Nov 2026 09:00:00 GMT", Some(0)),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), asked.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn the_scale_shortens_every_wait() {
        let mut rng = Rng::of(1, "retry", 2);
        let waited = wait(7, Failure::Answered(None), 0.001, &mut rng).unwrap();
        assert!(waited >= Duration::from_secs(28) && waited <= Duration::from_secs(44), "{waited:?}");
    }
}
