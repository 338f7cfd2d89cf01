//! What each event of a story changed, and the differences between any two of them.

use super::story::{entries, happenings, in_groups, tell};
use crate::projector::batch::happening;
use crate::projector::gather::Kind;
use crate::store::{Store, StoreError};
use app::diff::{self, Diff, Snapshot, Steps, Told, WhatChanged};
use app::id::Subject;
use app::timeline::Entry;
use app::view::moment::Moment;
use std::collections::BTreeMap;

/// More changes of one event are counted.
const MOST_CHANGES: usize = 40;
/// More differences between two chosen events are counted.
const MOST_DIFFERENCES: usize = 200;
/// Of how many events, the newest of a story, it is told what they changed: their bodies are read once more for it.
const MOST_EVENTS: usize = 200;

/// For each of these entries of one story, oldest first, what it changed.
pub(super) async fn of_story(store: &Store, story: &[Entry]) -> Result<BTreeMap<i64, WhatChanged>, StoreError> {
    let newest = story.get(story.len().saturating_sub(MOST_EVENTS)..).unwrap_or(story);
    let mut steps = Steps::new(MOST_CHANGES);
    for group in in_groups(store, &newest.iter().map(|entry| entry.seq).collect::<Vec<_>>()).await? {
        let bodies = bodies(store, &group).await?;
        for Entry { seq, event_type, mode, .. } in newest.iter().filter(|entry| group.contains(&entry.seq)) {
            if let Some(body) = bodies.get(seq) {
                steps.tell(Told { seq: *seq, event_type, mode: *mode, body });
            }
        }
    }
    Ok(steps.done())
}

async fn bodies(store: &Store, seqs: &[i64]) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
    let messages = store.list_messages(seqs).await?;
    Ok(messages.into_iter().map(|message| (message.seq, message.body)).collect())
}

/// What differs between two events of one subject's story; `None` when one of them is not in it, or says nothing of
/// the subject's fields.
pub(super) async fn compare(
    store: &Store,
    subject: &Subject,
    [from, to]: [i64; 2],
    moment: Moment,
) -> Result<Option<Diff>, StoreError> {
    let Some(kind) = Kind::of(subject) else { return Ok(None) };
    let story = entries(store, kind, subject.id(), moment).await?;
    // A number of a message about something else must not show what that one says.
    if [from, to].iter().any(|seq| story.iter().all(|entry| entry.seq != *seq)) {
        return Ok(None);
    }
    let bodies = bodies(store, &[from, to]).await?;
    let snapshot =
        |seq| bodies.get(&seq).and_then(|body| Snapshot::read(body)).filter(|snapshot| !snapshot.is_reference());
    let (Some(before), Some(after)) = (snapshot(from), snapshot(to)) else { return Ok(None) };
    Ok(Some(diff::between(&before, &after).cut(MOST_DIFFERENCES)))
}

/// What one message changed of its own subject, as the story is known now; `None` where it is in no story.
pub(super) async fn of_message(store: &Store, seq: i64) -> Result<Option<WhatChanged>, StoreError> {
    let message = store.list_messages(&[seq]).await?.pop();
    let Some(happening) = message.and_then(|message| happening(&message, 1)) else { return Ok(None) };
    let Some(subject) = happening.event.about().into_iter().next() else { return Ok(None) };
    let Some(kind) = Kind::of(&subject) else { return Ok(None) };
    let everything = Moment::from(happening.received_at);
    let told = happenings(store, kind, &[subject.id()], everything).await?.remove(subject.id()).unwrap_or_default();
    // At another endpoint it may have come earlier; there it stands in the story.
    let same = told.iter().filter(|one| one.message_id == happening.message_id);
    let first = same.map(|one| one.seq).min().unwrap_or(seq);
    let story = tell(kind, subject.id(), &told);
    Ok(of_story(store, &story).await?.remove(&first))
}
