//! Batch inserts on PostgreSQL: one statement and one round trip, as long as everything in the batch is new.

use super::refused::{FORGET_MINUTES, FORGET_WRONG_ADDRESSES, HOUR, MINUTE, PRUNE, QUARANTINE, TOTAL, WRONG_ADDRESS};
use super::{ATTEMPT, Appended, Bounds, NewMessage, Recorded, RefusedBatch};
use domain::event::{EventType, Mode};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{ConnectOptions as _, Connection as _};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Idle time after which the connection is tested before use.
const LONG_IDLE: Duration = Duration::from_secs(1);

/// The writers' own connections: a pool checks its connections before and after every use, and each of these round trips
/// took as long as storing a batch. Messages and refused requests have one each, so that neither waits for the other.
#[derive(Debug)]
pub(in crate::store) struct Log {
    pool: PgPool,
    messages: Slot,
    refused: Slot,
}

/// A connection that is kept between batches, with the time of its last use.
type Slot = Mutex<Option<(PgConnection, Instant)>>;

impl Log {
    /// Creates the log; it connects at the first batch, to the same server as the pool.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, messages: Mutex::new(None), refused: Mutex::new(None) }
    }

    /// Stores a batch; returns after its commit.
    pub async fn append(&self, messages: &[NewMessage]) -> Result<Appended, sqlx::Error> {
        let mut slot = self.messages.lock().await;
        let mut connection = self.connection(&mut slot).await?;
        let appended = append_on(&mut connection, messages).await?;
        *slot = Some((connection, Instant::now()));
        Ok(appended)
    }

    /// Counts and stores refused requests; returns the last sequence number assigned, 0 if none was.
    pub async fn set_aside(&self, batch: &RefusedBatch, bounds: Bounds) -> Result<i64, sqlx::Error> {
        let mut slot = self.refused.lock().await;
        let mut connection = self.connection(&mut slot).await?;
        let last_seq = set_aside_on(&mut connection, batch, bounds).await?;
        *slot = Some((connection, Instant::now()));
        Ok(last_seq)
    }

    /// Takes the connection out of its slot, or makes one. It is put back after a batch that succeeded: one that failed
    /// in the middle is never used again.
    async fn connection(&self, slot: &mut Option<(PgConnection, Instant)>) -> Result<PgConnection, sqlx::Error> {
        let found = match slot.take() {
            Some((connection, used_at)) if used_at.elapsed() < LONG_IDLE => Some(connection),
            Some((mut connection, _)) => connection.ping().await.is_ok().then_some(connection),
            None => None,
        };
        match found {
            Some(connection) => Ok(connection),
            None if self.pool.is_closed() => Err(sqlx::Error::PoolClosed),
            None => self.pool.connect_options().connect().await,
        }
    }

    /// Ends the connections.
    pub async fn close(&self) {
        for slot in [&self.messages, &self.refused] {
            if let Some((connection, _)) = slot.lock().await.take() {
                // The server notices the end either way.
                let _ = connection.close().await;
            }
        }
    }
}

async fn append_on(connection: &mut PgConnection, messages: &[NewMessage]) -> Result<Appended, sqlx::Error> {
    let ids: HashSet<_> = messages.iter().map(|one| (one.endpoint.as_str(), one.message_id.as_str())).collect();
    let is_plain = !messages.is_empty() && ids.len() == messages.len();
    if is_plain && let Some(mut appended) = store_messages(connection, messages, Unless::AnyIsKnown).await? {
        // Another instance may have stored one of them concurrently.
        let both = messages.iter().zip(&appended.recorded);
        let repeats: Vec<NewMessage> =
            both.filter(|(_, one)| **one == Recorded::Repeat).map(|(message, _)| message.clone()).collect();
        if !repeats.is_empty() {
            // Their sequence numbers are before some that are visible by now, so they get new ones.
            appended.last_seq = append_together(connection, &repeats).await?.last_seq;
        }
        return Ok(appended);
    }
    append_together(connection, messages).await
}

/// The condition under which a batch is not stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unless {
    /// Never.
    Never,
    /// When one of its messages is known: its attempt belongs in the same transaction, in sequence.
    AnyIsKnown,
}

/// Assigns sequence numbers and stores what is new; `None` when nothing was changed. The row of the last number is
/// locked first and until the commit, so that numbers follow the order of commits on all instances.
async fn store_messages(
    connection: &mut PgConnection,
    messages: &[NewMessage],
    unless: Unless,
) -> Result<Option<Appended>, sqlx::Error> {
    let count = i64::try_from(messages.len()).unwrap_or(i64::MAX);
    let found: Option<(i64, Vec<i64>)> = sqlx::query_as(
        // The `limit` forces an index lookup per id: a join plan cached while the table was small would persist after
        // it has grown.
        "with head as (update log_head set seq = seq + $1 where id = 1 and not ($16 and exists (select 1 from \
         unnest($2::text[], $3::text[]) as given (endpoint, message_id), lateral (select 1 from messages m \
         where m.endpoint = given.endpoint and m.message_id = given.message_id limit 1) as known)) returning seq), \
         stored as (insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, \
         occurred_from, event_type, mode, outcome, reason, headers, remote, signed_with, body) \
         select head.seq - $1 + place, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, \
         event_type, mode, outcome, reason, headers, remote, signed_with, body from head, unnest($2::text[], \
         $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], \
         $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[]) with ordinality as given (endpoint, \
         message_id, received_at, sent_at, occurred_at, occurred_from, event_type, mode, outcome, reason, headers, \
         remote, signed_with, body, place) on conflict (endpoint, message_id) do nothing returning seq) \
         select head.seq, array(select stored.seq from stored) from head",
    )
    .bind(count)
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
    .bind(unless == Unless::AnyIsKnown)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|(last_seq, new)| {
        let new: HashSet<i64> = new.into_iter().collect();
        let numbers = last_seq - count + 1..=last_seq;
        let recorded = numbers.map(|seq| if new.contains(&seq) { Recorded::New } else { Recorded::Repeat }).collect();
        Appended { recorded, last_seq }
    }))
}

/// Stores any batch in one transaction; further attempts are rare, and written one by one.
async fn append_together(connection: &mut PgConnection, messages: &[NewMessage]) -> Result<Appended, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let stored = store_messages(&mut transaction, messages, Unless::Never).await?.ok_or(sqlx::Error::RowNotFound)?;
    let mut seq = stored.last_seq - i64::try_from(messages.len()).unwrap_or(i64::MAX);
    for (message, recorded) in messages.iter().zip(&stored.recorded) {
        seq += 1;
        if *recorded == Recorded::New {
            continue;
        }
        sqlx::query(ATTEMPT)
            .bind(seq)
            .bind(message.endpoint.as_str())
            .bind(message.message_id.as_str())
            .bind(message.received_at.as_millisecond())
            .bind(message.sent_at.as_millisecond())
            .bind(message.body.as_ref())
            .bind(message.headers.as_str())
            .bind(message.remote.as_deref())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(stored)
}

/// Instances that write refused requests wait for one another here, so that they never lock the same rows in different
/// orders. Messages do not take this lock.
pub(super) const ONE_AT_A_TIME: &str = "select pg_advisory_xact_lock(hashtext('junoscope refused requests'))";

/// Greater than any sequence number: requests have such numbers, the newest of all, while bounds are applied to them.
const PROVISIONAL: i64 = i64::MAX / 2;

/// The numbers proper. The row of the last number is locked here and until the commit, as for messages.
const NUMBER: &str = "with head as (update log_head set seq = seq + $1 where id = 1 returning seq), numbered as (update \
    quarantine set seq = quarantine.seq - $2 + head.seq - $1 from head where quarantine.seq > $2) select seq from head";

/// Bodies are written and bounds applied before any number is taken: messages, which wait for the row of the last number,
/// wait for one statement and the commit, and not for a few hundred kilobytes.
async fn set_aside_on(connection: &mut PgConnection, batch: &RefusedBatch, bounds: Bounds) -> Result<i64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query(ONE_AT_A_TIME).execute(&mut *transaction).await?;
    let mut seq = PROVISIONAL;
    for refusal in &batch.kept {
        seq += 1;
        sqlx::query(QUARANTINE)
            .bind(seq)
            .bind(refusal.endpoint.as_str())
            .bind(refusal.received_at.as_millisecond())
            .bind(refusal.code)
            .bind(refusal.reason.as_str())
            .bind(refusal.message_id.as_deref())
            .bind(refusal.headers.as_str())
            .bind(refusal.remote.as_deref())
            .bind(refusal.body.as_ref())
            .bind(i64::try_from(refusal.size()).unwrap_or(i64::MAX))
            .bind(refusal.body_length.map(|length| i64::try_from(length).unwrap_or(i64::MAX)))
            .bind(i64::try_from(refusal.plausibility()).unwrap_or_default())
            .execute(&mut *transaction)
            .await?;
    }
    for endpoint in batch.endpoints() {
        sqlx::query(PRUNE)
            .bind(endpoint)
            .bind(i64::from(bounds.requests))
            .bind(bounds.bytes_at_most())
            .execute(&mut *transaction)
            .await?;
    }
    for ((endpoint, code), count) in batch.totals() {
        sqlx::query(TOTAL).bind(endpoint).bind(code).bind(count).execute(&mut *transaction).await?;
    }
    for ((minute, endpoint), count) in batch.minutes() {
        sqlx::query(MINUTE).bind(minute).bind(endpoint).bind(count).execute(&mut *transaction).await?;
    }
    for ((hour, endpoint), count) in batch.hours() {
        sqlx::query(HOUR).bind(hour).bind(endpoint).bind(count).execute(&mut *transaction).await?;
    }
    for (minute, (count, path)) in &batch.wrong_addresses {
        sqlx::query(WRONG_ADDRESS).bind(minute).bind(count).bind(path.as_str()).execute(&mut *transaction).await?;
    }
    for forget in [FORGET_MINUTES, FORGET_WRONG_ADDRESSES] {
        sqlx::query(forget).bind(batch.forgotten_before()).execute(&mut *transaction).await?;
    }
    let mut last_seq = 0;
    if !batch.kept.is_empty() {
        let count = i64::try_from(batch.kept.len()).unwrap_or(i64::MAX);
        last_seq = sqlx::query_scalar(NUMBER).bind(count).bind(PROVISIONAL).fetch_one(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(last_seq)
}
