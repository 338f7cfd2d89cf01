//! The log: the only writes of `messages`, `attempts` and `quarantine`, many in one transaction.

pub(super) mod postgres;
pub(super) mod sqlite;

use super::direct::Direct;
use super::{Pool, Store, StoreError};
use app::event::{EventType, Mode};
use app::timeline::TimeOrigin;
use app::view::delivery::Outcome;
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A genuine request, read and ready to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The endpoint's name.
    pub endpoint: String,
    /// Svix's id.
    pub message_id: String,
    /// When the request arrived.
    pub received_at: Timestamp,
    /// Its timestamp header.
    pub sent_at: Timestamp,
    /// When the event happened.
    pub occurred_at: Timestamp,
    /// Where that is known from.
    pub occurred_from: TimeOrigin,
    /// What the body says it is.
    pub event_type: Option<EventType>,
    /// Live or test.
    pub mode: Option<Mode>,
    /// `Stored` or `Unreadable`.
    pub outcome: Outcome,
    /// Why it could not be read.
    pub reason: Option<String>,
    /// JSON, `[["name","value"],…]`, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// Fingerprint of the secret that matched.
    pub signed_with: String,
    /// The exact bytes.
    pub body: Bytes,
}

/// A request that was not verified.
#[derive(Clone, Debug)]
pub struct NewRefusal {
    /// The endpoint's name.
    pub endpoint: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub reason: String,
    /// The id it claimed.
    pub message_id: Option<String>,
    /// JSON, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// The exact bytes.
    pub body: Bytes,
}

impl NewRefusal {
    /// How many bytes of the quarantine's bound it takes.
    fn size(&self) -> i64 {
        i64::try_from(self.body.len() + self.headers.len()).unwrap_or(i64::MAX)
    }
}

/// Bounds of the quarantine of one endpoint: enough to mend a wrong secret, never enough to fill a disk. The oldest
/// go first.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many requests.
    pub requests: u32,
    /// How many bytes of bodies and headers.
    pub bytes: u64,
}

impl Bounds {
    /// As databases count.
    fn bytes_at_most(self) -> i64 {
        i64::try_from(self.bytes).unwrap_or(i64::MAX)
    }
}

/// What became of a genuine request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The message is new.
    New,
    /// The message was known: this is a further attempt.
    Repeat,
}

/// What one transaction did.
#[derive(Clone, Debug)]
pub struct Appended {
    /// For each message given, in order.
    pub recorded: Vec<Recorded>,
    /// The last number given out.
    pub last_seq: i64,
}

/// The bytes are kept again only when they differ from the first attempt's: nothing genuine is lost.
const ATTEMPT: &str = "insert into attempts (seq, endpoint, message_id, received_at, sent_at, same_body, headers, \
    remote, body) \
    select $1, $2, $3, $4, $5, m.body = $6, $7, $8, case when m.body = $6 then null else $6 end \
    from messages m where m.endpoint = $2 and m.message_id = $3";
const QUARANTINE: &str = "insert into quarantine (seq, endpoint, received_at, code, reason, message_id, headers, \
    remote, body, size) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const PRUNE: &str = "delete from quarantine where endpoint = $1 and seq in (select seq from (select seq, \
    row_number() over (order by seq desc) as place, sum(size) over (order by seq desc) as total \
    from quarantine where endpoint = $1) as ranked where place > $2 or total > $3)";

fn endpoints_of(refusals: &[NewRefusal]) -> BTreeSet<&str> {
    refusals.iter().map(|refusal| refusal.endpoint.as_str()).collect()
}

/// How batches reach the database; apart from everything else, because every request waits for it.
#[derive(Debug)]
pub(super) enum Log {
    /// `SQLite`, with the turn that every writer of this process takes.
    Sqlite(Direct, Arc<Mutex<()>>),
    /// `PostgreSQL`
    Postgres(postgres::Log),
}

impl Store {
    /// Stores a batch and returns after the commit that holds it. A message already known becomes an attempt; two of the
    /// same id in one batch are a message and an attempt. Refused requests push the oldest out of their endpoint's
    /// quarantine. After a failure nothing was promised, but some of it may be stored.
    ///
    /// On SQLite the calling thread waits for the disk: call it on one that may, see [`Store::append_blocks`].
    pub async fn append(
        &self,
        messages: &[NewMessage],
        refusals: &[NewRefusal],
        bounds: Bounds,
    ) -> Result<Appended, StoreError> {
        match &*self.log {
            Log::Sqlite(log, turn) => {
                let _turn = turn.lock().await;
                log.transact(|transaction| sqlite::append(transaction, messages, refusals, bounds))
            }
            Log::Postgres(log) => Ok(log.append(messages, refusals, bounds).await?),
        }
    }

    /// Whether [`Store::append`] keeps its thread waiting.
    pub fn append_blocks(&self) -> bool {
        matches!(*self.log, Log::Sqlite(..))
    }

    /// The last number given out, by whichever instance.
    pub async fn last_seq(&self) -> Result<i64, StoreError> {
        let seq = super::with_reader!(self, |pool| {
            sqlx::query_scalar("select seq from log_head where id = 1").fetch_one(pool).await
        })?;
        Ok(seq)
    }

    /// Moves committed pages from SQLite's write-ahead log into the file, beside the writer. PostgreSQL does this by
    /// itself. Errors only mean "not now": the next call does the work.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        /// 16 MiB of pages: a log that grew past this begins anew. In a file that grows, every commit also waits for
        /// the file system to note its length, and takes a quarter longer than in one that is written over.
        const LONG_LOG: i64 = 4_096;
        let Pool::Sqlite { keeper, turn, .. } = &self.pool else { return Ok(()) };
        let passive = "pragma wal_checkpoint(passive)";
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as(passive).fetch_one(keeper).await?;
        if pages > LONG_LOG {
            // While commits keep coming, a checkpoint beside them never catches the very last page, and the log
            // would grow for ever. Between two commits it does: only a few pages are left, so it takes milliseconds.
            let _turn = turn.lock().await;
            sqlx::query(passive).execute(keeper).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
