//! `cargo xtask bench story`: how long one more event takes to be in the lists, by how much belongs to its story.

use super::measurement::program;
use crate::postgres::{Cluster, Durability};
use crate::program::{cargo, run as run_program, text, with_progress};
use crate::{environment, site};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::process::Command;

/// Maximum median time until an event is in the lists, in milliseconds.
const BAR_MS: f64 = 150.0;

/// The options of `cargo xtask bench story`.
#[derive(clap::Args)]
pub struct Options {
    /// Events measured in each case
    #[arg(long, value_name = "N", default_value_t = 15)]
    events: u32,
}

/// Fills a database of each kind, measures, and prints the table; fails when a threshold is missed.
pub fn run(options: &Options) -> Result<()> {
    site::create_site_folder()?;
    with_progress("Building the server, optimised (several minutes the first time)", || {
        run_program(&mut cargo(["build", "--release", "--bins"]))
    })?;
    let folder = tempfile::tempdir_in(environment::ON_DISK)?;
    let cluster = with_progress("Starting a PostgreSQL that waits for the disk", || Cluster::start(Durability::Full))?;
    let sqlite = format!("sqlite://{}", folder.path().join("bench.db").display());
    let mut missed = 0;
    for (name, url) in [("SQLite", sqlite), ("PostgreSQL", cluster.create_database("bench_story")?)] {
        let mut story = Command::new(program("junoscope-bench"));
        story.args(["story", "--database-url", &url, "--events", &options.events.to_string()]);
        let measured: Value =
            serde_json::from_str(&text(&mut story)?).context("The benchmark printed something else")?;
        println!("\n{name}: {:<42} {:>9} {:>9}", "one more event, with", "median ms", "max ms");
        for case in measured.as_array().context("no cases")? {
            let number = |key: &str| case.get(key).and_then(Value::as_f64).with_context(|| format!("no `{key}`"));
            let (median, max) = (number("median_ms")?, number("max_ms")?);
            let is_slow = median > BAR_MS;
            missed += usize::from(is_slow);
            let what = case.get("name").and_then(Value::as_str).unwrap_or_default();
            println!("{what:<54} {median:>9.1} {max:>9.1}{}", if is_slow { "  MISSED" } else { "" });
        }
    }
    if missed > 0 {
        bail!("{missed} cases took longer than {BAR_MS} ms (median).");
    }
    Ok(())
}
