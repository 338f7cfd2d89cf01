//! Loads all messages that belong to a subject's story.

use crate::store::projections::row::Mention;
use crate::store::{Store, StoreError};
use app::id::Subject;
use app::view::moment::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of subjects that have a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Told by every message that mentions it.
    Contract,
    /// Told by contact events; name and client also by the newest few contract events that mention them. Not by all: a
    /// contractor with fifty contracts would be folded again at every event of each.
    Contractor,
    /// Told by its own events; where there are none, by the newest contract event that embeds it.
    Requisition,
}

impl Kind {
    /// Returns the kind of a subject; `None` for hirers, who have no story.
    pub(crate) fn of(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Contract(_) => Some(Self::Contract),
            Subject::Contractor(_) => Some(Self::Contractor),
            Subject::Requisition(_) => Some(Self::Requisition),
            Subject::Hirer(_) => None,
        }
    }

    /// `Subject::kind`
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Contractor => "contractor",
            Self::Requisition => "requisition",
        }
    }

    /// Returns how many of the messages that merely mention it are read; `None` for all.
    fn namings(self) -> Option<usize> {
        match self {
            Self::Contract => None,
            Self::Contractor => Some(3),
            Self::Requisition => Some(1),
        }
    }
}

/// Returns the messages of each subject: stored mentions and `fresh` ones that are not stored yet. The result depends
/// on the set of all mentions within the moment only, not on how it is split between the two.
pub(crate) async fn messages_of(
    store: &Store,
    kind: Kind,
    ids: &[&str],
    fresh: &[Mention],
    moment: Moment,
) -> Result<BTreeMap<String, BTreeSet<i64>>, StoreError> {
    let mut known = store.list_mentions(kind.word(), ids, kind.namings().is_some(), moment).await?;
    if let Some(most) = kind.namings() {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        known.extend(store.list_newest_namings(kind.word(), ids, most, moment).await?);
    }
    let wanted: BTreeSet<&str> = ids.iter().copied().collect();
    let fresh = fresh.iter().filter(|mention| mention.kind == kind.word() && wanted.contains(&*mention.subject_id));

    let mut chosen = BTreeMap::<String, BTreeSet<i64>>::new();
    let mut passing = BTreeMap::<&str, BTreeSet<(bool, i64, &str, i64)>>::new();
    for mention in known.iter().chain(fresh) {
        if mention.is_own || kind.namings().is_none() {
            chosen.entry(mention.subject_id.clone()).or_default().insert(mention.seq);
        } else {
            let place = (mention.is_live, mention.occurred_at, mention.message_id.as_str(), mention.seq);
            passing.entry(&mention.subject_id).or_default().insert(place);
        }
    }
    for (subject_id, namings) in passing {
        let newest = namings.iter().rev().take(kind.namings().unwrap_or(usize::MAX)).map(|(.., seq)| *seq);
        chosen.entry(subject_id.to_owned()).or_default().extend(newest);
    }
    Ok(chosen)
}
