//! Counts of arrived messages and requests over time.

use crate::store::statement::row;

row! {
    /// The arrivals within one minute at all endpoints; a message received by several counts once, at its first arrival.
    #[derive(Default)]
    pub struct Arrivals in "arrivals" {
        /// Minutes since 1970-01-01 UTC.
        pub minute: i64,
        /// Number of genuine live messages.
        pub live: i64,
        /// Number of unreadable messages of any mode.
        pub unreadable: i64,
        /// Number of those in `live` that arrived more than five minutes after they happened.
        pub late: i64,
    }
}

row! {
    /// The arrivals at one endpoint within a minute or an hour.
    pub struct EndpointArrivals in "endpoint_arrivals" {
        /// The endpoint's name.
        pub endpoint: String,
        /// [`MINUTE`] or [`HOUR`].
        pub span: i64,
        /// Its start, in minutes since 1970-01-01 UTC.
        pub start: i64,
        /// Number of genuine live messages.
        pub live: i64,
        /// Arrival of the last of them.
        pub last_at: i64,
    }
}

/// A span of one minute.
pub const MINUTE: i64 = 1;
/// A span of one hour.
pub const HOUR: i64 = 60;

row! {
    /// The genuine requests of one kind within an hour, a day or a month.
    pub struct VolumeRow in "volume" {
        /// `Grain::as_str`
        pub span: String,
        /// Its first hour, since 1970-01-01 UTC.
        pub start: i64,
        /// The endpoint's name.
        pub endpoint: String,
        /// The event type that the message states; empty where none could be read.
        pub event_type: String,
        /// The mode of the message.
        pub mode: String,
        /// `Outcome::as_str`
        pub outcome: String,
        /// Number of requests.
        pub count: i64,
    }
}
