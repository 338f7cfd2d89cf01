//! The view of the overview page.

use crate::view::finding::FindingSummary;
use crate::view::summary::ContractSummary;
use domain::health::{CannotStore, EndpointHealth};
use domain::lifecycle::contract::Phase;
use domain::timeline::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Upper bound of the count of messages not projected yet: counting a million of them takes a second.
pub const MAX_BEHIND: u64 = 10_000;

/// Requests that look like webhooks and came to an address that is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongAddresses {
    /// Number of requests in the last 24 hours.
    pub count: u64,
    /// The path of the last.
    pub last_path: String,
    /// When the last arrived, to the minute.
    pub last_at: Timestamp,
}

/// The overview page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Arrival of the last genuine message; `None` before the first.
    pub last_received_at: Option<Timestamp>,
    /// Start of the last 24 hours, at a whole minute, as in the lists that the counts link to.
    pub since: Timestamp,
    /// The health of each endpoint, in the order of the configuration.
    pub endpoints: Vec<EndpointHealth>,
    /// Number of live messages in the last 24 hours; one received by several endpoints counts once.
    pub received_last_day: u64,
    /// The outage of storage, if any.
    pub cannot_store: Option<CannotStore>,
    /// Webhooks to unknown endpoints in the last 24 hours, if any.
    pub wrong_addresses: Option<WrongAddresses>,
    /// Number of requests refused in the last 24 hours, kept or not.
    pub refused_last_day: u64,
    /// Number of those that are kept.
    pub refused_last_day_kept: u64,
    /// Number of genuine messages in the last 24 hours whose body could not be parsed.
    pub unreadable_last_day: u64,
    /// Number of messages in the last 24 hours that arrived more than 5 minutes after they happened.
    pub late_last_day: u64,
    /// Number of messages not projected yet, counted up to [`MAX_BEHIND`].
    pub behind: u64,
    /// Number of running contracts by phase: active, under notice and ending. Each links to its list.
    pub running: [(Phase, u64); 3],
    /// Number of live contractors.
    pub contractors: u64,
    /// Unanswered offers, oldest last event first, at most 8.
    pub open_offers: Vec<ContractSummary>,
    /// Signed contracts that end within 14 days, soonest first, at most 8.
    pub ending_soon: Vec<ContractSummary>,
    /// Open problems and warnings of every kind, the most severe first, at most 8.
    pub findings: Vec<FindingSummary>,
    /// The newest events in sentences, at most 12.
    pub recent: Vec<Entry>,
    /// The URL for the YunoJuno portal.
    pub webhook_url: String,
    /// Warnings for admins about the server's configuration, in plain sentences.
    pub warnings: Vec<String>,
}
