//! What lists are read from, and how the projector keeps it up to date.

pub mod altered;
pub mod findings;
pub mod follow;
pub mod list;
pub mod row;
pub(crate) mod statement;
mod write;
