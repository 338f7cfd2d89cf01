//! The two commands of the README, `serve` and `test`, and what they are made of.

mod bench;
mod dist;
mod environment;
mod http;
mod postgres;
mod program;
mod serve;
mod site;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Builds, runs, checks and measures Junoscope")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and run Junoscope
    Serve(serve::Options),
    /// Run every check there is
    Test(test::Options),
    /// Feed random input to everything that reads what strangers write
    Fuzz(test::FuzzOptions),
    /// Make release binaries with everything inside, in target/dist
    Dist(dist::Options),
    /// Build only what the browser gets: target/site
    Site,
    /// Measure a release build
    #[command(subcommand)]
    Bench(bench::Benchmark),
}

fn main() -> ExitCode {
    let Xtask { command } = Xtask::parse();
    match program::install_signal_handler().and_then(|()| run(&command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if program::stopping() => {
            eprintln!("Stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            // Not `{error:?}`: with RUST_BACKTRACE set it would print a backtrace of this tool.
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<()> {
    std::env::set_current_dir(environment::root())?;
    match command {
        Command::Serve(options) => serve::run(options),
        Command::Test(options) => test::run(options),
        Command::Fuzz(options) => test::fuzz(options),
        Command::Dist(options) => dist::run(options),
        Command::Site => site::build().map(drop),
        Command::Bench(benchmark) => bench::run(benchmark),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_is_declared_soundly_and_its_options_are_what_they_were() {
        Xtask::command().debug_assert();
        for line in [
            "serve --demo --release -- --listen 127.0.0.1:4000",
            "test --only format --only lint --skip lint",
            "dist --no-musl",
            "site",
            "bench ingest --seconds 1.5 --rounds 3",
            "bench flood --seconds 3",
            "bench read --events 1000 --requests 10",
            "bench search --events 1000 --requests 10",
            "bench story --events 15",
            "fuzz --seconds 5",
        ] {
            let args = ["xtask"].into_iter().chain(line.split(' '));
            assert!(Xtask::try_parse_from(args).is_ok(), "{line}");
        }
        for line in ["serve --listen 127.0.0.1:4000", "test browser", "dist --musl", "bench", "bench read --rows 5"] {
            let args = ["xtask"].into_iter().chain(line.split(' '));
            assert!(Xtask::try_parse_from(args).is_err(), "{line}");
        }
    }
}
