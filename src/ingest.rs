//! Webhooks in: whether a request is genuine, whether it is whole, whether it is new. Nothing here reads JSON that is
//! not signed.

pub mod body;
pub mod intake;
pub mod moment;
pub mod quarantine;
pub mod refused;
pub mod signature;
pub mod storage;
pub mod writer;
pub mod wrong_address;
