//! Findings: what is wrong or missing in a story, as data for display. No finding is a reason to refuse an event.

use super::rules::Rule;
use crate::event::EventType;
use crate::id::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// An event that must have been sent was never seen.
    Missing,
    /// It arrived long after it happened.
    Late,
    /// It sorts after a step that should have followed it.
    OutOfOrder,
    /// Two events that cannot both be true.
    Impossible,
    /// The same message came again with other content.
    Altered,
    /// An offer nobody has answered for days.
    OfferOpen,
    /// A contract that ends soon and that nothing renews.
    Ending,
    /// More is committed than the requisition is for.
    OverBudget,
    /// Approved money that no contract draws on.
    Unused,
    /// A test event about something live.
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

    /// The word in the database, in URLs and in the style sheet.
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

    /// As a mark on a page says it.
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

    /// Whether it tells of how messages travelled and not of contracts and money: for admins, who can mend that. A
    /// hirer is told of it where it stands in a story, and not in lists and counts.
    pub fn is_transport(self) -> bool {
        matches!(self, Self::Late | Self::OutOfOrder | Self::Altered | Self::Test)
    }
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; nothing has to be done.
    Notice,
    /// Somebody should look at it.
    Warning,
    /// Something is wrong as it stands.
    Problem,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Problem, Self::Warning, Self::Notice];

    /// The word in URLs and in the style sheet.
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

    /// Its place in the database: 0 to 2, the gravest last.
    pub fn rank(self) -> i64 {
        match self {
            Self::Notice => 0,
            Self::Warning => 1,
            Self::Problem => 2,
        }
    }

    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Notice => "Notices",
            Self::Warning => "Warnings",
            Self::Problem => "Problems",
        }
    }
}

/// One thing that is wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule is broken.
    pub rule: Rule,
    /// What kind.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// The delivery it stands at.
    pub seq: i64,
    /// The event that is missing, late, out of order or contradicted.
    pub event_type: EventType,
    /// What is wrong, in plain sentences.
    pub sentence: String,
    /// What to do about it, in plain sentences.
    pub advice: String,
    /// Since when it holds, where that is a matter of the clock and not of an event.
    pub from: Option<Timestamp>,
    /// From when on it holds no more by the clock alone.
    pub until: Option<Timestamp>,
    /// What its sentence lacks until it is read.
    pub aging: Option<Aging>,
    /// What a person said of it. Folds leave it empty: it is no matter of events.
    pub dismissed: Option<Dismissal>,
}

impl Finding {
    /// A breach of `rule`, with the rule's own advice.
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

    /// Whether it holds at this instant, as far as that is a matter of the clock.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// What names it for ever: the same breach by the same event, found again, is the same finding.
    pub fn key(&self, subject: &Subject) -> String {
        format!("{}~{}~{}", self.rule.as_str(), subject.id(), self.seq)
    }

    /// Whether lists count it for everybody: neither what is only good to know, nor how messages travelled.
    pub fn needs_a_person(&self) -> bool {
        self.severity >= Severity::Warning && !self.kind.is_transport()
    }

    /// Whether it is about how things stand, and not about the one event it is named after.
    pub fn is_standing(&self) -> bool {
        matches!(
            self.kind,
            FindingKind::OfferOpen | FindingKind::Ending | FindingKind::OverBudget | FindingKind::Unused
        )
    }

    /// Whether it counts among what needs a person.
    pub fn matters(&self) -> bool {
        self.severity >= Severity::Warning && self.dismissed.is_none()
    }
}

/// What the sentence of a finding lacks until it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aging {
    /// When it began.
    pub since: Timestamp,
    /// How many days it may last.
    pub allowed_days: u16,
    /// The first day that was proposed.
    pub starts_on: Option<Date>,
    /// The last day that was proposed.
    pub ends_on: Option<Date>,
}

/// That somebody looked at a finding and laid it aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Why, in their words.
    pub reason: String,
    /// Their name.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
