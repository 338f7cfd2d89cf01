//! `junoscope config check`: prints the effective settings and the source of each.

use super::Failure;
use crate::config::{Environment, ServeArgs, explain};
use clap::Subcommand;

/// What to do with the settings.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Show every setting and where it came from, or what is wrong; secrets are not shown
    Check(ServeArgs),
}

/// Runs the command. It opens nothing, so the database may be down.
pub fn run(command: &ConfigCommand) -> Result<(), Failure> {
    let ConfigCommand::Check(args) = command;
    let (config, settings) = explain(args, &Environment::of_process())?;
    let widest = |of: fn(&crate::config::Setting) -> usize| settings.iter().map(of).max().unwrap_or_default();
    let keys = widest(|setting| setting.key.chars().count());
    let values = widest(|setting| setting.value.chars().count());
    for setting in &settings {
        println!("{:keys$}  {:values$}  {}", setting.key, setting.value, setting.origin);
    }
    for warning in config.warnings() {
        eprintln!("Warning: {warning}");
    }
    println!("The settings can be used.");
    Ok(())
}
