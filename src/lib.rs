//! Junoscope's server: webhooks in, verified and stored for good; pages out.
//!
//! The flow: `http` request → `ingest::intake` (signature, reading) → `ingest::writer` (group commit) → answer.
//! Behind the commit: `projector` follows the log, folds events with `domain::timeline`, writes list rows; `http::live`
//! tells open pages. A page asks `read_model` (which implements `app::api::ReadModel`), and it alone knows both the
//! `store` and the views.
//!
//! Imports point one way: `router → ingest | http | read_model → store`. `store` never imports axum, `ingest` never
//! imports sqlx.

pub mod cli;
pub mod client_address;
pub mod clock;
mod collation;
pub mod commands;
pub mod config;
pub mod http;
pub mod ingest;
pub mod outage;
pub mod pressure;
pub mod projector;
pub mod read_model;
pub mod router;
pub mod serve;
pub mod simulate;
pub mod store;
pub mod telemetry;

#[cfg(test)]
mod tests;
