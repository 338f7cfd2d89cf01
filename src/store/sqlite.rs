//! Opening of SQLite: two files that are read as one database, the log with everything people did, and beside it, in
//! `…-lists-` and a version, what the projector derives from the log.
//!
//! SQLite allows one writer per file. The projector writes a lot, and with a file of its own it never delays a request;
//! nor need its commits be synced to disk, as what a power failure loses is folded again.

use super::failure::is_damaged;
use super::files::{FileIdentities, set_aside_unusable};
use super::log::Log;
use super::paths::{RESTORE_INTERRUPTED, file_names, is_restore_interrupted};
use super::sqlite_connection::{Durability, LISTS_PRAGMAS, LOG_PRAGMAS, ReaderPool, SqliteConnection, blocking};
use super::{IfMissing, Pool, StoreError, private};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Number of connections for reading.
const READERS: u8 = 4;

/// The file of the lists, and the projector's connection to it.
#[derive(Debug)]
pub struct Lists {
    pub(super) connection: SqliteConnection,
    pub(super) file: String,
    pub(super) log: PathBuf,
    /// The options for connections that read the log.
    reading: SqliteConnectOptions,
}

impl Lists {
    /// Opens a connection for the projector alone, which does not compete with pages and keeps its own cache.
    pub(super) async fn reader(&self) -> Result<SqlitePool, sqlx::Error> {
        pool(1, self.reading.clone(), Some(self.file.clone())).await
    }

    /// Creates a pool of at most `at_most` connections that read rows.
    pub(super) fn readers(&self, at_most: u8) -> Arc<ReaderPool> {
        Arc::new(ReaderPool::new(self.log.clone(), self.file.clone(), at_most))
    }
}

/// Opens connections to the log, with the lists attached if given.
async fn pool(
    connections: u32,
    options: SqliteConnectOptions,
    lists: Option<String>,
) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(8))
        .after_connect(move |connection, _| {
            let lists = lists.clone();
            Box::pin(async move {
                let Some(lists) = lists else { return Ok(()) };
                sqlx::query("attach database ? as lists").bind(lists).execute(&mut *connection).await?;
                sqlx::query("pragma lists.cache_size = -8192").execute(connection).await.map(drop)
            })
        })
        .connect_with(options)
        .await
}

/// Creates the files, if permitted, accessible to their owner alone, and restricts those of earlier versions.
fn made_private(file: &Path, lists: &str, if_missing: IfMissing) -> Result<(), StoreError> {
    if is_restore_interrupted(file) {
        return Err(StoreError::BadUrl(RESTORE_INTERRUPTED.to_owned()));
    }
    if if_missing == IfMissing::Fail && !file.exists() {
        return Err(StoreError::Missing(file.to_path_buf()));
    }
    let lists = PathBuf::from(lists);
    for file in [file, &lists] {
        private::make_file(file).map_err(|e| StoreError::BadUrl(format!("{} cannot be made: {e}", file.display())))?;
        private::close_to_others(&[file.to_path_buf(), private::beside(file, "-wal"), private::beside(file, "-shm")]);
    }
    Ok(())
}

/// Opens both files. Missing lists are created, as they can be rebuilt.
pub(super) async fn open(url: &str, if_missing: IfMissing) -> Result<(Pool, Log), StoreError> {
    let (file, lists) = file_names(url)?;
    made_private(&file, &lists, if_missing)?;
    let bad = |error: sqlx::Error| match error {
        // Damaged lists were set aside before, so this is the log.
        error if is_damaged(&error) => {
            StoreError::Damaged { file: file.display().to_string(), what: error.to_string() }
        }
        error => StoreError::BadUrl(error.to_string()),
    };
    let options = SqliteConnectOptions::from_str(url)
        .map_err(bad)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was answered 200 survives a power failure. Group commit makes that cheap.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // A multi-row insert has a statement journal; in a file it doubled the page writes.
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256);
    // It never waits for locks: what fails now is retried half a second later. It is opened first and without the
    // lists, so that errors of the log alone are reported as such.
    let checkpointing = options.clone().pragma("wal_autocheckpoint", "0").busy_timeout(Duration::ZERO);
    let checkpointer = pool(1, checkpointing, None).await.map_err(bad)?;
    let lists_file = PathBuf::from(&lists);
    let connection = blocking(move || {
        set_aside_unusable(&lists_file)?;
        Ok(SqliteConnection::open(&lists_file, Durability::Rebuildable, LISTS_PRAGMAS)?)
    })
    .await?;

    let small = options.pragma("cache_size", "-4096");
    // Checkpoints run on a connection of their own, beside the writer: within commits they dominated the tail latency.
    let writing = small.clone().pragma("wal_autocheckpoint", "0");
    let write = pool(1, writing, Some(lists.clone())).await.map_err(bad)?;
    let reading = small.pragma("query_only", "1");
    let read = pool(READERS.into(), reading.clone(), Some(lists.clone())).await.map_err(bad)?;

    let log = SqliteConnection::open(&file, Durability::Full, LOG_PRAGMAS)?;
    // A read also opens the write-ahead log.
    log.set("select count(*) from sqlite_master")?;
    let files = FileIdentities::now(&file);
    let write_lock = Arc::new(Mutex::new(()));
    let lists = Arc::new(Lists { connection, file: lists, log: file, reading });
    let rows = lists.readers(READERS);
    let log = Log::Sqlite { log, write_lock: Arc::clone(&write_lock), files };
    Ok((Pool::Sqlite { rows, read, write, lists, checkpointer, write_lock }, log))
}
