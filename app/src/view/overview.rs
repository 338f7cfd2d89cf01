//! The view of the overview page.

use crate::view::contractor::ContractSummary;
use crate::view::finding::FindingSummary;
use domain::health::{CannotStore, EndpointHealth};
use domain::lifecycle::contract::Phase;
use domain::timeline::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Further behind than this is not counted out: counting a million of them takes a second.
pub const MOST_BEHIND: u64 = 10_000;

/// Requests that look like webhooks and came to an address that is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongAddresses {
    /// How many in the last 24 hours.
    pub count: u64,
    /// The path of the last.
    pub last_path: String,
    /// When that came, to the minute.
    pub last_at: Timestamp,
}

/// What the first page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// When the last genuine message arrived; `None` before the first.
    pub last_received_at: Option<Timestamp>,
    /// When the last 24 hours begin, at a whole minute: what is counted since then, lists can be asked for.
    pub since: Timestamp,
    /// How each endpoint is doing, in the order of the settings.
    pub endpoints: Vec<EndpointHealth>,
    /// Genuine messages in the last 24 hours, live mode; one that came to several endpoints counts once.
    pub received_last_day: u64,
    /// Since when nothing can be stored; `None` while all is well.
    pub cannot_store: Option<CannotStore>,
    /// Webhooks of the last 24 hours that missed every endpoint, if any did.
    pub wrong_addresses: Option<WrongAddresses>,
    /// Requests refused in the last 24 hours, kept or not.
    pub refused_last_day: u64,
    /// How many of them are kept.
    pub refused_last_day_kept: u64,
    /// Genuine messages of the last 24 hours whose body could not be read.
    pub unreadable_last_day: u64,
    /// Messages of the last 24 hours that arrived more than 5 minutes after they happened.
    pub late_last_day: u64,
    /// How many messages the projector has still to read, counted up to [`MOST_BEHIND`].
    pub behind: u64,
    /// Contracts running today: how many are active, under notice and ending. Each is a list of its own.
    pub running: [(Phase, u64); 3],
    /// Contractors known, live.
    pub contractors: u64,
    /// Offers nobody has answered, those first that were quiet for longest, at most 8.
    pub open_offers: Vec<ContractSummary>,
    /// Signed contracts that end within 14 days, soonest first, at most 8.
    pub ending_soon: Vec<ContractSummary>,
    /// Problems and warnings that hold now and that nobody dismissed, the gravest first, at most 8, of every kind.
    pub findings: Vec<FindingSummary>,
    /// The newest events in sentences, at most 12.
    pub recent: Vec<Entry>,
    /// The URL to paste into the YunoJuno portal.
    pub webhook_url: String,
    /// What an admin should mend in how the server runs, in plain sentences.
    pub warnings: Vec<String>,
}
