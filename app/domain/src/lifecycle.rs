//! Transition tables and rules of the three families' lifecycles. Pure.

pub mod contact;
pub mod contract;
pub mod finding;
pub mod kind;
pub mod outlook;
pub mod rules;
pub mod spend;
pub mod transition;

#[cfg(test)]
mod tests;
