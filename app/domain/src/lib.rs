//! The domain of Junoscope: events of YunoJuno, lifecycles, timelines, findings, estimates, and the questions that can be
//! asked about them. Pure: no I/O, no clock, no pages.
//!
//! Imports point one way: `findings, diff, budget → estimate → timeline → lifecycle → event → money, number, id, text`; `query`
//! stands above all of them.

// A new variant does not compile until every match has decided about it.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod account;
pub mod budget;
pub mod commitment;
pub mod diff;
pub mod estimate;
pub mod event;
pub mod findings;
pub mod health;
pub mod id;
pub mod lifecycle;
pub mod money;
mod number;
pub mod policy;
pub mod progress;
pub mod query;
pub mod refusal;
pub mod replay;
pub mod text;
pub mod timeline;
