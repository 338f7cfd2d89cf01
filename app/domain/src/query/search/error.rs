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

impl QueryError {
    /// Returns the text on one line, with carets under the mistake on the next.
    pub fn marked(&self, text: &str) -> String {
        let before = text.get(..self.span.start).unwrap_or(text).chars().count();
        let length = text.get(self.span.clone()).unwrap_or_default().chars().count();
        // Each character takes one place in its line.
        let line: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
        format!("{line}\n{}{}", " ".repeat(before), "^".repeat(length.max(1)))
    }
}
