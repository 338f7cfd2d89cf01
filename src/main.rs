//! The `junoscope` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    junoscope::cli::run()
}
