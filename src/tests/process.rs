//! Tests of whole server processes, which are killed, stopped and flooded.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it takes for granted, and stops there")]

mod backups;
mod connection_limit;
mod crash;
mod outage;
mod refused;
mod server;
mod simulated;
mod startup;
mod transferred;
mod versions;
