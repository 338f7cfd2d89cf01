//! The delay between an event and its arrival, and whether it deserves attention.

use super::order::OrderedEvent;
use super::words::duration_in_words;
use super::{Entry, TimeOrigin};
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use jiff::Timestamp;
use std::ops::Range;

/// Maximum delay, in seconds, that an ordinary retry or clock differences explain.
const ON_TIME_SECONDS: i64 = 5 * 60;

/// Maximum delay of the sender's retries, in seconds. Its seven delays add up to 27 h 35 min 5 s, each randomised by up
/// to a fifth: the last attempt comes at most 33 h 6 min 6 s after the first. Junoscope's `Retry-After` of 5 seconds
/// lengthens none of them. Older messages were resent, recovered or replayed on purpose. That is shown, but is no
/// finding: otherwise the import of a season's history would mark every single event and bury the findings that need
/// action.
pub(super) const RETRY_WINDOW_SECONDS: i64 = (27 * 3_600 + 35 * 60 + 5) * 6 / 5;

/// The delays, in milliseconds, that count as late: shorter ones are on time, longer ones were sent again on purpose.
/// In whole seconds.
pub const LATE_MILLISECONDS: Range<i64> = (ON_TIME_SECONDS + 1) * 1_000..(RETRY_WINDOW_SECONDS + 1) * 1_000;

/// Returns the delay, in seconds, of an event that was sent again on purpose; `None` for others.
fn replayed_after(of: &Entry) -> Option<i64> {
    let seconds = of.received_at.duration_since(of.occurred_at).as_secs();
    (of.occurred_from == TimeOrigin::MessageId && seconds > RETRY_WINDOW_SECONDS).then_some(seconds)
}

/// Returns one sentence about all replayed events of a page; `None` if there are none. A backfill replays every event,
/// so that a note on each would be noise.
pub fn replays_in_words<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<String> {
    let (mut all, mut seconds) = (0, Vec::new());
    for entry in entries {
        all += 1;
        seconds.extend(replayed_after(entry));
    }
    let (shortest, longest) = (*seconds.iter().min()?, *seconds.iter().max()?);
    let (shortest, longest) = (duration_in_words(shortest), duration_in_words(longest));
    let after = if shortest == longest { longest } else { format!("between {shortest} and {longest}") };
    Some(match (seconds.len(), all) {
        (1, 1) => format!("This event was replayed {after} after it happened."),
        (1, all) => format!("One of these {all} events was replayed {after} after it happened."),
        (replayed, all) if replayed == all => format!("These {all} events were replayed {after} after they happened."),
        (replayed, all) => format!("{replayed} of these {all} events were replayed {after} after they happened."),
    })
}

/// Returns whether an event arrived late, but not sent again on purpose. Only a message id tells when an event
/// happened; other origins are times of arrival already.
pub fn is_late(occurred_at: Timestamp, occurred_from: TimeOrigin, received_at: Timestamp) -> bool {
    let late_by = received_at.as_millisecond() - occurred_at.as_millisecond();
    occurred_from == TimeOrigin::MessageId && LATE_MILLISECONDS.contains(&late_by)
}

/// Returns the finding of a late event. Replays have none, see [`replays_in_words`]. Only a message id tells when an
/// event happened; other origins are times of arrival already.
pub(super) fn of(item: &OrderedEvent<'_>) -> Option<Finding> {
    let seconds = item.received_at.duration_since(item.occurred_at).as_secs();
    let is_late = ON_TIME_SECONDS < seconds && seconds <= RETRY_WINDOW_SECONDS;
    if item.occurred_from != TimeOrigin::MessageId || !is_late {
        return None;
    }
    let words = duration_in_words(seconds);
    // Only received attempts are counted, so the number does not say on which attempt the message first arrived.
    let sentence = if item.attempts > 1 {
        format!("Arrived {words} late; {} attempts have reached us.", item.attempts)
    } else {
        format!("Arrived {words} late.")
    };
    let event_type = item.event.event_type.clone();
    Some(Finding::new(Rule::ArrivesOnTime, item.seq, event_type, sentence))
}
