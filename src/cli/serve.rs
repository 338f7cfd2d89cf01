//! `junoscope serve`.

use super::Failure;
use crate::config::Config;

/// Runs until it is told to stop.
#[expect(clippy::unused_async, reason = "listens, once there is a router")]
pub async fn run(_config: Config) -> Result<(), Failure> {
    Ok(())
}
