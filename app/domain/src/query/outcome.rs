//! The outcomes of a request to a webhook URL.

use serde::{Deserialize, Serialize};

/// What became of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A message seen for the first time, and understood.
    Stored,
    /// Genuine and stored, but its body could not be read as an event.
    Unreadable,
    /// A further attempt of a message we already had.
    Duplicate,
    /// Not verified: kept aside, never shown as an event.
    Refused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Stored, Self::Unreadable, Self::Duplicate, Self::Refused];

    /// Returns whether it is an event that counts: genuine, and read.
    pub fn is_event(self) -> bool {
        match self {
            Self::Stored | Self::Duplicate => true,
            Self::Unreadable | Self::Refused => false,
        }
    }

    /// The word in the database and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unreadable => "unreadable",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
        }
    }

    /// The inverse of [`Outcome::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stored => "Stored",
            Self::Unreadable => "Unreadable",
            Self::Duplicate => "Repeat",
            Self::Refused => "Refused",
        }
    }
}
