//! The code that server and browser share: events, lifecycles, timelines, the read model's interface, and the pages.
//!
//! Imports point one way: `pages → ui → view → findings, diff, budget → estimate → timeline → lifecycle → event →
//! money, id, text`.

pub mod api;
pub mod budget;
pub mod diff;
pub mod estimate;
pub mod event;
pub mod findings;
pub mod health;
pub mod id;
pub mod islands;
pub mod lifecycle;
pub mod money;
pub mod pages;
pub mod picture;
pub mod replay;
pub mod shell;
pub mod text;
pub mod timeline;
pub mod ui;
pub mod view;
