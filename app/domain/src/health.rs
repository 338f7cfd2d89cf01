//! Detection of unusually quiet endpoints. Pure: hourly arrival counts and the current time in, a verdict out.
//!
//! What is usual at an hour is told by the same hour of the same weekday of the last eight weeks, in UTC. Feeds differ too
//! much for a fixed limit: a silence of two hours is a fault at noon in a busy office, and nothing on a Sunday.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many weeks back tell what is usual.
pub const WEEKS: i64 = 8;
/// With fewer weeks known, nothing is called usual.
const FEWEST_WEEKS: usize = 4;
/// A silence in which so many messages were to be expected is unusual: when messages come independently of each other, one
/// such silence in 400 is chance. In thousandths.
const EXPECTED: i64 = 6_000;
/// Rarer than one message a day is called none.
const NOTHING_BELOW: i64 = 1_000 / 24;
/// More than this are counted as this: sums stay far from where numbers end.
const MOST_IN_AN_HOUR: i64 = 1_000_000_000;
/// No shorter silence is unusual, in seconds: one retry takes that long.
const SHORTEST_SILENCE: i64 = 10 * 60;
/// Where nothing usual is known yet, a longer silence than this is worth a look, in seconds.
const LONG_SILENCE: i64 = 24 * 3_600;
/// One refused request among so many is a share worth a look…
const REFUSED_ONE_IN: u64 = 20;
/// … if there are at least so many: a single one is a slip.
const FEWEST_REFUSED: u64 = 3;

const HOUR: i64 = 3_600;
const HOURS_OF_WEEK: i64 = 7 * 24;

/// The live messages of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Hours since 1970-01-01 UTC.
    pub hour: i64,
    /// How many arrived.
    pub count: i64,
    /// When the last of them arrived.
    pub last_at: Timestamp,
}

/// How often messages usually come at this hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usual {
    /// Fewer than four weeks are known.
    NotKnown,
    /// None comes at this hour.
    Nothing,
    /// One in so many seconds.
    Every(i64),
}

/// What there is to say of an endpoint. Of several the greatest is what there is to say of all: one that was never used
/// takes nothing from the others.
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

/// One endpoint, as the overview shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointHealth {
    /// Its name.
    pub endpoint: String,
    /// When the last live message arrived.
    pub last_at: Option<Timestamp>,
    /// How often messages usually come now.
    pub usual: Usual,
    /// Live messages of the last 24 hours.
    pub received: u64,
    /// Refused requests of the last 24 hours, of those still kept.
    pub refused: u64,
    /// What follows from all this.
    pub verdict: Verdict,
}

/// The first hour that matters at this instant.
pub fn first_hour(now: Timestamp) -> i64 {
    hour_of(now) - (WEEKS + 2) * HOURS_OF_WEEK
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR)
}

/// `hours` are those with arrivals from [`first_hour`] on, oldest first; `last_at` is the last arrival, whenever it was.
pub fn of_endpoint(
    endpoint: String,
    hours: &[Hour],
    last_at: Option<Timestamp>,
    (received, refused): (u64, u64),
    now: Timestamp,
) -> EndpointHealth {
    let usual = match rate(hours, hour_of(now)) {
        None => Usual::NotKnown,
        Some(rate) if rate < NOTHING_BELOW => Usual::Nothing,
        Some(rate) => Usual::Every((HOUR * 1_000 / rate).max(1)),
    };
    // A stray request on a quiet weekend says nothing; the very first one, of an endpoint just made, says all.
    let is_refusing_all = received == 0 && (refused >= FEWEST_REFUSED || refused > 0 && last_at.is_none());
    let is_refusing = refused >= FEWEST_REFUSED && refused.saturating_mul(REFUSED_ONE_IN) >= refused + received;
    let verdict = match last_at {
        _ if is_refusing_all => Verdict::RefusingAll,
        _ if is_refusing => Verdict::RefusingSome,
        None => Verdict::Waiting,
        Some(last_at) if is_unusual(hours, last_at, now) => Verdict::Quiet,
        Some(_) => Verdict::Healthy,
    };
    EndpointHealth { endpoint, last_at, usual, received, refused, verdict }
}

/// Whether the silence since the last message is longer than what is usual: either messages were to be expected in it,
/// or it is half as long again as the longest one of the weeks known.
fn is_unusual(hours: &[Hour], last_at: Timestamp, now: Timestamp) -> bool {
    let silence = now.as_second() - last_at.as_second();
    if silence < SHORTEST_SILENCE {
        return false;
    }
    if rate(hours, hour_of(now)).is_none() {
        return silence > LONG_SILENCE;
    }
    expected(hours, last_at, now) >= EXPECTED || silence > LONG_SILENCE.max(longest_gap(hours) / 2 * 3)
}

/// How many messages, in thousandths, were to be expected between two instants. More than a week of silence is not
/// looked through: it has every hour there is.
fn expected(hours: &[Hour], from: Timestamp, now: Timestamp) -> i64 {
    let (from, now) = (from.as_second().max(now.as_second() - HOURS_OF_WEEK * HOUR), now.as_second());
    let in_hour = |hour: i64| {
        let seconds = now.min((hour + 1) * HOUR) - from.max(hour * HOUR);
        rate(hours, hour).unwrap_or_default() * seconds
    };
    (from.div_euclid(HOUR)..=now.div_euclid(HOUR)).map(in_hour).sum::<i64>() / HOUR
}

/// How many messages, in thousandths, usually come in this hour: the median of the same hour of the weeks before. Where
/// that is none, as in a feed with a few messages a day, the mean without the busiest week; so one replay makes nothing
/// usual. `None` where too few weeks are known.
fn rate(hours: &[Hour], hour: i64) -> Option<i64> {
    let first_known = hours.first()?.hour;
    let known = (1..=WEEKS).map(|weeks| hour - weeks * HOURS_OF_WEEK).take_while(|hour| *hour >= first_known);
    let mut counts: Vec<i64> = known.map(|hour| count_in(hours, hour)).collect();
    if counts.len() < FEWEST_WEEKS {
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
    found.map_or(0, |one| one.count.clamp(0, MOST_IN_AN_HOUR))
}

/// The longest time between two hours with messages, in seconds.
fn longest_gap(hours: &[Hour]) -> i64 {
    hours.windows(2).map(|pair| (pair[1].hour - pair[0].hour) * HOUR).max().unwrap_or_default()
}

/// In thousandths.
fn mean(counts: &[i64]) -> i64 {
    let len = i64::try_from(counts.len()).unwrap_or(i64::MAX).max(1);
    counts.iter().sum::<i64>() * 1_000 / len
}

/// Nothing can be stored right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannotStore {
    /// When it first failed.
    pub since: Timestamp,
    /// What stands in the way, in a few plain words, such as "the disk is full".
    pub reason: String,
}

#[cfg(test)]
mod tests;
