//! `cargo xtask bench ingest`: webhook throughput, compared with a minimal and a conventional receiver.
//!
//! Only ratios within one run on one machine are meaningful, so receivers are measured in turns, several times, and
//! measurements during which other processes used the processors are discarded.

pub mod flood;
mod measurement;
pub mod read;
mod report;
pub mod story;

use crate::postgres::{Cluster, Durability};
use crate::program::{cargo, run as run_program, with_progress};
use crate::site;
use anyhow::{Context as _, Result, bail};
use measurement::{Measured, Plan, Receiver};
use std::collections::BTreeMap;
use std::path::Path;

/// Numbers of connections.
const CONNECTIONS: [u16; 3] = [1, 16, 64];
/// Minimum number of valid measurements for a median.
const ENOUGH: usize = 3;
/// Maximum number of repetitions of a measurement that other processes disturbed.
const TRIES: usize = 3;

/// The valid measurements of each receiver and number of connections.
type Results = BTreeMap<(Receiver, u16), Vec<Measured>>;

/// Runs the benchmark, and prints the table and thresholds; fails when the run is invalid or a threshold is missed.
pub fn run(args: &[&str]) -> Result<()> {
    let (plan, rounds) = options(args)?;
    if !Path::new("/proc/stat").exists() {
        bail!("The benchmark reads what processes cost from Linux' /proc, which this machine does not have.");
    }
    site::create_site_folder()?;
    with_progress("Building the server and the load generator, optimised (several minutes the first time)", || {
        run_program(&mut cargo(["build", "--release", "--bins"]))
    })?;
    let cluster = with_progress("Starting a PostgreSQL that waits for the disk", || Cluster::start(Durability::Full))?;

    let mut results = Results::new();
    for round in 1..=rounds {
        for connections in CONNECTIONS {
            for receiver in Receiver::ALL {
                let valid = results.entry((receiver, connections)).or_default();
                for attempt in 1..=TRIES {
                    let measured = measurement::measure(receiver, connections, &plan, &cluster)?;
                    println!("round {round}, {connections:>2} connections, {receiver:<28} {measured}");
                    if measured.is_valid() {
                        valid.push(measured);
                        break;
                    }
                    println!("    not valid: other processes used the processors{}", again(attempt));
                }
            }
        }
    }
    drop(cluster);

    print!("\n{}", report::table(&results));
    if results.values().any(|valid| valid.len() < ENOUGH) {
        bail!(
            "This is no valid run: a median needs {ENOUGH} measurements on a quiet machine in every row. Nothing is judged."
        );
    }
    let thresholds = report::thresholds(&results);
    println!();
    for threshold in &thresholds {
        println!("{threshold}");
    }
    let missed = thresholds.iter().filter(|threshold| !threshold.passed).count();
    if missed > 0 {
        bail!("{missed} of {} bars missed.", thresholds.len())
    }
    Ok(())
}

fn again(attempt: usize) -> &'static str {
    if attempt < TRIES { "; again" } else { "; given up for this round" }
}

fn options(args: &[&str]) -> Result<(Plan, usize)> {
    let (mut plan, mut rounds) = (Plan { seconds: 4.0, warm_up_seconds: 1.5 }, ENOUGH);
    for pair in args.chunks(2) {
        match pair {
            ["--seconds", value] => plan.seconds = value.parse().context("--seconds is a number")?,
            ["--rounds", value] => rounds = value.parse().context("--rounds is a whole number")?,
            _ => bail!("`{}` is not an option of the benchmark; there are --seconds N and --rounds N.", pair.join(" ")),
        }
    }
    plan.warm_up_seconds = plan.warm_up_seconds.min(plan.seconds);
    Ok((plan, rounds))
}
