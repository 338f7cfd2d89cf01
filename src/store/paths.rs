//! The names of SQLite's files: the log in a database URL, the lists beside it, and a restore in progress.

use super::StoreError;
use super::private::beside;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The suffix of a restored copy before it is put in place. While it exists, no server creates an empty database.
pub(super) const RESTORING: &str = "-restoring";

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

/// Returns the names of the log's file and of the lists' file.
pub(super) fn file_names(url: &str) -> Result<(PathBuf, String), StoreError> {
    let log = file_of(url)?;
    let lists = beside(&log, "-lists").into_os_string().into_string();
    let lists = lists.map_err(|_| StoreError::BadUrl("the file’s name is not UTF-8".to_owned()))?;
    Ok((log, lists))
}
