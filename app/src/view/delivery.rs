//! Deliveries: every HTTP request that reached a webhook URL, and its outcome.

use crate::view::Page;
use domain::diff::WhatChanged;
use domain::event::{EventType, Mode};
use domain::id::Subject;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A subject with the words to show for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What it is, with its id.
    pub subject: Subject,
    /// Its name or title; its id when neither is known.
    pub label: String,
}

/// One row of the delivery list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliverySummary {
    /// Its place in the log, and in its URL `/deliveries/{seq}`.
    pub seq: i64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Which endpoint it came to.
    pub endpoint: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, for what was refused or could not be read: one plain sentence.
    pub reason: Option<String>,
    /// What the body says it is; never filled for a refused request.
    pub event_type: Option<EventType>,
    /// Live or test; never filled for a refused request.
    pub mode: Option<Mode>,
    /// Svix's id; for a refused request the id it claimed.
    pub message_id: Option<String>,
    /// When it happened, for genuine messages.
    pub occurred_at: Option<Timestamp>,
    /// What it is about; empty until the projector has read it.
    pub about: Vec<About>,
}

/// How many requests were ever refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCount {
    /// All of them.
    pub all: u64,
    /// Those that are kept.
    pub kept: u64,
}

/// How much of a body is there to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKept {
    /// All of it.
    Whole,
    /// Its beginning; the whole was of so many bytes.
    FirstOf(u64),
    /// Nothing: it was not read, or not to its end. Of so many bytes, as far as its sender said.
    NotRead(Option<u64>),
}

/// One page of the delivery list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryPage {
    /// The rows, newest first.
    pub rows: Page<DeliverySummary>,
    /// The place in the log up to which the page tells everything: live rows begin behind it.
    pub head: i64,
}

/// One delivery, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// What the list shows of it.
    pub summary: DeliverySummary,
    /// Where `occurred_at` comes from, for genuine messages.
    pub occurred_from: Option<TimeOrigin>,
    /// The body.
    pub body: Body,
    /// How much of the body that is.
    pub body_kept: BodyKept,
    /// The headers as received, in order of name; secrets are masked.
    pub headers: Vec<(String, String)>,
    /// The sender's address.
    pub remote: Option<String>,
    /// Every attempt of this message that reached this endpoint, oldest first. Refused ones are told by the id they
    /// claim; of very many the newest. Empty where a refused request claims no id.
    pub attempts: Vec<Attempt>,
    /// The signature check, step by step.
    pub checks: Vec<CheckStep>,
    /// What was skipped while reading, each with its path.
    pub oddities: Vec<String>,
    /// What it changed of its own subject, where it is part of a story.
    pub changed: Option<WhatChanged>,
}

/// What became of the message whose id a refused request claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimedMessage<'a> {
    /// It was accepted after this request, first by this attempt.
    AcceptedLater(&'a Attempt),
    /// It had been accepted before this request, first by this attempt, and did not come again since.
    AcceptedBefore(&'a Attempt),
    /// It was never accepted.
    NeverAccepted,
}

impl DeliveryDetail {
    /// Every attempt whose signature was proven, oldest first.
    pub fn genuine_attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.outcome != Outcome::Refused)
    }

    /// What became of the message that a refused request claims to be; `None` for a genuine one, and for a refused one
    /// that claims no id.
    pub fn claimed_message(&self) -> Option<ClaimedMessage<'_>> {
        if self.summary.outcome != Outcome::Refused || self.summary.message_id.is_none() {
            return None;
        }
        let later = self.genuine_attempts().find(|attempt| attempt.seq > self.summary.seq);
        Some(match (later, self.genuine_attempts().next()) {
            (Some(attempt), _) => ClaimedMessage::AcceptedLater(attempt),
            (None, Some(attempt)) => ClaimedMessage::AcceptedBefore(attempt),
            (None, None) => ClaimedMessage::NeverAccepted,
        })
    }
}

/// A body as it can be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// UTF-8 text, exactly as received.
    Text(String),
    /// Bytes that are no text, as a hex dump of at most the first 4 KiB, with the whole length in bytes.
    Bytes {
        /// The hex dump.
        hex: String,
        /// Length of the whole body in bytes.
        length: usize,
    },
    /// Hidden from this viewer.
    Withheld,
}

/// One HTTP request that carried the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its place in the log.
    pub seq: i64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The timestamp header it was signed with; `None` for a refused attempt, which proved none.
    pub sent_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether its body was, byte for byte, that of the first genuine attempt; not looked at for a refused one.
    pub same_body: bool,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// One step of the signature check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// "Headers", "Timestamp", "Second lock", "Body", "Signature".
    pub name: String,
    /// `None` when it was not reached.
    pub passed: Option<bool>,
    /// What was looked at and what was found, in one or two sentences.
    pub explanation: String,
}
