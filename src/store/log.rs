//! The log: the only writes to `messages`, `attempts` and `quarantine`, many in one transaction.

mod import;
pub(super) mod postgres;
mod refused;
pub(super) mod sqlite;

pub use import::{ImportCounts, Imported, ImportedMessage, ImportedRefusal, ImportedRequest};
pub use refused::{Bounds, NewRefusal, RefusedBatch, stored_prefix};
pub(crate) use refused::{MAX_PLAUSIBILITY, minute};

use super::files::FileIdentities;
use super::sqlite_connection::SqliteConnection;
use super::{Pool, Store, StoreError};
use bytes::Bytes;
use domain::event::{EventType, Mode};
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A verified request, parsed and ready to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The endpoint's name.
    pub endpoint: String,
    /// Svix's id.
    pub message_id: String,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// Its timestamp header.
    pub sent_at: Timestamp,
    /// Time of the event.
    pub occurred_at: Timestamp,
    /// The source of that time.
    pub occurred_from: TimeOrigin,
    /// The event type that the body states.
    pub event_type: Option<EventType>,
    /// Live or test.
    pub mode: Option<Mode>,
    /// `Stored` or `Unreadable`.
    pub outcome: Outcome,
    /// The reason why it could not be parsed.
    pub reason: Option<String>,
    /// JSON, `[["name","value"],…]`, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// Fingerprint of the matching secret.
    pub signed_with: String,
    /// The exact bytes.
    pub body: Bytes,
}

/// How a genuine request was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The message is new.
    New,
    /// The message was known: this is a further attempt.
    Repeat,
}

/// The result of one transaction.
#[derive(Clone, Debug)]
pub struct Appended {
    /// One for each message, in order.
    pub recorded: Vec<Recorded>,
    /// The last sequence number assigned.
    pub last_seq: i64,
}

/// The body is stored again only if it differs from the first attempt's: nothing genuine is lost.
const ATTEMPT: &str = "insert into attempts (seq, endpoint, message_id, received_at, sent_at, same_body, headers, \
    remote, body) \
    select $1, $2, $3, $4, $5, m.body = $6, $7, $8, case when m.body = $6 then null else $6 end \
    from messages m where m.endpoint = $2 and m.message_id = $3";
/// The log's own connection, apart from everything else because every request waits for it.
#[derive(Debug)]
pub(super) enum Log {
    /// `SQLite`
    Sqlite {
        /// The connection.
        log: SqliteConnection,
        /// The write lock of this process.
        write_lock: Arc<Mutex<()>>,
        /// The identities of the files when they were opened.
        files: FileIdentities,
    },
    /// `PostgreSQL`
    Postgres(postgres::Log),
}

impl Store {
    /// Stores a batch, and returns after its commit. A known message becomes an attempt; two with the same id in one
    /// batch are a message and an attempt. Refused requests follow in a transaction of their own. After a failure
    /// nothing is guaranteed, but some of it may be stored.
    ///
    /// On SQLite this blocks the calling thread on disk I/O: see [`Store::append_blocks`].
    pub async fn append(
        &self,
        messages: &[NewMessage],
        refusals: &[NewRefusal],
        bounds: Bounds,
    ) -> Result<Appended, StoreError> {
        let mut appended = Appended { recorded: Vec::new(), last_seq: 0 };
        if !messages.is_empty() || refusals.is_empty() {
            appended = match &*self.log {
                Log::Sqlite { log, write_lock, files } => {
                    let _guard = write_lock.lock().await;
                    let appended = log.transact(|transaction| sqlite::append(transaction, messages))?;
                    // Checked after the commit and before any response: a write to an unlinked file is not stored.
                    files.check()?;
                    appended
                }
                Log::Postgres(log) => log.append(messages).await?,
            };
        }
        if !refusals.is_empty() {
            appended.last_seq = self.set_aside(&RefusedBatch::of(refusals), bounds).await?;
        }
        Ok(appended)
    }

    /// Counts and stores refused requests, and deletes those over the bounds. Returns the last sequence number
    /// assigned. Blocks as [`Store::append`] does.
    pub async fn set_aside(&self, batch: &RefusedBatch, bounds: Bounds) -> Result<i64, StoreError> {
        match &*self.log {
            Log::Sqlite { log, write_lock, files } => {
                let _guard = write_lock.lock().await;
                let last_seq = log.transact(|transaction| sqlite::set_aside(transaction, batch, bounds))?;
                files.check()?;
                Ok(last_seq)
            }
            Log::Postgres(log) => Ok(log.set_aside(batch, bounds).await?),
        }
    }

    /// Tests whether the log is writable, by a write that is undone. Blocks as [`Store::append`] does.
    pub async fn probe_log(&self) -> Result<(), StoreError> {
        /// The size of a long message: less might still fit into space that is already allocated.
        const LENGTH: usize = 256 << 10;
        const PROBE: &str = "update log_head set seq = seq where id = 1";
        // If the second transaction fails: counts of minutes before 1970 are never shown, and are deleted with the next
        // ones.
        const PROBE_BYTES: &str = "insert into wrong_addresses (minute, count, last_path) values (-1, 0, $1) \
                             on conflict (minute) do update set last_path = excluded.last_path";
        const UNDO_PROBE: &str = "delete from wrong_addresses where minute = -1";
        let text = "x".repeat(LENGTH);
        match &*self.log {
            Log::Sqlite { log, write_lock, files } => {
                files.check()?;
                let _guard = write_lock.lock().await;
                log.transact(|transaction| {
                    transaction.execute(PROBE, [])?;
                    transaction.execute(PROBE_BYTES, [&text])
                })?;
                log.transact(|transaction| transaction.execute(UNDO_PROBE, []).map(drop))
            }
            Log::Postgres(_) => {
                let super::Pool::Postgres(pool) = &self.pool else { return Ok(()) };
                let mut transaction = pool.begin().await?;
                sqlx::query(PROBE).execute(&mut *transaction).await?;
                sqlx::query(PROBE_BYTES).bind(&text).execute(&mut *transaction).await?;
                transaction.commit().await?;
                sqlx::query(UNDO_PROBE).execute(pool).await?;
                Ok(())
            }
        }
    }

    /// Simulates a full disk: limits the log's file to this many pages, at least those it has. Returns the limit;
    /// `None` on PostgreSQL.
    #[cfg(test)]
    pub(crate) fn limit_log(&self, pages: i64) -> Option<i64> {
        let Log::Sqlite { log, .. } = &*self.log else { return None };
        Some(log.limit_pages(pages).unwrap())
    }

    /// Returns whether [`Store::append`] blocks its thread.
    pub fn append_blocks(&self) -> bool {
        matches!(*self.log, Log::Sqlite { .. })
    }

    /// Returns the last sequence number assigned by any instance.
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        let seq = super::with_reader!(self, |pool| {
            sqlx::query_scalar("select seq from log_head where id = 1").fetch_one(pool).await
        })?;
        Ok(seq)
    }

    /// Releases the page caches of SQLite's writers, for idle times. PostgreSQL manages its own memory.
    pub async fn give_memory_back(&self) -> Result<(), StoreError> {
        const SHRINK: &str = "pragma shrink_memory";
        let (Log::Sqlite { log, write_lock, .. }, Pool::Sqlite { rows, lists, read, .. }) = (&*self.log, &self.pool)
        else {
            return Ok(());
        };
        rows.give_memory_back()?;
        sqlx::query(SHRINK).execute(read).await?;
        lists.connection.set(SHRINK)?;
        let _guard = write_lock.lock().await;
        log.set(SHRINK)
    }
}

#[cfg(test)]
mod tests;
