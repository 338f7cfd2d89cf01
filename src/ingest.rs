//! Webhooks in: who sent it, is it whole, is it new. Nothing here reads JSON that is not signed.

pub mod intake;
pub mod moment;
pub mod quarantine;
pub mod signature;
pub mod writer;
