//! Replaces the log by a backup. The previous file is kept beside it, with its write-ahead log: a write-ahead log that
//! stayed in place would be applied to the restored file and corrupt it.

use super::backup::{At as _, BackupError, Counts, check, copy, sync_folder, unfit};
use super::paths::{RESTORING, lists_beside};
use super::private::{self, beside, folder_of};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The result of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The contents of the restored database.
    pub counts: Counts,
    /// The new path of the previous database.
    pub kept: Option<PathBuf>,
}

/// Replaces `database` by the backup `from`. `stamp` becomes part of the previous file's new name. Fails without
/// changes when a process has the database open, or when the backup is damaged.
pub fn restore(from: &Path, database: &Path, stamp: &str) -> Result<Restored, BackupError> {
    // A symbolic link is followed, so that the file is replaced and not the link.
    let database = &database.canonicalize().unwrap_or_else(|_| database.to_path_buf());
    if from.canonicalize().is_ok_and(|from| from == *database) {
        return Err(unfit(from, "is the database itself"));
    }
    let lists = lists_beside(database).at(database)?;
    // Held to the end: a server that starts meanwhile waits for the lock.
    let held = std::iter::once(database).chain(&lists).map(|file| hold(file)).collect::<Result<Vec<_>, _>>()?;
    check(from)?;

    let partial = beside(database, ".partial");
    let prepared = prepare(from, &partial);
    if prepared.is_err() {
        let _ = fs::remove_file(&partial);
    }
    let counts = prepared?;
    let waiting = beside(database, RESTORING);
    fs::rename(&partial, &waiting).at(&waiting)?;

    let kept = if database.exists() { Some(set_aside(database, stamp)?) } else { None };
    for leftover in [beside(database, "-wal"), beside(database, "-shm")] {
        remove(&leftover)?;
    }
    // Lists of another log; the next start rebuilds them.
    for lists in lists {
        for leftover in [beside(&lists, "-wal"), beside(&lists, "-shm"), lists] {
            remove(&leftover)?;
        }
    }
    sync_folder(folder_of(database)).at(database)?;
    fs::rename(&waiting, database).at(database)?;
    sync_folder(folder_of(database)).at(database)?;
    drop(held);
    Ok(Restored { counts, kept })
}

fn prepare(from: &Path, partial: &Path) -> Result<Counts, BackupError> {
    private::open_to_write(partial).and_then(|file| file.set_len(0)).at(partial)?;
    // Not byte by byte: a copied database with its write-ahead log is merged.
    copy(from, partial)?;
    check(partial)
}

/// Renames the database, and its write-ahead log with what is committed in it.
fn set_aside(database: &Path, stamp: &str) -> Result<PathBuf, BackupError> {
    let kept = beside(database, &format!(".replaced-{stamp}"));
    let (wal, kept_wal) = (beside(database, "-wal"), beside(&kept, "-wal"));
    if wal.exists() {
        fs::rename(&wal, &kept_wal).at(&wal)?;
    }
    fs::rename(database, &kept).at(database)?;
    Ok(kept)
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).at(path),
        _ => Ok(()),
    }
}

/// Fails while any process has the database open: SQLite keeps a shared lock on a file in WAL mode while open, which
/// conflicts with an exclusive lock in any state of the file.
fn hold(file: &Path) -> Result<Option<File>, BackupError> {
    if !file.exists() {
        return Ok(None);
    }
    let opened = File::options().read(true).write(true).open(file).at(file)?;
    #[cfg(unix)]
    if rustix::fs::fcntl_lock(&opened, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err() {
        return Err(unfit(file, "is in use: stop the server first"));
    }
    // On other systems an open file cannot be renamed.
    Ok(Some(opened))
}
