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

/// Maximum number of wrong attempts at one name from one address, or from one known browser, in 15 minutes.
pub const MAX_PER_PAIR: usize = 10;
/// The same from one address, whatever the names. It is higher because an office shares an address.
pub const MAX_PER_ADDRESS: usize = 30;
/// Wrong attempts at one name from any address, after which every further one is delayed.
pub const FREE_ATTEMPTS: usize = 10;
/// The added delay of every further attempt, and the maximum number of such steps.
const DELAY_STEP: Duration = Duration::from_secs(1);
const MAX_DELAY_STEPS: usize = 10;

/// Counters of sign-in attempts, and of guesses at the current password of an account.
#[derive(Clone)]
pub struct Attempts {
    by_name: Limiter,
    by_address: Limiter,
    at_name: Limiter,
}

/// The keys by which an attempt is counted. Each counts as wrong until [`Attempts::was_right`].
pub struct Attempt {
    name: String,
    /// The name combined with the address, or with the known browser.
    pair: String,
    /// `None` for a known browser.
    address: Option<String>,
}

impl Attempt {
    /// Creates an attempt from a browser unknown for this name. `name` is what was typed, where it is an e-mail
    /// address.
    pub fn of_stranger(name: Option<&Email>, client: ClientAddress) -> Self {
        let (name, address) = (name.map(ToString::to_string).unwrap_or_default(), client.group());
        Self { pair: format!("{name} {address}"), name, address: Some(address) }
    }

    /// Creates an attempt from a browser with a valid device token of this person.
    pub fn of_device(name: &Email, device: &Token) -> Self {
        Self { pair: format!("{name} {}", device.as_str()), name: name.to_string(), address: None }
    }

    /// Creates an attempt from a session of this person.
    pub fn of_session(name: &Email, session: &str) -> Self {
        Self { pair: format!("{name} {session}"), name: name.to_string(), address: None }
    }
}

/// Whether an attempt is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// After this delay, which usually is zero.
    After(Duration),
    /// Refused: there were too many wrong attempts.
    Refused,
}

impl Attempts {
    /// Creates empty counters.
    pub fn new(clock: &Clock) -> Self {
        Self {
            by_name: Limiter::new(clock.clone(), MAX_PER_PAIR),
            by_address: Limiter::new(clock.clone(), MAX_PER_ADDRESS),
            at_name: Limiter::new(clock.clone(), FREE_ATTEMPTS + MAX_DELAY_STEPS),
        }
    }

    /// Counts an attempt. A refused one does not count against the name, so a single address cannot delay a name by
    /// more than its own limit.
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
        // The typed text was no e-mail address, so there is no name to count.
        if attempt.name.is_empty() {
            return Admission::After(Duration::ZERO);
        }
        let steps = (self.at_name.count(&attempt.name) + 1).saturating_sub(FREE_ATTEMPTS);
        Admission::After(DELAY_STEP * u32::try_from(steps.min(MAX_DELAY_STEPS)).unwrap_or_default())
    }

    /// Removes a successful attempt from the counts. Others' guesses at the name stay counted, as otherwise each
    /// sign-in of the person would allow more guesses.
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
        for n in 1..=FREE_ATTEMPTS {
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
        for _ in 0..MAX_PER_PAIR {
            assert_ne!(attempts.admit(&stranger("2001:db8::1")), Admission::Refused);
        }
        for n in 1..100 {
            assert_eq!(attempts.admit(&stranger(&format!("2001:db8::{n}"))), Admission::Refused, "the same network");
        }
        // Refused attempts add no delay: the name is one step slow.
        assert_eq!(attempts.admit(&stranger("2001:db8:0:1::1")), Admission::After(DELAY_STEP));
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
