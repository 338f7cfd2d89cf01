//! `cargo xtask bench flood`: the effect on genuine webhooks of a sender that floods the server with long bodies and
//! wrong signatures over many connections.
//!
//! Genuine requests are sent at an even rate, first alone and then beside the flood, and their latencies are compared.
//! The flood runs in a process of its own.

use super::measurement::{Receiver, SECRET, program, start};
use super::report::{Threshold, at_most};
use crate::postgres::{Cluster, Durability};
use crate::program::{Running, cargo, run as run_program, text, with_progress};
use crate::{environment, http, site};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Numbers of the flood's connections.
const FLOOD_CONNECTIONS: [u16; 2] = [32, 128];
/// Number of genuine connections, and their pause after a response, in milliseconds.
const GENUINE_CONNECTIONS: u16 = 8;
const PAUSE_MS: u16 = 20;
const WARM_UP_SECONDS: f64 = 1.0;

/// Maximum response time of a genuine request, in milliseconds.
const MAX_MS: f64 = 500.0;
/// Maximum ratio of the genuine p99 beside the flood to that without.
const P99_RATIO: f64 = 4.0;
/// Maximum memory of the server, in MB.
const MEMORY_MB: f64 = 160.0;
/// Maximum growth of the files by the flood, in MB: the default quarantine, and 64.
const DISK_MB: f64 = 16.8 + 64.0;

/// The results of the genuine senders.
struct Seen {
    stored: f64,
    lost: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    memory_mb: f64,
    others: f64,
}

/// The options of `cargo xtask bench flood`.
#[derive(clap::Args)]
pub struct Options {
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
        for connections in FLOOD_CONNECTIONS {
            missed += measure(receiver, connections, options.seconds, &cluster)?;
        }
    }
    if missed > 0 {
        bail!("{missed} bars missed.");
    }
    Ok(())
}

/// Returns the number of missed thresholds.
fn measure(receiver: Receiver, connections: u16, seconds: f64, cluster: &Cluster) -> Result<usize> {
    let folder = tempfile::tempdir_in(environment::ON_DISK)?;
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let (mut server, _) = start(receiver, address, folder.path(), cluster)?;

    let at_first = size(folder.path())?;
    let quiet = genuine(address, server.id(), seconds)?;
    let before = size(folder.path())?;
    let answers = folder.path().join("flood.json");
    let flood = Running::start(
        Command::new(program("junoscope-bench"))
            .args(["flood", "--target", &address.to_string(), "--connections", &connections.to_string()])
            .args(["--seconds", &(seconds + WARM_UP_SECONDS + 0.5).to_string()])
            .stdout(File::create(&answers)?),
    )?;
    let flooded = genuine(address, server.id(), seconds)?;
    let status = flood.wait()?;
    let after = size(folder.path())?;
    if let Some(ended) = server.ended() {
        bail!("{receiver} ended under the flood: {ended}.");
    }
    server.stop();
    if !status.success() {
        bail!("The flood failed: {status}.");
    }

    let megabytes =
        |from: u64, to: u64| u32::try_from(to.saturating_sub(from) / 1_000).map_or(f64::MAX, f64::from) / 1e3;
    let grown = megabytes(before, after) - megabytes(at_first, before);
    println!("\n{receiver}, {connections} connections of a stranger, 1 MB bodies, {seconds} s");
    println!("  answers to the stranger: {}", std::fs::read_to_string(&answers)?.trim());
    println!("  {:<10}{:>9}{:>9}{:>10}{:>10}{:>10}", "genuine", "stored", "lost", "p50 ms", "p99 ms", "max ms");
    for (name, seen) in [("alone", &quiet), ("beside it", &flooded)] {
        println!(
            "  {name:<10}{:>9}{:>9}{:>10.2}{:>10.2}{:>10.1}",
            seen.stored, seen.lost, seen.p50_ms, seen.p99_ms, seen.max_ms
        );
    }
    println!("  others used {:.0} % of a core while the genuine senders were alone", quiet.others * 100.0);
    let mut thresholds = vec![
        at_most("genuine requests refused or not answered", quiet.lost + flooded.lost, 0.0),
        at_most("the longest a genuine request took, in ms", flooded.max_ms, MAX_MS),
        at_most("genuine p99 beside the flood, as a multiple", flooded.p99_ms / quiet.p99_ms, P99_RATIO),
        at_most("the most memory the server held, in MB", flooded.memory_mb, MEMORY_MB),
    ];
    // The files of PostgreSQL are not measured.
    if receiver == Receiver::Sqlite {
        thresholds.push(at_most("what the flood left on the disk, in MB", grown, DISK_MB));
    }
    for threshold in &thresholds {
        println!("  {threshold}");
    }
    Ok(thresholds.iter().filter(|threshold: &&Threshold| !threshold.passed).count())
}

fn genuine(address: SocketAddr, receiver: u32, seconds: f64) -> Result<Seen> {
    let mut load = Command::new(program("junoscope-bench"));
    load.args(["load", "--target", &address.to_string(), "--secret", SECRET]);
    load.args(["--connections", &GENUINE_CONNECTIONS.to_string(), "--pause-ms", &PAUSE_MS.to_string()]);
    load.args(["--receiver", &receiver.to_string()]);
    load.args(["--seconds", &seconds.to_string(), "--warm-up-seconds", &WARM_UP_SECONDS.to_string()]);
    let value: Value = serde_json::from_str(&text(&mut load)?).context("The load generator printed something else")?;
    let number = |name: &str| {
        value.get(name).and_then(Value::as_f64).with_context(|| format!("no `{name}` from the load generator"))
    };
    Ok(Seen {
        stored: number("stored")?,
        lost: number("refused")? + number("failed")?,
        p50_ms: number("p50_us")? / 1_000.0,
        p99_ms: number("p99_us")? / 1_000.0,
        max_ms: number("max_us")? / 1_000.0,
        memory_mb: number("peak_memory")? / 1e6,
        others: number("other_cores")?,
    })
}

/// Returns the size of the files in a folder, in bytes.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in folder.read_dir()? {
        // A write-ahead log may be deleted between the two calls.
        bytes += entry?.metadata().map_or(0, |found| found.len());
    }
    Ok(bytes)
}
