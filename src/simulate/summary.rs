//! Counts of what was sent and how it was answered, and the report at the end.

use super::traffic::{Outgoing, Reason};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The result of a run of the sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Genuine messages, each counted once, those of unknown type included.
    pub messages: u64,
    /// HTTP requests of every kind.
    pub attempts: u64,
    /// Messages sent again.
    pub duplicates: u64,
    /// Messages sent after later ones.
    pub reordered: u64,
    /// Messages signed with a wrong key.
    pub bad: u64,
    /// Number of those that were answered 4xx, as they must be.
    pub bad_refused: u64,
    /// Number of [`Summary::messages`] with a type outside the catalog.
    pub unknown: u64,
    /// Attempts after the first that a failure made necessary.
    pub retries: u64,
    /// Genuine messages that were never answered 2xx.
    pub failed: u64,
    /// Attempts without a response.
    pub unanswered: u64,
    /// Responses by status.
    pub answers: BTreeMap<u16, u64>,
    /// [`Summary::messages`] by event type.
    pub by_type: BTreeMap<String, u64>,
    /// Time from the first request to the last response.
    pub took: Duration,
    /// Median response time.
    pub p50: Duration,
    /// 99th percentile of the response time.
    pub p99: Duration,
}

impl Summary {
    /// Returns whether every good message was accepted, and every bad one refused.
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

/// The running counts.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) summary: Summary,
    /// Response times, in microseconds.
    times: Option<Histogram<u64>>,
    pub(super) delivered: u64,
    /// Genuine messages refused for reasons that no retry mends, while none was ever accepted.
    pub(super) hopeless: u64,
}

impl Tally {
    pub(super) fn new() -> Self {
        // Two significant digits are enough, and a minute is longer than the sender's timeout.
        Self {
            summary: Summary::default(),
            times: Histogram::new_with_max(60_000_000, 2).ok(),
            delivered: 0,
            hopeless: 0,
        }
    }

    pub(super) fn begun(&mut self, outgoing: &Outgoing) {
        let summary = &mut self.summary;
        match outgoing.reason {
            Reason::Duplicate => summary.duplicates += 1,
            Reason::BadSignature => summary.bad += 1,
            Reason::Fresh | Reason::HeldBack => {
                summary.messages += 1;
                summary.reordered += u64::from(outgoing.reason == Reason::HeldBack);
                summary.unknown += u64::from(!outgoing.event_type.is_known());
                let name = outgoing.event_type.as_str();
                match summary.by_type.get_mut(name) {
                    Some(count) => *count += 1,
                    None => drop(summary.by_type.insert(name.to_owned(), 1)),
                }
            }
        }
    }

    /// Records one attempt; `status` is `None` without a response.
    pub(super) fn attempted(&mut self, outgoing: &Outgoing, status: Option<u16>, time: Duration) {
        self.summary.attempts += 1;
        let Some(status) = status else {
            self.summary.unanswered += 1;
            return;
        };
        *self.summary.answers.entry(status).or_default() += 1;
        if let Some(times) = &mut self.times {
            times.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        }
        match (outgoing.reason, status) {
            (Reason::BadSignature, 400..=499) => self.summary.bad_refused += 1,
            (Reason::Fresh | Reason::HeldBack, 200..=299) => self.delivered += 1,
            (Reason::Fresh | Reason::HeldBack, 401 | 403 | 404 | 405) if self.delivered == 0 => self.hopeless += 1,
            _ => {}
        }
    }

    pub(super) fn summary(&self, took: Duration) -> Summary {
        let quantile = |q| Duration::from_micros(self.times.as_ref().map_or(0, |times| times.value_at_quantile(q)));
        Summary { took, p50: quantile(0.5), p99: quantile(0.99), ..self.summary.clone() }
    }
}
