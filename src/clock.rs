//! The current time, injected so that tests control it. Rounded to milliseconds, which both databases store exactly.

use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A source of the current time.
#[derive(Clone, Debug)]
pub struct Clock(Inner);

#[derive(Clone, Debug)]
enum Inner {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// Creates a clock that reads the system time.
    pub fn system() -> Self {
        Self(Inner::System)
    }

    /// Creates a clock that stands still until [`Clock::set`] is called; clones share the time.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Inner::Fixed(Arc::new(Mutex::new(at))))
    }

    /// Sets the time of a fixed clock; does nothing for the system clock.
    pub fn set(&self, at: Timestamp) {
        if let Inner::Fixed(time) = &self.0 {
            *time.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
        }
    }

    /// Sleeps for `duration`. A fixed clock advances by it and returns at once.
    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Inner::System => tokio::time::sleep(duration).await,
            Inner::Fixed(_) => self.set(self.now().saturating_add(duration).unwrap_or(Timestamp::MAX)),
        }
    }

    /// Returns the current time, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Inner::System => Timestamp::now(),
            Inner::Fixed(time) => *time.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        };
        // Cutting to whole milliseconds never leaves the range of a timestamp.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
