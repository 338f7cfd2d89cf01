//! When is a failed message tried again? After Svix's waits (facts 1.2 and 1.3), shortened by a scale.

use super::dice::Dice;
use std::time::Duration;

/// Seconds between an attempt that failed and the next one: eight attempts in all.
const WAITS_S: [u64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
/// Asked to slow down, or not answered at all, the sender waits at least so long.
const PATIENT_WAIT_S: u64 = 60;

/// How an attempt failed, as far as the next wait depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// 429, or no answer in time.
    SlowDown,
    /// Any other answer than 2xx, or no connection.
    Other,
}

/// How long to wait after attempt number `attempt` (from 1) failed; `None` when that was the last one. Each wait is up
/// to a fifth shorter or longer by chance, so that messages that failed together do not come back together.
pub(super) fn wait(attempt: usize, failure: Failure, scale: f64, dice: &mut Dice) -> Option<Duration> {
    let seconds = *WAITS_S.get(attempt.checked_sub(1)?)?;
    let seconds = if failure == Failure::SlowDown { seconds.max(PATIENT_WAIT_S) } else { seconds };
    let factor = (1.0 + 0.2 * dice.swing()) * scale;
    Some(Duration::from_secs(seconds).mul_f64(factor.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_attempts_spread_over_a_day_and_more() {
        let mut dice = Dice::of(1, "retry", 0);
        let mut total = Duration::ZERO;
        for (attempt, nominal) in (1..).zip(WAITS_S) {
            let nominal = Duration::from_secs(nominal);
            for _ in 0..100 {
                let waited = wait(attempt, Failure::Other, 1.0, &mut dice).unwrap();
                assert!(waited >= nominal.mul_f64(0.799) && waited <= nominal.mul_f64(1.201), "{attempt}: {waited:?}");
            }
            total += nominal;
        }
        assert_eq!(total, Duration::from_secs(27 * 3600 + 35 * 60 + 5));
        assert_eq!(wait(8, Failure::Other, 1.0, &mut dice), None);
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_a_minute() {
        let mut dice = Dice::of(1, "retry", 1);
        let waited = wait(1, Failure::SlowDown, 1.0, &mut dice).unwrap();
        assert!(waited >= Duration::from_secs(48));
        assert!(wait(1, Failure::Other, 1.0, &mut dice).unwrap() <= Duration::from_secs(6));
    }

    #[test]
    fn the_scale_shortens_every_wait() {
        let mut dice = Dice::of(1, "retry", 2);
        let waited = wait(7, Failure::Other, 0.001, &mut dice).unwrap();
        assert!(waited >= Duration::from_secs(28) && waited <= Duration::from_secs(44), "{waited:?}");
    }
}
