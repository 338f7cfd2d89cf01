//! The log: the only writes of `messages`, `attempts` and `quarantine`, many in one transaction.

use super::{Pool, Store, StoreError};
use app::event::{EventType, Mode};
use app::timeline::TimeOrigin;
use app::view::delivery::Outcome;
use bytes::Bytes;
use jiff::Timestamp;
use sqlx::{PgConnection, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;
use std::sync::atomic::Ordering;

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

/// How many rows one statement takes of so many that wait: all of up to 16, else a multiple of 16. So any batch is one
/// statement or two, and there are few texts to keep prepared.
fn rows_at_once(waiting: usize) -> usize {
    if waiting < STRIDE { waiting } else { (waiting - waiting % STRIDE).min(MOST_ROWS) }
}

const STRIDE: usize = 16;
const MOST_ROWS: usize = 256;
const COLUMNS: usize = 15;
const INTO_MESSAGES: &str = "insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, \
    occurred_from, event_type, mode, outcome, reason, headers, remote, signed_with, body)";
const ONLY_NEW: &str = "on conflict (endpoint, message_id) do nothing";

/// A text for each number of rows. The places are plain `?`: to SQLite `$1` is a name, which it compares with every
/// other name, and it spent six times as long on that as on the rows.
static INSERTS: LazyLock<BTreeMap<usize, String>> = LazyLock::new(|| {
    let row = format!("({})", ["?"; COLUMNS].join(", "));
    let text = |rows: usize| format!("{INTO_MESSAGES} values {} {ONLY_NEW}", vec![row.as_str(); rows].join(", "));
    (1..=MOST_ROWS).filter(|rows| rows_at_once(*rows) == *rows).map(|rows| (rows, text(rows))).collect()
});

/// The same, with the numbers taken first: every statement sent by itself is two changes of thread, which cost more
/// than the statement.
static FIRST_INSERTS: LazyLock<BTreeMap<usize, String>> = LazyLock::new(|| {
    let take = "update log_head set seq = ? where id = 1 and seq = ?";
    let nothing = (0, take.to_owned());
    INSERTS.iter().map(|(rows, insert)| (*rows, format!("{take}; {insert}"))).chain([nothing]).collect()
});

/// The numbers of a batch: the last one, and which of them went to messages that are new.
struct Taken {
    last_seq: i64,
    new: HashSet<i64>,
}

/// Takes numbers and stores what is new. `known` is the last number as far as this process knows; when another process
/// has moved it, nothing is taken, and the transaction must be given up.
async fn take_on_sqlite(
    connection: &mut SqliteConnection,
    messages: &[NewMessage],
    count: i64,
    known: i64,
) -> Result<Option<Taken>, sqlx::Error> {
    let head = "select seq from log_head where id = 1";
    let before = if known < 0 { sqlx::query_scalar(head).fetch_one(&mut *connection).await? } else { known };
    let last_seq = before + count;
    let (mut seq, mut rest, mut changed, mut is_first) = (before, messages, 0, true);
    while is_first || !rest.is_empty() {
        let (chunk, others) = rest.split_at(rows_at_once(rest.len()));
        rest = others;
        let texts = if is_first { &FIRST_INSERTS } else { &INSERTS };
        let mut query = sqlx::query(texts.get(&chunk.len()).map_or("", String::as_str));
        if is_first {
            query = query.bind(last_seq).bind(before);
        }
        is_first = false;
        for message in chunk {
            seq += 1;
            query = query
                .bind(seq)
                .bind(message.endpoint.as_str())
                .bind(message.message_id.as_str())
                .bind(message.received_at.as_millisecond())
                .bind(message.sent_at.as_millisecond())
                .bind(message.occurred_at.as_millisecond())
                .bind(message.occurred_from.as_str())
                .bind(message.event_type.as_ref().map(EventType::as_str))
                .bind(message.mode.map(Mode::as_str))
                .bind(message.outcome.as_str())
                .bind(message.reason.as_deref())
                .bind(message.headers.as_str())
                .bind(message.remote.as_deref())
                .bind(message.signed_with.as_str())
                .bind(message.body.as_ref());
        }
        changed += query.execute(&mut *connection).await?.rows_affected();
    }
    // Every row that a statement returns is handed from thread to thread; `returning` made that the slowest part of a
    // batch. Nearly always all are new, and otherwise it is worth asking.
    if changed == 1 + u64::try_from(messages.len()).unwrap_or(u64::MAX) {
        return Ok(Some(Taken { last_seq, new: (before + 1..=seq).collect() }));
    }
    let found: i64 = sqlx::query_scalar(head).fetch_one(&mut *connection).await?;
    if found != last_seq {
        return Ok(None);
    }
    let new: Vec<i64> = sqlx::query_scalar("select seq from messages where seq > $1 and seq <= $2")
        .bind(before)
        .bind(seq)
        .fetch_all(connection)
        .await?;
    Ok(Some(Taken { last_seq, new: new.into_iter().collect() }))
}

/// The same where arrays can be bound: one text for a batch of any size, planned once.
async fn take_on_postgres(
    connection: &mut PgConnection,
    messages: &[NewMessage],
    count: i64,
) -> Result<Taken, sqlx::Error> {
    static INSERT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{INTO_MESSAGES} select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], \
             $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], \
             $14::text[], $15::bytea[]) {ONLY_NEW} returning seq"
        )
    });
    let last_seq: i64 = sqlx::query_scalar("update log_head set seq = seq + $1 where id = 1 returning seq")
        .bind(count)
        .fetch_one(&mut *connection)
        .await?;
    if messages.is_empty() {
        return Ok(Taken { last_seq, new: HashSet::new() });
    }
    let numbers: Vec<i64> = (last_seq - count + 1..).take(messages.len()).collect();
    let new: Vec<i64> = sqlx::query_scalar(INSERT.as_str())
        .bind(numbers)
        .bind(messages.iter().map(|m| m.endpoint.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.message_id.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.received_at.as_millisecond()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.sent_at.as_millisecond()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.occurred_at.as_millisecond()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.occurred_from.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.event_type.as_ref().map(EventType::as_str)).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.mode.map(Mode::as_str)).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.outcome.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.reason.as_deref()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.headers.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.remote.as_deref()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.signed_with.as_str()).collect::<Vec<_>>())
        .bind(messages.iter().map(|m| m.body.as_ref()).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    Ok(Taken { last_seq, new: new.into_iter().collect() })
}

fn number_of(messages: &[NewMessage], refusals: &[NewRefusal]) -> i64 {
    i64::try_from(messages.len() + refusals.len()).unwrap_or(i64::MAX)
}

/// The last number is not known to this process.
pub(super) const UNKNOWN: i64 = -1;

/// One body for both drivers: everything inside the transaction.
macro_rules! append_within {
    ($tx:ident, $taken:expr, $messages:ident, $refusals:ident, $bounds:ident) => {{
        let Taken { last_seq, new } = $taken;
        let mut seq = last_seq - number_of($messages, $refusals);
        let mut recorded = Vec::with_capacity($messages.len());
        for message in $messages {
            seq += 1;
            if new.contains(&seq) {
                recorded.push(Recorded::New);
            } else {
                recorded.push(Recorded::Repeat);
                // The bytes are kept again only when they differ from the first attempt's: nothing genuine is lost.
                sqlx::query(
                    "insert into attempts (seq, endpoint, message_id, received_at, sent_at, same_body, headers, \
                     remote, body) \
                     select $1, $2, $3, $4, $5, m.body = $6, $7, $8, case when m.body = $6 then null else $6 end \
                     from messages m where m.endpoint = $2 and m.message_id = $3",
                )
                .bind(seq)
                .bind(message.endpoint.as_str())
                .bind(message.message_id.as_str())
                .bind(message.received_at.as_millisecond())
                .bind(message.sent_at.as_millisecond())
                .bind(message.body.as_ref())
                .bind(message.headers.as_str())
                .bind(message.remote.as_deref())
                .execute(&mut *$tx)
                .await?;
            }
        }

        for refusal in $refusals {
            seq += 1;
            sqlx::query(
                "insert into quarantine (seq, endpoint, received_at, code, reason, message_id, headers, remote, body, \
                 size) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(seq)
            .bind(refusal.endpoint.as_str())
            .bind(refusal.received_at.as_millisecond())
            .bind(refusal.code)
            .bind(refusal.reason.as_str())
            .bind(refusal.message_id.as_deref())
            .bind(refusal.headers.as_str())
            .bind(refusal.remote.as_deref())
            .bind(refusal.body.as_ref())
            .bind(refusal.size())
            .execute(&mut *$tx)
            .await?;
        }
        for endpoint in $refusals.iter().map(|refusal| refusal.endpoint.as_str()).collect::<BTreeSet<_>>() {
            sqlx::query(
                "delete from quarantine where endpoint = $1 and seq in (select seq from (select seq, \
                 row_number() over (order by seq desc) as place, sum(size) over (order by seq desc) as total \
                 from quarantine where endpoint = $1) as ranked where place > $2 or total > $3)",
            )
            .bind(endpoint)
            .bind(i64::from($bounds.requests))
            .bind(i64::try_from($bounds.bytes).unwrap_or(i64::MAX))
            .execute(&mut *$tx)
            .await?;
        }
        Appended { recorded, last_seq }
    }};
}

impl Store {
    /// Stores a batch in one transaction and returns after its commit. A message already known becomes an attempt;
    /// two of the same id in one batch are a message and an attempt. Refused requests push the oldest out of their
    /// endpoint's quarantine.
    pub async fn append(
        &self,
        messages: &[NewMessage],
        refusals: &[NewRefusal],
        bounds: Bounds,
    ) -> Result<Appended, StoreError> {
        let count = number_of(messages, refusals);
        match &self.pool {
            Pool::Sqlite { write, head, .. } => loop {
                // SQLite has to be told that this transaction is going to write, or two connections that both began by
                // reading would wait for each other in vain.
                let mut tx = write.begin_with("begin immediate").await?;
                // Whatever ends this early leaves the number unknown, and the next batch asks for it.
                let known = head.swap(UNKNOWN, Ordering::Relaxed);
                let taken = match take_on_sqlite(&mut tx, messages, count, known).await {
                    Ok(Some(taken)) => taken,
                    Err(error) if known == UNKNOWN => return Err(error.into()),
                    // Another process has used these numbers: the next round asks which are free.
                    Ok(None) | Err(_) => {
                        tx.rollback().await?;
                        continue;
                    }
                };
                let appended = append_within!(tx, taken, messages, refusals, bounds);
                tx.commit().await?;
                head.store(appended.last_seq, Ordering::Relaxed);
                return Ok(appended);
            },
            Pool::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let taken = take_on_postgres(&mut tx, messages, count).await?;
                let appended = append_within!(tx, taken, messages, refusals, bounds);
                tx.commit().await?;
                Ok(appended)
            }
        }
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
        /// 64 MiB of pages: a log that grew past this is emptied at the next quiet moment.
        const LONG_LOG: i64 = 16_384;
        let Pool::Sqlite { write, keeper, .. } = &self.pool else { return Ok(()) };
        let passive = "pragma wal_checkpoint(passive)";
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as(passive).fetch_one(keeper).await?;
        if pages > LONG_LOG {
            // While commits keep coming, a checkpoint beside them never catches the very last page, and the log
            // would grow for ever. Between two commits it does: only a few pages are left, so it takes milliseconds.
            sqlx::query(passive).execute(write).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
