//! HTTP handlers other than the webhook: assets, health, live rows, downloads, sessions, page rendering.

pub mod assets;
pub mod cookies;
pub mod curl;
pub mod event_stream;
pub mod export;
pub mod feeds;
pub mod findings;
pub mod form;
pub mod health;
pub mod live;
pub mod pages;
pub mod security;
pub mod session;
mod unavailable;
pub mod views;
