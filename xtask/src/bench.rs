//! `cargo xtask bench ingest`.
use anyhow::Result;
/// .
pub fn run(_args: &[&str]) -> Result<()> {
    Ok(())
}
