//! A set of the requests of a segment.

/// A set of requests, by their place in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docs(Vec<u64>);

impl Docs {
    /// No request of a segment of `size`, a multiple of 64.
    pub fn none(size: usize) -> Self {
        Self(vec![0; size / 64])
    }

    /// Adds a request; one outside the segment is ignored.
    pub fn insert(&mut self, doc: u16) {
        if let Some(word) = self.0.get_mut(usize::from(doc / 64)) {
            *word |= 1 << (doc % 64);
        }
    }

    /// Adds requests given as a bitmap, eight a byte, the first in the lowest bit.
    pub fn insert_bitmap(&mut self, bytes: &[u8]) {
        for (word, chunk) in self.0.iter_mut().zip(bytes.chunks_exact(8)) {
            *word |= chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
    }

    /// Keeps those that are also in `other`.
    pub fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Adds those of `other`.
    pub fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Removes those of `other`.
    pub fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// Returns whether a request is in the set.
    pub fn contains(&self, doc: u16) -> bool {
        self.0.get(usize::from(doc / 64)).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }

    /// Returns the number of requests.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}
