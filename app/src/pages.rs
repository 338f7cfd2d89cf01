//! The pages, one route per file: each reads its parameters, queries the read model, and lays out `ui` components.

pub mod account;
pub mod calendar;
pub mod catalog;
pub mod catalog_event;
pub mod comparison;
pub mod contract;
pub mod contractor;
pub mod contractors;
pub mod contracts;
pub mod deliveries;
pub mod delivery;
pub mod findings;
mod lists;
pub mod missing;
pub mod overview;
pub mod requisition;
pub mod routes;
pub mod set_password;
pub mod setup;
pub mod sign_in;
pub mod spend;
