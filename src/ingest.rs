//! Webhooks in.
