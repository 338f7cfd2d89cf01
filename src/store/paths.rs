//! The names of SQLite's files: the log in a database URL, the lists beside it, and a restore in progress.

use super::private::{beside, folder_of};
use super::projections::tables::version;
use super::{Dialect, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The suffix of a restored copy before it is put in place. While it exists, no server creates an empty database.
pub(super) const RESTORING: &str = "-restoring";

/// The suffix of the lists' file, before its version.
const LISTS: &str = "-lists";

/// The suffix of lists that could not be used.
pub(super) const SET_ASIDE: &str = ".set-aside";

/// The error at startup while a restore is unfinished.
pub(super) const RESTORE_INTERRUPTED: &str = "a restore of it was interrupted: run `junoscope restore` again";

/// Returns whether a restore of this database is unfinished.
pub(super) fn is_restore_interrupted(database: &Path) -> bool {
    beside(database, RESTORING).exists()
}

/// Returns the log's file in a URL.
pub fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::BadUrl(error.to_string()))?;
    Ok(options.get_filename().to_path_buf())
}

/// Returns the names of the log's file and of the lists' file, which has the version of the lists in its name.
pub(super) fn file_names(url: &str) -> Result<(PathBuf, String), StoreError> {
    let log = file_of(url)?;
    let lists = beside(&log, &format!("{LISTS}-{}", version(Dialect::Sqlite))).into_os_string().into_string();
    let lists = lists.map_err(|_| StoreError::BadUrl("the file’s name is not UTF-8".to_owned()))?;
    Ok((log, lists))
}

/// Returns the files of lists beside a log, of any version and whether set aside or not, without their journals. Lists
/// had no version in their names once.
pub(super) fn lists_beside(log: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let Some(prefix) = log.file_name().map(|name| format!("{}{LISTS}", name.to_string_lossy())) else {
        return Ok(BTreeSet::new());
    };
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder_of(log))? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let name = name.trim_end_matches("-wal").trim_end_matches("-shm");
        let Some(end) = name.strip_prefix(&prefix) else { continue };
        let version = end.strip_suffix(SET_ASIDE).unwrap_or(end);
        let is_version =
            |text: &str| text.len() == 10 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if version.is_empty() || version.strip_prefix('-').is_some_and(is_version) {
            found.insert(beside(log, &format!("{LISTS}{end}")));
        }
    }
    Ok(found)
}
