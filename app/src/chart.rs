//! Charts before any markup: a contractor’s contracts and money on a line of time, and, in `volume`, requests over time.
//!
//! Pure: the same facts, choice and instant give the same drawing, in whatever order the facts were read. Instants and
//! dates share one axis, counted in UTC days; a unit is a CSS pixel at the usual text size.

pub mod axis;
pub mod label;
pub mod lane;
pub mod layout;
pub mod spend;
#[cfg(test)]
mod tests;
pub mod volume;
pub mod window;

pub use layout::draw;

use domain::event::contract::Rate;
use domain::id::ContractId;
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::finding::{Finding, FindingKind};
use domain::timeline::{ContractStory, RenewalLink, Step};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The data of a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartData {
    /// The contracts.
    pub contracts: Vec<ChartContract>,
    /// The money, one entry per currency and type of amount.
    pub spend: Vec<spend::Spend>,
    /// What could not be counted, in plain sentences.
    pub obstacles: Vec<String>,
}

/// The drawn facts of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartContract {
    /// Which contract.
    pub id: ContractId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// "Art director · £520.00 a day"
    pub subtitle: Option<String>,
    /// The state.
    pub state: ContractState,
    /// The states it went through, oldest first.
    pub steps: Vec<Step>,
    /// First day.
    pub start_on: Option<Date>,
    /// The known last day.
    pub ends_on: Option<Date>,
    /// The agreed last day, where it moved.
    pub planned_end_on: Option<Date>,
    /// The findings, each at the event it belongs to.
    pub findings: Vec<ChartFinding>,
    /// The contract it renews; the flag as in [`RenewalLink`].
    pub renews: Option<(ContractId, bool)>,
}

/// A finding with its position in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartFinding {
    /// The kind of the finding.
    pub kind: FindingKind,
    /// The sequence number of the delivery.
    pub seq: i64,
    /// Time of that event.
    pub at: Timestamp,
    /// The sentence.
    pub sentence: String,
}

impl ChartContract {
    /// Returns whether its last day is before its first and it was not withdrawn: then it cannot be drawn.
    pub fn ends_before_start(&self) -> bool {
        !self.state.is_void() && self.start_on.zip(self.ends_on).is_some_and(|(first, last)| last < first)
    }

    /// Extracts the drawn facts of a story, with those of the findings that belong to an event of it and are not
    /// dismissed.
    pub fn of(story: &ContractStory, findings: &[Finding], renews: RenewalLink) -> Self {
        let facts = &story.facts;
        let rate = facts.rate.as_ref().and_then(Rate::in_words);
        let subtitle: Vec<String> = facts.job_title.iter().cloned().chain(rate).collect();
        let marks = |one: &&Finding| one.dismissed.is_none() && !one.is_lasting();
        let findings = findings.iter().filter(marks).filter_map(|finding| {
            let entry = story.entries.iter().find(|entry| entry.seq == finding.seq)?;
            let (kind, seq, sentence) = (finding.kind, finding.seq, finding.sentence.clone());
            Some(ChartFinding { kind, seq, at: entry.occurred_at, sentence })
        });
        Self {
            id: facts.id.clone(),
            title: facts.title.clone().unwrap_or_else(|| facts.id.to_string()),
            subtitle: (!subtitle.is_empty()).then(|| subtitle.join(" · ")),
            state: story.state,
            steps: story.steps.clone(),
            start_on: facts.start_on,
            ends_on: story.ends_on,
            planned_end_on: story.planned_end_on,
            findings: findings.collect(),
            renews,
        }
    }
}

/// Returns a day's first second in UTC, since the epoch.
pub(crate) fn midnight(day: Date) -> i64 {
    day.duration_since(jiff::civil::date(1970, 1, 1)).as_secs()
}

/// Returns the day after a contract's last day.
pub(crate) fn day_after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// Returns "13 Feb 2026", for a day outside the axis.
pub(crate) fn day_of_year(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// Returns "13 Feb"; with its year if that is not the current one.
pub(crate) fn day_beside(day: Date, today: Date) -> String {
    let pattern = if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    day.strftime(pattern).to_string()
}

/// Returns "1 Sep – 28 Nov", with years as in [`day_beside`]; a common year only once.
pub(crate) fn span_beside(first: Date, last: Date, today: Date) -> String {
    let first =
        if first.year() == last.year() { first.strftime("%-d %b").to_string() } else { day_beside(first, today) };
    format!("{first} – {}", day_beside(last, today))
}
