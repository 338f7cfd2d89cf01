//! Batch inserts on SQLite, on a connection of their own and in the calling thread.

use super::refused::{FORGET_MINUTES, FORGET_WRONG_ADDRESSES, HOUR, MINUTE, PRUNE, QUARANTINE, TOTAL, WRONG_ADDRESS};
use super::{ATTEMPT, Appended, Bounds, NewMessage, Recorded, RefusedBatch};
use domain::event::{EventType, Mode};
use rusqlite::Transaction;

/// Stores a batch within the transaction.
pub(super) fn append(transaction: &Transaction<'_>, messages: &[NewMessage]) -> Result<Appended, rusqlite::Error> {
    let (mut seq, last_seq) = numbers(transaction, messages.len())?;

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

    Ok(Appended { recorded, last_seq })
}

/// Assigns `count` sequence numbers. Returns the one before the first of them, and the last.
fn numbers(transaction: &Transaction<'_>, count: usize) -> Result<(i64, i64), rusqlite::Error> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let last_seq: i64 = transaction
        .prepare_cached("update log_head set seq = seq + ? where id = 1 returning seq")?
        .query_row([count], |row| row.get(0))?;
    Ok((last_seq - count, last_seq))
}

/// Writes refused requests within the transaction; returns the last sequence number assigned.
pub(super) fn set_aside(
    transaction: &Transaction<'_>,
    batch: &RefusedBatch,
    bounds: Bounds,
) -> Result<i64, rusqlite::Error> {
    let (mut seq, last_seq) = numbers(transaction, batch.kept.len())?;
    for refusal in &batch.kept {
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
            i64::try_from(refusal.size()).unwrap_or(i64::MAX),
            refusal.body_length.map(|length| i64::try_from(length).unwrap_or(i64::MAX)),
            i64::try_from(refusal.plausibility()).unwrap_or_default(),
        ))?;
    }
    for endpoint in batch.endpoints() {
        transaction.prepare_cached(PRUNE)?.execute((endpoint, bounds.requests, bounds.bytes_at_most()))?;
    }
    for ((endpoint, code), count) in batch.totals() {
        transaction.prepare_cached(TOTAL)?.execute((endpoint, code, count))?;
    }
    for ((minute, endpoint), count) in batch.minutes() {
        transaction.prepare_cached(MINUTE)?.execute((minute, endpoint, count))?;
    }
    for ((hour, endpoint), count) in batch.hours() {
        transaction.prepare_cached(HOUR)?.execute((hour, endpoint, count))?;
    }
    for (minute, (count, path)) in &batch.wrong_addresses {
        transaction.prepare_cached(WRONG_ADDRESS)?.execute((minute, count, path.as_str()))?;
    }
    for forget in [FORGET_MINUTES, FORGET_WRONG_ADDRESSES] {
        transaction.prepare_cached(forget)?.execute([batch.forgotten_before()])?;
    }
    Ok(last_seq)
}
