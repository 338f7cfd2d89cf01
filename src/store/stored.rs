//! Reads all stored messages and further attempts, with their headers, for verification.

use super::backup::{BEYOND, BackupError, COUNTS, Counts, open_to_read};
use super::{Pool, Store, StoreError, with_reader};
use rusqlite::Connection;
use sqlx::postgres::PgPool;
use std::path::Path;

/// A genuine request as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The sequence number.
    pub seq: i64,
    /// The message id.
    pub message_id: String,
    /// The signed timestamp, in milliseconds since 1970.
    pub sent_at: i64,
    /// The fingerprint of the matching secret; first attempts only.
    pub signed_with: Option<String>,
    /// JSON, `[["name","value"],…]`.
    pub headers: String,
    /// The exact bytes; `None` for an attempt whose message is missing.
    pub body: Option<Vec<u8>>,
}

type Row = (i64, String, i64, Option<String>, String, Option<Vec<u8>>);

impl From<Row> for Stored {
    fn from((seq, message_id, sent_at, signed_with, headers, body): Row) -> Self {
        Self { seq, message_id, sent_at, signed_with, headers, body }
    }
}

/// The columns of [`COUNTS`], in order.
type Counted = (i64, i64, i64, i64, i64, Option<i64>);

/// The queries, messages first, then attempts.
const TABLES: [&str; 2] = [
    "select seq, message_id, sent_at, signed_with, headers, body from messages where seq > $1 \
     order by seq limit 200",
    "select a.seq, a.message_id, a.sent_at, null, a.headers, coalesce(a.body, m.body) from attempts a \
     left join messages m on m.endpoint = a.endpoint and m.message_id = a.message_id where a.seq > $1 \
     order by a.seq limit 200",
];

/// A database whose rows are read in sequence.
#[derive(Debug)]
pub enum Reading {
    /// An SQLite file.
    File(Connection),
    /// A PostgreSQL database.
    Postgres(PgPool),
}

impl Reading {
    /// Opens a file.
    pub fn of_file(path: &Path) -> Result<Self, BackupError> {
        open_to_read(path).map(Self::File)
    }

    /// Returns the PostgreSQL database of a store; `None` on SQLite, which is read by its file.
    pub fn of_store(store: &Store) -> Option<Self> {
        match store.pool() {
            Pool::Postgres(pool) => Some(Self::Postgres(pool.clone())),
            Pool::Sqlite { .. } => None,
        }
    }

    /// Passes every stored request to `each`, with a few hundred in memory at a time.
    pub async fn each(&self, mut each: impl FnMut(Stored)) -> Result<(), StoreError> {
        for select in TABLES {
            let mut after = 0;
            loop {
                let rows = self.page(select, after).await?;
                let Some(last) = rows.last() else { break };
                after = last.0;
                rows.into_iter().map(Stored::from).for_each(&mut each);
            }
        }
        Ok(())
    }

    /// Returns the generated secrets stored in this database.
    pub async fn kept_secrets(&self) -> Result<Vec<String>, StoreError> {
        const SELECT: &str = "select secret from kept_secrets";
        match self {
            Self::File(connection) => {
                let mut select = connection.prepare(SELECT)?;
                Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
            }
            Self::Postgres(pool) => Ok(sqlx::query_scalar(SELECT).fetch_all(pool).await?),
        }
    }

    async fn page(&self, select: &'static str, after: i64) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::File(connection) => {
                let mut select = connection.prepare_cached(select)?;
                let rows = select.query_map([after], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            Self::Postgres(pool) => Ok(sqlx::query_as(select).bind(after).fetch_all(pool).await?),
        }
    }
}

impl Store {
    /// Counts the contents of a PostgreSQL database, and fails when a sequence number is above the last one assigned.
    /// On SQLite the file itself is checked.
    pub async fn count_stored(&self) -> Result<Counts, StoreError> {
        let (beyond, counts): (i64, Counted) = with_reader!(self, |pool| {
            (sqlx::query_scalar(BEYOND).fetch_one(pool).await?, sqlx::query_as(COUNTS).fetch_one(pool).await?)
        });
        if beyond > 0 {
            return Err(StoreError::Corrupt(format!("{beyond} requests have numbers that were never given out")));
        }
        let (messages, attempts, refused, people, last_seq, last_at) = counts;
        Ok(Counts { messages, attempts, refused, people, last_seq, last_at })
    }
}
