//! The error of a search that cannot be parsed.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Why a text is no search, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The place in the text, in bytes, at boundaries of characters; empty at the end of the text.
    pub span: Range<usize>,
    /// What may stand there instead, such as "a value".
    pub expected: String,
    /// A sentence for people.
    pub message: String,
}
