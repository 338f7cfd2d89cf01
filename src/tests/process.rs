//! Tests of whole server processes, which are killed, stopped and flooded.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it takes for granted, and stops there")]

mod backed_up;
mod begun;
mod crowded;
mod killed;
mod outage;
mod refused;
mod server;
mod simulated;
