//! The store: one SQL text for both databases, through two drivers.
//!
//! Portable SQL only; ids, instants and defaults are made in Rust. Where one statement must differ, the method picks
//! between two literals by [`Store::dialect`] and says why. Every method is tested on both databases.

pub mod backup;
mod checkpoint;
mod columns;
pub mod connected;
pub mod deliveries;
mod direct;
mod failure;
mod files;
pub mod log;
pub mod people;
pub mod private;
pub mod projections;
pub mod refusals;
pub mod restore;
pub mod secrets;
pub mod sqlite;
pub mod stored;
pub mod version;

pub use files::{check_files, set_lists_aside};

use jiff::Timestamp;
use log::Log;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection as _, Executor as _};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

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
    /// The log's file is damaged, or no database: nothing can be done about it here.
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
    /// A file is no longer the one that was opened: what was written is in none that has a name.
    #[error("the file {file} was moved, replaced or deleted while it was in use")]
    Replaced {
        /// The file.
        file: String,
    },
    /// Lists that cannot be used, and somebody else uses them.
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
    /// There is no such file, and this command makes none.
    #[error("there is no such file")]
    Missing(std::path::PathBuf),
    /// The tables are not those of this program.
    #[error("{0}")]
    OtherVersion(version::Standing),
    /// A row holds what nobody wrote.
    #[error("a stored row cannot be read: {0}")]
    Corrupt(String),
}

/// The two pools.
#[derive(Clone, Debug)]
pub enum Pool {
    /// The log and the lists, a file each, with many readers; each file has one writer at a time.
    Sqlite {
        /// Reads rows.
        rows: Arc<direct::Readers>,
        /// Reads values, and a few rows now and then.
        read: SqlitePool,
        /// The one connection for everything that is written apart from the log and the lists.
        write: SqlitePool,
        /// The one the projector writes the lists by.
        lists: Arc<sqlite::Lists>,
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

/// What happens when the file of the database is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is made.
    Make,
    /// That is an error.
    Existing,
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: Pool,
    log: Arc<Log>,
}

impl Store {
    /// Opens `sqlite://…` (made if missing) or `postgres://…`, without touching its tables.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(url, Opening::Make).await
    }

    /// Opens a database that must be there.
    pub async fn connect_existing(url: &str) -> Result<Self, StoreError> {
        Self::open(url, Opening::Existing).await
    }

    async fn open(url: &str, opening: Opening) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or_default();
        let (pool, log) = match scheme {
            "sqlite" => sqlite::open(url, opening).await?,
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
                let pool = postgres_pool(10, options, "").await.map_err(|e| StoreError::BadUrl(e.to_string()))?;
                let log = Log::Postgres(log::postgres::Log::new(pool.clone()));
                (Pool::Postgres(pool), log)
            }
            other => return Err(StoreError::UnknownScheme(other.to_owned())),
        };
        Ok(Self { pool, log: Arc::new(log) })
    }

    /// Brings the tables up to date; safe to call from several instances at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        if self.standing().await? == version::Standing::Newer {
            return Err(StoreError::OtherVersion(version::Standing::Newer));
        }
        match &self.pool {
            Pool::Sqlite { write, lists, .. } => sqlite::migrate(write, lists).await?,
            Pool::Postgres(pool) => {
                POSTGRES.run(pool).await?;
                projections::trigrams::make_indexes(pool).await;
            }
        }
        if self.lists_are_of_another_log().await? {
            tracing::warn!(
                "the lists tell of more messages than there are: the log was replaced, they are folded again"
            );
            self.empty_projections().await?;
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

    /// Whether the database answers right now, and is the one that was opened.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Log::Sqlite { files, .. } = &*self.log {
            files.check()?;
        }
        with_reader!(self, |pool| sqlx::query("select 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// The same store for the projector, with connections of its own; to be ended with [`Store::close_reader`].
    pub(crate) async fn follower(&self) -> Result<Self, StoreError> {
        let pool = match &self.pool {
            Pool::Sqlite { write, lists, keeper, turn, .. } => Pool::Sqlite {
                rows: lists.readers(1),
                read: lists.reader().await?,
                write: write.clone(),
                lists: Arc::clone(lists),
                keeper: keeper.clone(),
                turn: Arc::clone(turn),
            },
            Pool::Postgres(pool) => {
                let options = PgConnectOptions::clone(&pool.connect_options()).application_name("junoscope lists");
                // One writes while another reads, and now and then a third looks at the tables.
                Pool::Postgres(postgres_pool(3, options, FOLLOWER).await?)
            }
        };
        Ok(Self { pool, log: Arc::clone(&self.log) })
    }

    /// Ends what [`Store::follower`] began.
    pub(crate) async fn close_reader(&self) {
        match &self.pool {
            Pool::Sqlite { rows, read, .. } => {
                rows.close();
                read.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Closes every connection; one that is reading rows, once it has read them.
    pub async fn close(&self) {
        match &*self.log {
            Log::Sqlite { log, .. } => log.close(),
            Log::Postgres(log) => log.close().await,
        }
        match &self.pool {
            Pool::Sqlite { rows, read, write, lists, keeper, .. } => {
                lists.direct.close();
                rows.close();
                read.close().await;
                keeper.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// How the projector speaks to `PostgreSQL`. Every question it asks names its rows by a key: a plan that was made when the
/// tables were small, and is kept, must not read them whole. What a power cut takes from its commits is folded again. And
/// when it has the tables looked at, a tenth of the usual sample tells enough.
const FOLLOWER: &str = "set enable_seqscan = off; set jit = off; set synchronous_commit = off; \
                        set default_statistics_target = 10";

/// `settings` are made on each connection, not asked for at its start: poolers in between refuse that.
async fn postgres_pool(
    connections: u32,
    options: PgConnectOptions,
    settings: &'static str,
) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(8))
        .after_connect(move |connection, _| {
            Box::pin(
                async move { if settings.is_empty() { Ok(()) } else { connection.execute(settings).await.map(drop) } },
            )
        })
        .connect_with(options)
        .await
}

/// A stored instant, back.
pub(crate) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|e| StoreError::Corrupt(e.to_string()))
}
