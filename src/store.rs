//! Where everything is kept: one SQL text, two drivers.
//!
//! Portable SQL only; ids, instants and defaults are made in Rust. Where one statement must differ, the method picks
//! between two literals by [`Store::dialect`] and says why. Every method is tested on both databases.

pub mod deliveries;
pub mod log;
pub mod people;
pub mod projections;
pub mod secrets;

use jiff::Timestamp;
use log::Log;
use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why the store could not do what it was asked. The causes are for the log, never for an answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is of no database we know.
    #[error("the database URL must begin with sqlite: or postgres: (it begins with {0:?})")]
    UnknownScheme(String),
    /// The URL is of the right kind and wrong all the same.
    #[error("the database URL cannot be used: {0}")]
    BadUrl(String),
    /// The database is there, but does not answer as it should.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The same, of the connection that writes SQLite's log.
    #[error("the database did not answer: {0}")]
    Log(#[from] rusqlite::Error),
    /// The tables cannot be brought up to date.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what nobody wrote.
    #[error("a stored row cannot be read: {0}")]
    Corrupt(String),
}

/// The two pools.
#[derive(Clone, Debug)]
pub enum Pool {
    /// One file, many readers, one writer.
    Sqlite {
        /// Readers.
        read: SqlitePool,
        /// The one connection for everything that is written apart from the log.
        write: SqlitePool,
        /// Moves the write-ahead log into the file beside the writer: see [`Store::checkpoint`].
        keeper: SqlitePool,
        /// Held by whoever writes: in this process writers wait here in the order in which they came. SQLite's own way
        /// of waiting is to look again now and then, and who writes without a pause is never caught by that.
        turn: Arc<Mutex<()>>,
    },
    /// A server, shared by several instances.
    Postgres(PgPool),
}

/// Which SQL is spoken.
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

/// Compiles one body per driver, with `$pool` bound to the pool for writing. Not to be nested: it holds the turn.
macro_rules! with_writer {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.pool {
            $crate::store::Pool::Sqlite { write: $pool, turn, .. } => {
                let _turn = turn.lock().await;
                $body
            }
            $crate::store::Pool::Postgres($pool) => $body,
        }
    };
}

pub(crate) use {with_reader, with_writer};

/// The open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: Pool,
    log: Arc<Log>,
}

impl Store {
    /// Opens `sqlite://…` (made if missing) or `postgres://…`, without touching its tables.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or_default();
        let (pool, log) = match scheme {
            "sqlite" => {
                let options = SqliteConnectOptions::from_str(url)
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // FULL: what was answered 200 survives a power cut. Committed in groups, it costs next to nothing.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(5))
                    // An insert of many rows keeps a journal of its own, in case it has to be undone; in a file, that
                    // wrote every page twice.
                    .pragma("temp_store", "memory")
                    .statement_cache_capacity(256);
                let write = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(8))
                    .connect_with(
                        options
                            .clone()
                            .pragma("cache_size", "-16384")
                            // Checkpoints happen on a connection of their own, beside the writer: inside a commit
                            // they were the tail of every latency measurement.
                            .pragma("wal_autocheckpoint", "0"),
                    )
                    .await
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let keeper = SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect_with(options.clone().pragma("wal_autocheckpoint", "0"))
                    .await
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let file = options.get_filename().to_owned();
                let read = SqlitePoolOptions::new()
                    .max_connections(4)
                    .acquire_timeout(Duration::from_secs(8))
                    .connect_with(options.pragma("query_only", "1").pragma("cache_size", "-4096"))
                    .await
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let log = log::sqlite::Log::open(&file).map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let turn = Arc::new(Mutex::new(()));
                (Pool::Sqlite { read, write, keeper, turn: Arc::clone(&turn) }, Log::Sqlite(log, turn))
            }
            "postgres" | "postgresql" => {
                let options = PgConnectOptions::from_str(url)
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?
                    .application_name("junoscope")
                    .statement_cache_capacity(256);
                // A pool keeps trying until its time is over, and then only says so. One plain attempt says at once
                // what is wrong.
                let probe =
                    PgConnection::connect_with(&options).await.map_err(|e| StoreError::BadUrl(e.to_string()))?;
                probe.close().await?;
                let pool = PgPoolOptions::new()
                    .max_connections(10)
                    .acquire_timeout(Duration::from_secs(8))
                    .connect_with(options)
                    .await
                    .map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let log = Log::Postgres(log::postgres::Log::new(pool.clone()));
                (Pool::Postgres(pool), log)
            }
            other => return Err(StoreError::UnknownScheme(other.to_owned())),
        };
        Ok(Self { pool, log: Arc::new(log) })
    }

    /// Brings the tables up to date; safe to call from several instances at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite { write, .. } => SQLITE.run(write).await?,
            Pool::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// The pools themselves, for tests that look with their own eyes.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Which SQL is spoken.
    pub fn dialect(&self) -> Dialect {
        match &self.pool {
            Pool::Sqlite { .. } => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Whether the database answers right now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        with_reader!(self, |pool| sqlx::query("select 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match &*self.log {
            Log::Sqlite(log, _) => log.close(),
            Log::Postgres(log) => log.close().await,
        }
        match &self.pool {
            Pool::Sqlite { read, write, keeper, .. } => {
                read.close().await;
                keeper.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// A stored instant, back.
pub(crate) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|e| StoreError::Corrupt(e.to_string()))
}
