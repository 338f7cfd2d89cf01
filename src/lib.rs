//! Junoscope's server: receives webhooks, verifies and stores them, and serves pages about them.
//!
//! The flow: `http` request → `ingest::intake` (verification, parsing) → `ingest::writer` (group commit) → response.
//! After the commit, `projector` follows the log, folds events with `domain::timeline` and writes list rows, and
//! `http::live` notifies open pages. Pages query `read_model`, which implements `app::api::ReadModel`. Both load the
//! messages of subjects, and make rows of their stories, with `stories`. `indexer` follows the projector, and keeps the
//! `index` by which deliveries are searched.
//!
//! Imports point one way: `router → ingest | http | read_model → stories → store`, and `projector → stories → store`;
//! `src/tests/house.rs` checks it. `store` and `ingest` depend on `domain` and never on `app`.

// A new variant does not compile until every match has decided about it.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod background;
mod blocking;
pub mod cli;
mod client_address;
pub mod clock;
mod collation;
mod commands;
mod config;
mod http;
mod index;
pub mod indexer;
mod ingest;
mod instances;
pub mod load;
pub mod log_head;
mod outage;
pub mod projector;
mod read_model;
mod router;
mod serve;
pub mod simulate;
pub mod store;
mod stories;
mod telemetry;
mod transfer;

#[cfg(test)]
mod tests;
