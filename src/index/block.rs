//! The bytes of a block: terms in the order of their hashes, each with its requests, or with the values of a column.
//!
//! | part | form |
//! | --- | --- |
//! | term | difference to the key before, or to the first of the block: varint |
//! | form and length | length in bytes × 4 + form: varint |
//! | form 0 | the requests: varints, each the difference to the one before |
//! | form 1 | the requests: a bitmap, eight a byte, the first in the lowest bit |
//! | form 2 | a column: pairs of varints, the differences of request and value to those before, the value's in zigzag form |
//!
//! Varints have seven bits a byte, the lowest first; the highest bit says that more follow.

use super::docs::Docs;
use std::ops::RangeInclusive;

const LIST: u64 = 0;
const BITMAP: u64 = 1;
const VALUES: u64 = 2;

/// What a block holds of one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The requests that have it, ordered.
    Docs(Vec<u16>),
    /// The requests and values of a column, ordered by requests.
    Values(Vec<(u16, i64)>),
}

/// An entry of a block that is being read.
#[derive(Clone, Copy, Debug)]
pub struct EntryBytes<'a> {
    form: u64,
    bytes: &'a [u8],
}

fn put(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Writes a block of a segment of `size` requests. `first` is the least key a term of the block can have; the entries
/// are in the order of their keys.
pub fn write<'a>(first: u64, entries: impl IntoIterator<Item = (u64, &'a Entry)>, size: usize) -> Vec<u8> {
    let (mut block, mut before, mut bytes) = (Vec::new(), first, Vec::new());
    for (key, entry) in entries {
        put(key.wrapping_sub(before), &mut block);
        before = key;
        bytes.clear();
        let form = match entry {
            Entry::Docs(docs) => write_docs(docs, size, &mut bytes),
            Entry::Values(values) => {
                let (mut doc_before, mut value_before) = (0, 0_i64);
                for (doc, value) in values {
                    put(u64::from(doc.wrapping_sub(doc_before)), &mut bytes);
                    put(zigzag(value.wrapping_sub(value_before)), &mut bytes);
                    (doc_before, value_before) = (*doc, *value);
                }
                VALUES
            }
        };
        put(u64::try_from(bytes.len()).unwrap_or(u64::MAX) << 2 | form, &mut block);
        block.append(&mut bytes);
    }
    block
}

fn write_docs(docs: &[u16], size: usize, bytes: &mut Vec<u8>) -> u64 {
    let mut before = 0;
    for doc in docs {
        put(u64::from(doc.wrapping_sub(before)), bytes);
        before = *doc;
        if bytes.len() > size / 8 {
            break;
        }
    }
    if bytes.len() <= size / 8 {
        return LIST;
    }
    bytes.clear();
    bytes.resize(size / 8, 0);
    for doc in docs {
        if let Some(byte) = bytes.get_mut(usize::from(doc / 8)) {
            *byte |= 1 << (doc % 8);
        }
    }
    BITMAP
}

/// Reads the entries of a block, in the order of their keys. It ends where the bytes are no block.
pub fn read(first: u64, mut block: &[u8]) -> impl Iterator<Item = (u64, EntryBytes<'_>)> {
    let mut key = first;
    std::iter::from_fn(move || {
        key = key.wrapping_add(take(&mut block)?);
        let head = take(&mut block)?;
        let (bytes, rest) = block.split_at_checked(usize::try_from(head >> 2).ok()?)?;
        block = rest;
        Some((key, EntryBytes { form: head & 3, bytes }))
    })
}

impl EntryBytes<'_> {
    fn each_doc(mut self, mut found: impl FnMut(u16)) {
        if self.form == BITMAP {
            for (place, byte) in (0_u16..).step_by(8).zip(self.bytes) {
                (0..8).filter(|bit| byte >> bit & 1 == 1).for_each(|bit| found(place + bit));
            }
            return;
        }
        let mut doc = 0_u16;
        while let Some(difference) = take(&mut self.bytes) {
            doc = doc.wrapping_add(u16::try_from(difference).unwrap_or_default());
            found(doc);
        }
    }

    /// Calls `found` with the requests and values of a column.
    pub fn each_value(mut self, mut found: impl FnMut(u16, i64)) {
        let (mut doc, mut value) = (0_u16, 0_i64);
        while let (Some(next), Some(difference)) = (take(&mut self.bytes), take(&mut self.bytes)) {
            doc = doc.wrapping_add(u16::try_from(next).unwrap_or_default());
            value = value.wrapping_add(unzigzag(difference));
            found(doc, value);
        }
    }

    /// Returns what [`write`] was given, with all places moved by `by`.
    pub fn entry(self, by: u16) -> Entry {
        if self.form == VALUES {
            let mut values = Vec::new();
            self.each_value(|doc, value| values.push((doc.wrapping_add(by), value)));
            return Entry::Values(values);
        }
        let mut docs = Vec::new();
        self.each_doc(|doc| docs.push(doc.wrapping_add(by)));
        Entry::Docs(docs)
    }

    /// Returns the requests of a term, in a segment of `size`.
    pub fn docs(self, size: usize) -> Docs {
        let mut docs = Docs::none(size);
        if self.form == BITMAP {
            docs.insert_bitmap(self.bytes);
        } else if self.form == LIST {
            self.each_doc(|doc| docs.insert(doc));
        }
        docs
    }

    /// Returns the requests of a column with a value within a range, in a segment of `size`.
    pub fn docs_within(self, range: &RangeInclusive<i64>, size: usize) -> Docs {
        let mut docs = Docs::none(size);
        if self.form == VALUES {
            self.each_value(|doc, value| {
                if range.contains(&value) {
                    docs.insert(doc);
                }
            });
        }
        docs
    }
}
