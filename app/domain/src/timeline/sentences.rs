//! Sentences that describe events: the building blocks that the three families share.

pub(super) mod contact;
pub(super) mod contract;
pub(super) mod spend;

use super::lateness;
use super::order::OrderedEvent;
use super::words::event_in_words;
use super::{Entry, Fit, Sentence, Span};
use crate::event::contact::CustomField;
use crate::id::Subject;
use crate::lifecycle::finding::Finding;
use crate::text::is_blank;

/// A builder of sentences.
#[derive(Default)]
struct SentenceBuilder(Vec<Span>);

impl SentenceBuilder {
    fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Span::Text(text.into()));
        self
    }

    fn name(mut self, name: impl Into<String>, subject: Subject) -> Self {
        self.0.push(Span::Name(name.into(), Some(subject)));
        self
    }

    fn done(self) -> Sentence {
        Sentence(self.0)
    }
}

/// Returns the sentence of an event outside the catalog, or of another family.
fn unknown(item: &OrderedEvent<'_>, name: &str, subject: Subject) -> Sentence {
    Sentence(vec![
        Span::Text("An event that Junoscope does not interpret arrived for ".to_owned()),
        Span::Name(name.to_owned(), Some(subject)),
        Span::Text(": ".to_owned()),
        Span::Strong(event_in_words(item.event.event_type.as_str())),
        Span::Text(".".to_owned()),
    ])
}

/// Joins the known parts of the line under a sentence: "Registration: invited · Bookability: bookable".
fn joined(parts: impl IntoIterator<Item = Option<String>>, separator: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(separator))
}

/// Lists the fields that differ from `before`; all of them without it. At most three, so that the line stays short.
fn fields_in_words(before: Option<&[CustomField]>, now: &[CustomField]) -> Option<String> {
    const SHOWN: usize = 3;
    let value = |field: &CustomField| {
        field.value.clone().filter(|value| !is_blank(value)).unwrap_or_else(|| "empty".to_owned())
    };
    let old = |name: &str| before.and_then(|fields| fields.iter().find(|field| field.name == name));
    let mut changes: Vec<String> = now
        .iter()
        .filter(|field| old(&field.name).is_none_or(|old| old.value != field.value))
        .map(|field| match old(&field.name) {
            Some(old) => format!("{}: {} → {}", field.name, value(old), value(field)),
            None => format!("{}: {}", field.name, value(field)),
        })
        .collect();
    let gone = before.unwrap_or_default().iter().filter(|old| now.iter().all(|field| field.name != old.name));
    changes.extend(gone.map(|old| format!("{} removed", old.name)));
    let more = changes.len().saturating_sub(SHOWN);
    changes.truncate(SHOWN);
    if more > 0 {
        changes.push(format!("{more} more"));
    }
    joined(changes.into_iter().map(Some), " · ")
}

/// Creates an entry, with the finding of its lateness, which is the same for all families.
pub(super) fn entry(
    item: &OrderedEvent<'_>,
    subject: Subject,
    fit: Fit,
    mut findings: Vec<Finding>,
    sentence: Sentence,
    detail: Option<String>,
) -> Entry {
    if item.counts
        && let Some(finding) = lateness::of(item)
    {
        findings.push(finding);
    }
    Entry {
        seq: item.seq,
        event_type: item.event.event_type.clone(),
        mode: item.event.mode,
        occurred_at: item.occurred_at,
        occurred_from: item.occurred_from,
        received_at: item.received_at,
        attempts: item.attempts,
        sentence,
        detail,
        subject: Some(subject),
        fit,
        findings,
    }
}
