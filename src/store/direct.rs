//! A connection to SQLite that is called where it is needed.
//!
//! sqlx keeps a thread for each connection and hands it every statement. Where one transaction has many statements, the
//! changes of thread take longer than the work: the log and the projections get `rusqlite`, which calls SQLite where it
//! is. Both link the same SQLite, and everything else stays with sqlx.

use super::StoreError;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many statements stay prepared: what changed in a row is written by one of many.
const PREPARED: usize = 256;

/// What a commit promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// It survives a power cut.
    Kept,
    /// A power cut may take the last ones; what is left is whole.
    FoldedAgain,
}

/// The connection, until the store is closed.
#[derive(Debug)]
pub struct Direct(Mutex<Option<Connection>>);

impl Direct {
    /// Opens a file that is there already and is in WAL mode, with settings of its own.
    pub fn open(file: &Path, promise: Promise, settings: &str) -> Result<Self, rusqlite::Error> {
        // Only one thread at a time has it, so SQLite need not look after that too.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        let synchronous = match promise {
            Promise::Kept => "full",
            Promise::FoldedAgain => "normal",
        };
        connection.execute_batch(&format!(
            "pragma synchronous = {synchronous}; pragma foreign_keys = on; pragma temp_store = memory; {settings}"
        ))?;
        Ok(Self(Mutex::new(Some(connection))))
    }

    /// Does the work in one transaction and returns after its commit; after an error nothing of it is left. The thread
    /// waits for the disk.
    pub fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        // A panic while it was held has undone its transaction.
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = connection.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        // SQLite has to be told that this transaction is going to write, or two connections that both began by reading
        // would wait for each other in vain.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Changes settings of the connection, outside any transaction.
    pub fn set(&self, pragmas: &str) -> Result<(), StoreError> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(connection.as_ref().ok_or(sqlx::Error::PoolClosed)?.execute_batch(pragmas)?)
    }

    /// Ends the connection.
    pub fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
