//! The story of one subject, folded from its messages on request by the same folds that fill the lists.

use crate::projector::batch::happening;
use crate::projector::gather::messages_of;
use crate::store::{Store, StoreError};
use domain::event::{Event, Payload};
use domain::id::{MessageId, Subject, SubjectKind};
use domain::query::moment::Moment;
use domain::timeline::words::event_in_words;
use domain::timeline::{self, Entry, Fit, Sentence, Span, StoredEvent};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the events of each of these subjects of one kind; each body is parsed once, whatever subjects it has.
pub(super) async fn happenings(
    store: &Store,
    kind: SubjectKind,
    ids: &[&str],
    moment: Moment,
) -> Result<BTreeMap<String, Vec<StoredEvent>>, StoreError> {
    let messages = messages_of(store, kind, ids, &[], moment).await?;
    let seqs: Vec<i64> = messages.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let read: BTreeMap<i64, StoredEvent> =
        read(store, &seqs, moment).await?.into_iter().map(|happening| (happening.seq, happening)).collect();
    let of_subject = |seqs: BTreeSet<i64>| seqs.iter().filter_map(|seq| read.get(seq).cloned()).collect();
    Ok(messages.into_iter().map(|(id, seqs)| (id, of_subject(seqs))).collect())
}

async fn read(store: &Store, seqs: &[i64], moment: Moment) -> Result<Vec<StoredEvent>, StoreError> {
    let repeats: BTreeMap<i64, i64> = store.list_repeat_counts(seqs, moment).await?.into_iter().collect();
    let attempts = |seq: i64| {
        let again = repeats.get(&seq).copied().unwrap_or_default();
        u32::try_from(again).unwrap_or(u32::MAX).saturating_add(1)
    };
    let mut told = Vec::with_capacity(seqs.len());
    for group in in_groups(store, seqs).await? {
        let messages = store.list_messages(&group).await?;
        let read = messages.iter().filter_map(|message| happening(message, attempts(message.seq)));
        told.extend(read.filter(|happening| moment.shows(happening)));
    }
    Ok(told)
}

/// Total size of a story's bodies in memory at a time, in bytes: a story may have hundreds, each of the maximum length.
const AT_ONCE: i64 = 8 << 20;
/// Up to this many bodies are read at once, whatever their lengths.
const FEW: usize = 8;

/// Splits these messages, in their order, into groups to be read at once.
pub(super) async fn in_groups(store: &Store, seqs: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
    if seqs.len() <= FEW {
        return Ok(vec![seqs.to_vec()]);
    }
    let lengths: BTreeMap<i64, i64> = store.list_body_lengths(seqs).await?.into_iter().collect();
    Ok(grouped(seqs, &lengths))
}

fn grouped(seqs: &[i64], lengths: &BTreeMap<i64, i64>) -> Vec<Vec<i64>> {
    let mut groups: Vec<Vec<i64>> = Vec::new();
    let mut room = 0;
    for seq in seqs {
        let length = lengths.get(seq).copied().unwrap_or_default();
        match groups.last_mut() {
            Some(group) if length <= room => group.push(*seq),
            _ => {
                groups.push(vec![*seq]);
                room = AT_ONCE;
            }
        }
        room -= length;
    }
    groups
}

/// Returns these messages as entries of their subjects' stories, in the given order, deduplicated.
pub(super) async fn told(store: &Store, seqs: &[i64], moment: Moment) -> Result<Vec<Entry>, StoreError> {
    let read: BTreeMap<i64, StoredEvent> =
        read(store, seqs, moment).await?.into_iter().map(|happening| (happening.seq, happening)).collect();
    let mut entries = BTreeMap::new();
    let mut firsts = BTreeMap::new();
    note_firsts(&mut firsts, read.values());
    for kind in [SubjectKind::Contractor, SubjectKind::Contract, SubjectKind::Requisition] {
        let own =
            |happening: &StoredEvent| happening.event.about().into_iter().next().filter(|s| s.kind() == kind.as_str());
        let subjects: BTreeSet<Subject> = read.values().filter_map(own).collect();
        let ids: Vec<&str> = subjects.iter().map(Subject::id).collect();
        for (id, happenings) in happenings(store, kind, &ids, moment).await? {
            note_firsts(&mut firsts, &happenings);
            entries.extend(tell(kind, &id, &happenings).into_iter().map(|entry| (entry.seq, entry)));
        }
    }
    // A message received by two endpoints is one event, with the sequence number of its first arrival.
    let mut told = BTreeSet::new();
    let entry = |happening: &StoredEvent| {
        let first = firsts.get(&happening.message_id).copied().unwrap_or(happening.seq);
        told.insert(first).then(|| entries.remove(&first).unwrap_or_else(|| plainly(happening)))
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
pub(super) async fn entries(
    store: &Store,
    kind: SubjectKind,
    id: &str,
    moment: Moment,
) -> Result<Vec<Entry>, StoreError> {
    let told = happenings(store, kind, &[id], moment).await?.remove(id).unwrap_or_default();
    Ok(tell(kind, id, &told))
}

pub(super) fn tell(kind: SubjectKind, id: &str, happenings: &[StoredEvent]) -> Vec<Entry> {
    match kind {
        SubjectKind::Contractor => timeline::contractor(&id.into(), happenings).map(|story| story.entries),
        SubjectKind::Contract => timeline::contract(happenings).map(|story| story.entries),
        SubjectKind::Requisition => timeline::requisition(&id.into(), happenings).map(|story| story.entries),
    }
    .unwrap_or_default()
}

/// Returns the entry of an event in nobody's story: outside the catalog, or not projected yet.
fn plainly(happening: &StoredEvent) -> Entry {
    let Event { event_type, mode, payload, .. } = &*happening.event;
    let words = match payload {
        Payload::Unrecognised(_) => "An event outside the catalog arrived: ",
        _ => "An event arrived: ",
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bodies_are_read_in_their_order_and_a_few_megabytes_at_a_time(lengths in prop::collection::vec(0_i64..(3 * AT_ONCE), 0..40)) {
            let lengths: BTreeMap<i64, i64> = (1..).zip(lengths).collect();
            let seqs: Vec<i64> = lengths.keys().copied().collect();
            let groups = grouped(&seqs, &lengths);
            for group in &groups {
                let all: i64 = group.iter().map(|seq| lengths[seq]).sum();
                prop_assert!(group.len() == 1 || all <= AT_ONCE, "{group:?}");
            }
            prop_assert_eq!(groups.concat(), seqs);
        }
    }
}
