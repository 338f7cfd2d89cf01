//! What may follow what: transition tables of the three families, pure.

pub mod contact;
pub mod contract;
pub mod finding;
pub mod outlook;
pub mod spend;
pub mod transition;

#[cfg(test)]
mod tests;
