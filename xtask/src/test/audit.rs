//! Licences, bans, sources and known vulnerabilities of the dependencies, by cargo-deny and `deny.toml`.

use super::Outcome;
use crate::environment;
use crate::program::{Running, cargo, run, stopping};
use anyhow::{Result, bail};
use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

const VERSION: &str = "0.20.2";

/// Runs the audit. Without network, advisories may be skipped.
pub fn check() -> Result<Outcome> {
    if environment::find_program(&["cargo-deny"]).is_none() && !installed_here().exists() {
        eprintln!(
            "→ Installing cargo-deny {VERSION} into target/tools: cargo install --locked cargo-deny (a minute or two)"
        );
        // Unoptimised: it builds in a quarter of the time, and checks a few hundred dependencies in seconds.
        run(cargo(["install", "--locked", "--debug", "cargo-deny", "--version", VERSION]).arg("--root").arg(tools()))?;
    }
    run(deny().args(["check", "bans", "licenses", "sources"]))?;

    // A separate command, so that a failed download is distinguished from a finding and from success.
    let offline = match fetch_advisories()? {
        Fetched::Now => None,
        Fetched::Offline(why) => Some(why),
    };
    if let Some(why) = &offline
        && !has_earlier_download()
    {
        return Ok(Outcome::PassedExcept(format!("no known holes were looked for: offline ({why})")));
    }
    run(deny().args(["--offline", "check", "advisories"]))?;
    Ok(match offline {
        None => Outcome::Passed(String::new()),
        Some(why) => Outcome::PassedExcept(format!("known holes are those of an earlier download: offline ({why})")),
    })
}

/// The result of fetching advisories.
#[derive(Debug, PartialEq, Eq)]
enum Fetched {
    Now,
    /// There is no network; with the line that says so.
    Offline(String),
}

fn fetch_advisories() -> Result<Fetched> {
    let log = environment::target().join("advisories.log");
    let file = File::create(&log)?;
    let mut fetch = Running::start(deny().args(["fetch", "db"]).stdout(file.try_clone()?).stderr(file))?;
    match fetch.wait_until(Instant::now() + Duration::from_mins(2)) {
        Some(status) if status.success() => Ok(Fetched::Now),
        Some(_) => judged(&std::fs::read_to_string(&log)?),
        None if stopping() => bail!("stopped"),
        None => Ok(Fetched::Offline("no answer within two minutes".to_owned())),
    }
}

/// Error messages about an unreachable network.
const UNREACHED: [&str; 12] = [
    "could not resolve host",
    "could not resolve proxy",
    "couldn't connect to server",
    "connect tunnel failed",
    "connection refused",
    "connection reset",
    "connection timed out",
    "failed to connect",
    "name resolution",
    "network is unreachable",
    "no route to host",
    "operation timed out",
];

/// Classifies a failed fetch: being offline is tolerated, everything else is an error (no git, a full disk, an unknown
/// certificate, a moved address).
fn judged(log: &str) -> Result<Fetched> {
    let says_so = |line: &&str| UNREACHED.iter().any(|words| line.to_lowercase().contains(words));
    if let Some(line) = log.lines().find(says_so) {
        return Ok(Fetched::Offline(line.trim().to_owned()));
    }
    bail!("The advisory database could not be downloaded, and not because this machine is offline:\n{}", log.trim())
}

/// Returns whether cargo-deny has an earlier download.
fn has_earlier_download() -> bool {
    let cargo = environment::variable("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| environment::variable("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let kept = cargo.and_then(|cargo| std::fs::read_dir(cargo.join("advisory-dbs")).ok());
    kept.into_iter().flatten().flatten().any(|entry| entry.path().is_dir())
}

fn tools() -> PathBuf {
    environment::target().join("tools")
}

fn installed_here() -> PathBuf {
    tools().join("bin/cargo-deny")
}

fn deny() -> Command {
    Command::new(environment::find_program(&["cargo-deny"]).unwrap_or_else(installed_here))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_network_is_offline_and_everything_else_is_a_failure() {
        for line in [
            "fatal: unable to access 'https://x.example/': Could not resolve host: x.example",
            "fatal: unable to access 'https://x.example/': Failed to connect to x.example port 443 after 2 ms",
            "ssh: connect to host x.example port 22: Network is unreachable",
            "fatal: unable to access 'https://x.example/': CONNECT tunnel failed, response 403",
        ] {
            let log = format!("2026-11-30 [ERROR] failed to fetch advisory database\n  {line}\n");
            assert_eq!(judged(&log).unwrap(), Fetched::Offline(line.to_owned()));
        }
        for line in [
            "failed to spawn git: No such file or directory (os error 2)",
            "fatal: write error: No space left on device",
            "fatal: unable to access 'https://x.example/': SSL certificate problem: unable to get local issuer",
            "fatal: repository 'https://x.example/' not found",
            "",
        ] {
            let error = judged(line).unwrap_err().to_string();
            assert!(error.contains("not because this machine is offline") && error.ends_with(line), "{error}");
        }
    }
}
