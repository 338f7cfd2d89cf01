//! The store: one SQL text for both databases, through two drivers.
//!
//! Portable SQL only; ids, instants and defaults are made in Rust. Where one statement must differ, the method picks
//! between two literals by [`Store::dialect`] and says why. Every method is tested on both databases.

pub mod backup;
mod checkpoint;
pub mod connected;
pub mod deliveries;
mod failure;
mod files;
mod instances;
pub mod log;
pub mod notices;
pub mod paths;
pub mod people;
pub mod private;
pub mod projections;
pub mod refusals;
pub mod restore;
pub mod schema;
pub mod search_index;
pub mod secrets;
pub mod sqlite;
mod sqlite_connection;
pub(crate) mod statement;
pub mod stored;
mod take_over;
pub mod version;

pub use files::{check_files, set_lists_aside};

use jiff::Timestamp;
use log::Log;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::SqlitePool;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, raw_sql};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// A store error. Its cause is for the log, never for a response.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The scheme of the URL is unknown.
    #[error("the database URL must begin with sqlite: or postgres: (it begins with {0:?})")]
    UnknownScheme(String),
    /// The URL is invalid.
    #[error("the database URL cannot be used: {0}")]
    BadUrl(String),
    /// The database reported an error, or did not answer.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The same, from a `rusqlite` connection.
    #[error("the database did not answer: {0}")]
    Log(#[from] rusqlite::Error),
    /// The migrations failed.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The log's file is damaged, or no database, and cannot be repaired here.
    #[error(
        "the file {file} is damaged ({what}): put a backup in its place with `junoscope restore`, or copy what can still \
         be read into a new file with `sqlite3 {file} .recover`"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What SQLite says of it.
        what: String,
    },
    /// A file was replaced or deleted while open: writes to it would be lost.
    #[error("the file {file} was moved, replaced or deleted while it was in use")]
    Replaced {
        /// The file.
        file: String,
    },
    /// The lists are unusable, and another process has them open.
    #[error("the lists in {file} cannot be used, and a server that runs has them open: stop it first")]
    ListsInUse {
        /// The file.
        file: String,
    },
    /// A file cannot be opened or moved.
    #[error("the file {file} cannot be used: {cause}")]
    File {
        /// The file.
        file: String,
        /// Why.
        cause: String,
    },
    /// The file does not exist, and this command does not create it.
    #[error("there is no such file")]
    Missing(std::path::PathBuf),
    /// The schema is of another version.
    #[error("{0}")]
    OtherVersion(schema::SchemaState),
    /// A row has an invalid value.
    #[error("a stored row cannot be read: {0}")]
    Corrupt(String),
}

/// The connection pools of either database.
#[derive(Clone, Debug)]
pub enum Pool {
    /// The log and the lists, in a file each, with many readers; each file has one writer at a time.
    Sqlite {
        /// Reads rows, through `rusqlite`.
        rows: Arc<sqlite_connection::ReaderPool>,
        /// Reads values and small results, through sqlx.
        read: SqlitePool,
        /// The one connection for writes other than to the log and the lists.
        write: SqlitePool,
        /// The connection by which the projector writes the lists.
        lists: Arc<sqlite::Lists>,
        /// Checkpoints the write-ahead log beside the writer: see [`Store::checkpoint`].
        checkpointer: SqlitePool,
        /// The write lock of this process, which is fair. SQLite itself waits by polling, and a waiter that polls
        /// starves beside a writer without pauses.
        write_lock: Arc<Mutex<()>>,
    },
    /// A server, which several instances share.
    Postgres(PgPool),
}

/// The SQL dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `SQLite`
    Sqlite,
    /// `PostgreSQL`
    Postgres,
}

/// Compiles one body per driver, with `$pool` bound to the pool for reading.
macro_rules! with_reader {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::Pool::Sqlite { read: $pool, .. } => $body,
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}

/// Compiles one body per driver, with `$pool` bound to the pool for writing. It holds the write lock: do not nest.
macro_rules! with_writer {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::Pool::Sqlite { write: $pool, write_lock, .. } => {
                let _guard = write_lock.lock().await;
                $body
            }
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}

pub(crate) use {with_reader, with_writer};

/// What to do when the database file is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// Create it.
    Create,
    /// Fail.
    Fail,
}

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: Pool,
    log: Arc<Log>,
}

impl Store {
    /// Opens `sqlite://…` (created if missing) or `postgres://…`, without touching its tables.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(url, IfMissing::Create).await
    }

    /// Opens an existing database.
    pub async fn connect_existing(url: &str) -> Result<Self, StoreError> {
        Self::open(url, IfMissing::Fail).await
    }

    async fn open(url: &str, if_missing: IfMissing) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or_default();
        let (pool, log) = match scheme {
            "sqlite" => sqlite::open(url, if_missing).await?,
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url)
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?
                    .application_name("junoscope")
                    .statement_cache_capacity(256);
                // A pool retries until its timeout and then reports only that. A single connection reports the cause at
                // once.
                let probe =
                    PgConnection::connect_with(&options).await.map_err(|e| StoreError::BadUrl(e.to_string()))?;
                probe.close().await?;
                let pool = postgres_pool(10, options, "").await.map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let log = Log::Postgres(log::postgres::Log::new(pool.clone()));
                (Pool::Postgres(pool), log)
            }
            other => return Err(StoreError::UnknownScheme(other.to_owned())),
        };
        Ok(Self { pool, log: Arc::new(log) })
    }

    /// Brings the tables of the log up to date, and makes the lists if there are none of this version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_log().await?;
        self.make_lists().await
    }

    /// Runs the migrations of the log; safe to call from several instances at once.
    pub async fn migrate_log(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            other @ (schema::SchemaState::Newer | schema::SchemaState::TooOld) => {
                return Err(StoreError::OtherVersion(other));
            }
            schema::SchemaState::Older => self.take_over().await?,
            schema::SchemaState::Current | schema::SchemaState::Empty => {}
        }
        let migrations = schema::migrations(self.dialect());
        match &self.pool {
            Pool::Sqlite { write, .. } => migrations.run(write).await?,
            // A connection of its own: those of the pool would find the schema of the lists first.
            Pool::Postgres(pool) => migrations.run(&mut pool.connect_options().connect().await?).await?,
        }
        Ok(())
    }

    /// Returns the pools, for tests that query them directly.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Returns the SQL dialect.
    pub fn dialect(&self) -> Dialect {
        match &self.pool {
            Pool::Sqlite { .. } => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Checks that the database answers, and that its files are still those that were opened.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Log::Sqlite { files, .. } = &*self.log {
            files.check()?;
        }
        with_reader!(self, |pool| sqlx::query("select 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Returns this store with connections of its own, for background work; to be closed by
    /// [`Store::close_own_connections`].
    pub(crate) async fn with_own_connections(&self, name: &str) -> Result<Self, StoreError> {
        let pool = match &self.pool {
            Pool::Sqlite { write, lists, checkpointer, write_lock, .. } => Pool::Sqlite {
                rows: lists.readers(1),
                read: lists.reader().await?,
                write: write.clone(),
                lists: Arc::clone(lists),
                checkpointer: checkpointer.clone(),
                write_lock: Arc::clone(write_lock),
            },
            Pool::Postgres(pool) => {
                let options =
                    PgConnectOptions::clone(&pool.connect_options()).application_name(&format!("junoscope {name}"));
                // One writes while another reads, and sometimes a third runs `analyze`.
                Pool::Postgres(postgres_pool(3, options, BACKGROUND_SETTINGS).await?)
            }
        };
        Ok(Self { pool, log: Arc::clone(&self.log) })
    }

    /// Closes the connections of [`Store::with_own_connections`].
    pub(crate) async fn close_own_connections(&self) {
        match &self.pool {
            Pool::Sqlite { rows, read, .. } => {
                rows.close();
                read.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Closes every connection; one that is reading rows, when it has read them.
    pub async fn close(&self) {
        match &*self.log {
            Log::Sqlite { log, .. } => log.close(),
            Log::Postgres(log) => log.close().await,
        }
        match &self.pool {
            Pool::Sqlite { rows, read, write, lists, checkpointer, .. } => {
                lists.connection.close();
                rows.close();
                read.close().await;
                checkpointer.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// Session settings of background work on `PostgreSQL`. All its queries are by key: a cached plan made for small tables
/// must not scan them when they are large. Commits lost in a power failure are made again. For the projector's
/// `analyze`, a tenth of the usual sample is enough.
const BACKGROUND_SETTINGS: &str = "set enable_seqscan = off; set jit = off; set synchronous_commit = off; \
                        set default_statistics_target = 10";

/// Each connection finds the tables of the lists in the schema of their version, and all others where it did before.
/// This and `settings` are executed, as poolers such as `PgBouncer` refuse startup parameters.
async fn postgres_pool(
    connections: u32,
    options: PgConnectOptions,
    settings: &'static str,
) -> Result<PgPool, sqlx::Error> {
    let schema = projections::tables::schema();
    let settings = Arc::new(format!(
        "select set_config('search_path', concat_ws(', ', '{schema}', nullif(current_setting('search_path'), '')), \
         false); {settings}"
    ));
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(8))
        .after_connect(move |connection, _| {
            let settings = Arc::clone(&settings);
            Box::pin(async move { raw_sql(AssertSqlSafe(settings.as_str())).execute(connection).await.map(drop) })
        })
        .connect_with(options)
        .await
}

/// Converts a stored instant.
pub(crate) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|e| StoreError::Corrupt(e.to_string()))
}
