//! `cargo xtask bench viewers`: what many open pages of live rows cost: memory of the server, and webhooks a second.
//!
//! Webhooks are sent as fast as they are answered, first alone and then while the pages are open, and compared.

use super::measurement::{Receiver, SECRET, program, start};
use super::report::{Threshold, at_least, at_most};
use crate::postgres::{Cluster, Durability};
use crate::program::{Running, cargo, run as run_program, text, with_progress};
use crate::{environment, http, site};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

/// Number of connections of the sender.
const CONNECTIONS: u16 = 64;
const WARM_UP_SECONDS: f64 = 1.5;

/// Minimum share of the webhooks a second without viewers.
const SHARE: f64 = 0.8;
/// Maximum memory of the viewers at the server, in MB.
const MEMORY_MB: f64 = 100.0;

/// Time to open every stream.
const OPENING: Duration = Duration::from_mins(1);

/// The options of `cargo xtask bench viewers`.
#[derive(clap::Args)]
pub struct Options {
    /// Pages that are open
    #[arg(long, value_name = "N", default_value_t = 500)]
    viewers: usize,
    /// Seconds of each measurement
    #[arg(long, value_name = "N", default_value_t = 10.0)]
    seconds: f64,
}

/// Measures on both databases, and prints results and thresholds; fails when a threshold is missed.
pub fn run(options: &Options) -> Result<()> {
    site::create_site_folder()?;
    with_progress("Building the server and the load generator, optimised (several minutes the first time)", || {
        run_program(&mut cargo(["build", "--release", "--bins"]))
    })?;
    let cluster = with_progress("Starting a PostgreSQL that waits for the disk", || Cluster::start(Durability::Full))?;
    let mut missed = 0;
    for receiver in [Receiver::Sqlite, Receiver::Postgres] {
        missed += measure(receiver, options, &cluster)?;
    }
    if missed > 0 {
        bail!("{missed} bars missed.");
    }
    Ok(())
}

/// Returns the number of missed thresholds.
fn measure(receiver: Receiver, options: &Options, cluster: &Cluster) -> Result<usize> {
    let folder = tempfile::tempdir_in(environment::ON_DISK)?;
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let (mut server, database) = start(receiver, address, folder.path(), cluster)?;
    let alone = load(address, server.id(), options.seconds)?;

    let before = memory(server.id())?;
    let answer = folder.path().join("viewers.json");
    let viewers = Running::start(
        Command::new(program("junoscope-bench"))
            .args(["viewers", "--target", &address.to_string(), "--database-url", &database])
            .args(["--viewers", &options.viewers.to_string()])
            .args(["--seconds", &(options.seconds + WARM_UP_SECONDS + 3.0).to_string()])
            .stdout(File::create(&answer)?),
    )?;
    let begun = Instant::now();
    while !std::fs::read_to_string(&answer)?.starts_with("open") {
        if begun.elapsed() > OPENING {
            bail!("{receiver}: the streams are not all open after {} s.", OPENING.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let open = memory(server.id())?;
    let watched = load(address, server.id(), options.seconds)?;
    let status = viewers.wait()?;
    if let Some(ended) = server.ended() {
        bail!("{receiver} ended: {ended}.");
    }
    server.stop();
    if !status.success() {
        bail!("The viewers failed: {status}.");
    }
    let text = std::fs::read_to_string(&answer)?;
    let seen: Value = serde_json::from_str(text.lines().last().unwrap_or_default()).context("The viewers' answer")?;
    let number = |name: &str| seen.get(name).and_then(Value::as_f64).with_context(|| format!("no `{name}`"));

    println!("\n{receiver}, {} pages of live rows, {CONNECTIONS} connections of the sender", options.viewers);
    println!("  {alone:.0} webhooks a second alone, {watched:.0} while the pages are open");
    println!("  the pages received {:.0} rows, {:.1} MB", number("rows")?, number("bytes")? / 1e6);
    let thresholds = [
        at_least("pages still open at the end, as a share", number("open")? / count(options.viewers), 1.0),
        at_least("webhooks a second while the pages are open, as a share", watched / alone, SHARE),
        at_most("memory that the open pages took at the server, in MB", (open - before).max(0.0), MEMORY_MB),
    ];
    for threshold in &thresholds {
        println!("  {threshold}");
    }
    Ok(thresholds.iter().filter(|threshold: &&Threshold| !threshold.passed).count())
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// Returns the webhooks stored a second.
fn load(address: SocketAddr, receiver: u32, seconds: f64) -> Result<f64> {
    let mut load = Command::new(program("junoscope-bench"));
    load.args(["load", "--target", &address.to_string(), "--secret", SECRET]);
    load.args(["--connections", &CONNECTIONS.to_string(), "--receiver", &receiver.to_string()]);
    load.args(["--seconds", &seconds.to_string(), "--warm-up-seconds", &WARM_UP_SECONDS.to_string()]);
    let value: Value = serde_json::from_str(&text(&mut load)?).context("The load generator printed something else")?;
    value.get("per_second").and_then(Value::as_f64).context("no `per_second` from the load generator")
}

/// Returns the resident memory of a process, in MB.
fn memory(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes / 1_000.0)
}
