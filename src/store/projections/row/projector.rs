//! The row that says how far the lists are.

use crate::store::statement::row;
use domain::lifecycle::rules::Limits;
use domain::progress::MakingProgress;
use jiff::Timestamp;

row! {
    /// The only row of `projector`.
    pub struct ProjectorRow {
        /// The sequence number of the last message projected.
        pub position: i64,
        /// `Limits::offer_days` that the lists are folded with, if known.
        pub offer_days: Option<i64>,
        /// `Limits::ending_days`
        pub ending_days: Option<i64>,
        /// `Limits::unused_days`
        pub unused_days: Option<i64>,
        /// As [`MakingProgress::target`].
        pub target: i64,
        /// As [`MakingProgress::made_from`].
        pub made_from: i64,
        /// As [`MakingProgress::began_at`], in milliseconds.
        pub began_at: Option<i64>,
        /// Whether the lists were once complete, with every index.
        pub is_made: bool,
    }
}

impl ProjectorRow {
    /// Returns the day limits in force; `None` when any is missing or out of range.
    pub fn limits(&self) -> Option<Limits> {
        let days = |stored: Option<i64>| u16::try_from(stored?).ok();
        Some(Limits {
            offer_days: days(self.offer_days)?,
            ending_days: days(self.ending_days)?,
            unused_days: days(self.unused_days)?,
        })
    }

    /// Returns the progress of lists that are being made; `None` when they are made.
    pub fn making(&self) -> Option<MakingProgress> {
        let Self { position, target, made_from, began_at, .. } = *self;
        let began_at = began_at.and_then(|at| Timestamp::from_millisecond(at).ok());
        (!self.is_made).then_some(MakingProgress { position, target, made_from, began_at })
    }
}
