//! `cargo xtask dist`: the product as one file, proven to need no other.

use crate::program::{Running, stopping};
use crate::{environment, http, serve, site};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Builds `target/dist/junoscope` and starts it once in an empty folder.
pub fn run() -> Result<()> {
    let site = site::build()?;
    let built = serve::build(true)?;
    let folder = environment::target().join("dist");
    let file = folder.join("junoscope");
    fs::create_dir_all(&folder)?;
    fs::copy(&built, &file)?;

    starts_alone(&file, &site)?;
    let bytes = fs::metadata(&file)?.len();
    println!("{}: {}.{} MB", file.display(), bytes / 1_000_000, bytes % 1_000_000 / 100_000);
    Ok(())
}

/// A copy without the sources around it: what was not embedded is not there.
fn starts_alone(file: &Path, site: &site::Site) -> Result<()> {
    let empty = tempfile::tempdir()?;
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let mut command = Command::new(file);
    // Without the variables of whoever builds it: one of them may name a real database.
    command.args(["serve", "--listen", &address.to_string()]).env_clear().current_dir(empty.path());
    let mut server = Running::start(&mut command)?;
    http::wait_for(&mut server, address, "/healthz").context("The binary does not run in an empty folder")?;
    for path in [&site.css, &site.js(), &site.wasm()] {
        let (status, answer) = http::get(address, path)?;
        if status != 200 || !answer.to_lowercase().contains("immutable") {
            bail!("The binary answers {status} for {path}, or not as something to be cached for ever.");
        }
    }
    server.stop();
    if stopping() {
        bail!("stopped")
    }
    Ok(())
}
