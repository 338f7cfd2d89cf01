//! Opening of SQLite: two files that are read as one database, the log with everything people did, and beside it, in
//! `…-lists`, what the projector derives from the log.
//!
//! SQLite allows one writer per file. The projector writes a lot, and with a file of its own it never delays a request;
//! nor need its commits be synced to disk, as what a power failure loses is folded again.

use super::direct::{Direct, Promise, Readers, blocking};
use super::failure::is_damaged;
use super::files::{Opened, set_aside_unusable};
use super::log::Log;
use super::projections::rebuild::make_indexes;
use super::{Opening, Pool, StoreError, private, restore};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

pub(super) static LOG_TABLES: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static LISTS_TABLES: Migrator = sqlx::migrate!("migrations/sqlite-lists");

/// The writer of the log keeps in memory the ends of a few indexes, 8 MiB. Somebody else moves its write-ahead log: see
/// `Store::checkpoint`.
const LOG: &str = "pragma cache_size = -8192; pragma wal_autocheckpoint = 0;";
/// The writer of the lists goes all over their indexes, and keeps 32 MiB.
pub(super) const LISTS_AT_EASE: &str = "pragma cache_size = -32768; pragma wal_autocheckpoint = 4000;";

/// Connections pages are read by.
const READERS: u8 = 4;

/// The file of the lists, and the connection the projector writes it by.
#[derive(Debug)]
pub struct Lists {
    pub(super) direct: Direct,
    file: String,
    log: PathBuf,
    /// How the log is opened to be read.
    reading: SqliteConnectOptions,
}

impl Lists {
    /// A connection for the projector alone: pages need not wait for it, and it remembers what it reads again and again.
    pub(super) async fn reader(&self) -> Result<SqlitePool, sqlx::Error> {
        pool(1, self.reading.clone(), Some(self.file.clone())).await
    }

    /// Connections that read rows, at most so many.
    pub(super) fn readers(&self, at_most: u8) -> Arc<Readers> {
        Arc::new(Readers::new(self.log.clone(), self.file.clone(), at_most))
    }
}

/// Connections to the log, with the lists at hand where they are asked for.
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

/// The file of the log that a URL names.
pub fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| StoreError::BadUrl(error.to_string()))?;
    Ok(options.get_filename().to_path_buf())
}

/// The names of the log's file and of the lists'.
pub(super) fn file_names(url: &str) -> Result<(PathBuf, String), StoreError> {
    let log = file_of(url)?;
    let lists = beside(log.clone())?;
    Ok((log, lists))
}

/// Makes the files, if they may be made, for their owner alone; those of earlier versions could be read by others.
fn made_private(file: &Path, lists: &str, opening: Opening) -> Result<(), StoreError> {
    if restore::is_interrupted(file) {
        return Err(StoreError::BadUrl(restore::INTERRUPTED.to_owned()));
    }
    if opening == Opening::Existing && !file.exists() {
        return Err(StoreError::Missing(file.to_path_buf()));
    }
    let lists = PathBuf::from(lists);
    for file in [file, &lists] {
        private::make_file(file).map_err(|e| StoreError::BadUrl(format!("{} cannot be made: {e}", file.display())))?;
        private::close_to_others(&[file.to_path_buf(), private::beside(file, "-wal"), private::beside(file, "-shm")]);
    }
    Ok(())
}

/// Opens both files. The lists are made if they are missing, as they hold nothing of their own.
pub(super) async fn open(url: &str, opening: Opening) -> Result<(Pool, Log), StoreError> {
    let (file, lists) = file_names(url)?;
    made_private(&file, &lists, opening)?;
    let bad = |error: sqlx::Error| match error {
        // Lists that are damaged where they are read first were set aside before: this is the log.
        error if is_damaged(&error) => {
            StoreError::Damaged { file: file.display().to_string(), what: error.to_string() }
        }
        error => StoreError::BadUrl(error.to_string()),
    };
    let options = SqliteConnectOptions::from_str(url)
        .map_err(bad)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was answered 200 survives a power cut. Committed in groups, it costs next to nothing.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // An insert of many rows keeps a journal of its own, in case it has to be undone; in a file, that wrote every
        // page twice.
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256);
    // It never waits for others: what it cannot do now, it does half a second later. It is opened first, because the
    // others need the lists, too: whatever is wrong with the log alone is said of the log.
    let keeping = options.clone().pragma("wal_autocheckpoint", "0").busy_timeout(Duration::ZERO);
    let keeper = pool(1, keeping, None).await.map_err(bad)?;
    usable_lists(&lists).await?;

    let small = options.pragma("cache_size", "-4096");
    // Checkpoints happen on a connection of their own, beside the writer: inside a commit they were the tail of every
    // latency measurement.
    let writing = small.clone().pragma("wal_autocheckpoint", "0");
    let write = pool(1, writing, Some(lists.clone())).await.map_err(bad)?;
    let reading = small.pragma("query_only", "1");
    let read = pool(READERS.into(), reading.clone(), Some(lists.clone())).await.map_err(bad)?;

    let log = Direct::open(&file, Promise::Kept, LOG)?;
    // Reading opens the write-ahead log, too.
    log.set("select count(*) from sqlite_master")?;
    let files = Opened::now(&file);
    let direct = Direct::open(lists.as_ref(), Promise::FoldedAgain, LISTS_AT_EASE)?;
    let turn = Arc::new(Mutex::new(()));
    let lists = Arc::new(Lists { direct, file: lists, log: file, reading });
    let rows = lists.readers(READERS);
    let log = Log::Sqlite { log, turn: Arc::clone(&turn), files };
    Ok((Pool::Sqlite { rows, read, write, lists, keeper, turn }, log))
}

/// Makes the lists' file if it is missing; one that cannot be used is set aside, and made anew.
async fn usable_lists(file: &str) -> Result<(), StoreError> {
    let known: Vec<(i64, Vec<u8>)> =
        LISTS_TABLES.iter().map(|migration| (migration.version, migration.checksum.to_vec())).collect();
    let lists = PathBuf::from(file);
    blocking(move || set_aside_unusable(&lists, &known)).await?;
    let connection =
        made(file).await.map_err(|error| StoreError::File { file: file.to_owned(), cause: error.to_string() })?;
    Ok(connection.close().await?)
}

/// Brings the tables of both files up to date.
pub(super) async fn migrate(write: &SqlitePool, lists: &Arc<Lists>) -> Result<(), StoreError> {
    let mut connection = made(&lists.file).await?;
    if is_behind(&mut connection).await {
        // What a rebuild put off may be what a migration changes.
        let interrupted = Arc::clone(lists);
        blocking(move || make_indexes(&interrupted.direct)).await?;
    }
    LISTS_TABLES.run(&mut connection).await?;
    LOG_TABLES.run(write).await?;
    Ok(())
}

/// Whether the lists' tables are those of an earlier version.
async fn is_behind(connection: &mut SqliteConnection) -> bool {
    let made: Result<i64, _> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(connection).await;
    // Without that table there is nothing yet, and nothing put off.
    made.is_ok_and(|made| LISTS_TABLES.iter().any(|migration| migration.version > made))
}

fn beside(file: PathBuf) -> Result<String, StoreError> {
    let mut name = file.into_os_string();
    name.push("-lists");
    name.into_string().map_err(|_| StoreError::BadUrl("the file’s name is not UTF-8".to_owned()))
}

/// A connection to the lists' file alone, which is there and in WAL mode after it.
async fn made(file: &str) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    options.journal_mode(SqliteJournalMode::Wal).busy_timeout(Duration::from_secs(5)).connect().await
}
