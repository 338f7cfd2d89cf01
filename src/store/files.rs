//! SQLite's files: whether they are still those that were opened, whether they are intact, and how unusable lists are
//! set aside.

use super::StoreError;
use super::failure::{code_of, is_damage};
use super::paths::{SET_ASIDE, file_names, lists_beside};
use super::private::{beside, make_file};
use super::sqlite_connection::{blocking, opened};
use rusqlite::Connection;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Size above which the log is checked while the server already runs, as reading it would delay webhooks for too long.
const LARGE: u64 = 4 << 30;

/// The identities of the log and its write-ahead log when they were opened.
#[derive(Debug)]
pub(super) struct FileIdentities(Vec<(PathBuf, Option<Identity>)>);

/// Device and inode number of a file, which differ for another file of the same name.
#[cfg(unix)]
type Identity = (u64, u64);
/// On other systems only the existence of the file is known.
#[cfg(not(unix))]
type Identity = ();

#[cfg(unix)]
fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(file: &Path) -> Option<Identity> {
    std::fs::metadata(file).ok().map(drop)
}

impl FileIdentities {
    /// Records the identities; to be called when both files are open.
    pub(super) fn now(file: &Path) -> Self {
        let files = [file.to_path_buf(), beside(file, "-wal")];
        Self(files.into_iter().map(|file| (file.clone(), identity(&file))).collect())
    }

    /// Fails when one of the files is no longer the one that was opened: then writes go to an unlinked file, and are
    /// lost with the process.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for (file, then) in &self.0 {
            // Unknown at opening: there is nothing to compare with.
            if then.is_some() && identity(file) != *then {
                return Err(StoreError::Replaced { file: file.display().to_string() });
            }
        }
        Ok(())
    }
}

/// Checks both SQLite files of this URL completely before they are used. A damaged log is an error that says what to
/// do; damaged lists are set aside, as they can be rebuilt. PostgreSQL checks its own files.
pub async fn check_files(database_url: &str) -> Result<(), StoreError> {
    if !database_url.starts_with("sqlite:") {
        return Ok(());
    }
    let (log, lists) = file_names(database_url)?;
    blocking(move || {
        if log.metadata().is_ok_and(|found| found.len() > LARGE) {
            let large = log.clone();
            let started = std::thread::Builder::new().name("check".to_owned()).spawn(move || {
                if let Err(error) = check_log(&large) {
                    tracing::error!(%error, "the database file is damaged");
                }
            });
            if let Err(error) = started {
                tracing::warn!(%error, "the database file was not checked");
            }
        } else {
            check_log(&log)?;
        }
        let lists = PathBuf::from(lists);
        match damage(&lists) {
            Ok(None) => Ok(()),
            Ok(Some(what)) => set_aside(&lists, &what),
            Err(error) => Err(unopened(&lists, &error)),
        }
    })
    .await
}

/// Sets the lists of this URL aside, unless a process uses them. PostgreSQL has no separate file of lists.
pub async fn set_lists_aside(database_url: &str) -> Result<(), StoreError> {
    if !database_url.starts_with("sqlite:") {
        return Ok(());
    }
    let lists = PathBuf::from(file_names(database_url)?.1);
    blocking(move || {
        if is_in_use(&lists) {
            return Err(StoreError::ListsInUse { file: lists.display().to_string() });
        }
        set_aside(&lists, "they are damaged")
    })
    .await
}

fn check_log(file: &Path) -> Result<(), StoreError> {
    match damage(file) {
        Ok(None) => Ok(()),
        Ok(Some(what)) => Err(StoreError::Damaged { file: file.display().to_string(), what }),
        Err(error) => Err(unopened(file, &error)),
    }
}

fn unopened(file: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::File { file: file.display().to_string(), cause: error.to_string() }
}

/// Returns what is wrong with a file, in SQLite's words; `None` for an intact or missing one.
fn damage(file: &Path) -> Result<Option<String>, rusqlite::Error> {
    if !file.exists() {
        return Ok(None);
    }
    let checked = opened(file)
        .and_then(|connection| connection.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0)));
    match checked {
        Ok(said) if said == "ok" => Ok(None),
        Ok(said) => Ok(Some(said.replace('\n', " "))),
        Err(error) if is_damage(code_of(&error)) => Ok(Some(error.to_string())),
        Err(error) => Err(error),
    }
}

/// Sets the lists aside when they are unusable: no database, damaged in the first pages, or of another program.
pub(super) fn set_aside_unusable(file: &Path) -> Result<(), StoreError> {
    if !file.exists() {
        return Ok(());
    }
    let is_foreign = "select exists (select 1 from sqlite_master) \
                      and not exists (select 1 from sqlite_master where name = 'projector')";
    let foreign = opened(file).and_then(|connection| connection.query_row(is_foreign, [], |row| row.get::<_, bool>(0)));
    match foreign {
        Ok(false) => Ok(()),
        Ok(true) if is_in_use(file) => Err(StoreError::ListsInUse { file: file.display().to_string() }),
        Ok(true) => set_aside(file, "it holds the tables of another program"),
        Err(error) if is_damage(code_of(&error)) => set_aside(file, &error.to_string()),
        Err(error) => Err(unopened(file, &error)),
    }
}

/// Deletes the files of lists beside a log that no process has open: those of other versions than `ours`.
pub(super) fn remove_unused(log: &Path, ours: &Path) -> Result<(), StoreError> {
    let failed = |file: &Path, error: &io::Error| StoreError::File {
        file: file.display().to_string(),
        cause: format!("it cannot be deleted: {error}"),
    };
    let found = lists_beside(log).map_err(|error| failed(log, &error))?;
    for file in found.iter().filter(|file| *file != ours && **file != beside(ours, SET_ASIDE)) {
        if file.exists() && is_in_use(file) {
            continue;
        }
        for file in [beside(file, "-wal"), beside(file, "-shm"), file.clone()] {
            gone(std::fs::remove_file(&file)).map_err(|error| failed(&file, &error))?;
        }
        tracing::info!(file = %file.display(), "lists of another version were deleted: no process uses them");
    }
    Ok(())
}

/// Returns whether another connection has the file open. Only for a readable file.
fn is_in_use(file: &Path) -> bool {
    let asked = opened(file).and_then(|connection: Connection| {
        connection.busy_timeout(Duration::ZERO)?;
        // The pragma requests an exclusive lock at the first read.
        connection.execute_batch("pragma locking_mode = exclusive; select count(*) from sqlite_master")
    });
    matches!(asked, Err(error) if matches!(code_of(&error) & 0xff, 5 | 6))
}

/// Renames the lists and their journals. Only the last set is kept, for diagnosis.
pub(super) fn set_aside(file: &Path, what: &str) -> Result<(), StoreError> {
    let to = beside(file, SET_ASIDE);
    let failed = |error: io::Error| StoreError::File {
        file: file.display().to_string(),
        cause: format!("it cannot be set aside: {error}"),
    };
    gone(std::fs::remove_file(beside(&to, "-wal"))).map_err(failed)?;
    std::fs::rename(file, &to).map_err(failed)?;
    gone(std::fs::rename(beside(file, "-wal"), beside(&to, "-wal"))).map_err(failed)?;
    gone(std::fs::remove_file(beside(file, "-shm"))).map_err(failed)?;
    make_file(file).map_err(failed)?;
    tracing::warn!(
        file = %file.display(),
        set_aside = %to.display(),
        what,
        "the lists could not be used: the file was set aside, and they are made anew from the log"
    );
    Ok(())
}

/// Takes a missing file for a success.
fn gone(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests;
