//! Pages and what they are made of: the ports through which they ask the server, view models, components and islands.
//! Server and browser share all of it.
//!
//! Imports point one way: `pages → ui → view, chart → domain`.

pub mod api;
pub mod chart;
pub mod islands;
pub mod pages;
pub mod shell;
pub mod ui;
pub mod view;
