//! The states of a client contact, and which event leads from which to which (facts 5.2).

use serde::{Deserialize, Serialize};

/// How far a contractor has come in joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// Only contracts named them; no contact event was seen.
    Known,
    /// Invited, not registered.
    Invited,
    /// Registered on YunoJuno.
    Registered,
    /// Onboarding finished.
    Onboarded,
}

impl ContactState {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Known, Self::Invited, Self::Registered, Self::Onboarded];

    /// The word stored in the database and used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Invited => "invited",
            Self::Registered => "registered",
            Self::Onboarded => "onboarded",
        }
    }

    /// The inverse of [`ContactState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Known from contracts",
            Self::Invited => "Invited",
            Self::Registered => "Registered",
            Self::Onboarded => "Onboarded",
        }
    }
}
