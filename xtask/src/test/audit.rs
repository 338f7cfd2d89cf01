//! Licences, bans, sources and known holes of the dependencies, by cargo-deny and `deny.toml`.

use super::Outcome;
use crate::environment;
use crate::program::{Running, cargo, run};
use anyhow::Result;
use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};

const VERSION: &str = "0.20.2";

/// Only what needs the network may be left out: the advisories, when their database cannot be downloaded.
pub fn check() -> Result<Outcome> {
    if environment::find_program(&["cargo-deny"]).is_none() && !installed_here().exists() {
        eprintln!(
            "→ Installing cargo-deny {VERSION} into target/tools: cargo install --locked cargo-deny (a minute or two)"
        );
        // Unoptimised: it is built in a quarter of the time, and our few hundred dependencies are checked in seconds.
        run(cargo(["install", "--locked", "--debug", "cargo-deny", "--version", VERSION]).arg("--root").arg(tools()))?;
    }
    run(deny().args(["check", "bans", "licenses", "sources"]))?;

    // Fetching is a command of its own, so that "could not download" is never taken for "found something" or for "fine".
    if let Err(why) = fetch_advisories() {
        return Ok(Outcome::PassedExcept(format!("no known holes were looked for: {why}")));
    }
    run(deny().args(["--offline", "check", "advisories"]))?;
    Ok(Outcome::Passed(String::new()))
}

fn fetch_advisories() -> Result<(), String> {
    let log = environment::target().join("advisories.log");
    let fetched = File::create(&log).map_err(anyhow::Error::from).and_then(|file| {
        let mut fetch = Running::start(deny().args(["fetch", "db"]).stdout(file.try_clone()?).stderr(file))?;
        Ok(fetch.wait_until(Instant::now() + Duration::from_mins(2)))
    });
    match fetched {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(None) => Err("the advisory database was not downloaded within two minutes".to_owned()),
        _ => Err(format!("the advisory database could not be downloaded ({})", log.display())),
    }
}

fn tools() -> std::path::PathBuf {
    environment::target().join("tools")
}

fn installed_here() -> std::path::PathBuf {
    tools().join("bin/cargo-deny")
}

fn deny() -> Command {
    Command::new(environment::find_program(&["cargo-deny"]).unwrap_or_else(installed_here))
}
