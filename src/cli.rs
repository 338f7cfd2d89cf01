//! Commands, one file each.

pub mod rebuild;
pub mod simulate;

use std::process::ExitCode;

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
