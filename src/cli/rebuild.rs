//! `junoscope rebuild`.

use super::Failure;
use crate::config::Config;

/// Makes the projections anew.
#[expect(clippy::unused_async, reason = "reads the store, once there is a projector")]
pub async fn run(_config: Config) -> Result<(), Failure> {
    Ok(())
}
