//! Rate limits of sign-in attempts, which prevent password guessing without letting a stranger lock anybody out.
//!
//! Strangers are counted by name *and* address, so guesses from one address use up nobody's attempts at another. A name
//! that is guessed from many addresses is delayed as a whole, each attempt by some seconds, and never locked. A browser
//! from which this person signed in before has a count of its own: neither its address nor the name delays it.

use super::limiter::Limiter;
use crate::client_address::ClientAddress;
use crate::clock::Clock;
use crate::store::people::Email;
use crate::store::people::token::Token;
use std::time::Duration;

/// Wrong attempts at one name from one address, or from one known browser, in 15 minutes.
pub const BY_NAME: usize = 10;
/// Wrong attempts from one address, whatever the names. More, because an office shares one.
pub const BY_ADDRESS: usize = 30;
/// Wrong attempts at one name from wherever, after which every further one waits.
pub const BEFORE_SLOW: usize = 10;
/// How much longer every further attempt waits, and how long one waits at most.
const STEP: Duration = Duration::from_secs(1);
const MOST_STEPS: usize = 10;

/// Counts attempts to sign in, and guesses at the old password of an account.
#[derive(Clone)]
pub struct Attempts {
    by_name: Limiter,
    by_address: Limiter,
    at_name: Limiter,
}

/// What an attempt is counted by. Each attempt is counted as wrong until [`Attempts::was_right`].
pub struct Attempt {
    name: String,
    /// The name with the address, or with the known browser.
    pair: String,
    /// `None` from a known browser.
    address: Option<String>,
}

impl Attempt {
    /// From a browser that nobody of this name signed in from before. `name` is what was typed, where that is an
    /// address.
    pub fn of_stranger(name: Option<&Email>, client: ClientAddress) -> Self {
        let (name, address) = (name.map(ToString::to_string).unwrap_or_default(), client.group());
        Self { pair: format!("{name} {address}"), name, address: Some(address) }
    }

    /// From a browser that holds this token, which was found to be this person's.
    pub fn of_device(name: &Email, device: &Token) -> Self {
        Self { pair: format!("{name} {}", device.as_str()), name: name.to_string(), address: None }
    }

    /// From a session of this person.
    pub fn of_session(name: &Email, session: &str) -> Self {
        Self { pair: format!("{name} {session}"), name: name.to_string(), address: None }
    }
}

/// Whether an attempt is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// After so long, which mostly is at once.
    After(Duration),
    /// Not now: too many were wrong.
    Refused,
}

impl Attempts {
    /// Nobody has tried yet.
    pub fn new(clock: &Clock) -> Self {
        Self {
            by_name: Limiter::new(clock.clone(), BY_NAME),
            by_address: Limiter::new(clock.clone(), BY_ADDRESS),
            at_name: Limiter::new(clock.clone(), BEFORE_SLOW + MOST_STEPS),
        }
    }

    /// Counts an attempt. One that is refused counts for nothing else: a single address cannot slow a name down by more
    /// than the attempts it has.
    pub fn admit(&self, attempt: &Attempt) -> Admission {
        let Some(address) = &attempt.address else {
            let allowed = self.by_name.allow(&attempt.pair);
            return if allowed { Admission::After(Duration::ZERO) } else { Admission::Refused };
        };
        if !self.by_name.allow(&attempt.pair) {
            return Admission::Refused;
        }
        if !self.by_address.allow(address) {
            self.by_name.take_back(&attempt.pair);
            return Admission::Refused;
        }
        // What was typed is no address, and nobody's name.
        if attempt.name.is_empty() {
            return Admission::After(Duration::ZERO);
        }
        let steps = (self.at_name.count(&attempt.name) + 1).saturating_sub(BEFORE_SLOW);
        Admission::After(STEP * u32::try_from(steps.min(MOST_STEPS)).unwrap_or_default())
    }

    /// Whoever knew the password was not guessing. What others guessed at the name stays counted, else they would have
    /// the person's own sign-ins to thank for more guesses.
    pub fn was_right(&self, attempt: &Attempt) {
        self.by_name.forget(&attempt.pair);
        if let Some(address) = &attempt.address {
            self.by_address.take_back(address);
            self.at_name.take_back(&attempt.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(address: &str) -> Attempt {
        let address: std::net::IpAddr = address.parse().unwrap();
        Attempt::of_stranger(Email::parse("ana@example.com").as_ref(), address.into())
    }

    const AT_ONCE: Admission = Admission::After(Duration::ZERO);

    #[test]
    fn a_name_is_slowed_step_by_step_and_never_locked() {
        let attempts = Attempts::new(&Clock::fixed("2026-03-01T09:00:00Z".parse().unwrap()));
        for n in 1..=BEFORE_SLOW {
            assert_eq!(attempts.admit(&stranger(&format!("192.0.2.{n}"))), AT_ONCE);
        }
        for n in 1..=200_u32 {
            let expected = Duration::from_secs(n.min(10).into());
            assert_eq!(attempts.admit(&stranger(&format!("198.51.100.{n}"))), Admission::After(expected), "{n}");
        }
        let device = Attempt::of_device(&Email::parse("ana@example.com").unwrap(), &Token::claimed("known"));
        assert_eq!(attempts.admit(&device), AT_ONCE);
    }

    #[test]
    fn one_address_uses_up_its_own_attempts_only() {
        let attempts = Attempts::new(&Clock::fixed("2026-03-01T09:00:00Z".parse().unwrap()));
        for _ in 0..BY_NAME {
            assert_ne!(attempts.admit(&stranger("2001:db8::1")), Admission::Refused);
        }
        for n in 1..100 {
            assert_eq!(attempts.admit(&stranger(&format!("2001:db8::{n}"))), Admission::Refused, "the same network");
        }
        // However often it was refused, the name is one step slow.
        assert_eq!(attempts.admit(&stranger("2001:db8:0:1::1")), Admission::After(STEP));
    }

    #[test]
    fn those_who_know_their_password_use_up_nothing() {
        let attempts = Attempts::new(&Clock::fixed("2026-03-01T09:00:00Z".parse().unwrap()));
        for _ in 0..100 {
            let attempt = stranger("192.0.2.1");
            assert_eq!(attempts.admit(&attempt), AT_ONCE);
            attempts.was_right(&attempt);
        }
    }
}
