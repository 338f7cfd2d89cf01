//! Findings: what is wrong or missing in a story, as data for display. No finding is a reason to refuse an event.

use super::rules::Rule;

pub use super::kind::{FindingKind, Severity};

use crate::event::EventType;
use crate::id::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A finding, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The broken rule.
    pub rule: Rule,
    /// Its kind.
    pub kind: FindingKind,
    /// Its severity.
    pub severity: Severity,
    /// The sequence number of the delivery it belongs to.
    pub seq: i64,
    /// The event that is missing, late, out of order or contradicted.
    pub event_type: EventType,
    /// What is wrong, in plain sentences.
    pub sentence: String,
    /// What to do about it, in plain sentences.
    pub advice: String,
    /// The time from which on it holds, where that depends on the clock.
    pub from: Option<Timestamp>,
    /// The time from which on it no longer holds, where that depends on the clock.
    pub until: Option<Timestamp>,
    /// The age to be added to its sentence when it is read.
    pub aging: Option<Aging>,
    /// Its dismissal. Folds leave it empty, as it does not come from events.
    pub dismissed: Option<Dismissal>,
}

impl Finding {
    /// Creates a finding for a breach of `rule`, with the rule's advice.
    pub fn new(rule: Rule, seq: i64, event_type: EventType, sentence: impl Into<String>) -> Self {
        Self {
            rule,
            kind: rule.kind(),
            severity: rule.severity(),
            seq,
            event_type,
            sentence: sentence.into(),
            advice: rule.advice().to_owned(),
            from: None,
            until: None,
            aging: None,
            dismissed: None,
        }
    }

    /// Returns whether it holds at this instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Returns its permanent key: the same breach by the same event is the same finding.
    pub fn key(&self, subject: &Subject) -> String {
        format!("{}~{}~{}", self.rule.as_str(), subject.id(), self.seq)
    }

    /// Returns whether lists count it for everybody: not notices, nor findings about transport.
    pub fn needs_a_person(&self) -> bool {
        self.severity >= Severity::Warning && !self.kind.is_transport()
    }

    /// Returns whether it is about a lasting condition, rather than about its event.
    pub fn is_standing(&self) -> bool {
        self.kind.is_standing()
    }

    /// Returns whether it is open and at least a warning.
    pub fn matters(&self) -> bool {
        self.severity >= Severity::Warning && self.dismissed.is_none()
    }
}

/// The age of a finding, which is part of its sentence when it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aging {
    /// When the condition began.
    pub since: Timestamp,
    /// Number of days it may last.
    pub allowed_days: u16,
    /// The proposed first day.
    pub starts_on: Option<Date>,
    /// The proposed last day.
    pub ends_on: Option<Date>,
}

/// The dismissal of a finding by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Their reason.
    pub reason: String,
    /// Their name.
    pub by: String,
    /// The time of the dismissal.
    pub at: Timestamp,
}
