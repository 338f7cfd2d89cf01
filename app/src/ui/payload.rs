//! A body for reading: JSON as a tree of nested lists, and any text as it stands, both in parts of bounded size. They
//! work without scripts.

pub mod cost;
mod text;
mod tree;

pub use text::{TextPart, indented, text_part};
pub use tree::{TreePart, TreeReading, tree, tree_part};

use domain::text::is_direction_control;
use std::fmt::Write as _;

/// Escapes direction controls as in JSON, as they would affect the rest of the line.
fn legible(text: &str) -> String {
    if !text.contains(is_direction_control) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut all, one| {
        if is_direction_control(one) {
            // Writing to a `String` cannot fail.
            let _ = write!(all, "\\u{:04x}", u32::from(one));
        } else {
            all.push(one);
        }
        all
    })
}
