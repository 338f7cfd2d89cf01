//! What is wrong or missing in a story: data to be shown, never a reason to refuse an event.

use crate::event::EventType;
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
}

impl FindingKind {
    /// As a mark on a page says it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "Missing event",
            Self::Late => "Late",
            Self::OutOfOrder => "Out of order",
            Self::Impossible => "Impossible",
        }
    }
}

/// One thing that is wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// The delivery it stands at.
    pub seq: i64,
    /// The event that is missing, late, out of order or contradicted.
    pub event_type: EventType,
    /// One plain sentence, with what to do where something can be done.
    pub sentence: String,
}
