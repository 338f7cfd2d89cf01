//! Received counts of each event type.

use domain::event::EventType;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The tally of one event type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventTally {
    /// Known or not.
    pub event_type: EventType,
    /// Messages of it in live mode, each counted once.
    pub live: u64,
    /// Messages of it in test mode.
    pub test: u64,
    /// When the first arrived.
    pub first_at: Option<Timestamp>,
    /// When the last arrived.
    pub last_at: Option<Timestamp>,
}
