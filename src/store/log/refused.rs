//! Refused requests: what is stored of them, their counters, and the statements that write both.
//!
//! They are written in transactions of their own. Whatever strangers send, it never lengthens the commit that a genuine
//! request waits for.

use bytes::Bytes;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Longest part of a refused body that is kept, in bytes: events are a few kilobytes, so a genuine one is kept whole.
pub const LONGEST_BODY: usize = 65_536;

/// For how many minutes counts by minute are kept: a week.
const MINUTES_KEPT: i64 = 7 * 24 * 60;

/// A request that was not verified.
#[derive(Clone, Debug)]
pub struct NewRefusal {
    /// The endpoint's name.
    pub endpoint: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub reason: String,
    /// The id it claimed.
    pub message_id: Option<String>,
    /// JSON, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// Its first bytes, see [`first_of`]; empty when it was not read.
    pub body: Bytes,
    /// How long the body was or was said to be, in bytes; `None` when it was not read and its length was not given.
    pub body_length: Option<u64>,
}

impl NewRefusal {
    /// How many bytes of the quarantine's bound it takes.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + self.headers.len()
    }

    /// How much the request looked like the sender's, 0 to [`HIGHEST_GRADE`]: the later it failed, the more.
    pub(crate) fn grade(&self) -> usize {
        match self.code {
            "stale" | "future" => 1,
            "lock" => 2,
            // Its headers were right and its body was not read to the end.
            "too_large" | "timed_out" | "broken_off" | "busy" => 3,
            "bad_signature" | "second_lock" => 4,
            // Headers are missing or cannot be read, or nobody here knows the word.
            _ => 0,
        }
    }
}

/// See [`NewRefusal::grade`].
pub(crate) const HIGHEST_GRADE: usize = 4;

/// The part of a refused body that is kept, in memory of its own: neither the rest of a large one nor the buffer that a
/// small one was read into waits with it. A text is cut between two characters, so that what is kept is a text too.
pub fn first_of(body: &Bytes) -> Bytes {
    let Some(first) = body.get(..LONGEST_BODY).filter(|_| body.len() > LONGEST_BODY) else {
        return Bytes::copy_from_slice(body);
    };
    let end = match std::str::from_utf8(first) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => first.len(),
    };
    Bytes::copy_from_slice(&first[..end])
}

/// Bounds of the quarantine of one endpoint: enough to mend a wrong secret, never enough to fill a disk. What looks
/// least like the sender's goes first, of that the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many requests.
    pub requests: u32,
    /// How many bytes of bodies and headers.
    pub bytes: u64,
}

impl Bounds {
    /// As databases count.
    pub(super) fn bytes_at_most(self) -> i64 {
        i64::try_from(self.bytes).unwrap_or(i64::MAX)
    }
}

/// Minutes since 1970, by which requests are counted.
pub(crate) fn minute(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(60_000)
}

/// What one transaction writes of refused requests: those to be kept, and how many came, kept or not.
#[derive(Clone, Debug, Default)]
pub struct RefusedBatch {
    /// To be kept, in the order in which they came.
    pub kept: Vec<NewRefusal>,
    /// How many came, by minute, endpoint and code.
    pub counts: BTreeMap<(i64, String, &'static str), i64>,
    /// How many requests came to no endpoint, by minute, and the path of the last.
    pub wrong_addresses: BTreeMap<i64, (i64, String)>,
}

impl RefusedBatch {
    /// Every one of them counted and to be kept.
    pub fn of(refusals: &[NewRefusal]) -> Self {
        let mut batch = Self::default();
        for refusal in refusals {
            batch.count(refusal);
            batch.kept.push(refusal.clone());
        }
        batch
    }

    /// Counts one, kept or not.
    pub fn count(&mut self, refusal: &NewRefusal) {
        let key = (minute(refusal.received_at), refusal.endpoint.clone(), refusal.code);
        *self.counts.entry(key).or_default() += 1;
    }

    /// Counts one that came to no endpoint.
    pub fn count_wrong_address(&mut self, at: Timestamp, path: String) {
        let (count, last_path) = self.wrong_addresses.entry(minute(at)).or_default();
        *count += 1;
        *last_path = path;
    }

    /// Adds the counts of another batch, which came before this one.
    pub fn add_counts_before(&mut self, earlier: Self) {
        for (key, count) in earlier.counts {
            *self.counts.entry(key).or_default() += count;
        }
        for (minute, (count, path)) in earlier.wrong_addresses {
            self.wrong_addresses.entry(minute).and_modify(|(all, _)| *all += count).or_insert((count, path));
        }
    }

    /// Whether there is nothing to write.
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

    /// Counts of minutes before this one are forgotten.
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
        let first = first_of(&text);
        assert_eq!(first.len(), LONGEST_BODY - 1);
        assert!(std::str::from_utf8(&first).is_ok());
        assert_eq!(first_of(&Bytes::from(vec![0xff; LONGEST_BODY + 1])).len(), LONGEST_BODY);
        let short = Bytes::from_static(b"{}");
        assert_eq!(first_of(&short), short);
        let exact = Bytes::from(vec![b'x'; LONGEST_BODY]);
        assert_eq!(first_of(&exact), exact);
    }
}
