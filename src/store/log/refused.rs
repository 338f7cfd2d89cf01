//! Refused requests: what is stored of them, their counters, and the statements that write both.
//!
//! They are written in transactions of their own, so that no flood of them delays the commit of a genuine request.

use bytes::Bytes;
use domain::refusal::RefusalCode;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum length of a stored refused body, in bytes: events are a few kilobytes, so a genuine one is stored in full.
pub const LONGEST_BODY: usize = 65_536;

/// Number of minutes for which counts by minute are kept: a week.
const MINUTES_KEPT: i64 = 7 * 24 * 60;

/// A request that was not verified.
#[derive(Clone, Debug)]
pub struct NewRefusal {
    /// The endpoint's name.
    pub endpoint: String,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The code of the refusal.
    pub code: &'static str,
    /// The reason, a sentence for people.
    pub reason: String,
    /// The message id it claims.
    pub message_id: Option<String>,
    /// JSON, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// The beginning of the body, see [`stored_prefix`]; empty when it was not read.
    pub body: Bytes,
    /// Length of the body, or its `Content-Length`, in bytes; `None` when neither is known.
    pub body_length: Option<u64>,
}

impl NewRefusal {
    /// Returns its size towards the quarantine's bound, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + self.headers.len()
    }

    /// Returns how much it resembles a genuine request, 0 to [`MAX_PLAUSIBILITY`].
    pub(crate) fn plausibility(&self) -> usize {
        plausibility_of(self.code)
    }
}

/// Returns how much a request with this code resembles a genuine one, 0 to [`MAX_PLAUSIBILITY`]: the later it failed, the
/// more.
pub(super) fn plausibility_of(code: &str) -> usize {
    match RefusalCode::parse(code) {
        Some(RefusalCode::Stale | RefusalCode::Future) => 1,
        Some(RefusalCode::AdditionalCheck) => 2,
        // Its headers were right, but its body was not read to the end.
        Some(RefusalCode::TooLarge | RefusalCode::TimedOut | RefusalCode::BrokenOff | RefusalCode::Busy) => 3,
        Some(RefusalCode::BadSignature | RefusalCode::AdditionalCheckLast) => 4,
        // Headers are missing or unreadable, or the code is unknown.
        Some(
            RefusalCode::WrongMethod
            | RefusalCode::MissingHeader
            | RefusalCode::BadHeader
            | RefusalCode::NoSignature
            | RefusalCode::BadTimestamp,
        )
        | None => 0,
    }
}

/// The highest value of [`plausibility_of`].
pub(crate) const MAX_PLAUSIBILITY: usize = 4;

/// Returns the stored part of a refused body, copied so that neither a long body nor a read buffer stays in memory.
/// Text is cut at a character boundary.
pub fn stored_prefix(body: &Bytes) -> Bytes {
    let Some(first) = body.get(..LONGEST_BODY).filter(|_| body.len() > LONGEST_BODY) else {
        return Bytes::copy_from_slice(body);
    };
    let end = match std::str::from_utf8(first) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => first.len(),
    };
    Bytes::copy_from_slice(&first[..end])
}

/// The bounds of one endpoint's quarantine: enough to repair a wrong secret, never enough to fill a disk. The lowest
/// plausibility is deleted first, and of that the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Maximum number of requests.
    pub requests: u32,
    /// Maximum size of bodies and headers, in bytes.
    pub bytes: u64,
}

impl Bounds {
    /// Returns the size as the databases' integer.
    pub(super) fn bytes_at_most(self) -> i64 {
        i64::try_from(self.bytes).unwrap_or(i64::MAX)
    }
}

/// Returns the minutes since 1970, by which requests are counted.
pub(crate) fn minute(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(60_000)
}

/// The refused requests of one transaction: those to store, and counts of all.
#[derive(Clone, Debug, Default)]
pub struct RefusedBatch {
    /// The requests to store, in order of arrival.
    pub kept: Vec<NewRefusal>,
    /// Counts by minute, endpoint and code.
    pub counts: BTreeMap<(i64, String, &'static str), i64>,
    /// Counts of requests to unknown endpoints by minute, with the path of the last.
    pub wrong_addresses: BTreeMap<i64, (i64, String)>,
}

impl RefusedBatch {
    /// Creates a batch in which all are counted and stored.
    pub fn of(refusals: &[NewRefusal]) -> Self {
        let mut batch = Self::default();
        for refusal in refusals {
            batch.count(refusal);
            batch.kept.push(refusal.clone());
        }
        batch
    }

    /// Counts a request, stored or not.
    pub fn count(&mut self, refusal: &NewRefusal) {
        let key = (minute(refusal.received_at), refusal.endpoint.clone(), refusal.code);
        *self.counts.entry(key).or_default() += 1;
    }

    /// Counts a request to an unknown endpoint.
    pub fn count_wrong_address(&mut self, at: Timestamp, path: String) {
        let (count, last_path) = self.wrong_addresses.entry(minute(at)).or_default();
        *count += 1;
        *last_path = path;
    }

    /// Adds the counts of an earlier batch.
    pub fn add_counts_before(&mut self, earlier: Self) {
        for (key, count) in earlier.counts {
            *self.counts.entry(key).or_default() += count;
        }
        for (minute, (count, path)) in earlier.wrong_addresses {
            self.wrong_addresses.entry(minute).and_modify(|(all, _)| *all += count).or_insert((count, path));
        }
    }

    /// Returns whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.counts.is_empty() && self.wrong_addresses.is_empty()
    }

    pub(super) fn totals(&self) -> BTreeMap<(&str, &'static str), i64> {
        let mut totals = BTreeMap::new();
        for ((_, endpoint, code), count) in &self.counts {
            *totals.entry((endpoint.as_str(), *code)).or_default() += count;
        }
        totals
    }

    pub(super) fn minutes(&self) -> BTreeMap<(i64, &str), i64> {
        let mut minutes = BTreeMap::new();
        for ((minute, endpoint, _), count) in &self.counts {
            *minutes.entry((*minute, endpoint.as_str())).or_default() += count;
        }
        minutes
    }

    pub(super) fn hours(&self) -> BTreeMap<(i64, &str), i64> {
        let mut hours = BTreeMap::new();
        for ((minute, endpoint, _), count) in &self.counts {
            *hours.entry((minute.div_euclid(60), endpoint.as_str())).or_default() += count;
        }
        hours
    }

    /// Returns the minute before which counts are deleted.
    pub(super) fn forgotten_before(&self) -> i64 {
        let counted = self.counts.keys().map(|(minute, ..)| *minute);
        counted.chain(self.wrong_addresses.keys().copied()).max().unwrap_or_default().saturating_sub(MINUTES_KEPT)
    }

    pub(super) fn endpoints(&self) -> BTreeSet<&str> {
        self.kept.iter().map(|refusal| refusal.endpoint.as_str()).collect()
    }
}

pub(super) const QUARANTINE: &str = "insert into quarantine (seq, endpoint, received_at, code, reason, message_id, \
    headers, remote, body, size, body_length, grade) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
pub(super) const PRUNE: &str = "delete from quarantine where endpoint = $1 and seq in (select seq from (select seq, \
    row_number() over (order by grade desc, seq desc) as place, sum(size) over (order by grade desc, seq desc) as total \
    from quarantine where endpoint = $1) as ranked where place > $2 or total > $3)";
pub(super) const TOTAL: &str = "insert into refusal_totals (endpoint, code, count) values ($1, $2, $3) \
    on conflict (endpoint, code) do update set count = refusal_totals.count + excluded.count";
pub(super) const MINUTE: &str = "insert into refusal_minutes (minute, endpoint, count) values ($1, $2, $3) \
    on conflict (minute, endpoint) do update set count = refusal_minutes.count + excluded.count";
pub(super) const HOUR: &str = "insert into refusal_hours (hour, endpoint, count) values ($1, $2, $3) \
    on conflict (hour, endpoint) do update set count = refusal_hours.count + excluded.count";
pub(super) const FORGET_MINUTES: &str = "delete from refusal_minutes where minute < $1";
pub(super) const WRONG_ADDRESS: &str = "insert into wrong_addresses (minute, count, last_path) values ($1, $2, $3) \
    on conflict (minute) do update set count = wrong_addresses.count + excluded.count, last_path = excluded.last_path";
pub(super) const FORGET_WRONG_ADDRESSES: &str = "delete from wrong_addresses where minute < $1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_between_two_characters_and_bytes_anywhere() {
        let text = Bytes::from(format!("a{}", "é".repeat(LONGEST_BODY)));
        let first = stored_prefix(&text);
        assert_eq!(first.len(), LONGEST_BODY - 1);
        assert!(std::str::from_utf8(&first).is_ok());
        assert_eq!(stored_prefix(&Bytes::from(vec![0xff; LONGEST_BODY + 1])).len(), LONGEST_BODY);
        let short = Bytes::from_static(b"{}");
        assert_eq!(stored_prefix(&short), short);
        let exact = Bytes::from(vec![b'x'; LONGEST_BODY]);
        assert_eq!(stored_prefix(&exact), exact);
    }
}
