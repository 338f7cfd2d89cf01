//! Junoscope's server: receives webhooks, verifies and stores them, and serves pages about them.
//!
//! The flow: `http` request → `ingest::intake` (verification, parsing) → `ingest::writer` (group commit) → response.
//! After the commit, `projector` follows the log, folds events with `domain::timeline` and writes list rows, and
//! `http::live` notifies open pages. Pages query `read_model`, which implements `app::api::ReadModel`. Both load the
//! messages of subjects, and make rows of their stories, with `stories`.
//!
//! Imports point one way: `router → ingest | http | read_model → stories → store`, and `projector → stories → store`;
//! `src/tests/house.rs` checks it. `store` and `ingest` depend on `domain` and never on `app`.

// A new variant does not compile until every match has decided about it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod cli;
pub mod client_address;
pub mod clock;
mod collation;
pub mod commands;
pub mod config;
pub mod http;
pub mod ingest;
pub mod load;
pub mod outage;
pub mod projector;
pub mod read_model;
pub mod router;
pub mod serve;
pub mod simulate;
pub mod store;
mod stories;
pub mod telemetry;

#[cfg(test)]
mod tests;
