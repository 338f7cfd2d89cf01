//! The subcommands and their exit codes. Each command is in a file of its own.

pub mod backup;
pub mod config;
mod contents;
pub mod endpoint;
pub mod export;
pub mod healthcheck;
pub mod import;
mod postgres_tools;
pub mod rebuild;
pub mod restore;
pub mod serve;
pub mod simulate;
pub mod tail;
pub mod user;
pub mod verify;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, Environment, ServeArgs, StoreArgs};
use crate::store::{Store, StoreError, paths, private};
use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::path::{Path, PathBuf};
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
    Rebuild(rebuild::RebuildArgs),
    /// Copy the database while the server runs: everything that cannot be made again
    Backup(backup::BackupArgs),
    /// Put a backup in place of the database; the server must not run
    Restore(restore::RestoreArgs),
    /// Check that a database or a backup is whole, and that every stored message is what was signed
    Verify(verify::VerifyArgs),
    /// Write deliveries to standard output, as JSON lines or CSV; also beside a running server
    Export(export::ExportArgs),
    /// Bring in deliveries from an export, or from lists of Svix's API; also beside a running server
    Import(import::ImportArgs),
    /// Print deliveries as they come
    Tail(tail::TailArgs),
    /// Ask the running server whether it is ready, as the exit status says too; for containers and supervisors
    Healthcheck(ServeArgs),
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

/// The reason why a command failed: one plain sentence.
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

/// Parses the command line and runs the command. The exit code is 0 for success, 1 for failure, 2 for a usage error.
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
            Command::Rebuild(args) => exit(rebuild::run(args, &Clock::system()).await),
            Command::Backup(args) => exit(backup::run(args, &Clock::system()).await),
            Command::Restore(args) => exit(restore::run(args, &Clock::system()).await),
            Command::Verify(args) => exit(verify::run(args).await),
            Command::Export(args) => exit(export::run(args, &Clock::system()).await),
            Command::Import(args) => exit(import::run(args).await),
            Command::Tail(args) => exit(tail::run(args, &Clock::system()).await),
            Command::Healthcheck(args) => exit(healthcheck::run(&args).await),
            Command::Migrate(args) => exit(migrate(args, &Clock::system()).await),
            Command::Simulate(args) => simulate::exit_code(&simulate::run(args, Clock::system()).await),
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

/// Loads the configuration, and installs the logger it describes.
fn configure(args: &ServeArgs) -> Result<Config, Failure> {
    let config = crate::config::load(args, &Environment::of_process())?;
    begin_log(&config)?;
    Ok(config)
}

fn begin_log(config: &Config) -> Result<(), Failure> {
    crate::telemetry::start(config.log_format, &config.log_filter)
        .map_err(|error| Failure(format!("The log filter cannot be used: {error}.")))
}

async fn migrate(args: StoreArgs, clock: &Clock) -> Result<(), Failure> {
    let config = configure(&args.into())?;
    let store = open_store(&config).await?;
    store.make_lists().await?;
    store.drop_unused_lists(clock.now()).await?;
    store.close().await;
    println!("The tables of {} are up to date.", config.database_url_masked());
    Ok(())
}

/// Opens the configured database and migrates its log; for `serve` and `migrate` alone. An `SQLite` file and its folder are
/// created, but not the parents of the folder: a path that is wrong further up is more likely a typing error.
pub async fn open_store(config: &Config) -> Result<Store, Failure> {
    if let Some(database) = sqlite_file(config)? {
        make_folder_of(&database)?;
    }
    let store = Store::connect(&config.database_url).await.map_err(|error| not_opened(config, error))?;
    store.migrate_log().await.map_err(|error| not_used(config, &error))?;
    Ok(store)
}

/// Opens the configured database, which must exist with the tables of this version: commands that only read must
/// neither create an empty database nor change the tables under a running server.
pub async fn open_existing_store(config: &Config) -> Result<Store, Failure> {
    let store = Store::connect_existing(&config.database_url).await.map_err(|error| not_opened(config, error))?;
    if let Err(error) = store.require_current().await {
        store.close().await;
        return Err(not_used(config, &error));
    }
    Ok(store)
}

fn not_opened(config: &Config, error: StoreError) -> Failure {
    let shown = config.database_url_masked();
    match error {
        StoreError::Missing(path) => Failure(format!(
            "There is no database {}. `junoscope serve` or `junoscope migrate` makes one; --database-url or \
             JUNOSCOPE_DATABASE_URL names another.",
            std::path::absolute(&path).unwrap_or(path).display()
        )),
        // Its message mentions the URL, which is already in this one.
        StoreError::BadUrl(cause) => Failure(format!("The database {shown} cannot be opened: {cause}.")),
        other @ (StoreError::UnknownScheme(_)
        | StoreError::Database(_)
        | StoreError::Log(_)
        | StoreError::Migration(_)
        | StoreError::Damaged { .. }
        | StoreError::Replaced { .. }
        | StoreError::ListsInUse { .. }
        | StoreError::File { .. }
        | StoreError::OtherVersion(_)
        | StoreError::Corrupt(_)) => Failure(format!("The database {shown} cannot be opened: {other}.")),
    }
}

fn not_used(config: &Config, error: &StoreError) -> Failure {
    Failure(format!("The database {} cannot be used: {error}.", config.database_url_masked()))
}

/// Returns the database file, if the database is on SQLite.
fn sqlite_file(config: &Config) -> Result<Option<PathBuf>, Failure> {
    if !config.database_url.starts_with("sqlite:") {
        return Ok(None);
    }
    paths::file_of(&config.database_url).map(Some).map_err(|error| not_opened(config, error))
}

fn make_folder_of(database: &Path) -> Result<(), Failure> {
    let folder = private::folder_of(database);
    private::make_folder(folder)
        .map_err(|error| Failure(format!("The folder {} cannot be made: {error}.", folder.display())))
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
        for line in [&["junoscope"][..], &["junoscope", "nonsense"], &["junoscope", "user"], &["junoscope", "backup"]] {
            assert_eq!(Cli::try_parse_from(line).err().unwrap().exit_code(), 2, "{line:?}");
        }
    }
}
