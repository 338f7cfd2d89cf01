//! Counts of what was sent and how it was answered, and the report at the end.

use super::traffic::{Nature, Parcel};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What a run of the sender came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Properly signed messages, each counted once, those of unknown type included.
    pub messages: u64,
    /// HTTP requests made, of every kind.
    pub attempts: u64,
    /// Messages sent once more.
    pub duplicates: u64,
    /// Messages held back so that later ones overtook them.
    pub reordered: u64,
    /// Messages signed with a wrong key.
    pub bad: u64,
    /// How many of the badly signed ones were answered 4xx, as they must be.
    pub bad_refused: u64,
    /// How many of [`Summary::messages`] have a type that the catalog does not.
    pub unknown: u64,
    /// Attempts after the first that a failure made necessary.
    pub retries: u64,
    /// Properly signed messages that were never answered 2xx.
    pub failed: u64,
    /// Attempts without any answer.
    pub unanswered: u64,
    /// Answers by status.
    pub answers: BTreeMap<u16, u64>,
    /// [`Summary::messages`] by event type.
    pub by_type: BTreeMap<String, u64>,
    /// From the first request to the last answer.
    pub took: Duration,
    /// Half of the answers came in this time.
    pub p50: Duration,
    /// All but one in a hundred came in this time.
    pub p99: Duration,
}

impl Summary {
    /// Every good message was taken, and every bad one refused.
    pub fn all_well(&self) -> bool {
        self.failed == 0 && self.bad == self.bad_refused
    }

    fn rate(&self) -> u64 {
        let micros = self.took.as_micros().max(1);
        u64::try_from(u128::from(self.attempts) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10}  messages", self.messages)?;
        for (name, count) in &self.by_type {
            writeln!(f, "{count:>10}    {name}")?;
        }
        let lines = [
            (self.unknown, "of unknown type"),
            (self.duplicates, "sent once more"),
            (self.reordered, "held back"),
            (self.retries, "retries"),
            (self.failed, "given up"),
            (self.unanswered, "attempts without an answer"),
        ];
        for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
            writeln!(f, "{count:>10}  {what}")?;
        }
        if self.bad > 0 {
            writeln!(f, "{:>10}  with a bad signature, {} refused", self.bad, self.bad_refused)?;
        }
        writeln!(f, "{:>10}  attempts", self.attempts)?;
        for (status, count) in &self.answers {
            writeln!(f, "{count:>10}    answered {status}")?;
        }
        let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
        let (rate, took) = (self.rate(), self.took.as_secs_f64());
        write!(f, "{rate:>10}  a second over {took:.1} s; answers in {} (p50), {} (p99)", ms(self.p50), ms(self.p99))
    }
}

/// The running count.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) summary: Summary,
    /// Microseconds from request to answer.
    times: Option<Histogram<u64>>,
    pub(super) delivered: u64,
    /// Good messages refused for reasons that no retry mends, while none was ever taken.
    pub(super) hopeless: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        // Two digits are enough for people, and a minute is longer than the sender waits for any answer.
        Self {
            summary: Summary::default(),
            times: Histogram::new_with_max(60_000_000, 2).ok(),
            delivered: 0,
            hopeless: 0,
        }
    }

    pub(super) fn begun(&mut self, parcel: &Parcel) {
        let summary = &mut self.summary;
        match parcel.nature {
            Nature::Duplicate => summary.duplicates += 1,
            Nature::BadSignature => summary.bad += 1,
            Nature::Fresh | Nature::HeldBack => {
                summary.messages += 1;
                summary.reordered += u64::from(parcel.nature == Nature::HeldBack);
                summary.unknown += u64::from(!parcel.event_type.is_known());
                let name = parcel.event_type.as_str();
                match summary.by_type.get_mut(name) {
                    Some(count) => *count += 1,
                    None => drop(summary.by_type.insert(name.to_owned(), 1)),
                }
            }
        }
    }

    /// One attempt is over; no `status` means no answer.
    pub(super) fn attempted(&mut self, parcel: &Parcel, status: Option<u16>, time: Duration) {
        self.summary.attempts += 1;
        let Some(status) = status else {
            self.summary.unanswered += 1;
            return;
        };
        *self.summary.answers.entry(status).or_default() += 1;
        if let Some(times) = &mut self.times {
            times.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        }
        match (parcel.nature, status) {
            (Nature::BadSignature, 400..=499) => self.summary.bad_refused += 1,
            (Nature::Fresh | Nature::HeldBack, 200..=299) => self.delivered += 1,
            (Nature::Fresh | Nature::HeldBack, 401 | 403 | 404 | 405) if self.delivered == 0 => self.hopeless += 1,
            _ => {}
        }
    }

    pub(super) fn summary(&self, took: Duration) -> Summary {
        let quantile = |q| Duration::from_micros(self.times.as_ref().map_or(0, |times| times.value_at_quantile(q)));
        Summary { took, p50: quantile(0.5), p99: quantile(0.99), ..self.summary.clone() }
    }
}
