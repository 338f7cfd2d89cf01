//! Deliveries: every HTTP request that reached a webhook URL, and its outcome.

use crate::view::Page;
use domain::diff::EventChanges;
use domain::event::{EventType, Mode};
use domain::id::Subject;
use domain::query::filter::DeliveryFilter;
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use domain::query::search::QueryError;
use domain::query::view::SavedView;
use domain::refusal::RefusalCode;
use domain::timeline::{Entry, TimeOrigin};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A subject with the words to show for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelledSubject {
    /// The subject.
    pub subject: Subject,
    /// Its name or title; its id when neither is known.
    pub label: String,
}

/// One row of the delivery list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliverySummary {
    /// The sequence number in the log, and in its URL `/deliveries/{seq}`.
    pub seq: i64,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The name of the endpoint.
    pub endpoint: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The reason of a refusal or parse error: one plain sentence.
    pub reason: Option<String>,
    /// The event type in the body; `None` for a refused request.
    pub event_type: Option<EventType>,
    /// The mode; `None` for a refused request.
    pub mode: Option<Mode>,
    /// Svix's id; for a refused request the id it claimed.
    pub message_id: Option<String>,
    /// Time of the event, for genuine messages.
    pub occurred_at: Option<Timestamp>,
    /// Its subjects; empty until the projector has processed it.
    pub about: Vec<LabelledSubject>,
    /// Of a refused request: who sent it, and why it was refused.
    pub refused: Option<RefusedFrom>,
}

/// What refused requests have in common that are listed as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFrom {
    /// The sender's address.
    pub remote: Option<String>,
    /// The reason; `None` for one of another version.
    pub code: Option<RefusalCode>,
}

impl DeliverySummary {
    /// Returns its title: the event, where it is one.
    pub fn title(&self) -> &str {
        if self.outcome == Outcome::Refused {
            return "Refused request";
        }
        self.event_type.as_ref().map_or("Unreadable message", EventType::label)
    }
}

/// Counts of refused requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCount {
    /// All that were ever refused.
    pub all: u64,
    /// Those that are kept.
    pub kept: u64,
}

/// How much of a body is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKept {
    /// All of it.
    Whole,
    /// Its beginning; the whole length was this many bytes.
    FirstOf(u64),
    /// None: it was not read, or not to its end. With its `Content-Length`, if any.
    NotRead(Option<u64>),
}

/// One page of the delivery list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryPage {
    /// The rows, newest first.
    pub rows: Page<DeliverySummary>,
    /// The sequence number up to which the page is complete: live rows begin after it.
    pub head: i64,
    /// What came of the search; `None` without one.
    pub search: Option<Result<Searched, QueryError>>,
}

/// A view of the list: filters under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// The name.
    pub name: String,
    /// The filters.
    pub filter: DeliveryFilter,
    /// Who saved it, and for whom; `None` for a view that is always there.
    pub saved: Option<SavedView>,
    /// The number of requests it has, those that are let go included; `None` where that is not counted.
    pub count: Option<u64>,
}

/// How far a search looked for the rows of one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// The search in words, such as "Deliveries that contain “amara”".
    pub words: String,
    /// The number of requests looked at, by the index or one by one, besides those that the database left out; `None`
    /// where the index found a full page without a look at all others of its time.
    pub looked_at: Option<u64>,
    /// Arrival of the last request looked at, which is the oldest; `None` if there was none.
    pub looked_to: Option<Timestamp>,
    /// Whether there are no older ones.
    pub is_end: bool,
    /// How many requests the index is behind, where it is too far behind to be used.
    pub unindexed: Option<u64>,
}

/// The page of one delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// The row of the list.
    pub summary: DeliverySummary,
    /// The origin of `occurred_at`, for genuine messages.
    pub occurred_from: Option<TimeOrigin>,
    /// Where it was imported from, if its signature was not checked.
    pub imported_from: Option<ImportSource>,
    /// The body.
    pub body: Body,
    /// How much of the body is stored.
    pub body_kept: BodyKept,
    /// The headers as received, in order of name; secrets are masked.
    pub headers: Vec<(String, String)>,
    /// The sender's address.
    pub remote: Option<String>,
    /// Every attempt of this message at this endpoint, oldest first. Refused ones are included by the id they claim; of
    /// very many only the newest. Empty where a refused request claims no id.
    pub attempts: Vec<Attempt>,
    /// The verification, step by step.
    pub checks: Vec<CheckStep>,
    /// Paths of fields skipped while parsing.
    pub skipped_fields: Vec<String>,
    /// The changes of its own subject, if it is in a story.
    pub changed: Option<EventChanges>,
    /// The paths of these changes in the body, such as `data.object.hirers[0].email`.
    pub changed_paths: BTreeSet<String>,
    /// Its event in the story of its subject, if it is in one.
    pub told: Option<Told>,
}

/// An event in the story of its subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The event itself, under the sequence number of its first arrival.
    pub entry: Entry,
    /// The event before it.
    pub previous: Option<Neighbour>,
    /// The event after it.
    pub next: Option<Neighbour>,
}

/// The event before or after another one in a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The sequence number in the log.
    pub seq: i64,
    /// Its event type.
    pub event_type: EventType,
}

/// The fate of the message whose id a refused request claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimedMessage<'a> {
    /// Accepted after this request, first by this attempt.
    AcceptedLater(&'a Attempt),
    /// Accepted before this request, first by this attempt, and not received again since.
    AcceptedBefore(&'a Attempt),
    /// Never accepted.
    NeverAccepted,
}

impl DeliveryDetail {
    /// Returns every verified attempt, oldest first.
    pub fn genuine_attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.outcome != Outcome::Refused)
    }

    /// Returns the attempt with which a message was stored, and its number, where there were several.
    pub fn stored_on(&self) -> Option<(usize, &Attempt)> {
        let is_first = |attempt: &&Attempt| match attempt.outcome {
            Outcome::Stored | Outcome::Unreadable => true,
            Outcome::Duplicate | Outcome::Refused => false,
        };
        let place = self.attempts.iter().position(|attempt| is_first(&attempt)).filter(|_| self.attempts.len() > 1)?;
        self.attempts.get(place).map(|attempt| (place + 1, attempt))
    }

    /// Returns the fate of the message that a refused request claims to be; `None` for a genuine request, and for a
    /// refused one that claims no id.
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

/// A body for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// UTF-8 text, exactly as received.
    Text(String),
    /// Bytes that are no text, as a hex dump of at most the first 4 KiB, with the whole length.
    Bytes {
        /// The hex dump.
        hex: String,
        /// Length of the whole body in bytes.
        length: usize,
    },
    /// Hidden from this viewer.
    Withheld,
}

/// An HTTP request that carried the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The sequence number in the log.
    pub seq: i64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The signed timestamp; `None` for a refused attempt, as it is unverified.
    pub sent_at: Option<Timestamp>,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether its body equals that of the first genuine attempt; not checked for a refused one.
    pub same_body: bool,
    /// The reason of a refusal.
    pub reason: Option<String>,
    /// Whether it was imported and its signature was not checked.
    pub is_unchecked: bool,
}

/// A step of the verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// "Headers", "Timestamp", "Additional header", "Body", "Signature".
    pub name: String,
    /// `None` when it was not reached.
    pub passed: Option<bool>,
    /// What was checked and the result, in one or two sentences.
    pub explanation: String,
    /// What to do next, if it failed for a known reason.
    pub advice: Option<String>,
}
