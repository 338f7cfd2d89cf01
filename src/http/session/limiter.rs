//! Was this tried too often? A sliding window in memory: each instance counts for itself, and a restart forgets.

use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Attempts at one sign-in name. Few, because guessing one person's password is what must not work.
pub const BY_EMAIL: usize = 10;
/// Attempts from one address. More, because an office shares one.
pub const BY_ADDRESS: usize = 30;

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// How many keys are remembered; beyond it the one that has been quiet for longest is forgotten.
const MOST_KEYS: usize = 10_000;

/// Counts attempts per key.
#[derive(Clone)]
pub struct Limiter {
    clock: Clock,
    most: usize,
    attempts: Arc<Mutex<HashMap<String, VecDeque<Timestamp>>>>,
}

impl Limiter {
    /// Allows `most` attempts in any 15 minutes.
    pub fn new(clock: Clock, most: usize) -> Self {
        Self { clock, most, attempts: Arc::default() }
    }

    /// Counts an attempt, unless there were too many: then it is refused and not counted, so that waiting helps.
    pub fn allow(&self, key: &str) -> bool {
        let now = self.clock.now();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if !attempts.contains_key(key) && attempts.len() >= MOST_KEYS {
            make_room(&mut attempts, now);
        }
        let times = attempts.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|&time| is_over(time, now)) {
            times.pop_front();
        }
        let allowed = times.len() < self.most;
        if allowed {
            times.push_back(now);
        }
        allowed
    }

    /// Forgets a key: whoever knew the password was not guessing.
    pub fn forget(&self, key: &str) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn is_over(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time) >= WINDOW
}

fn make_room(attempts: &mut HashMap<String, VecDeque<Timestamp>>, now: Timestamp) {
    attempts.retain(|_, times| times.back().is_some_and(|&time| !is_over(time, now)));
    if attempts.len() >= MOST_KEYS {
        let quietest = attempts.iter().min_by_key(|(_, times)| times.back()).map(|(key, _)| key.clone());
        if let Some(key) = quietest {
            attempts.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_run_out_and_come_back_with_time() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let clock = Clock::fixed(start);
        let limiter = Limiter::new(clock.clone(), 3);
        assert!(limiter.allow("a"));
        clock.set(start + SignedDuration::from_mins(1));
        assert!(limiter.allow("a") && limiter.allow("a"));
        assert!(!limiter.allow("a"));
        assert!(limiter.allow("b"), "another key counts for itself");

        clock.set(start + WINDOW - SignedDuration::from_millis(1));
        assert!(!limiter.allow("a"));
        clock.set(start + WINDOW);
        assert!(limiter.allow("a"), "the first attempt left the window");
        assert!(!limiter.allow("a"), "the others are still in it");

        limiter.forget("a");
        assert!(limiter.allow("a"));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let clock = Clock::fixed(start);
        let limiter = Limiter::new(clock.clone(), 1);
        for number in 0..MOST_KEYS {
            clock.set(start + SignedDuration::from_millis(i64::try_from(number).unwrap()));
            assert!(limiter.allow(&number.to_string()));
        }
        assert!(limiter.allow("one more"));
        assert_eq!(limiter.attempts.lock().unwrap().len(), MOST_KEYS);
        assert!(!limiter.allow("9999"), "the newest are still known");
        assert!(limiter.allow("0"), "the quietest was forgotten");
    }
}
