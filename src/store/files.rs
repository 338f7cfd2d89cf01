//! SQLite's files: whether they are still those that were opened, whether they are intact, and how unusable lists are
//! set aside.

use super::StoreError;
use super::failure::{code_of, is_damage};
use super::paths::file_names;
use super::private::beside;
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

/// Sets the lists aside when they are unusable: no database, damaged in the first pages, or of another version. `known`
/// are the migrations of this program, with their checksums.
pub(super) fn set_aside_unusable(file: &Path, known: &[(i64, Vec<u8>)]) -> Result<(), StoreError> {
    if !file.exists() {
        return Ok(());
    }
    match obstacle(file, known) {
        Ok(None) => Ok(()),
        Ok(Some(what)) => {
            if is_in_use(file) {
                return Err(StoreError::ListsInUse { file: file.display().to_string() });
            }
            set_aside(file, &what)
        }
        Err(error) if is_damage(code_of(&error)) => set_aside(file, &error.to_string()),
        Err(error) => Err(unopened(file, &error)),
    }
}

/// Returns why readable lists are not those of this program.
fn obstacle(file: &Path, known: &[(i64, Vec<u8>)]) -> Result<Option<String>, rusqlite::Error> {
    let connection = opened(file)?;
    let exists = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, bool>(0));
    if !exists("select exists (select 1 from sqlite_master)")? {
        return Ok(None);
    }
    if !exists("select exists (select 1 from sqlite_master where name = '_sqlx_migrations')")? {
        return Ok(Some("it holds the tables of another program".to_owned()));
    }
    let mut select = connection.prepare("select version, checksum, success from _sqlx_migrations order by version")?;
    let made = select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?)))?;
    for one in made {
        let (version, checksum, is_whole): (i64, Vec<u8>, bool) = one?;
        match known.iter().find(|(of, _)| *of == version) {
            None => {
                return Ok(Some(format!("a newer version of Junoscope made it (its tables are of step {version})")));
            }
            Some((_, ours)) if *ours != checksum => {
                return Ok(Some(format!("another version of Junoscope made it (step {version} differs)")));
            }
            Some(_) if !is_whole => return Ok(Some(format!("its tables were left unfinished at step {version}"))),
            Some(_) => {}
        }
    }
    Ok(None)
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
    let to = beside(file, ".set-aside");
    let failed = |error: io::Error| StoreError::File {
        file: file.display().to_string(),
        cause: format!("it cannot be set aside: {error}"),
    };
    let gone = |outcome: io::Result<()>| match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    };
    gone(std::fs::remove_file(beside(&to, "-wal"))).map_err(failed)?;
    std::fs::rename(file, &to).map_err(failed)?;
    gone(std::fs::rename(beside(file, "-wal"), beside(&to, "-wal"))).map_err(failed)?;
    gone(std::fs::remove_file(beside(file, "-shm"))).map_err(failed)?;
    tracing::warn!(
        file = %file.display(),
        set_aside = %to.display(),
        what,
        "the lists could not be used: the file was set aside, and they are made anew from the log"
    );
    Ok(())
}

#[cfg(test)]
mod tests;
