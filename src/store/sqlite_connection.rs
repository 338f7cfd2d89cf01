//! In-thread connections to SQLite, through `rusqlite`.
//!
//! sqlx runs each connection in a thread of its own, and passes every statement and row between threads. For
//! transactions with many statements, and queries with many rows, these switches take longer than the work; they
//! were half of the projector's time. The log, the projections and reads of their rows therefore use `rusqlite` in the
//! calling thread. Both link the same SQLite; everything else uses sqlx.

use super::StoreError;
use super::statement::{Columns, Statement, Value};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Capacity of the statement cache: updates of list rows come in many forms.
const STATEMENT_CACHE: usize = 256;

/// Pragmas of the log's writer: a cache of 8 MiB, which holds the ends of a few indexes, and no automatic checkpoints:
/// see `Store::checkpoint`.
pub(super) const LOG_PRAGMAS: &str = "pragma cache_size = -8192; pragma wal_autocheckpoint = 0;";
/// Normal pragmas of the lists' writer: a cache of 32 MiB, as it writes all over their indexes.
pub(super) const LISTS_PRAGMAS: &str =
    "pragma journal_mode = wal; pragma cache_size = -32768; pragma wal_autocheckpoint = 4000;";

/// The durability of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Commits survive a power failure (`synchronous=FULL`).
    Full,
    /// A power failure may lose the last commits, but leaves the file intact.
    Rebuildable,
}

/// Opens a connection to an existing file in WAL mode.
pub(in crate::store) fn opened(file: &Path) -> Result<Connection, rusqlite::Error> {
    // Only one thread at a time uses it, so SQLite's own mutex is not needed.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}

/// The connection; `None` once closed.
#[derive(Debug)]
pub struct SqliteConnection(Mutex<Option<Connection>>);

impl SqliteConnection {
    /// Opens an existing file in WAL mode, with additional pragmas.
    pub fn open(file: &Path, durability: Durability, settings: &str) -> Result<Self, rusqlite::Error> {
        let connection = opened(file)?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Rebuildable => "normal",
        };
        connection.execute_batch(&format!(
            "pragma synchronous = {synchronous}; pragma foreign_keys = on; pragma temp_store = memory; {settings}"
        ))?;
        Ok(Self(Mutex::new(Some(connection))))
    }

    /// Runs `work` in one transaction, and returns after its commit; an error rolls it back. Blocks the thread on disk
    /// I/O.
    pub fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        // A panic while it was held has rolled its transaction back.
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = connection.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        // `IMMEDIATE`: two transactions that begin by reading and then write would deadlock.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Executes pragmas, outside any transaction.
    pub fn set(&self, pragmas: &str) -> Result<(), StoreError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(connection.as_ref().ok_or(sqlx::Error::PoolClosed)?.execute_batch(pragmas)?)
    }

    /// Simulates a full disk: limits the file to this many pages.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: i64) -> Result<i64, StoreError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = connection.as_ref().ok_or(sqlx::Error::PoolClosed)?;
        Ok(connection.query_row(&format!("pragma max_page_count = {pages}"), [], |row| row.get(0))?)
    }

    /// Closes the connection.
    pub fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Runs blocking work on a thread for it.
pub(in crate::store) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| sqlx::Error::WorkerCrashed)?
}

/// Maximum wait for a connection, as in sqlx.
const PATIENCE: Duration = Duration::from_secs(8);

/// A pool of read-only connections to both files as one database, opened on demand.
#[derive(Debug)]
pub struct ReaderPool {
    log: PathBuf,
    lists: String,
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl ReaderPool {
    /// Creates a pool of at most `at_most` connections, none of which is opened yet.
    pub fn new(log: PathBuf, lists: String, at_most: u8) -> Self {
        Self { log, lists, free: Mutex::default(), permits: Arc::new(Semaphore::new(at_most.into())) }
    }

    fn open(&self) -> Result<Connection, rusqlite::Error> {
        let connection = opened(&self.log)?;
        connection.execute("attach database ? as lists", (&self.lists,))?;
        connection.execute_batch(
            "pragma cache_size = -4096; pragma lists.cache_size = -8192; pragma temp_store = memory; \
             pragma query_only = on;",
        )?;
        Ok(connection)
    }

    /// Returns every row of a statement, read on a blocking thread.
    pub(super) async fn fetch_all<T: Columns + Send + 'static>(
        self: &Arc<Self>,
        statement: Statement,
    ) -> Result<Vec<T>, StoreError> {
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned());
        let permit = permit.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let readers = Arc::clone(self);
        blocking(move || {
            let free = readers.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = free.map_or_else(|| readers.open(), Ok)?;
            let found = fetch_all(&connection, statement);
            let mut free = readers.free.lock().unwrap_or_else(PoisonError::into_inner);
            // `close` closes the semaphore first, and then clears the free connections.
            if !permit.semaphore().is_closed() {
                free.push(connection);
            }
            drop(free);
            drop(permit);
            Ok(found?)
        })
        .await
    }

    /// Releases the page caches of idle connections.
    pub fn give_memory_back(&self) -> Result<(), StoreError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(free.iter().try_for_each(|connection| connection.execute_batch("pragma shrink_memory"))?)
    }

    /// Closes every connection, those in use after their current query.
    pub fn close(&self) {
        self.permits.close();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn fetch_all<T: Columns>(connection: &Connection, statement: Statement) -> Result<Vec<T>, rusqlite::Error> {
    let (sql, values, is_reused) = statement.into_sqlite();
    if is_reused {
        return read(&mut *connection.prepare_cached(&sql)?, &values);
    }
    read(&mut connection.prepare(&sql)?, &values)
}

fn read<T: Columns>(select: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<Vec<T>, rusqlite::Error> {
    let mut rows = select.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(T::read(row, &mut 0, "")?);
    }
    Ok(found)
}
