//! Kinds and severities of findings.

use crate::account::Role;
use crate::policy::{Thing, sees};
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

    /// Returns whether it is about the delivery of messages instead of contracts and money.
    pub fn is_transport(self) -> bool {
        match self {
            Self::Late | Self::OutOfOrder | Self::Altered | Self::Test => true,
            Self::Missing | Self::Impossible | Self::OfferOpen | Self::Ending | Self::OverBudget | Self::Unused => {
                false
            }
        }
    }

    /// Returns whether it is about a lasting condition, rather than about its event.
    pub fn is_standing(self) -> bool {
        match self {
            Self::OfferOpen | Self::Ending | Self::OverBudget | Self::Unused => true,
            Self::Missing | Self::Late | Self::OutOfOrder | Self::Impossible | Self::Altered | Self::Test => false,
        }
    }

    /// Returns whether lists and counts show it to a role.
    pub fn is_listed_for(self, role: Option<Role>) -> bool {
        !self.is_transport() || sees(role, Thing::TransportFindings)
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
