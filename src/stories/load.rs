//! Loads the messages of subjects, parsed, within bounds of memory.

use super::messages::messages_of;
use super::parse::happening;
use crate::store::{Store, StoreError};
use domain::id::SubjectKind;
use domain::query::moment::Moment;
use domain::timeline::StoredEvent;
use std::collections::{BTreeMap, BTreeSet};

/// Returns the events of each of these subjects of one kind; each body is parsed once, whatever subjects it has.
pub(crate) async fn happenings(
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

/// Returns these messages, parsed, if the moment includes them; those that cannot be parsed are left out.
pub(crate) async fn read(store: &Store, seqs: &[i64], moment: Moment) -> Result<Vec<StoredEvent>, StoreError> {
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
pub(crate) async fn in_groups(store: &Store, seqs: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
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
