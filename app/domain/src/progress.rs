//! How far lists that are being made have come, and how long the rest will take. Pure.

use jiff::{SignedDuration, Timestamp};

/// The progress of lists that are being made, in sequence numbers of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MakingProgress {
    /// The last one folded.
    pub position: i64,
    /// The end of the log when the making began.
    pub target: i64,
    /// The last one folded when a server began or resumed the making.
    pub made_from: i64,
    /// When that was, if known.
    pub began_at: Option<Timestamp>,
}

impl MakingProgress {
    /// Time without an estimate, as the first moments tell no rate.
    const UNCERTAIN: SignedDuration = SignedDuration::from_secs(3);
    /// Seconds above which minutes are told.
    const LONG: i64 = 90;

    /// Returns what is done, in percent, rounded down.
    pub fn percent(&self) -> i64 {
        self.position.clamp(0, self.target).saturating_mul(100).checked_div(self.target).unwrap_or(100)
    }

    /// Returns how many seconds are left at the rate so far, which took `elapsed`; `None` in the first moments.
    pub fn left_s(&self, elapsed: SignedDuration) -> Option<i64> {
        let done = self.position.saturating_sub(self.made_from);
        let left = self.target.saturating_sub(self.position).max(0);
        let elapsed = i64::try_from(elapsed.as_millis()).ok()?;
        let is_certain = done > 0 && elapsed >= i64::try_from(Self::UNCERTAIN.as_millis()).ok()?;
        is_certain.then(|| left.saturating_mul(elapsed) / done / 1_000)
    }

    /// Describes the progress for readers, such as "Lists are being made: 62 %, about 40 s".
    pub fn words(&self, now: Timestamp) -> String {
        let left = match self.began_at.and_then(|began_at| self.left_s(now.duration_since(began_at))) {
            None => String::new(),
            Some(left) if left > Self::LONG => format!(", about {} min", (left + 59) / 60),
            Some(left) => format!(", about {} s", left.max(1)),
        };
        format!("Lists are being made: {} %{left}", self.percent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(position: i64) -> MakingProgress {
        MakingProgress { position, target: 1_000, made_from: 0, began_at: Some(Timestamp::UNIX_EPOCH) }
    }

    fn seconds(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    #[test]
    fn what_is_left_follows_from_the_rate_so_far() {
        let now = progress(620);
        assert_eq!((now.percent(), now.left_s(seconds(62))), (62, Some(38)));
        assert_eq!(MakingProgress { made_from: 520, ..now }.left_s(seconds(10)), Some(38), "since it was resumed");
        assert_eq!(now.left_s(seconds(2)), None, "the first moments tell no rate");
        assert_eq!(now.left_s(seconds(-9)), None, "clocks differ");
        assert_eq!(MakingProgress { made_from: 620, ..now }.left_s(seconds(60)), None);
        let past = progress(1_200);
        assert_eq!((past.percent(), past.left_s(seconds(60))), (100, Some(0)));
    }

    #[test]
    fn what_is_left_is_told_in_seconds_then_in_minutes_and_not_at_first() {
        let words = |position, after: i64| progress(position).words(Timestamp::from_second(after).unwrap());
        assert_eq!(words(500, 40), "Lists are being made: 50 %, about 40 s");
        assert_eq!(words(500, 90), "Lists are being made: 50 %, about 90 s");
        assert_eq!(words(500, 91), "Lists are being made: 50 %, about 2 min");
        assert_eq!(words(999, 4), "Lists are being made: 99 %, about 1 s");
        assert_eq!(words(10, 1), "Lists are being made: 1 %");
        assert_eq!(
            MakingProgress { began_at: None, ..progress(10) }.words(Timestamp::MAX),
            "Lists are being made: 1 %"
        );
    }
}
