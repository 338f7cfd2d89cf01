//! `junoscope restore`: replaces the database by a backup.

use super::backup::{dated, stamp};
use super::contents::contents;
use super::{Failure, configure, make_folder_of, postgres_tools, sqlite_file};
use crate::clock::Clock;
use crate::config::StoreArgs;
use crate::store::restore::restore;
use clap::Args;
use std::path::PathBuf;

/// What is put back.
#[derive(Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Which database, and how it is reached.
    #[command(flatten)]
    settings: StoreArgs,
}

/// Restores the backup and prints the new path of the previous database. On PostgreSQL it checks the dump and prints
/// the command to run.
pub async fn run(args: RestoreArgs, clock: &Clock) -> Result<(), Failure> {
    let config = configure(&args.settings.into())?;
    if args.from.is_dir() {
        let newest = dated(&args.from)?.pop();
        let hint =
            newest.map_or_else(String::new, |newest| format!("; the newest backup in it is {}", newest.display()));
        return Err(Failure(format!("{} is a folder{hint}.", args.from.display())));
    }
    let Some(database) = sqlite_file(&config)? else {
        return postgres_tools::restore(&config, &args.from).await;
    };
    make_folder_of(&database)?;
    let stamp = stamp(clock);
    let restored = tokio::task::spawn_blocking({
        let (from, database) = (args.from.clone(), database.clone());
        move || restore(&from, &database, &stamp)
    })
    .await
    .map_err(|error| Failure(format!("The restore broke off: {error}.")))?
    .map_err(|error| Failure(format!("Nothing was restored: {error}.")))?;
    println!("{} is {} again: {}.", database.display(), args.from.display(), contents(&restored.counts));
    if let Some(kept) = restored.kept {
        println!("What stood there before is kept as {}; delete it when you are sure.", kept.display());
    }
    println!("The lists are made anew at the next start of `junoscope serve`.");
    Ok(())
}
