//! `junoscope backup`: copies the log database while the server runs. Lists are left out, as they are rebuilt from it.

use super::contents::contents;
use super::{Failure, configure, postgres_tools, sqlite_file};
use crate::clock::Clock;
use crate::config::StoreArgs;
use crate::store::backup::backup;
use crate::store::private;
use clap::Args;
use jiff::tz::TimeZone;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Where the copy goes.
#[derive(Args)]
pub struct BackupArgs {
    /// The file to write, which replaces an older backup, or a folder, in which each backup has a dated name
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// In a folder: how many of the newest backups stay; older ones are deleted
    #[arg(long, value_name = "N")]
    keep: Option<NonZeroUsize>,
    /// Which database, and how it is reached.
    #[command(flatten)]
    settings: StoreArgs,
}

/// Writes the backup and prints its contents. On PostgreSQL it prints the command to run, and checks the result.
pub async fn run(args: BackupArgs, clock: &Clock) -> Result<(), Failure> {
    let config = configure(&args.settings.into())?;
    let Some(database) = sqlite_file(&config)? else {
        return postgres_tools::backup(&config, &args.to).await;
    };
    let target = Target::of(&args.to, args.keep, &stamp(clock))?;
    give_way();
    let counts = tokio::task::spawn_blocking({
        let to = target.file.clone();
        move || backup(&database, &to)
    })
    .await
    .map_err(|error| Failure(format!("The backup broke off: {error}.")))?
    .map_err(|error| Failure(format!("No backup was made: {error}.")))?;
    let bytes = target.file.metadata().map_or(0, |found| found.len());
    println!(
        "{}: {}.{} MB, {}.",
        target.file.display(),
        bytes / 1_000_000,
        bytes % 1_000_000 / 100_000,
        contents(&counts)
    );
    if let (Some(folder), Some(keep)) = (&target.folder, args.keep) {
        for old in superseded(folder, keep)? {
            fs::remove_file(&old).map_err(|error| Failure(format!("{} cannot be deleted: {error}.", old.display())))?;
            println!("Deleted {}.", old.display());
        }
    }
    Ok(())
}

/// Returns a UTC time for file names, to the second; names sort by time.
pub(super) fn stamp(clock: &Clock) -> String {
    TimeZone::UTC.to_datetime(clock.now()).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Lowers the process priority, so that the backup does not slow the server down.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!(%error, "the backup has the priority of the server");
    }
}

struct Target {
    file: PathBuf,
    /// The folder of dated backups, if one was given.
    folder: Option<PathBuf>,
}

impl Target {
    fn of(to: &Path, keep: Option<NonZeroUsize>, stamp: &str) -> Result<Self, Failure> {
        let ends_as_folder = to.to_string_lossy().ends_with(std::path::is_separator);
        if to.is_file() && keep.is_some() {
            return Err(Failure(format!("--keep counts the backups in a folder, and {} is a file.", to.display())));
        }
        if !to.is_dir() && !ends_as_folder && keep.is_none() {
            return Ok(Self { file: to.to_path_buf(), folder: None });
        }
        private::make_folder(to)
            .map_err(|error| Failure(format!("The folder {} cannot be made: {error}.", to.display())))?;
        Ok(Self { file: to.join(format!("{PREFIX}{stamp}{SUFFIX}")), folder: Some(to.to_path_buf()) })
    }
}

const PREFIX: &str = "junoscope-";
const SUFFIX: &str = ".db";

/// Returns whether a file has the name of a dated backup; nothing else in the folder is ever deleted.
fn is_dated(name: &str) -> bool {
    let stamp = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX)).unwrap_or_default();
    let form = stamp.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    form.eq(*b"00000000T000000Z")
}

/// Returns the dated backups of a folder, oldest first.
pub(super) fn dated(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error| Failure(format!("The folder {} cannot be read: {error}.", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        if is_dated(&entry.file_name().to_string_lossy()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn superseded(folder: &Path, keep: NonZeroUsize) -> Result<Vec<PathBuf>, Failure> {
    let mut found = dated(folder)?;
    found.truncate(found.len().saturating_sub(keep.get()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gets_dated_names_and_keeps_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("backups");
        let keep = NonZeroUsize::new(2);
        let target = Target::of(&inner, keep, "20261130T101530Z").unwrap();
        assert_eq!(target.file, inner.join("junoscope-20261130T101530Z.db"));
        assert!(inner.is_dir(), "--keep speaks of a folder, which is made");
        for name in [
            "junoscope-20261128T101530Z.db",
            "junoscope-20261129T101530Z.db",
            "junoscope-20261130T101530Z.db",
            "junoscope-2026.db",
            "junoscope-20261127T101530Z.db.partial",
            "notes",
        ] {
            fs::write(inner.join(name), "").unwrap();
        }
        assert_eq!(superseded(&inner, keep.unwrap()).unwrap(), [inner.join("junoscope-20261128T101530Z.db")]);
        assert!(superseded(&inner, NonZeroUsize::new(9).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn a_file_is_taken_as_named_and_has_nothing_to_keep() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let target = Target::of(&file, None, "x").unwrap();
        assert_eq!((target.file, target.folder), (file.clone(), None));
        fs::write(&file, "").unwrap();
        assert!(Target::of(&file, NonZeroUsize::new(1), "x").err().unwrap().0.contains("is a file"));
    }
}
