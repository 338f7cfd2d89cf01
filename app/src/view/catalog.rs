//! Received counts of each event type.

use domain::event::EventType;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The tally of one event type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventTally {
    /// The event type, known or not.
    pub event_type: EventType,
    /// Number of live messages, each counted once.
    pub live: u64,
    /// Number of test messages.
    pub test: u64,
    /// When the first arrived.
    pub first_at: Option<Timestamp>,
    /// When the last arrived.
    pub last_at: Option<Timestamp>,
}
