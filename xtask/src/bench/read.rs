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

struct Plan {
    events: u64,
    requests: u32,
}

/// Fills a database of each kind, measures, and prints the table; fails when a threshold is missed.
pub fn run(args: &[&str]) -> Result<()> {
    let plan = options(args)?;
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
        missed += measure(name, &url, &plan, folder.path())?;
    }
    if missed > 0 {
        bail!("{missed} pages were slower than {P50_MS} ms (median) or {P99_MS} ms (p99).");
    }
    Ok(())
}

fn measure(name: &str, url: &str, plan: &Plan, folder: &std::path::Path) -> Result<usize> {
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
    with_progress(&format!("{name}: sending {} events of 20,000 contractors, over HTTP", plan.events), || {
        simulate(&["--contractors", "20000", "--months", "46", "--events", &plan.events.to_string()])?;
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
    read.args(["--requests", &plan.requests.to_string()]);
    let answer = text(&mut read)?;
    server.stop();
    table(name, &serde_json::from_str(&answer).context("The reader printed something else")?)
}

/// Prints one line per page; returns how many missed a threshold.
fn table(name: &str, measured: &Value) -> Result<usize> {
    let number = |of: &Value, key: &str| of.get(key).and_then(Value::as_f64).with_context(|| format!("no `{key}`"));
    println!(
        "\n{name}: {} contractors, {} contracts, {} messages",
        number(measured, "contractors")?,
        number(measured, "contracts")?,
        number(measured, "messages")?
    );
    println!("{:<38} {:>9} {:>9} {:>8}", "page", "p50 ms", "p99 ms", "kB");
    let mut missed = 0;
    for page in measured.get("pages").and_then(Value::as_array).context("no `pages`")? {
        let (p50, p99) = (number(page, "p50_us")? / 1_000.0, number(page, "p99_us")? / 1_000.0);
        let is_slow = p50 > P50_MS || p99 > P99_MS;
        missed += usize::from(is_slow);
        println!(
            "{:<38} {p50:>9.1} {p99:>9.1} {:>8.0}{}",
            page.get("name").and_then(Value::as_str).unwrap_or_default(),
            number(page, "bytes")? / 1_000.0,
            if is_slow { "  MISSED" } else { "" }
        );
    }
    Ok(missed)
}

fn options(args: &[&str]) -> Result<Plan> {
    let mut plan = Plan { events: 1_000_000, requests: 200 };
    for pair in args.chunks(2) {
        match pair {
            ["--events", value] => plan.events = value.parse().context("--events is a whole number")?,
            ["--requests", value] => plan.requests = value.parse().context("--requests is a whole number")?,
            _ => {
                bail!("`{}` is not an option of this benchmark; there are --events N and --requests N.", pair.join(" "))
            }
        }
    }
    Ok(plan)
}
