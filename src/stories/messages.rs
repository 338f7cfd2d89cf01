//! Loads all messages that belong to a subject's story.

use crate::store::projections::row::Mention;
use crate::store::{Store, StoreError};
use domain::id::SubjectKind;
use domain::query::moment::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// How many of the messages that name a subject in passing are read for its story, the newest first; `None` for all.
///
/// A contract's story is told by every message that names it. A contractor's is told by their contact events; their name
/// and client also by the newest few contract events that name them, not by all: somebody with fifty contracts is folded
/// again at every event of each. A requisition's is told by its own events; where there are none, by the newest contract
/// event that embeds it.
fn namings(kind: SubjectKind) -> Option<usize> {
    match kind {
        SubjectKind::Contract => None,
        SubjectKind::Contractor => Some(3),
        SubjectKind::Requisition => Some(1),
    }
}

/// Returns the messages of each subject: stored mentions and `fresh` ones that are not stored yet. The result depends
/// on the set of all mentions within the moment only, not on how it is split between the two.
pub(crate) async fn messages_of(
    store: &Store,
    kind: SubjectKind,
    ids: &[&str],
    fresh: &[Mention],
    moment: Moment,
) -> Result<BTreeMap<String, BTreeSet<i64>>, StoreError> {
    let mut known = store.list_mentions(kind.as_str(), ids, namings(kind).is_some(), moment).await?;
    if let Some(most) = namings(kind) {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        known.extend(store.list_newest_namings(kind.as_str(), ids, most, moment).await?);
    }
    let wanted: BTreeSet<&str> = ids.iter().copied().collect();
    let fresh = fresh.iter().filter(|mention| mention.kind == kind.as_str() && wanted.contains(&*mention.subject_id));

    let mut chosen = BTreeMap::<String, BTreeSet<i64>>::new();
    let mut passing = BTreeMap::<&str, BTreeSet<(bool, i64, &str, i64)>>::new();
    for mention in known.iter().chain(fresh) {
        if mention.is_own || namings(kind).is_none() {
            chosen.entry(mention.subject_id.clone()).or_default().insert(mention.seq);
        } else {
            let place = (mention.is_live, mention.occurred_at, mention.message_id.as_str(), mention.seq);
            passing.entry(&mention.subject_id).or_default().insert(place);
        }
    }
    for (subject_id, mentions) in passing {
        let newest = mentions.iter().rev().take(namings(kind).unwrap_or(usize::MAX)).map(|(.., seq)| *seq);
        chosen.entry(subject_id.to_owned()).or_default().extend(newest);
    }
    Ok(chosen)
}
