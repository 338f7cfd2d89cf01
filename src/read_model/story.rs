//! The entries of stories, folded from their messages on request by the same folds that fill the lists.

use crate::store::{Store, StoreError};
use crate::stories::load::Loader;
use domain::event::{Event, Payload};
use domain::id::{MessageId, Subject, SubjectKind};
use domain::query::moment::Moment;
use domain::timeline::words::event_in_words;
use domain::timeline::{self, Entry, Fit, Sentence, Span, StoredEvent};
use std::collections::{BTreeMap, BTreeSet};

/// Returns these messages as entries of their subjects' stories, in the given order, deduplicated.
pub(super) async fn entries_of_messages(store: &Store, seqs: &[i64], moment: Moment) -> Result<Vec<Entry>, StoreError> {
    let mut loader = Loader::new(store, moment);
    let read: BTreeMap<i64, StoredEvent> =
        loader.read(seqs).await?.into_iter().map(|happening| (happening.seq, happening)).collect();
    let mut entries = BTreeMap::new();
    let mut firsts = BTreeMap::new();
    note_firsts(&mut firsts, read.values());
    for kind in [SubjectKind::Contractor, SubjectKind::Contract, SubjectKind::Requisition] {
        let own =
            |happening: &StoredEvent| happening.event.about().into_iter().next().filter(|s| s.kind() == kind.as_str());
        let subjects: BTreeSet<Subject> = read.values().filter_map(own).collect();
        let ids: Vec<&str> = subjects.iter().map(Subject::id).collect();
        for (id, happenings) in loader.happenings(kind, &ids).await? {
            note_firsts(&mut firsts, &happenings);
            entries.extend(entries_of(kind, &id, &happenings).into_iter().map(|entry| (entry.seq, entry)));
        }
    }
    // A message received by two endpoints is one event, with the sequence number of its first arrival.
    let mut told = BTreeSet::new();
    let entry = |happening: &StoredEvent| {
        let first = firsts.get(&happening.message_id).copied().unwrap_or(happening.seq);
        told.insert(first).then(|| entries.remove(&first).unwrap_or_else(|| entry_without_story(happening)))
    };
    Ok(seqs.iter().filter_map(|seq| read.get(seq)).filter_map(entry).collect())
}

fn note_firsts<'a>(firsts: &mut BTreeMap<MessageId, i64>, happenings: impl IntoIterator<Item = &'a StoredEvent>) {
    for happening in happenings {
        let first = firsts.entry(happening.message_id.clone()).or_insert(happening.seq);
        *first = happening.seq.min(*first);
    }
}

/// Returns the whole story of one subject, oldest first.
pub(super) async fn load_entries(
    loader: &mut Loader<'_>,
    kind: SubjectKind,
    id: &str,
) -> Result<Vec<Entry>, StoreError> {
    Ok(entries_of(kind, id, &loader.happenings_of(kind, id).await?))
}

pub(super) fn entries_of(kind: SubjectKind, id: &str, happenings: &[StoredEvent]) -> Vec<Entry> {
    match kind {
        SubjectKind::Contractor => timeline::contractor(&id.into(), happenings).map(|story| story.entries),
        SubjectKind::Contract => timeline::contract(happenings).map(|story| story.entries),
        SubjectKind::Requisition => timeline::requisition(&id.into(), happenings).map(|story| story.entries),
    }
    .unwrap_or_default()
}

/// Returns the entry of an event in nobody's story: outside the catalog, or not projected yet.
fn entry_without_story(happening: &StoredEvent) -> Entry {
    let Event { event_type, mode, payload, .. } = &*happening.event;
    let words = match payload {
        Payload::Unrecognised(_) => "An event outside the catalog arrived: ",
        Payload::Contact(_) | Payload::Contract(_) | Payload::Requisition(_) => "An event arrived: ",
    };
    Entry {
        seq: happening.seq,
        event_type: event_type.clone(),
        mode: *mode,
        occurred_at: happening.occurred_at,
        occurred_from: happening.occurred_from,
        received_at: happening.received_at,
        attempts: happening.attempts,
        sentence: Sentence(vec![
            Span::Text(words.to_owned()),
            Span::Strong(event_in_words(event_type.as_str())),
            Span::Text(".".to_owned()),
        ]),
        detail: None,
        subject: happening.event.about().into_iter().next(),
        fit: Fit::Neutral,
        findings: Vec::new(),
    }
}

/// Sorts entries of several stories, newest first.
pub(super) fn newest_first(entries: &mut [Entry]) {
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.occurred_at, entry.seq)));
}
