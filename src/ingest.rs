//! The webhook receiver: verification, reading and deduplication of requests. No JSON is read before its signature is
//! verified.

mod answer;
pub mod body;
pub mod intake;
pub mod moment;
pub mod quarantine;
pub mod refused;
pub mod signature;
pub mod storage;
pub mod writer;
pub mod wrong_address;
