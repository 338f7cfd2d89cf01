//! The delay between an event and its arrival, and whether it deserves attention.

use super::order::Turn;
use super::words::duration_in_words;
use super::{Entry, TimeOrigin};
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use jiff::Timestamp;
use std::ops::Range;

/// Up to here an ordinary retry or a clock that is a little off explains it.
const ON_TIME_SECONDS: i64 = 5 * 60;

/// The sender's seven waits add up to 27 h 35 min 5 s, and each may be a fifth longer by chance: the last try comes at most
/// 33 h 6 min 6 s after the first. A receiver may ask for longer waits with `Retry-After`; Junoscope asks for 5 seconds,
/// which lengthens none of them. What is older was sent again on purpose: resent, recovered, or replayed to fill an
/// endpoint that was made later. That is told, but it is no finding: the first import of a season's history would otherwise
/// mark every single event, and the findings that need a person would drown in it.
pub(super) const RETRY_WINDOW_SECONDS: i64 = (27 * 3_600 + 35 * 60 + 5) * 6 / 5;

/// By how many milliseconds a late message is late; earlier it is on time, later it was sent again on purpose. Whole
/// seconds count.
pub const LATE_MILLISECONDS: Range<i64> = (ON_TIME_SECONDS + 1) * 1_000..(RETRY_WINDOW_SECONDS + 1) * 1_000;

/// How many seconds after it happened an event that was sent again on purpose arrived; `None` for any other.
fn replayed_after(of: &Entry) -> Option<i64> {
    let seconds = of.received_at.duration_since(of.occurred_at).as_secs();
    (of.occurred_from == TimeOrigin::MessageId && seconds > RETRY_WINDOW_SECONDS).then_some(seconds)
}

/// What is to be said once of all the events of a page that were replayed; `None` where none was. A backfill replays every
/// one of them, and a line under each would say nothing of any.
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

/// Whether it reached us late, though not so late that it was sent again on purpose. Only a message id tells when an
/// event happened; every other origin is a time of arrival already.
pub fn is_late(occurred_at: Timestamp, occurred_from: TimeOrigin, received_at: Timestamp) -> bool {
    let late_by = received_at.as_millisecond() - occurred_at.as_millisecond();
    occurred_from == TimeOrigin::MessageId && LATE_MILLISECONDS.contains(&late_by)
}

/// The finding of an event that came late. None of one that was sent again on purpose, which [`replays_in_words`] tells; and
/// only a message id tells when an event happened, every other origin is a time of arrival already.
pub(super) fn of(turn: &Turn<'_>) -> Option<Finding> {
    let seconds = turn.received_at.duration_since(turn.occurred_at).as_secs();
    let is_late = ON_TIME_SECONDS < seconds && seconds <= RETRY_WINDOW_SECONDS;
    if turn.occurred_from != TimeOrigin::MessageId || !is_late {
        return None;
    }
    let words = duration_in_words(seconds);
    // The attempts counted are those that reached us, and the first of them was stored: so the number says how often
    // it came, not on which try it first arrived.
    let sentence = if turn.attempts > 1 {
        format!("Arrived {words} late; {} attempts have reached us.", turn.attempts)
    } else {
        format!("Arrived {words} late.")
    };
    let event_type = turn.event.event_type.clone();
    Some(Finding::new(Rule::ArrivesOnTime, turn.seq, event_type, sentence))
}
