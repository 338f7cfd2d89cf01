//! Segments: their sizes, how one is made of the terms of its requests, and how several are merged.

use super::block::{self, Entry};
use domain::query::search::{TermHash, Terms};

/// Number of bits of a key. With fewer bits than a hash has, a block is shorter; two terms of a segment of two million
/// have the same key with a probability of 1 in 36,000, in which case a search looks at requests in vain, or, where it
/// excludes one of the two, misses those of the other.
const KEY_BITS: u32 = 56;

/// The size of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

impl Level {
    /// The level of new segments.
    pub const SMALL: Self = Self(0);

    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self(0), Self(1), Self(2)];

    /// Returns the level as stored.
    pub fn number(self) -> i64 {
        self.0.into()
    }

    /// The inverse of [`Level::number`].
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }

    /// Returns the binary logarithm of the number of sequence numbers that a segment covers.
    fn bits(self) -> u32 {
        // Tests merge segments of few requests.
        let bits = if cfg!(test) { [6, 7, 8] } else { [8, 12, 15] };
        bits.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Returns how many sequence numbers a segment covers.
    pub fn size(self) -> usize {
        1 << self.bits()
    }

    /// Returns how many binary digits of a key are those of its block: a block holds the terms of about eight requests.
    fn block_bits(self) -> u32 {
        self.bits() - 3
    }

    /// Returns the number of blocks of a segment.
    pub fn blocks(self) -> i64 {
        1 << self.block_bits()
    }

    /// Returns the block of a term, and its key there.
    pub fn block_of(self, term: TermHash) -> (i64, u64) {
        let key = key(term);
        (self.block_of_key(key), key)
    }

    fn block_of_key(self, key: u64) -> i64 {
        (key >> (KEY_BITS - self.block_bits())).cast_signed()
    }

    /// Returns the least key of a block.
    pub fn first_key(self, block: i64) -> u64 {
        block.cast_unsigned() << (KEY_BITS - self.block_bits())
    }

    /// Returns the next level, and how many segments of this one are one of it.
    pub fn next(self) -> Option<(Self, i64)> {
        let next = Self::ALL.get(usize::from(self.0) + 1)?;
        Some((*next, 1 << (next.bits() - self.bits())))
    }
}

fn key(term: TermHash) -> u64 {
    term.0 >> (u64::BITS - KEY_BITS)
}

/// A segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its size.
    pub level: Level,
    /// Its place among those of its size.
    pub number: i64,
    /// The first arrival in it, in milliseconds since 1970.
    pub from_at: i64,
    /// The last arrival in it; before the first if it has none.
    pub until_at: i64,
}

impl Segment {
    /// Returns a segment without requests.
    pub fn empty(level: Level, number: i64) -> Self {
        Self { level, number, from_at: i64::MAX, until_at: i64::MIN }
    }

    /// Returns the first sequence number it covers.
    pub fn first_seq(&self) -> i64 {
        self.number << self.level.bits()
    }

    /// Returns the sequence number after those it covers.
    pub fn end_seq(&self) -> i64 {
        self.number.saturating_add(1) << self.level.bits()
    }

    /// Includes arrivals.
    pub fn include(&mut self, from_at: i64, until_at: i64) {
        self.from_at = self.from_at.min(from_at);
        self.until_at = self.until_at.max(until_at);
    }

    /// Returns the segment of the next level that this one is merged into, and the segments it is made of; `None` unless
    /// this one is the last of them.
    pub fn completes(&self) -> Option<(Level, i64, std::ops::RangeInclusive<i64>)> {
        let (next, count) = self.level.next()?;
        let is_last = self.number.rem_euclid(count) == count - 1;
        is_last.then(|| (next, self.number.div_euclid(count), self.number + 1 - count..=self.number))
    }
}

/// The terms of a segment that is being made.
#[derive(Debug, Default)]
pub struct Builder {
    terms: Vec<(u64, u16)>,
    values: Vec<(u64, u16, i64)>,
}

impl Builder {
    /// Adds a request at its place.
    pub fn add(&mut self, doc: u16, terms: &Terms) {
        self.terms.extend(terms.hashes.iter().map(|term| (key(*term), doc)));
        self.values.extend(terms.values.iter().map(|(column, value)| (key(*column), doc, *value)));
    }

    /// Returns the blocks with their numbers; those without terms are left out.
    pub fn blocks(self, level: Level) -> Vec<(i64, Vec<u8>)> {
        let Self { mut terms, mut values } = self;
        terms.sort_unstable();
        terms.dedup();
        values.sort_unstable();
        values.dedup();
        let docs = terms.chunk_by(|one, other| one.0 == other.0).filter_map(|chunk| {
            let (key, _) = chunk.first()?;
            Some((*key, Entry::Docs(chunk.iter().map(|(_, doc)| *doc).collect())))
        });
        let columns = values.chunk_by(|one, other| one.0 == other.0).filter_map(|chunk| {
            let (key, ..) = chunk.first()?;
            Some((*key, Entry::Values(chunk.iter().map(|(_, doc, value)| (*doc, *value)).collect())))
        });
        let mut entries: Vec<(u64, Entry)> = docs.chain(columns).collect();
        entries.sort_by_key(|(key, _)| *key);
        divided(&entries, level)
    }
}

/// Divides entries, in the order of their keys, among the blocks of a level.
fn divided(entries: &[(u64, Entry)], level: Level) -> Vec<(i64, Vec<u8>)> {
    let of_block = |one: &(u64, Entry), other: &(u64, Entry)| level.block_of_key(one.0) == level.block_of_key(other.0);
    let block = |chunk: &[(u64, Entry)]| {
        let number = level.block_of_key(chunk.first()?.0);
        let entries = chunk.iter().map(|(key, entry)| (*key, entry));
        Some((number, block::write(level.first_key(number), entries, level.size())))
    };
    entries.chunk_by(of_block).filter_map(block).collect()
}

/// Merges one block of each of several segments, given by their place among those of the larger segment, into the blocks
/// of the next level. `None` on the last level.
pub fn merged(level: Level, block: i64, parts: &[(i64, &[u8])]) -> Option<Vec<(i64, Vec<u8>)>> {
    let (next, _) = level.next()?;
    let first = level.first_key(block);
    let mut all: Vec<(u64, Entry)> = Vec::new();
    for (place, bytes) in parts {
        let by = u16::try_from(place << level.bits()).unwrap_or_default();
        all.extend(block::read(first, bytes).map(|(key, entry)| (key, entry.entry(by))));
    }
    // Stable: of one term the requests stay in their order.
    all.sort_by_key(|(key, _)| *key);
    let mut entries: Vec<(u64, Entry)> = Vec::with_capacity(all.len());
    for (key, entry) in all {
        match (entries.last_mut().filter(|(last, _)| *last == key), entry) {
            (Some((_, Entry::Docs(docs))), Entry::Docs(more)) => docs.extend(more),
            (Some((_, Entry::Values(values))), Entry::Values(more)) => values.extend(more),
            (_, entry) => entries.push((key, entry)),
        }
    }
    Some(divided(&entries, next))
}
