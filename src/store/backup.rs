//! Online copies of SQLite's log, made while other processes write it, and the integrity check of a copy.
//!
//! The copy is made by SQLite's backup API in a single step. With several steps the API releases its snapshot between
//! them and starts over when another process has written meanwhile, so beside a busy server it would never finish. A
//! single step reads one snapshot. In WAL mode writers are not blocked meanwhile; but the write-ahead log cannot be
//! reset, and grows by what is written in that time. `VACUUM INTO` reads one snapshot too, but rebuilds every index,
//! which takes several times as long and lets the write-ahead log grow further.

use super::Dialect;
use super::paths::lists_beside;
use super::private::{self, beside, folder_of};
use super::schema::{SchemaState, compare};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The header of every SQLite file.
const SQLITE_HEADER: &[u8] = b"SQLite format 3\0";

/// The reason why a file could not be copied, checked or put in place.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file system error.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// An SQLite error.
    #[error("{}: {error}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// The cause.
        error: rusqlite::Error,
    },
    /// The file is no intact database of Junoscope; `what` continues a sentence that begins with its name.
    #[error("{} {what}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// The problem.
        what: String,
    },
}

/// Adds a file's path to an error.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, BackupError>;
}

impl<T> At<T> for Result<T, io::Error> {
    fn at(self, path: &Path) -> Result<T, BackupError> {
        self.map_err(|error| BackupError::File { path: path.to_path_buf(), error })
    }
}

impl<T> At<T> for Result<T, rusqlite::Error> {
    fn at(self, path: &Path) -> Result<T, BackupError> {
        self.map_err(|error| BackupError::Sqlite { path: path.to_path_buf(), error })
    }
}

pub(super) fn unfit(path: &Path, what: impl Into<String>) -> BackupError {
    BackupError::Unfit { path: path.to_path_buf(), what: what.into() }
}

/// Returns whether a file has SQLite's header; an empty file does not count.
pub fn is_sqlite(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut beginning)?;
    Ok(beginning == SQLITE_HEADER)
}

/// Opens a database read-only, also while others have it open.
pub fn open_to_read(path: &Path) -> Result<Connection, BackupError> {
    if !is_sqlite(path).at(path)? {
        return Err(unfit(path, "is not an SQLite database"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let is_open_elsewhere = beside(path, "-wal").exists() || beside(path, "-shm").exists();
    let connection = if is_open_elsewhere {
        Connection::open_with_flags(path, flags).at(path)?
    } else {
        // No process writes it, so it is opened as immutable, which creates no files beside it and works in read-only
        // folders.
        Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI).at(path)?
    };
    connection.busy_timeout(Duration::from_secs(10)).at(path)?;
    Ok(connection)
}

/// Returns the path as a URI that declares the file immutable.
fn immutable(path: &Path) -> String {
    let mut uri = String::from("file:");
    for character in path.to_string_lossy().chars() {
        match character {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            other => uri.push(other),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// Copies one snapshot of the database into an empty file, which needs no other file beside it.
pub fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let source = open_to_read(from)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags).at(to)?;
    // A failed copy is deleted, so no journal is needed; and it is synced once at the end.
    target.execute_batch("pragma journal_mode = off; pragma synchronous = off;").at(to)?;
    {
        let backup = Backup::new(&source, &mut target).at(to)?;
        // -1 copies all pages in one step. `Busy` means that nothing was copied.
        let mut tries = 0;
        while !matches!(backup.step(-1).at(from)?, StepResult::Done) {
            if tries == 100 {
                return Err(unfit(from, "is locked by another program"));
            }
            tries += 1;
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    // The copy's header requires a write-ahead log, like the original's. This makes it a single file.
    target.execute_batch("pragma journal_mode = delete").at(to)?;
    target.close().map_err(|(_, error)| error).at(to)?;
    File::open(to).and_then(|file| file.sync_all()).at(to)
}

/// The contents of an intact database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of messages.
    pub messages: i64,
    /// Number of further attempts.
    pub attempts: i64,
    /// Number of refused requests kept.
    pub refused: i64,
    /// Number of accounts, disabled ones included.
    pub people: i64,
    /// The last sequence number assigned.
    pub last_seq: i64,
    /// Arrival of the newest request kept, in milliseconds since 1970.
    pub last_at: Option<i64>,
}

/// The query of [`Counts`], for either database.
pub(super) const COUNTS: &str = "select (select count(*) from messages), (select count(*) from attempts), \
    (select count(*) from quarantine), (select count(*) from people), (select seq from log_head where id = 1), \
    (select max(at) from (select max(received_at) as at from messages union all select max(received_at) from attempts \
    union all select max(received_at) from quarantine) as last)";

/// Counts sequence numbers above the last one assigned; an intact database has none.
pub(super) const BEYOND: &str = "select (select count(*) from messages where seq > (select seq from log_head)) \
    + (select count(*) from attempts where seq > (select seq from log_head))";

/// Checks every page and index of the log, and counts its contents.
pub fn check(path: &Path) -> Result<Counts, BackupError> {
    let connection = open_to_read(path)?;
    let damage = |error: &rusqlite::Error| {
        matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
        )
    };
    let whole = integrity(&connection);
    let problems = match whole {
        Err(error) if damage(&error) => vec![error.to_string()],
        other => other.at(path)?,
    };
    if !problems.is_empty() {
        return Err(unfit(path, format!("is damaged: {}", problems.join("; "))));
    }
    match compare(Dialect::Sqlite, &applied(&connection).at(path)?) {
        SchemaState::Current | SchemaState::Older => {}
        SchemaState::Empty => return Err(unfit(path, "is an SQLite database, but not one of Junoscope")),
        other @ (SchemaState::TooOld | SchemaState::Newer) => {
            return Err(unfit(path, format!("cannot be used: {other}")));
        }
    }
    let beyond: i64 = connection.query_row(BEYOND, [], |row| row.get(0)).at(path)?;
    if beyond > 0 {
        return Err(unfit(path, format!("holds {beyond} requests with numbers that were never given out")));
    }
    connection
        .query_row(COUNTS, [], |row| {
            Ok(Counts {
                messages: row.get(0)?,
                attempts: row.get(1)?,
                refused: row.get(2)?,
                people: row.get(3)?,
                last_seq: row.get(4)?,
                last_at: row.get(5)?,
            })
        })
        .at(path)
}

/// Returns the first few problems that SQLite finds.
fn integrity(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut check = connection.prepare("pragma integrity_check(5)")?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").map(|line| line.replace('\n', " ")).collect())
}

fn applied(connection: &Connection) -> Result<BTreeMap<i64, String>, rusqlite::Error> {
    let there = "select count(*) from sqlite_master where name in ('_sqlx_migrations', 'messages', 'log_head')";
    if connection.query_row(there, [], |row| row.get::<_, i64>(0))? < 3 {
        return Ok(BTreeMap::new());
    }
    let mut select = connection.prepare("select version, description from _sqlx_migrations")?;
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// A copy in progress, in the target's folder; deleted unless it is put in place.
struct TemporaryCopy {
    path: PathBuf,
    /// Locked while it is written, so that two backups do not write the same file.
    file: File,
    is_done: bool,
}

impl TemporaryCopy {
    fn begin(path: PathBuf) -> Result<Self, BackupError> {
        let file = private::open_to_write(&path).at(&path)?;
        if file.try_lock().is_err() {
            return Err(unfit(&path, "is being written by another backup"));
        }
        // Removes what a killed backup left.
        file.set_len(0).at(&path)?;
        Ok(Self { path, file, is_done: false })
    }
}

impl Drop for TemporaryCopy {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.path);
        }
        let _ = self.file.unlock();
    }
}

/// Copies the log `from` to `to`: checks the copy, and only then replaces an existing file.
pub fn backup(from: &Path, to: &Path) -> Result<Counts, BackupError> {
    refuse_to_replace(from, to)?;
    let mut partial = TemporaryCopy::begin(beside(to, ".partial"))?;
    copy(from, &partial.path)?;
    let counts = check(&partial.path)?;
    fs::rename(&partial.path, to).at(to)?;
    partial.is_done = true;
    sync_folder(folder_of(to)).at(to)?;
    Ok(counts)
}

/// Fails unless an existing target is an older backup.
fn refuse_to_replace(from: &Path, to: &Path) -> Result<(), BackupError> {
    let Ok(found) = to.metadata() else { return Ok(()) };
    if !found.is_file() {
        return Err(unfit(to, "is no file that a backup could replace"));
    }
    let real = |path: &Path| path.canonicalize().ok();
    let lists = lists_beside(from).at(from)?;
    if real(to) == real(from) || lists.iter().any(|lists| real(to) == real(lists)) {
        return Err(unfit(to, "is the database itself: name another file, or a folder"));
    }
    if beside(to, "-wal").exists() {
        return Err(unfit(to, "is a database that is in use (there is a -wal beside it): name another file"));
    }
    if found.len() > 0 && !is_sqlite(to).at(to)? {
        return Err(unfit(to, "is no backup, and is not replaced by one: name another file, or a folder"));
    }
    Ok(())
}

/// Syncs a folder: a rename survives a power failure only after that.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests;
