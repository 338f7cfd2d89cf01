//! Do whole processes keep their promises? Real servers, killed, stopped and flooded, then counted.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it takes for granted, and stops there")]

mod backed_up;
mod begun;
mod crowded;
mod killed;
mod outage;
mod refused;
mod server;
mod simulated;
