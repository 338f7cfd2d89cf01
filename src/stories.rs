//! Stories: loads the messages of subjects from the store, and converts the stories folded from them to list rows.
//!
//! `projector` and `read_model` both fold stories, and neither knows the other: what they share is here.

pub(crate) mod commitments;
pub(crate) mod list_rows;
pub(crate) mod load;
pub(crate) mod messages;
pub(crate) mod parse;
pub(crate) mod stored;
