//! What each event of a story changed, and the differences between any two of them.

use super::story::{entries_of, load_entries};
use crate::store::{Store, StoreError};
use crate::stories::load::Loader;
use app::view::delivery::{Neighbour, Told};
use domain::account::Role;
use domain::diff::{self, Diff, EventBody, EventChanges, Snapshot, Steps};
use domain::id::{Subject, SubjectKind};
use domain::query::moment::Moment;
use domain::timeline::Entry;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Maximum number of changes shown per event; further ones are counted.
const MAX_CHANGES: usize = 40;
/// Maximum number of differences shown between two chosen events; further ones are counted.
const MAX_DIFFERENCES: usize = 200;
/// Number of events, the newest of a story, whose changes are shown, as their bodies must be read again.
const MAX_EVENTS: usize = 200;

/// Returns the changes of each of these entries of one story, oldest first.
pub(super) async fn of_story(
    loader: &mut Loader<'_>,
    story: &[Entry],
) -> Result<BTreeMap<i64, EventChanges>, StoreError> {
    let newest = story.get(story.len().saturating_sub(MAX_EVENTS)..).unwrap_or(story);
    let mut steps = Steps::new(MAX_CHANGES);
    for group in loader.groups(&newest.iter().map(|entry| entry.seq).collect::<Vec<_>>()).await? {
        let bodies = loader.bodies(&group).await?;
        for Entry { seq, event_type, mode, .. } in newest.iter().filter(|entry| group.contains(&entry.seq)) {
            if let Some(body) = bodies.get(seq) {
                steps.add(EventBody { seq: *seq, event_type, mode: *mode, body });
            }
        }
    }
    Ok(steps.done())
}

/// Returns the differences between two events of one subject's story; `None` when one of them is not in it, or has no
/// snapshot of the subject.
pub(super) async fn compare(
    store: &Store,
    subject: &Subject,
    [from, to]: [i64; 2],
    moment: Moment,
) -> Result<Option<Diff>, StoreError> {
    let Some(kind) = SubjectKind::of(subject) else { return Ok(None) };
    let mut loader = Loader::new(store, moment).keeping_bodies();
    let story = load_entries(&mut loader, kind, subject.id()).await?;
    // Access control: a sequence number of another subject's message must not reveal its body.
    if [from, to].iter().any(|seq| story.iter().all(|entry| entry.seq != *seq)) {
        return Ok(None);
    }
    let bodies = loader.bodies(&[from, to]).await?;
    let snapshot =
        |seq| bodies.get(&seq).and_then(|body| Snapshot::read(body)).filter(|snapshot| !snapshot.is_reference());
    let (Some(before), Some(after)) = (snapshot(from), snapshot(to)) else { return Ok(None) };
    Ok(Some(diff::between(&before, &after).cut(MAX_DIFFERENCES)))
}

/// Returns the changes of each event that a role sees.
pub(super) fn seen_by(role: Option<Role>, of: BTreeMap<i64, EventChanges>) -> BTreeMap<i64, EventChanges> {
    of.into_iter().map(|(seq, changed)| (seq, changed.seen_by(role))).collect()
}

/// What one message did in the story of its own subject.
#[derive(Debug, Default)]
pub(super) struct OfMessage {
    /// What it changed.
    pub(super) changes: Option<EventChanges>,
    /// Its event in the story.
    pub(super) told: Option<Told>,
}

/// Returns what one message did, as the story is known now; nothing if it is in no story.
pub(super) async fn of_message(store: &Store, seq: i64) -> Result<OfMessage, StoreError> {
    let mut loader = Loader::new(store, Moment::from(Timestamp::MAX)).keeping_bodies();
    let Some(happening) = loader.read(&[seq]).await?.pop() else { return Ok(OfMessage::default()) };
    let Some(subject) = happening.event.about().into_iter().next() else { return Ok(OfMessage::default()) };
    let Some(kind) = SubjectKind::of(&subject) else { return Ok(OfMessage::default()) };
    let told = loader.happenings_of(kind, subject.id()).await?;
    // Another endpoint may have received it first; the story has it under that sequence number.
    let same = told.iter().filter(|one| one.message_id == happening.message_id);
    let first = same.map(|one| one.seq).min().unwrap_or(seq);
    let story = entries_of(kind, subject.id(), &told);
    Ok(OfMessage { changes: of_story(&mut loader, &story).await?.remove(&first), told: place(&story, first) })
}

fn place(story: &[Entry], seq: i64) -> Option<Told> {
    let place = story.iter().position(|entry| entry.seq == seq)?;
    let neighbour = |entry: &Entry| Neighbour { seq: entry.seq, event_type: entry.event_type.clone() };
    Some(Told {
        entry: story.get(place)?.clone(),
        previous: place.checked_sub(1).and_then(|place| story.get(place)).map(neighbour),
        next: story.get(place + 1).map(neighbour),
    })
}
