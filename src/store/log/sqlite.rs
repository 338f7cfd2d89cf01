//! How is a batch stored on SQLite? On a connection of its own, by the thread that asks.

use super::{ATTEMPT, Appended, Bounds, NewMessage, NewRefusal, PRUNE, QUARANTINE, Recorded, endpoints_of};
use app::event::{EventType, Mode};
use rusqlite::Transaction;

/// Stores a batch within the transaction.
pub(super) fn append(
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
