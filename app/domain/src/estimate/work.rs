//! The amount of work between two days: units of a rate, and the working days they are counted from.

use crate::money::Money;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The unit of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A working day.
    Day,
    /// An hour; `minutes_in_working_day` gives their number in a working day.
    Hour,
    /// Five working days.
    Week,
    /// A fixed price, whatever the duration.
    FixedPrice,
}

impl Unit {
    /// Parses `rate.unit`. Its values are undocumented, so only unambiguous words are accepted.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_uppercase().replace(['-', ' '], "_");
        Some(match word.as_str() {
            "DAY" | "DAYS" | "DAILY" | "PER_DAY" | "DAY_RATE" => Self::Day,
            "HOUR" | "HOURS" | "HOURLY" | "PER_HOUR" | "HOUR_RATE" => Self::Hour,
            "WEEK" | "WEEKS" | "WEEKLY" | "PER_WEEK" | "WEEK_RATE" => Self::Week,
            "PROJECT" | "PER_PROJECT" | "FIXED" | "FIXED_PRICE" | "FIXED_FEE" | "ONE_OFF" | "ONCE" | "TOTAL" => {
                Self::FixedPrice
            }
            _ => return None,
        })
    }
}

const MINUTES_IN_HOUR: u32 = 60;
const DAYS_IN_WEEK: u32 = 5;
const MINUTES_IN_DAY: u32 = 1_440;

/// A unit, with what is needed to count it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateUnit {
    pub(super) unit: Unit,
    minutes_in_working_day: u32,
}

impl RateUnit {
    pub(super) fn of(unit: Unit, minutes_in_working_day: Option<u32>) -> Result<Self, String> {
        let minutes = match (unit, minutes_in_working_day) {
            (Unit::Hour, None) => {
                return Err("it is paid by the hour, and no event says how long a working day is".to_owned());
            }
            (Unit::Hour, Some(minutes)) if minutes == 0 || minutes > MINUTES_IN_DAY => {
                return Err(format!("it is paid by the hour, and its working day is said to have {minutes} minutes"));
            }
            (_, minutes) => minutes.unwrap_or_default(),
        };
        Ok(Self { unit, minutes_in_working_day: minutes })
    }

    /// Returns the number of units in these working days as an exact fraction.
    pub(super) fn count(self, working_days: u64) -> Option<(u64, u32)> {
        Some(match self.unit {
            Unit::Day => (working_days, 1),
            Unit::Hour => (working_days.checked_mul(self.minutes_in_working_day.into())?, MINUTES_IN_HOUR),
            Unit::Week => (working_days, DAYS_IN_WEEK),
            Unit::FixedPrice => (1, 1),
        })
    }

    /// Returns the cost of a working day; `None` where it has no price.
    pub(super) fn day_of(self, cost_per_unit: &Money) -> Option<Money> {
        let (count, per) = self.count(1)?;
        (self.unit != Unit::FixedPrice).then(|| cost_per_unit.times(count, per)).flatten()
    }
}

/// Counts weekdays from `first` to `last`, inclusive; 0 if the last is before the first.
pub fn working_days(first: Date, last: Date) -> u64 {
    let days = u64::try_from(last.duration_since(first).as_hours() / 24 + 1).unwrap_or_default();
    let (weeks, rest) = (days / 7, days % 7);
    // A whole week has five, whatever its first day; the remaining days are checked one by one.
    let begins = u64::try_from(first.weekday().to_monday_zero_offset()).unwrap_or_default();
    let rest = (0..rest).filter(|day| (begins + day) % 7 < 5).count();
    weeks * 5 + u64::try_from(rest).unwrap_or_default()
}
