//! The view of lists that are being made.

/// How far lists that are being made have come. Put into context beside the viewer, while they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MakingProgress {
    /// What is done, in percent.
    pub percent: u8,
    /// Seconds left at the rate so far; `None` in the first moments.
    pub left_s: Option<u64>,
}

impl MakingProgress {
    /// Seconds from which on minutes are told.
    const LONG: u64 = 90;

    /// Describes the progress in words, such as "Lists are being made: 62 %, about 40 s".
    pub fn words(self) -> String {
        let left = match self.left_s {
            None => String::new(),
            Some(left) if left > Self::LONG => format!(", about {} min", left.div_ceil(60)),
            Some(left) => format!(", about {} s", left.max(1)),
        };
        format!("Lists are being made: {} %{left}", self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_seconds_then_in_minutes_and_not_at_first() {
        let words = |percent, left_s| MakingProgress { percent, left_s }.words();
        assert_eq!(words(62, Some(40)), "Lists are being made: 62 %, about 40 s");
        assert_eq!(words(62, Some(90)), "Lists are being made: 62 %, about 90 s");
        assert_eq!(words(5, Some(91)), "Lists are being made: 5 %, about 2 min");
        assert_eq!(words(99, Some(0)), "Lists are being made: 99 %, about 1 s");
        assert_eq!(words(0, None), "Lists are being made: 0 %");
    }
}
