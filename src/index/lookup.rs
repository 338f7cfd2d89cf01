//! What a segment tells of a plan.

use super::block;
use super::docs::Docs;
use super::segment::{Level, Segment};
use domain::query::search::{Plan, TermHash};
use std::collections::HashMap;

/// A segment with those of its blocks that a plan needs.
#[derive(Clone, Debug)]
pub struct LoadedSegment {
    /// The segment.
    pub segment: Segment,
    /// Its blocks, by their numbers; a block without terms is missing.
    pub blocks: HashMap<i64, Vec<u8>>,
}

/// Requests of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Those that match for certain.
    pub surely: Docs,
    /// Those that may match, those of `surely` among them.
    pub perhaps: Docs,
}

/// Returns the blocks that hold these terms, on a level.
pub fn blocks_of(terms: &[TermHash], level: Level) -> Vec<i64> {
    let mut blocks: Vec<i64> = terms.iter().map(|term| level.block_of(*term).0).collect();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

impl LoadedSegment {
    fn size(&self) -> usize {
        self.segment.level.size()
    }

    fn entry(&self, term: TermHash) -> Option<block::EntryBytes<'_>> {
        let (number, key) = self.segment.level.block_of(term);
        let block = self.blocks.get(&number)?;
        let mut entries = block::read(self.segment.level.first_key(number), block);
        entries.find(|(found, _)| *found >= key).filter(|(found, _)| *found == key).map(|(_, entry)| entry)
    }

    fn docs(&self, term: TermHash) -> Docs {
        self.entry(term).map_or_else(|| Docs::none(self.size()), |entry| entry.docs(self.size()))
    }

    /// Returns all requests of the segment.
    pub fn every(&self) -> Docs {
        self.docs(TermHash::EVERY)
    }

    /// Returns what the segment tells of a plan.
    pub fn tell(&self, plan: &Plan) -> Told {
        let (every, partial) = (self.every(), self.docs(TermHash::PARTIAL));
        self.of(plan, &every, &partial)
    }

    fn of(&self, plan: &Plan, every: &Docs, partial: &Docs) -> Told {
        let none = || Docs::none(self.size());
        // Of a request with too many terms, some are missing.
        let leaf = |mut surely: Docs, mut perhaps: Docs| {
            surely.subtract(partial);
            perhaps.unite(partial);
            Told { surely, perhaps }
        };
        match plan {
            Plan::All(parts) => {
                let mut all = Told { surely: every.clone(), perhaps: every.clone() };
                for part in parts {
                    let told = self.of(part, every, partial);
                    all.surely.intersect(&told.surely);
                    all.perhaps.intersect(&told.perhaps);
                }
                all
            }
            Plan::Any(parts) => {
                let mut any = Told { surely: none(), perhaps: none() };
                for part in parts {
                    let told = self.of(part, every, partial);
                    any.surely.unite(&told.surely);
                    any.perhaps.unite(&told.perhaps);
                }
                any
            }
            Plan::Not(part) => {
                let told = self.of(part, every, partial);
                let (mut surely, mut perhaps) = (every.clone(), every.clone());
                surely.subtract(&told.perhaps);
                perhaps.subtract(&told.surely);
                Told { surely, perhaps }
            }
            Plan::Has(term) => {
                let docs = self.docs(*term);
                leaf(docs.clone(), docs)
            }
            Plan::Within { column, surely, perhaps } => match self.entry(*column) {
                None => leaf(none(), none()),
                Some(entry) => leaf(entry.docs_within(surely, self.size()), entry.docs_within(perhaps, self.size())),
            },
            Plan::Perhaps(part) => Told { surely: none(), perhaps: self.of(part, every, partial).perhaps },
            Plan::OneOf(seqs) => {
                let (first, end) = (self.segment.first_seq(), self.segment.end_seq());
                let within = seqs.partition_point(|seq| *seq < first)..seqs.partition_point(|seq| *seq < end);
                let mut docs = none();
                for seq in seqs.get(within).unwrap_or_default() {
                    docs.insert(u16::try_from(seq - first).unwrap_or_default());
                }
                docs.intersect(every);
                Told { surely: none(), perhaps: docs }
            }
        }
    }

    /// Returns arrival and sequence number of these requests, in any order.
    pub fn arrivals(&self, docs: &Docs) -> Vec<(i64, i64)> {
        let mut found = Vec::new();
        if docs.count() == 0 {
            return found;
        }
        if let Some(entry) = self.entry(TermHash::ARRIVAL) {
            entry.each_value(|doc, at| {
                if docs.contains(doc) {
                    found.push((at, self.segment.first_seq() + i64::from(doc)));
                }
            });
        }
        found
    }
}
