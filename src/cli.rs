//! Which commands are there, and what do they answer the shell? One file each.

pub mod config;
pub mod endpoint;
pub mod rebuild;
pub mod serve;
pub mod simulate;
pub mod user;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, ServeArgs, StoreArgs, Surroundings};
use crate::store::{Store, StoreError};
use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

/// Receives YunoJuno webhooks, keeps them for good, and shows what happened.
#[derive(Parser)]
#[command(name = "junoscope", version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Receive webhooks and show pages
    Serve(ServeArgs),
    /// Bring the tables of the database up to date (serve does this by itself)
    Migrate(StoreArgs),
    /// Make the list pages anew from the stored deliveries
    Rebuild(StoreArgs),
    /// Send realistic signed events, as YunoJuno would
    Simulate(simulate::SimulateArgs),
    /// Say who may sign in
    #[command(subcommand, arg_required_else_help = true)]
    User(user::UserCommand),
    /// Show the receiving endpoints and their secrets
    #[command(subcommand, arg_required_else_help = true)]
    Endpoint(endpoint::EndpointCommand),
    /// Check the settings
    #[command(subcommand, arg_required_else_help = true)]
    Config(config::ConfigCommand),
}

/// Why a command stopped: one plain sentence for the person at the keyboard.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(format!("{error}."))
    }
}

/// Reads the command line and runs the command: 0 for done, 1 for failed, 2 for a command line that makes no sense.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit(Err(Failure(format!("The process cannot start its threads: {error}.")))),
    };
    runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => match configure(&args) {
                Ok(config) => exit(serve::run(config).await),
                Err(failure) => exit(Err(failure)),
            },
            Command::Rebuild(args) => match configure(&args.into()) {
                Ok(config) => exit(rebuild::run(config).await),
                Err(failure) => exit(Err(failure)),
            },
            Command::Migrate(args) => exit(migrate(args).await),
            Command::Simulate(args) => exit(simulate::run(args, Clock::system()).await.map(drop)),
            Command::User(command) => exit(user::run(command, &Clock::system()).await),
            Command::Endpoint(command) => exit(endpoint::run(command, &Clock::system()).await),
            Command::Config(command) => exit(config::run(&command)),
        }
    })
}

fn exit<E: Display>(outcome: Result<(), E>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("junoscope: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Settles the configuration and begins to log as it says.
fn configure(args: &ServeArgs) -> Result<Config, Failure> {
    let config = crate::config::load(args, &Surroundings::of_process())?;
    crate::telemetry::start(config.log_format, &config.log_filter)
        .map_err(|error| Failure(format!("The log filter cannot be used: {error}.")))?;
    Ok(config)
}

async fn migrate(args: StoreArgs) -> Result<(), Failure> {
    let config = configure(&args.into())?;
    let store = open_store(&config).await?;
    store.close().await;
    println!("The tables of {} are up to date.", config.database_url_masked());
    Ok(())
}

/// The database of this configuration, with tables up to date. An `SQLite` file is made, and the folder it is in, but
/// not the folder above that: a path that is wrong further up is more likely a slip than a wish.
pub async fn open_store(config: &Config) -> Result<Store, Failure> {
    let shown = config.database_url_masked();
    if let Some(folder) = folder_of(&config.database_url) {
        make_folder(folder)
            .map_err(|error| Failure(format!("The folder {} cannot be made: {error}.", folder.display())))?;
    }
    let store = Store::connect(&config.database_url)
        .await
        .map_err(|error| Failure(format!("The database {shown} cannot be opened: {error}.")))?;
    store.migrate().await.map_err(|error| Failure(format!("The database {shown} cannot be used: {error}.")))?;
    Ok(store)
}

fn folder_of(database_url: &str) -> Option<&Path> {
    let path = database_url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut maker = std::fs::DirBuilder::new();
    // Everything personal is in there; nobody else on the machine needs to look.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    match maker.create(folder) {
        Err(error) if folder.is_dir() => {
            // Somebody else may have made it at the same time; that is as good.
            drop(error);
            Ok(())
        }
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_command_line_without_sense_ends_with_2() {
        for line in
            [&["junoscope"][..], &["junoscope", "nonsense"], &["junoscope", "user"], &["junoscope", "serve", "--no"]]
        {
            assert_eq!(Cli::try_parse_from(line).err().unwrap().exit_code(), 2, "{line:?}");
        }
    }

    #[test]
    fn the_folder_of_a_database_is_the_one_the_file_is_in() {
        for (url, folder) in [
            ("sqlite://data/junoscope.db", Some("data")),
            ("sqlite:data/junoscope.db?mode=rwc", Some("data")),
            ("sqlite:///var/lib/junoscope/a.db", Some("/var/lib/junoscope")),
            ("sqlite://junoscope.db", None),
            ("postgres://host/a/b", None),
        ] {
            assert_eq!(folder_of(url), folder.map(Path::new), "{url}");
        }
    }
}
