//! Calendar feeds: links of people by which other programs fetch calendars.

use crate::account::Role;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A link of one person by which another program fetches a calendar; the secret in it is known to nobody any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// To revoke it by.
    pub id: String,
    /// As its owner called it.
    pub name: String,
    /// The role of its owner, whose sight it has.
    pub role: Role,
    /// Which contracts, as a query string.
    pub query: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last fetched, to the hour.
    pub used_at: Option<Timestamp>,
}
