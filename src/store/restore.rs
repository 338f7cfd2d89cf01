//! Replaces the log by a backup. The previous file is kept beside it, with its write-ahead log: a write-ahead log that
//! stayed in place would be applied to the restored file and corrupt it.

use super::backup::{At as _, BackupError, Counts, check, copy, sync_folder, unfit};
use super::private::{self, beside, folder_of};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a start says as long as a restore is not finished.
pub(super) const INTERRUPTED: &str = "a restore of it was interrupted: run `junoscope restore` again";

/// The copy while it waits to be put in place. As long as it is there, no server makes an empty database in its stead.
const WAITING: &str = "-restoring";

/// Whether a restore of this database was begun and not finished.
pub(super) fn is_interrupted(database: &Path) -> bool {
    beside(database, WAITING).exists()
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the restored database holds.
    pub counts: Counts,
    /// Where the database that stood there is kept now.
    pub kept: Option<PathBuf>,
}

/// Puts the backup `from` in place of `database`. `stamp` goes into the name of what is kept aside. Fails and changes
/// nothing when a process has the database open, or when the backup is not sound.
pub fn restore(from: &Path, database: &Path, stamp: &str) -> Result<Restored, BackupError> {
    // Through a link: the file itself is replaced, not the link.
    let database = &database.canonicalize().unwrap_or_else(|_| database.to_path_buf());
    if from.canonicalize().is_ok_and(|from| from == *database) {
        return Err(unfit(from, "is the database itself"));
    }
    let lists = beside(database, "-lists");
    // Held to the end: a server that starts meanwhile waits for it.
    let held = (hold(database)?, hold(&lists)?);
    check(from)?;

    let partial = beside(database, ".partial");
    let prepared = prepare(from, &partial);
    if prepared.is_err() {
        let _ = fs::remove_file(&partial);
    }
    let counts = prepared?;
    let waiting = beside(database, WAITING);
    fs::rename(&partial, &waiting).at(&waiting)?;

    let kept = if database.exists() { Some(set_aside(database, stamp)?) } else { None };
    for leftover in [beside(database, "-wal"), beside(database, "-shm")] {
        remove(&leftover)?;
    }
    // Folded from another log; the next start folds them again.
    for leftover in [beside(&lists, "-wal"), beside(&lists, "-shm"), lists] {
        remove(&leftover)?;
    }
    sync_folder(folder_of(database)).at(database)?;
    fs::rename(&waiting, database).at(database)?;
    sync_folder(folder_of(database)).at(database)?;
    drop(held);
    Ok(Restored { counts, kept })
}

fn prepare(from: &Path, partial: &Path) -> Result<Counts, BackupError> {
    private::open_to_write(partial).and_then(|file| file.set_len(0)).at(partial)?;
    // Not byte by byte: whoever has only an old copy with its write-ahead log gets what both hold together.
    copy(from, partial)?;
    check(partial)
}

/// Renames the database; what was committed to its write-ahead log goes with it.
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

/// Fails while any process has the file open as a database. SQLite keeps a lock on a file in WAL mode as long as it has it
/// open, and a lock of the whole file collides with it, whatever state the file is in.
fn hold(file: &Path) -> Result<Option<File>, BackupError> {
    if !file.exists() {
        return Ok(None);
    }
    let opened = File::options().read(true).write(true).open(file).at(file)?;
    #[cfg(unix)]
    if rustix::fs::fcntl_lock(&opened, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err() {
        return Err(unfit(file, "is in use: stop the server first"));
    }
    // Elsewhere a file that is open cannot be renamed.
    Ok(Some(opened))
}
