//! What is neither a page nor the webhook.

pub mod security;
pub mod session;
