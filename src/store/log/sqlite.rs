//! How is a batch stored on SQLite? On a connection of its own, by the thread that asks.
//!
//! sqlx keeps a thread for each connection and hands it every statement: for one message that was ten changes of
//! thread, and they took longer than the commit. The log is written so often that it gets `rusqlite`, which calls SQLite
//! where it is; both link the same SQLite, and everything else stays with sqlx.

use super::{ATTEMPT, Appended, Bounds, NewMessage, NewRefusal, PRUNE, QUARANTINE, Recorded, endpoints_of};
use crate::store::StoreError;
use app::event::{EventType, Mode};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The connection, until the store is closed.
#[derive(Debug)]
pub(in crate::store) struct Log(Mutex<Option<Connection>>);

impl Log {
    /// Opens a file that is there already and is in WAL mode, with the promises of the other connections.
    pub fn open(file: &Path) -> Result<Self, rusqlite::Error> {
        // Only one thread at a time has it, so SQLite need not look after that too.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.execute_batch(
            "pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory; \
             pragma cache_size = -16384; pragma wal_autocheckpoint = 0;",
        )?;
        Ok(Self(Mutex::new(Some(connection))))
    }

    /// Stores a batch in one transaction; returns after its commit. The thread waits for the disk.
    pub fn append(
        &self,
        messages: &[NewMessage],
        refusals: &[NewRefusal],
        bounds: Bounds,
    ) -> Result<Appended, StoreError> {
        self.with(|connection| {
            // SQLite has to be told that this transaction is going to write, or two connections that both began by
            // reading would wait for each other in vain.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let appended = append_within(&transaction, messages, refusals, bounds)?;
            transaction.commit()?;
            Ok(appended)
        })
    }

    /// Ends the connection.
    pub fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T, rusqlite::Error>) -> Result<T, StoreError> {
        // A panic while it was held has undone its transaction.
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(connection.as_mut().ok_or(sqlx::Error::PoolClosed)?)?)
    }
}

fn append_within(
    transaction: &Transaction<'_>,
    messages: &[NewMessage],
    refusals: &[NewRefusal],
    bounds: Bounds,
) -> Result<Appended, rusqlite::Error> {
    let count = i64::try_from(messages.len() + refusals.len()).unwrap_or(i64::MAX);
    let last_seq: i64 = transaction
        .prepare_cached("update log_head set seq = seq + ? where id = 1 returning seq")?
        .query_row([count], |row| row.get(0))?;
    let mut seq = last_seq - count;

    let mut insert = transaction.prepare_cached(
        "insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, \
         event_type, mode, outcome, reason, headers, remote, signed_with, body) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (endpoint, message_id) do nothing",
    )?;
    let mut attempt = transaction.prepare_cached(ATTEMPT)?;
    let mut recorded = Vec::with_capacity(messages.len());
    for message in messages {
        seq += 1;
        let stored = insert.execute((
            seq,
            message.endpoint.as_str(),
            message.message_id.as_str(),
            message.received_at.as_millisecond(),
            message.sent_at.as_millisecond(),
            message.occurred_at.as_millisecond(),
            message.occurred_from.as_str(),
            message.event_type.as_ref().map(EventType::as_str),
            message.mode.map(Mode::as_str),
            message.outcome.as_str(),
            message.reason.as_deref(),
            message.headers.as_str(),
            message.remote.as_deref(),
            message.signed_with.as_str(),
            message.body.as_ref(),
        ))?;
        if stored == 1 {
            recorded.push(Recorded::New);
            continue;
        }
        recorded.push(Recorded::Repeat);
        attempt.execute((
            seq,
            message.endpoint.as_str(),
            message.message_id.as_str(),
            message.received_at.as_millisecond(),
            message.sent_at.as_millisecond(),
            message.body.as_ref(),
            message.headers.as_str(),
            message.remote.as_deref(),
        ))?;
    }

    for refusal in refusals {
        seq += 1;
        transaction.prepare_cached(QUARANTINE)?.execute((
            seq,
            refusal.endpoint.as_str(),
            refusal.received_at.as_millisecond(),
            refusal.code,
            refusal.reason.as_str(),
            refusal.message_id.as_deref(),
            refusal.headers.as_str(),
            refusal.remote.as_deref(),
            refusal.body.as_ref(),
            refusal.size(),
        ))?;
    }
    for endpoint in endpoints_of(refusals) {
        transaction.prepare_cached(PRUNE)?.execute((endpoint, bounds.requests, bounds.bytes_at_most()))?;
    }
    Ok(Appended { recorded, last_seq })
}
