//! `cargo xtask bench read`: page latency on a database of the size a large client has after years.
//!
//! The simulator fills the database over HTTP, which takes most of the time.

use super::measurement::{SECRET, program};
use crate::postgres::{Cluster, Durability};
use crate::program::{Running, cargo, run as run_program, text, with_progress};
use crate::{environment, http, site};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::process::Command;

/// Maximum median response time, in milliseconds.
const P50_MS: f64 = 50.0;
/// Maximum 99th percentile of the response time, in milliseconds.
const P99_MS: f64 = 150.0;

/// The same of a search of deliveries.
const SEARCH_P50_MS: f64 = 60.0;
/// Maximum 95th percentile of the response time of a search, in milliseconds.
const SEARCH_P95_MS: f64 = 250.0;
/// Maximum size of the index of the search, as a share of the bodies.
const INDEX_SHARE: f64 = 0.8;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Pages.
    Pages,
    /// Searches of deliveries.
    Searches,
}

/// The options of `cargo xtask bench read` and `search`.
#[derive(clap::Args)]
pub struct Options {
    /// Events sent
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    events: u64,
    /// Requests of each page
    #[arg(long, value_name = "N", default_value_t = 200)]
    requests: u32,
}

/// Fills a database of each kind, measures, and prints the table; fails when a threshold is missed.
pub fn run(options: &Options, subject: Subject) -> Result<()> {
    site::create_site_folder()?;
    with_progress(
        "Building the browser side, the server and the reader, optimised (several minutes the first time)",
        || {
            site::build()?;
            run_program(&mut cargo(["build", "--release", "--bins"]))
        },
    )?;
    let folder = tempfile::tempdir_in(environment::ON_DISK)?;
    let cluster = with_progress("Starting a PostgreSQL that waits for the disk", || Cluster::start(Durability::Full))?;
    let sqlite = format!("sqlite://{}", folder.path().join("bench.db").display());
    let mut missed = 0;
    for (name, url) in [("SQLite", sqlite), ("PostgreSQL", cluster.create_database("bench_read")?)] {
        missed += measure(name, &url, options, subject, folder.path())?;
    }
    if missed > 0 {
        bail!("{missed} bars missed.");
    }
    Ok(())
}

fn measure(name: &str, url: &str, options: &Options, subject: Subject, folder: &std::path::Path) -> Result<usize> {
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let log = folder.join(format!("{name}.log"));
    let serve = || -> Result<Running> {
        let mut serve = Command::new(program("junoscope"));
        serve.args(["serve", "--listen", &address.to_string(), "--database-url", url]);
        serve.env_clear().env("JUNOSCOPE_WEBHOOK_SECRET", SECRET).current_dir(folder);
        let output = || File::options().create(true).append(true).open(&log);
        let mut server = Running::start(serve.stdout(output()?).stderr(output()?))?;
        http::wait_for(&mut server, address, "/readyz")?;
        Ok(server)
    };
    let mut server = serve()?;

    let target = format!("http://{address}/webhooks/yunojuno");
    let simulate = |more: &[&str]| {
        let mut command = Command::new(program("junoscope"));
        command.args(["simulate", "--target", &target, "--secret", SECRET, "--connections", "64"]).args(more);
        run_program(&mut command)
    };
    with_progress(&format!("{name}: sending {} events of 20,000 contractors, over HTTP", options.events), || {
        simulate(&["--contractors", "20000", "--months", "46", "--events", &options.events.to_string()])?;
        // A few contractors with very long histories.
        simulate(&["--contractors", "12", "--months", "200", "--seed", "7"])
    })?;
    // The lists are far behind after this much, so they are rebuilt instead.
    server.stop();
    with_progress(&format!("{name}: making the lists of them all"), || {
        let mut rebuild = Command::new(program("junoscope"));
        rebuild.args(["rebuild", "--database-url", url]).current_dir(folder);
        run_program(rebuild.env_clear())
    })?;
    server = serve()?;
    let mut read = Command::new(program("junoscope-bench"));
    read.args(["pages", "--target", &address.to_string(), "--database-url", url]);
    read.args(["--requests", &options.requests.to_string()]);
    read.args((subject == Subject::Searches).then_some("--searches"));
    let answer = text(&mut read)?;
    server.stop();
    table(name, subject, &serde_json::from_str(&answer).context("The reader printed something else")?)
}

/// Prints one line per page; returns how many bars were missed.
fn table(name: &str, subject: Subject, measured: &Value) -> Result<usize> {
    let number = |of: &Value, key: &str| of.get(key).and_then(Value::as_f64).with_context(|| format!("no `{key}`"));
    println!(
        "\n{name}: {} contractors, {} contracts, {} messages",
        number(measured, "contractors")?,
        number(measured, "contracts")?,
        number(measured, "messages")?
    );
    let mut missed = 0;
    if let Some(index) = measured.get("index").filter(|_| subject == Subject::Searches) {
        let share = number(index, "index")? / number(index, "payloads")?;
        missed += usize::from(share > INDEX_SHARE);
        let seconds = number(index, "seconds")?;
        println!("index made in {seconds:.0} s, {share:.2} of the bodies' size (bar {INDEX_SHARE})");
    }
    let (percentile, bars) = match subject {
        Subject::Pages => ("p99", (P50_MS, P99_MS)),
        Subject::Searches => ("p95", (SEARCH_P50_MS, SEARCH_P95_MS)),
    };
    println!("{:<38} {:>9} {:>9} {:>8}", "page", "p50 ms", format!("{percentile} ms"), "kB");
    for page in measured.get("pages").and_then(Value::as_array).context("no `pages`")? {
        let p50 = number(page, "p50_us")? / 1_000.0;
        let high = number(page, &format!("{percentile}_us"))? / 1_000.0;
        let is_slow = p50 > bars.0 || high > bars.1;
        missed += usize::from(is_slow);
        println!(
            "{:<38} {p50:>9.1} {high:>9.1} {:>8.0}{}",
            page.get("name").and_then(Value::as_str).unwrap_or_default(),
            number(page, "bytes")? / 1_000.0,
            if is_slow { "  MISSED" } else { "" }
        );
    }
    Ok(missed)
}
