//! `cargo xtask bench`, and its `ingest`: webhook throughput, compared with a minimal and a conventional receiver.
//!
//! Only ratios within one run on one machine are meaningful, so receivers are measured in turns, several times, and
//! measurements during which other processes used the processors are discarded.

pub mod flood;
mod measurement;
pub mod read;
mod report;
pub mod story;
pub mod viewers;

use crate::postgres::{Cluster, Durability};
use crate::program::{cargo, run as run_program, with_progress};
use crate::site;
use anyhow::{Result, bail};
use measurement::{Measured, Plan, Receiver};
use std::collections::BTreeMap;
use std::path::Path;

/// Numbers of connections.
const CONNECTIONS: [u16; 3] = [1, 16, 64];
/// Minimum number of valid measurements for a median.
const ENOUGH: usize = 3;
/// Maximum number of repetitions of a measurement that other processes disturbed.
const TRIES: usize = 3;
const WARM_UP_SECONDS: f64 = 1.5;

/// The valid measurements of each receiver and number of connections.
type Results = BTreeMap<(Receiver, u16), Vec<Measured>>;

/// The benchmarks.
#[derive(clap::Subcommand)]
pub enum Benchmark {
    /// How fast webhooks are stored, against two simpler receivers
    Ingest(Options),
    /// What a stranger's flood costs genuine webhooks
    Flood(flood::Options),
    /// How fast pages are shown, of a database of a million events
    Read(read::Options),
    /// How fast deliveries are searched, of a million events
    Search(read::Options),
    /// What five hundred pages of live rows cost webhooks
    Viewers(viewers::Options),
    /// How soon one more event of a long story is in the lists
    Story(story::Options),
}

/// The options of `cargo xtask bench ingest`.
#[derive(clap::Args)]
pub struct Options {
    /// Seconds of each measurement
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    seconds: f64,
    /// Measurements of each receiver and number of connections
    #[arg(long, value_name = "N", default_value_t = ENOUGH)]
    rounds: usize,
}

/// Runs a benchmark, and prints its results and thresholds; fails when the run is invalid or a threshold is missed.
pub fn run(benchmark: &Benchmark) -> Result<()> {
    match benchmark {
        Benchmark::Ingest(options) => ingest(options),
        Benchmark::Flood(options) => flood::run(options),
        Benchmark::Read(options) => read::run(options, read::Subject::Pages),
        Benchmark::Search(options) => read::run(options, read::Subject::Searches),
        Benchmark::Story(options) => story::run(options),
        Benchmark::Viewers(options) => viewers::run(options),
    }
}

fn ingest(options: &Options) -> Result<()> {
    let plan = Plan { seconds: options.seconds, warm_up_seconds: WARM_UP_SECONDS.min(options.seconds) };
    if !Path::new("/proc/stat").exists() {
        bail!("The benchmark reads what processes cost from Linux' /proc, which this machine does not have.");
    }
    site::create_site_folder()?;
    with_progress("Building the server and the load generator, optimised (several minutes the first time)", || {
        run_program(&mut cargo(["build", "--release", "--bins"]))
    })?;
    let cluster = with_progress("Starting a PostgreSQL that waits for the disk", || Cluster::start(Durability::Full))?;

    let mut results = Results::new();
    for round in 1..=options.rounds {
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
