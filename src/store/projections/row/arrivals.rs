//! Counts of arrived messages per minute or hour.

use crate::store::columns::columns;

/// What arrived within one minute, at whichever endpoint; a message that came to several counts once, where it came first.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Arrivals {
    /// Minutes since 1970-01-01 UTC.
    pub minute: i64,
    /// Genuine live messages.
    pub live: i64,
    /// Those among all that could not be read.
    pub unreadable: i64,
    /// Those among `live` that arrived more than five minutes after they happened.
    pub late: i64,
}

/// What arrived at one endpoint within a minute or an hour.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EndpointArrivals {
    /// The endpoint's name.
    pub endpoint: String,
    /// [`MINUTE`] or [`HOUR`].
    pub span: i64,
    /// When it begins, in minutes since 1970-01-01 UTC.
    pub start: i64,
    /// Genuine live messages.
    pub live: i64,
    /// When the last of them arrived.
    pub last_at: i64,
}

columns!(EndpointArrivals: endpoint, span, start, live, last_at);

/// A span of one minute.
pub const MINUTE: i64 = 1;
/// A span of one hour.
pub const HOUR: i64 = 60;
