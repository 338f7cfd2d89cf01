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

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask serve [--demo] [--release] [-- ARGS]   build everything and run Junoscope; ARGS go to `junoscope serve`
cargo xtask test [--only STEP] [--skip STEP]       every check there is; both options may be repeated
cargo xtask dist [--no-musl]                       release binaries with everything inside: target/dist/junoscope, and
                                                   junoscope-static, which needs no library of the system
cargo xtask site                                   only what the browser gets: target/site
cargo xtask bench ingest [--seconds N] [--rounds N]   how fast webhooks are stored, against two simpler receivers
cargo xtask bench flood [--seconds N]                  what a stranger's flood costs genuine webhooks
cargo xtask bench read [--events N] [--requests N]    how fast pages are shown, of a database of a million events
cargo xtask bench story [--events N]                  how soon one more event of a long story is in the lists";

fn main() -> ExitCode {
    match program::install_signal_handler().and_then(|()| run()) {
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

fn run() -> Result<()> {
    std::env::set_current_dir(environment::root())?;
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["serve", rest @ ..] => serve::run(rest),
        ["test", rest @ ..] => test::run(rest),
        ["dist"] => dist::run(true),
        ["dist", "--no-musl"] => dist::run(false),
        ["site"] => site::build().map(drop),
        ["bench", "ingest", rest @ ..] => bench::run(rest),
        ["bench", "flood", rest @ ..] => bench::flood::run(rest),
        ["bench", "read", rest @ ..] => bench::read::run(rest),
        ["bench", "story", rest @ ..] => bench::story::run(rest),
        [] | ["help" | "-h" | "--help", ..] => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`{}` is not a command of xtask.\n\n{USAGE}", other.join(" ")),
    }
}
