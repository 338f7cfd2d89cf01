//! A database's contents in words, for commands that copy it.

use crate::store::backup::Counts;
use jiff::tz::TimeZone;

/// Describes a database's contents in words.
pub(super) fn contents(counts: &Counts) -> String {
    let Counts { messages, attempts, refused, people, last_seq, last_at } = counts;
    let last = last_at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map_or_else(
        || "nothing received yet".to_owned(),
        |at| format!("last commit number {last_seq}, received {}", TimeZone::UTC.to_datetime(at).strftime("%F %T UTC")),
    );
    format!("{messages} messages, {attempts} further attempts, {refused} refused requests, {people} people; {last}")
}
