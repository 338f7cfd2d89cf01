//! Deliveries, read back.
