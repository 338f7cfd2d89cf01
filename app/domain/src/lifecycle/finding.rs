//! Findings: what is wrong or missing in a story, as data for display. No finding is a reason to refuse an event.

use super::rules::Rule;
use crate::event::EventType;
use crate::id::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An event that must have been sent was never received.
    Missing,
    /// It arrived long after it happened.
    Late,
    /// It sorts after a step that should have followed it.
    OutOfOrder,
    /// Two events contradict each other.
    Impossible,
    /// A message came again with another body.
    Altered,
    /// An offer is unanswered for too long.
    OfferOpen,
    /// A contract ends soon without a renewal.
    Ending,
    /// More is committed than the requisition's amount.
    OverBudget,
    /// No contract draws on approved money.
    Unused,
    /// A test event is about a live subject.
    Test,
}

impl FindingKind {
    /// All of them, in the order lists offer them.
    pub const ALL: [Self; 10] = [
        Self::Impossible,
        Self::OverBudget,
        Self::Missing,
        Self::Altered,
        Self::OfferOpen,
        Self::Ending,
        Self::Unused,
        Self::OutOfOrder,
        Self::Late,
        Self::Test,
    ];

    /// Returns the value in the database, in URLs and in the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Late => "late",
            Self::OutOfOrder => "out-of-order",
            Self::Impossible => "impossible",
            Self::Altered => "altered",
            Self::OfferOpen => "offer-open",
            Self::Ending => "ending",
            Self::OverBudget => "over-budget",
            Self::Unused => "unused",
            Self::Test => "test",
        }
    }

    /// The inverse of [`FindingKind::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Returns the label of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "Missing event",
            Self::Late => "Late",
            Self::OutOfOrder => "Out of order",
            Self::Impossible => "Impossible",
            Self::Altered => "Repeated differently",
            Self::OfferOpen => "Offer open",
            Self::Ending => "Ending",
            Self::OverBudget => "Over budget",
            Self::Unused => "Unused spend",
            Self::Test => "Test event",
        }
    }

    /// Returns whether it is about the delivery of messages instead of contracts and money. Admins can act on these;
    /// hirers see them in a story, but not in lists and counts.
    pub fn is_transport(self) -> bool {
        matches!(self, Self::Late | Self::OutOfOrder | Self::Altered | Self::Test)
    }
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information; no action is needed.
    Notice,
    /// Somebody should check it.
    Warning,
    /// The current state is wrong.
    Problem,
}

impl Severity {
    /// All severities, the highest first.
    pub const ALL: [Self; 3] = [Self::Problem, Self::Warning, Self::Notice];

    /// Returns the value in URLs and in the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// The inverse of [`Severity::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }

    /// Returns the value in the database: 0 to 2, the most severe last.
    pub fn rank(self) -> i64 {
        match self {
            Self::Notice => 0,
            Self::Warning => 1,
            Self::Problem => 2,
        }
    }

    /// Returns the label of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Notice => "Notices",
            Self::Warning => "Warnings",
            Self::Problem => "Problems",
        }
    }
}

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
        matches!(
            self.kind,
            FindingKind::OfferOpen | FindingKind::Ending | FindingKind::OverBudget | FindingKind::Unused
        )
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
