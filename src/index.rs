//! The index of the search of deliveries.
//!
//! It is made of segments, each of which covers a range of sequence numbers of the log, and holds for each term of its
//! requests which of them have it, and for each column their values. A segment is stored as blocks, one for each range of
//! term hashes, so that a lookup reads one block of a few kilobytes per term and segment on either database.
//!
//! New requests enter a small segment; neighbouring segments are merged into a larger one, twice. What is in no segment
//! yet is searched without the index.
//!
//! Full-text search of the databases was measured and rejected: PostgreSQL sorts all matches of a common word (seconds at
//! a million rows), SQLite's takes 0.4 of the size of the payloads for words alone, and neither answers conditions on
//! paths and values.

pub mod block;
pub mod docs;
pub mod lookup;
pub mod segment;

#[cfg(test)]
mod tests;
