//! An in-memory sliding-window counter per key. Each instance counts for itself, and a restart resets it.

use crate::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Maximum number of keys; beyond it the one that has been quiet the longest is dropped.
const MAX_KEYS: usize = 10_000;

/// Counts attempts per key.
#[derive(Clone)]
pub struct Limiter {
    clock: Clock,
    most: usize,
    attempts: Arc<Mutex<HashMap<String, VecDeque<Timestamp>>>>,
}

impl Limiter {
    /// Creates a limiter of `most` attempts in any 15 minutes.
    pub fn new(clock: Clock, most: usize) -> Self {
        Self { clock, most, attempts: Arc::default() }
    }

    /// Counts an attempt and returns whether it is allowed. A refused one is not counted, so that waiting helps.
    pub fn allow(&self, key: &str) -> bool {
        self.in_window(key, |times, now| {
            let allowed = times.len() < self.most;
            if allowed {
                times.push_back(now);
            }
            allowed
        })
    }

    /// Counts an attempt regardless of the limit, and returns the number of earlier ones, capped at the limit.
    pub fn count(&self, key: &str) -> usize {
        self.in_window(key, |times, now| {
            let before = times.len();
            times.push_back(now);
            while times.len() > self.most {
                times.pop_front();
            }
            before
        })
    }

    /// Removes the newest attempt from the count.
    pub fn take_back(&self, key: &str) {
        if let Some(times) = self.attempts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(key) {
            times.pop_back();
        }
    }

    /// Runs `act` on the attempts within the window.
    fn in_window<T>(&self, key: &str, act: impl FnOnce(&mut VecDeque<Timestamp>, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if !attempts.contains_key(key) && attempts.len() >= MAX_KEYS {
            make_room(&mut attempts, now);
        }
        let times = attempts.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|&time| is_over(time, now)) {
            times.pop_front();
        }
        act(times, now)
    }

    /// Resets the count of a key.
    pub fn forget(&self, key: &str) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn is_over(time: Timestamp, now: Timestamp) -> bool {
    now.duration_since(time) >= WINDOW
}

fn make_room(attempts: &mut HashMap<String, VecDeque<Timestamp>>, now: Timestamp) {
    attempts.retain(|_, times| times.back().is_some_and(|&time| !is_over(time, now)));
    if attempts.len() >= MAX_KEYS {
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
    fn what_was_no_guess_is_taken_back() {
        let clock = Clock::fixed("2026-03-01T09:00:00Z".parse().unwrap());
        let limiter = Limiter::new(clock, 2);
        for _ in 0..5 {
            assert!(limiter.allow("a"));
            limiter.take_back("a");
        }
        limiter.take_back("a");
        assert_eq!([limiter.count("b"), limiter.count("b"), limiter.count("b"), limiter.count("b")], [0, 1, 2, 2]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let clock = Clock::fixed(start);
        let limiter = Limiter::new(clock.clone(), 1);
        for number in 0..MAX_KEYS {
            clock.set(start + SignedDuration::from_millis(i64::try_from(number).unwrap()));
            assert!(limiter.allow(&number.to_string()));
        }
        assert!(limiter.allow("one more"));
        assert_eq!(limiter.attempts.lock().unwrap().len(), MAX_KEYS);
        assert!(!limiter.allow("9999"), "the newest are still known");
        assert!(limiter.allow("0"), "the quietest was forgotten");
    }
}
