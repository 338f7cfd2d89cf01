//! `cargo xtask test`: runs every check, each announced and timed, and stops at the first that fails.

mod audit;
mod browser;
mod smoke;

use crate::environment;
use crate::postgres::{Cluster, Durability};
use crate::program::{cargo, run as run_program, stopping};
use crate::site::{self, Site};
use anyhow::{Context as _, Result, bail};
use std::time::{Duration, Instant};

/// Maximum compressed size of the WASM and JavaScript of a page, in bytes.
const BROWSER_BUDGET_BYTES: u64 = 120_000;

/// The result of a step that did not fail.
enum Outcome {
    /// Everything was checked; with a remark, or an empty text.
    Passed(String),
    /// Checked with this exception.
    PassedExcept(String),
    /// Nothing was checked, for this reason.
    Skipped(String),
}

struct Step {
    name: &'static str,
    what: &'static str,
    check: fn() -> Result<Outcome>,
}

const STEPS: [Step; 9] = [
    Step { name: "format", what: "Every file is formatted", check: format },
    Step { name: "lint", what: "Clippy finds nothing, for the server and for the browser", check: lint },
    Step { name: "docs", what: "The documentation builds without a warning", check: docs },
    Step { name: "tests", what: "Unit and integration tests, on SQLite and PostgreSQL", check: tests },
    Step { name: "fuzz", what: "Random input for what reads the words of strangers, for a minute", check: fuzz_step },
    Step { name: "size", what: "What the browser loads is small enough", check: size },
    Step { name: "audit", what: "Licences, sources and known holes of the dependencies", check: audit::check },
    Step { name: "browser", what: "The pages in a real browser", check: browser::check },
    Step { name: "smoke", what: "Every kind of page in Firefox and WebKit", check: smoke::check },
];

/// The options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub struct FuzzOptions {
    /// How long
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
}

/// Runs the fuzz test for a time.
pub fn fuzz(options: &FuzzOptions) -> Result<()> {
    // With the features of the whole workspace, as in the step of tests: nothing is compiled twice.
    let test = ["test", "--workspace", "--lib", "--", "--ignored", "--nocapture", "tests::fuzz"];
    run_program(cargo(test).env("FUZZ_SECONDS", options.seconds.to_string()))
}

/// The options of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Options {
    /// Run this step alone; may be repeated
    #[arg(long, value_name = "STEP", value_parser = STEPS.map(|step| step.name))]
    only: Vec<String>,
    /// Leave this step out; may be repeated
    #[arg(long, value_name = "STEP", value_parser = STEPS.map(|step| step.name))]
    skip: Vec<String>,
}

/// Runs the chosen steps, in order.
pub fn run(options: &Options) -> Result<()> {
    let steps = chosen(options);
    let started = Instant::now();
    site::create_site_folder()?;

    let (mut passed, mut not_checked) = (0_usize, Vec::new());
    for (number, step) in steps.iter().enumerate() {
        eprintln!("\n[{}/{}] {} ({})", number + 1, steps.len(), step.what, step.name);
        let step_started = Instant::now();
        let outcome = (step.check)().map_err(|error| {
            if stopping() {
                return error;
            }
            let left = steps.len() - number - 1;
            error.context(format!(
                "{} passed, 1 failed after {}, {left} not run. `{}` failed; again with: cargo xtask test --only {}\nWhy",
                count(passed),
                duration(step_started.elapsed()),
                step.name,
                step.name
            ))
        })?;
        let (word, note) = match outcome {
            Outcome::Passed(note) => ("passed", note),
            Outcome::PassedExcept(gap) => {
                not_checked.push(format!("{}: {gap}", step.name));
                ("passed, but", gap)
            }
            Outcome::Skipped(gap) => {
                not_checked.push(format!("{}: {gap}", step.name));
                eprintln!("      SKIPPED: {gap}");
                continue;
            }
        };
        passed += 1;
        let note = if note.is_empty() { note } else { format!(": {note}") };
        eprintln!("      {word} in {}{note}", duration(step_started.elapsed()));
    }

    eprintln!();
    for gap in &not_checked {
        eprintln!("Not checked: {gap}");
    }
    let skipped = steps.len() - passed;
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    eprintln!("{} passed{skipped}, 0 failed, in {}.", count(passed), duration(started.elapsed()));
    Ok(())
}

fn chosen(options: &Options) -> Vec<&'static Step> {
    let names = |list: &[String], step: &Step| list.iter().any(|name| name == step.name);
    let wanted = |step: &&Step| (options.only.is_empty() || names(&options.only, step)) && !names(&options.skip, step);
    STEPS.iter().filter(wanted).collect()
}

fn format() -> Result<Outcome> {
    run_program(&mut cargo(["fmt", "--all", "--check"]))
        .context("Some files are not formatted: run `cargo fmt --all`")?;
    Ok(Outcome::Passed(String::new()))
}

// `-D warnings` goes to clippy alone: in RUSTFLAGS it would rebuild every dependency, here and in the next step again.
fn lint() -> Result<Outcome> {
    site::browser::add_target()?;
    run_program(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    let browser = ["--package", "frontend", "--package", "app", "--features", "app/hydrate"];
    let mut clippy = cargo(["clippy", "--target", "wasm32-unknown-unknown"]);
    run_program(clippy.args(browser).args(["--", "--deny", "warnings"]))?;
    Ok(Outcome::Passed(String::new()))
}

fn docs() -> Result<Outcome> {
    run_program(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(Outcome::Passed(String::new()))
}

fn tests() -> Result<Outcome> {
    // Builds the programs for process tests and the browser step, with the features the tests use.
    run_program(&mut cargo(["build", "--workspace", "--bins"]))?;
    let mut command = cargo(["test", "--workspace"]);
    if environment::required("REQUIRE_POSTGRES") {
        command.env("REQUIRE_POSTGRES", "1");
    }
    if environment::variable("TEST_POSTGRES_URL").is_some() {
        run_program(&mut command)?;
        return Ok(Outcome::Passed("PostgreSQL was the one of TEST_POSTGRES_URL".to_owned()));
    }
    match Cluster::start(Durability::None) {
        Ok(cluster) => {
            eprintln!("      PostgreSQL: a throw-away cluster, deleted after the tests");
            run_program(command.env("TEST_POSTGRES_URL", cluster.url("postgres")))?;
            Ok(Outcome::Passed(String::new()))
        }
        Err(error) if environment::required("REQUIRE_POSTGRES") || stopping() => Err(error),
        Err(error) => {
            run_program(&mut command)?;
            Ok(Outcome::PassedExcept(format!("nothing on PostgreSQL. {error:#}")))
        }
    }
}

fn fuzz_step() -> Result<Outcome> {
    fuzz(&FuzzOptions { seconds: 60 })?;
    Ok(Outcome::Passed(String::new()))
}

fn size() -> Result<Outcome> {
    let site = site::build()?;
    let (js, wasm) = (Site::bytes_on_the_wire(&site.js())?, Site::bytes_on_the_wire(&site.wasm())?);
    let kilobytes = |bytes: u64| format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100);
    let sum = format!("{} (JavaScript {}, WASM {})", kilobytes(js + wasm), kilobytes(js), kilobytes(wasm));
    if js + wasm > BROWSER_BUDGET_BYTES {
        bail!("The browser would load {sum}, compressed; {} is the limit.", kilobytes(BROWSER_BUDGET_BYTES));
    }
    Ok(Outcome::Passed(format!("{sum} of {}", kilobytes(BROWSER_BUDGET_BYTES))))
}

fn count(steps: usize) -> String {
    format!("{steps} {}", if steps == 1 { "step" } else { "steps" })
}

fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 60.. => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args as _, FromArgMatches as _};

    fn names(args: &[&str]) -> Vec<&'static str> {
        chosen(&parsed(args).unwrap()).iter().map(|step| step.name).collect()
    }

    fn parsed(args: &[&str]) -> Result<Options, clap::Error> {
        let command = Options::augment_args(clap::Command::new("test").no_binary_name(true));
        Options::from_arg_matches(&command.try_get_matches_from(args)?)
    }

    #[test]
    fn steps_are_chosen_by_name_and_keep_their_order() {
        assert_eq!(names(&["--only", "tests", "--only", "format"]), ["format", "tests"]);
        assert_eq!(names(&[]).len(), STEPS.len());
        assert!(!names(&["--skip", "browser"]).contains(&"browser"));
    }

    #[test]
    fn a_step_that_does_not_exist_is_not_taken_for_passed() {
        assert!(parsed(&["--only", "test"]).is_err());
        assert!(parsed(&["--only"]).is_err());
    }
}
