//! Detection of unusually quiet endpoints. Pure: hourly arrival counts and the current time in, a verdict out.
//!
//! The usual rate at an hour is that of the same hour of the same weekday in the last eight weeks, in UTC. Feeds differ
//! too much for a fixed limit: a silence of two hours is a fault at noon in a busy office, and normal on a Sunday.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Number of past weeks that define what is usual.
pub const WEEKS: i64 = 8;
/// Minimum number of known weeks; with fewer, nothing is called usual.
const MIN_WEEKS: usize = 4;
/// Number of messages, in thousandths, expected during a silence above which it is unusual: if messages are
/// independent, one such silence in 400 is chance.
const EXPECTED: i64 = 6_000;
/// Rates below one message a day count as none.
const NOTHING_BELOW: i64 = 1_000 / 24;
/// Upper bound of an hourly count, which keeps sums in range.
const MAX_IN_AN_HOUR: i64 = 1_000_000_000;
/// Minimum length of an unusual silence, in seconds: a single retry may take that long.
const MIN_SILENCE: i64 = 10 * 60;
/// Length of a silence worth a look where nothing usual is known yet, in seconds.
const LONG_SILENCE: i64 = 24 * 3_600;
/// Share of refused requests worth a look: one in this many…
const REFUSED_ONE_IN: u64 = 20;
/// … if there are at least this many: a single one is an accident.
const MIN_REFUSED: u64 = 3;

const HOUR: i64 = 3_600;
const HOURS_OF_WEEK: i64 = 7 * 24;

/// The live messages of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Hours since 1970-01-01 UTC.
    pub hour: i64,
    /// Number of messages.
    pub count: i64,
    /// When the last of them arrived.
    pub last_at: Timestamp,
}

/// The usual rate of messages at this hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsualRate {
    /// Unknown, as fewer than four weeks are known.
    NotKnown,
    /// None at this hour.
    Nothing,
    /// One every this many seconds.
    Every(i64),
}

/// The state of an endpoint. Of several the greatest describes all: an endpoint that was never used does not matter
/// beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No live message has arrived yet.
    Waiting,
    /// Messages arrive as usual.
    Healthy,
    /// It has been silent for longer than usual.
    Quiet,
    /// More than a few requests are refused.
    RefusingSome,
    /// Requests arrive, and all are refused.
    RefusingAll,
}

/// The health of one endpoint, for the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointHealth {
    /// The name of the endpoint.
    pub endpoint: String,
    /// Arrival of the last live message.
    pub last_at: Option<Timestamp>,
    /// The usual rate at this time.
    pub usual: UsualRate,
    /// Number of live messages in the last 24 hours.
    pub received: u64,
    /// Number of refused requests in the last 24 hours, stored or not.
    pub refused: u64,
    /// The resulting state.
    pub verdict: Verdict,
}

/// Returns the first hour needed at this instant.
pub fn first_hour(now: Timestamp) -> i64 {
    hour_of(now) - (WEEKS + 2) * HOURS_OF_WEEK
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR)
}

/// Computes the health. `hours` are those with arrivals from [`first_hour`] on, oldest first; `last_at` is the last
/// arrival, whenever it was.
pub fn of_endpoint(
    endpoint: String,
    hours: &[Hour],
    last_at: Option<Timestamp>,
    (received, refused): (u64, u64),
    now: Timestamp,
) -> EndpointHealth {
    let usual = match rate(hours, hour_of(now)) {
        None => UsualRate::NotKnown,
        Some(rate) if rate < NOTHING_BELOW => UsualRate::Nothing,
        Some(rate) => UsualRate::Every((HOUR * 1_000 / rate).max(1)),
    };
    // A stray request on a quiet weekend means nothing, but the very first one, at a new endpoint, does.
    let is_refusing_all = received == 0 && (refused >= MIN_REFUSED || refused > 0 && last_at.is_none());
    let is_refusing = refused >= MIN_REFUSED && refused.saturating_mul(REFUSED_ONE_IN) >= refused + received;
    let verdict = match last_at {
        _ if is_refusing_all => Verdict::RefusingAll,
        _ if is_refusing => Verdict::RefusingSome,
        None => Verdict::Waiting,
        Some(last_at) if is_unusual(hours, last_at, now) => Verdict::Quiet,
        Some(_) => Verdict::Healthy,
    };
    EndpointHealth { endpoint, last_at, usual, received, refused, verdict }
}

/// Returns whether the silence since the last message is unusual: either messages were expected in it, or it is half as
/// long again as the longest one of the known weeks.
fn is_unusual(hours: &[Hour], last_at: Timestamp, now: Timestamp) -> bool {
    let silence = now.as_second() - last_at.as_second();
    if silence < MIN_SILENCE {
        return false;
    }
    if rate(hours, hour_of(now)).is_none() {
        return silence > LONG_SILENCE;
    }
    expected(hours, last_at, now) >= EXPECTED || silence > LONG_SILENCE.max(longest_gap(hours) / 2 * 3)
}

/// Returns the unusual silences between two instants, each from the last message before it to the hour of the next, or to
/// now. `hours` are those with arrivals from [`first_hour`] of `from` on, oldest first. Each is judged as it was when it
/// ended.
pub fn unusual_silences(
    hours: &[Hour],
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    let ends = hours.iter().skip(1).map(|next| Timestamp::from_second(next.hour * HOUR).unwrap_or(Timestamp::MAX));
    let silences = hours.iter().zip(ends.chain([now])).enumerate().filter(|(place, (last, end))| {
        let is_seen = *end > from && last.last_at < until && last.last_at < *end;
        let first = hours.partition_point(|one| one.hour < first_hour(*end));
        is_seen && is_unusual(hours.get(first..=*place).unwrap_or_default(), last.last_at, *end)
    });
    silences.map(|(_, (last, end))| (last.last_at, end)).collect()
}

/// Returns the number of messages, in thousandths, expected between two instants, of which at most a week counts, as it
/// contains every hour.
fn expected(hours: &[Hour], from: Timestamp, now: Timestamp) -> i64 {
    let (from, now) = (from.as_second().max(now.as_second() - HOURS_OF_WEEK * HOUR), now.as_second());
    let in_hour = |hour: i64| {
        let seconds = now.min((hour + 1) * HOUR) - from.max(hour * HOUR);
        rate(hours, hour).unwrap_or_default() * seconds
    };
    (from.div_euclid(HOUR)..=now.div_euclid(HOUR)).map(in_hour).sum::<i64>() / HOUR
}

/// Returns the usual number of messages in this hour, in thousandths: the median of the same hour of past weeks. Where
/// that is 0, as with a few messages a day, the mean without the busiest week, so that one replay makes nothing usual.
/// `None` with too few weeks.
fn rate(hours: &[Hour], hour: i64) -> Option<i64> {
    let first_known = hours.first()?.hour;
    let known = (1..=WEEKS).map(|weeks| hour - weeks * HOURS_OF_WEEK).take_while(|hour| *hour >= first_known);
    let mut counts: Vec<i64> = known.map(|hour| count_in(hours, hour)).collect();
    if counts.len() < MIN_WEEKS {
        return None;
    }
    counts.sort_unstable();
    let half = counts.len() / 2;
    let middle = if counts.len().is_multiple_of(2) { half - 1..=half } else { half..=half };
    let median = mean(counts.get(middle)?);
    counts.pop();
    Some(if median > 0 { median } else { mean(&counts) })
}

fn count_in(hours: &[Hour], hour: i64) -> i64 {
    let found = hours.binary_search_by_key(&hour, |one| one.hour).ok().and_then(|place| hours.get(place));
    found.map_or(0, |one| one.count.clamp(0, MAX_IN_AN_HOUR))
}

/// Returns the longest time between two hours with messages, in seconds.
fn longest_gap(hours: &[Hour]) -> i64 {
    hours.windows(2).map(|pair| (pair[1].hour - pair[0].hour) * HOUR).max().unwrap_or_default()
}

/// Returns the mean, in thousandths.
fn mean(counts: &[i64]) -> i64 {
    let len = i64::try_from(counts.len()).unwrap_or(i64::MAX).max(1);
    counts.iter().sum::<i64>() * 1_000 / len
}

/// Nothing can be stored right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannotStore {
    /// When it first failed.
    pub since: Timestamp,
    /// What stands in the way, in a few plain words, such as "the disk is full". Empty for viewers who may not see it.
    pub reason: String,
}

#[cfg(test)]
mod tests;
