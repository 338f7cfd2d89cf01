//! A faithful simulator of YunoJuno's webhooks as Svix delivers them, for demos and load tests.
//!
//! `history` generates the messages, reproducibly for the same plan; `traffic` decides their order, repetition and
//! forgeries; `send` signs each attempt afresh, retries as Svix does, and counts.

mod body;
mod calendar;
mod engagement;
mod history;
mod id;
mod live;
mod names;
mod retry;
pub(crate) mod rng;
pub mod send;
mod send_queue;
mod sign;
mod story;
mod summary;
mod traffic;
mod world;

pub use history::{History, Message, Plan, history};
pub use live::Live;
pub use send::{Sender, Sending};
pub use sign::{SenderKey, sign};
pub use summary::Summary;
pub use traffic::{Outgoing, Reason, Traffic, TrafficMix};
