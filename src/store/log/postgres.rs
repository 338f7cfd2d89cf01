//! How is a batch stored on PostgreSQL? In one statement and one round trip, as long as everything in it is new.

use super::{ATTEMPT, Appended, Bounds, NewMessage, NewRefusal, PRUNE, QUARANTINE, Recorded, endpoints_of};
use app::event::{EventType, Mode};
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{ConnectOptions as _, Connection as _};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A connection that did nothing for this long is asked whether it is still there.
const LONG_IDLE: Duration = Duration::from_secs(1);

/// The writers' own connection: a pool asks each connection how it is before and after every use, and each of these
/// questions took as long as storing a batch.
#[derive(Debug)]
pub(in crate::store) struct Log {
    pool: PgPool,
    kept: Mutex<Option<(PgConnection, Instant)>>,
}

impl Log {
    /// Connects with the first batch, to the same server as the pool.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, kept: Mutex::new(None) }
    }

    /// Stores a batch; returns after its commit.
    pub async fn append(
        &self,
        messages: &[NewMessage],
        refusals: &[NewRefusal],
        bounds: Bounds,
    ) -> Result<Appended, sqlx::Error> {
        let mut kept = self.kept.lock().await;
        // Taken out, so that one that failed in the middle is never used again.
        let found = match kept.take() {
            Some((connection, used_at)) if used_at.elapsed() < LONG_IDLE => Some(connection),
            Some((mut connection, _)) => connection.ping().await.is_ok().then_some(connection),
            None => None,
        };
        let mut connection = match found {
            Some(connection) => connection,
            None => self.pool.connect_options().connect().await?,
        };
        let appended = append_on(&mut connection, messages, refusals, bounds).await?;
        *kept = Some((connection, Instant::now()));
        Ok(appended)
    }

    /// Ends the connection.
    pub async fn close(&self) {
        if let Some((connection, _)) = self.kept.lock().await.take() {
            // The server notices the end either way.
            let _ = connection.close().await;
        }
    }
}

async fn append_on(
    connection: &mut PgConnection,
    messages: &[NewMessage],
    refusals: &[NewRefusal],
    bounds: Bounds,
) -> Result<Appended, sqlx::Error> {
    let mut appended = Appended { recorded: Vec::new(), last_seq: 0 };
    if !messages.is_empty() {
        appended = store_messages(connection, messages).await?;
    }
    let is_repeat = |(_, recorded): &(&NewMessage, &Recorded)| **recorded == Recorded::Repeat;
    let repeats: Vec<&NewMessage> =
        messages.iter().zip(&appended.recorded).filter(is_repeat).map(|(message, _)| message).collect();
    if messages.is_empty() || !repeats.is_empty() || !refusals.is_empty() {
        // These take further numbers: others may have seen later ones than those that were reserved for them, and who
        // has seen a number must never find that a smaller one appeared.
        appended.last_seq = store_rest(connection, &repeats, refusals, bounds).await?;
    }
    Ok(appended)
}

/// One statement, committed by itself: the row of the last number is locked first and until the end, so that numbers
/// are given in the order of commits whichever instance takes them.
async fn store_messages(connection: &mut PgConnection, messages: &[NewMessage]) -> Result<Appended, sqlx::Error> {
    let count = i64::try_from(messages.len()).unwrap_or(i64::MAX);
    let (last_seq, new): (i64, Vec<i64>) = sqlx::query_as(
        "with head as (update log_head set seq = seq + $1 where id = 1 returning seq), \
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
    .fetch_one(connection)
    .await?;
    let new: HashSet<i64> = new.into_iter().collect();
    let numbers = last_seq - count + 1..=last_seq;
    let recorded = numbers.map(|seq| if new.contains(&seq) { Recorded::New } else { Recorded::Repeat }).collect();
    Ok(Appended { recorded, last_seq })
}

/// Further attempts and refused requests: rarer, and so written one by one.
async fn store_rest(
    connection: &mut PgConnection,
    repeats: &[&NewMessage],
    refusals: &[NewRefusal],
    bounds: Bounds,
) -> Result<i64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let count = i64::try_from(repeats.len() + refusals.len()).unwrap_or(i64::MAX);
    let last_seq: i64 = sqlx::query_scalar("update log_head set seq = seq + $1 where id = 1 returning seq")
        .bind(count)
        .fetch_one(&mut *transaction)
        .await?;
    let mut seq = last_seq - count;
    for message in repeats {
        seq += 1;
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
    for refusal in refusals {
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
            .bind(refusal.size())
            .execute(&mut *transaction)
            .await?;
    }
    for endpoint in endpoints_of(refusals) {
        sqlx::query(PRUNE)
            .bind(endpoint)
            .bind(i64::from(bounds.requests))
            .bind(bounds.bytes_at_most())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(last_seq)
}
