//! Conversion of stored messages to the input of the folds. Pure.

use crate::store::projections::row::Message;
use domain::event;
use domain::id::MessageId;
use domain::timeline::{StoredEvent, TimeOrigin};
use jiff::Timestamp;
use std::sync::Arc;

/// Converts a message for the folds; `None` when its body cannot be parsed.
pub(crate) fn happening(message: &Message, attempts: u32) -> Option<StoredEvent> {
    let event = event::parse(&message.body).ok()?;
    Some(StoredEvent {
        seq: message.seq,
        message_id: MessageId(message.message_id.clone()),
        occurred_at: instant(message.occurred_at),
        occurred_from: TimeOrigin::parse(&message.occurred_from),
        received_at: instant(message.received_at),
        attempts,
        event: Arc::new(event),
    })
}

/// Stored milliseconds are always in range; the epoch is a fallback.
pub(crate) fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
