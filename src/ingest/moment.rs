//! When an event happened: bodies carry no time, but Svix's message ids do, which are KSUIDs with milliseconds. See
//! `docs/yunojuno.md`, Message ids.

use domain::timeline::TimeOrigin;
use jiff::Timestamp;
use std::str::FromStr;
use svix_ksuid::KsuidMs;

/// 2020-01-01T00:00:00Z: ids with an earlier time were made by hand.
const EARLIEST_SECOND: i64 = 1_577_836_800;

/// Maximum time by which an id may be ahead of its attempt, in seconds, for clocks that differ.
const AHEAD_SECONDS: i64 = 300;

/// Returns the time encoded in `msg_` + 27 base62 characters, where it is plausible; else the attempt's timestamp.
///
/// A verified request always has a timestamp, so this never returns [`TimeOrigin::Arrival`].
pub fn occurred(message_id: &str, sent_at: Timestamp) -> (Timestamp, TimeOrigin) {
    match inside(message_id) {
        Some(at) if at.as_second() > EARLIEST_SECOND && at.as_second() <= sent_at.as_second() + AHEAD_SECONDS => {
            (at, TimeOrigin::MessageId)
        }
        _ => (sent_at, TimeOrigin::FirstAttempt),
    }
}

fn inside(message_id: &str) -> Option<Timestamp> {
    let text = message_id.strip_prefix("msg_")?;
    if text.len() != 27 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let id = KsuidMs::from_str(text).ok()?;
    Timestamp::from_millisecond(id.timestamp_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_published_id_decodes_to_its_own_second() {
        let sent_at = Timestamp::from_second(1_649_367_553).unwrap();
        let (occurred_at, origin) = occurred("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", sent_at);
        assert_eq!((occurred_at.as_second(), origin), (1_649_367_553, TimeOrigin::MessageId));
    }

    #[test]
    fn a_replay_months_later_keeps_the_moment_of_the_event() {
        let (occurred_at, origin) = occurred("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", at("2026-01-01T00:00:00Z"));
        assert_eq!((occurred_at.as_second(), origin), (1_649_367_553, TimeOrigin::MessageId));
    }

    #[test]
    fn an_id_made_by_hand_gives_way_to_the_attempt() {
        let sent_at = at("2026-01-01T00:00:00Z");
        for id in [
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "msg_000000000000000000000000000",
            "msg_zzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "evt_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbp\u{e9}",
            "msg_",
            "",
        ] {
            assert_eq!(occurred(id, sent_at), (sent_at, TimeOrigin::FirstAttempt), "{id}");
        }
    }

    #[test]
    fn an_id_from_the_future_gives_way_to_the_attempt() {
        let id_time = Timestamp::from_second(1_649_367_553).unwrap();
        let five_minutes_before = Timestamp::from_second(id_time.as_second() - 300).unwrap();
        assert_eq!(occurred("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", five_minutes_before).1, TimeOrigin::MessageId);
        let earlier = Timestamp::from_second(id_time.as_second() - 301).unwrap();
        assert_eq!(occurred("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", earlier), (earlier, TimeOrigin::FirstAttempt));
    }
}
