//! Loads the messages of subjects, parsed, within bounds of memory.

use super::messages::messages_of;
use super::parse::happening;
use crate::store::{Store, StoreError};
use domain::id::SubjectKind;
use domain::query::moment::Moment;
use domain::timeline::StoredEvent;
use std::collections::{BTreeMap, BTreeSet};

/// Total size of bodies in memory at a time, in bytes: a story may have hundreds, each of the maximum length.
const AT_ONCE: i64 = 8 << 20;
/// Up to this many bodies are read at once, whatever their lengths.
const FEW: usize = 8;

/// Loads stories for one page. Each message is fetched and parsed once, however many of the stories it belongs to.
pub(crate) struct Loader<'a> {
    store: &'a Store,
    moment: Moment,
    /// The messages read so far; `None` for those that cannot be parsed, or that the moment does not include.
    read: BTreeMap<i64, Option<StoredEvent>>,
    /// The bodies kept for [`Loader::bodies`].
    bodies: BTreeMap<i64, Vec<u8>>,
    /// The total size of bodies that may still be kept, in bytes.
    room: i64,
}

impl<'a> Loader<'a> {
    /// Creates a loader of stories at a moment.
    pub(crate) fn new(store: &'a Store, moment: Moment) -> Self {
        Self { store, moment, read: BTreeMap::new(), bodies: BTreeMap::new(), room: 0 }
    }

    /// Keeps bodies that are read, as far as memory allows, for [`Loader::bodies`].
    pub(crate) fn keeping_bodies(self) -> Self {
        Self { room: AT_ONCE, ..self }
    }

    /// Returns the store.
    pub(crate) fn store(&self) -> &'a Store {
        self.store
    }

    /// Returns the moment.
    pub(crate) fn moment(&self) -> Moment {
        self.moment
    }

    /// Returns the events of each of these subjects of one kind.
    pub(crate) async fn happenings(
        &mut self,
        kind: SubjectKind,
        ids: &[&str],
    ) -> Result<BTreeMap<String, Vec<StoredEvent>>, StoreError> {
        let messages = messages_of(self.store, kind, ids, &[], self.moment).await?;
        let seqs: Vec<i64> = messages.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        self.load(&seqs).await?;
        Ok(messages.into_iter().map(|(id, seqs)| (id, self.known(seqs))).collect())
    }

    /// Returns the events of one subject.
    pub(crate) async fn happenings_of(&mut self, kind: SubjectKind, id: &str) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.happenings(kind, &[id]).await?.remove(id).unwrap_or_default())
    }

    /// Returns these messages, parsed, if the moment includes them; those that cannot be parsed are left out.
    pub(crate) async fn read(&mut self, seqs: &[i64]) -> Result<Vec<StoredEvent>, StoreError> {
        self.load(seqs).await?;
        Ok(self.known(seqs.iter().copied()))
    }

    fn known(&self, seqs: impl IntoIterator<Item = i64>) -> Vec<StoredEvent> {
        seqs.into_iter().filter_map(|seq| self.read.get(&seq).cloned().flatten()).collect()
    }

    async fn load(&mut self, seqs: &[i64]) -> Result<(), StoreError> {
        let missing: Vec<i64> = seqs.iter().copied().filter(|seq| !self.read.contains_key(seq)).collect();
        let repeats = self.store.list_repeat_counts(&missing, self.moment).await?;
        let repeats: BTreeMap<i64, i64> = repeats.into_iter().collect();
        let attempts = |seq: i64| {
            let again = repeats.get(&seq).copied().unwrap_or_default();
            u32::try_from(again).unwrap_or(u32::MAX).saturating_add(1)
        };
        for group in in_groups(self.store, &missing).await? {
            for message in self.store.list_messages(&group).await? {
                let read = happening(&message, attempts(message.seq));
                self.read.insert(message.seq, read.filter(|happening| self.moment.shows(happening)));
                let length = i64::try_from(message.body.len()).unwrap_or(i64::MAX);
                if length <= self.room {
                    self.room -= length;
                    self.bodies.insert(message.seq, message.body);
                }
            }
        }
        Ok(())
    }

    /// Splits these messages, in their order, into groups for [`Loader::bodies`].
    pub(crate) async fn groups(&self, seqs: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
        if seqs.iter().all(|seq| self.bodies.contains_key(seq)) {
            return Ok(vec![seqs.to_vec()]);
        }
        in_groups(self.store, seqs).await
    }

    /// Returns the bodies of these messages; those that are not kept are fetched.
    pub(crate) async fn bodies(&mut self, seqs: &[i64]) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
        let mut bodies = BTreeMap::new();
        let mut missing = Vec::new();
        for seq in seqs {
            match self.bodies.remove(seq) {
                Some(body) => _ = bodies.insert(*seq, body),
                None => missing.push(*seq),
            }
        }
        if !missing.is_empty() {
            let fetched = self.store.list_messages(&missing).await?;
            bodies.extend(fetched.into_iter().map(|message| (message.seq, message.body)));
        }
        Ok(bodies)
    }
}

/// Returns the events of each of these subjects of one kind; each body is parsed once, whatever subjects it has.
pub(crate) async fn happenings(
    store: &Store,
    kind: SubjectKind,
    ids: &[&str],
    moment: Moment,
) -> Result<BTreeMap<String, Vec<StoredEvent>>, StoreError> {
    Loader::new(store, moment).happenings(kind, ids).await
}

/// Splits these messages, in their order, into groups to be read at once.
async fn in_groups(store: &Store, seqs: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
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
