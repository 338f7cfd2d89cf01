//! `junoscope simulate`.

use super::Failure;
use crate::clock::Clock;

/// What to send.
#[derive(clap::Args)]
pub struct SimulateArgs {}

/// Sends.
#[expect(clippy::unused_async, reason = "sends, once there is a sender")]
pub async fn run(_args: SimulateArgs, _clock: Clock) -> Result<(), Failure> {
    Ok(())
}
