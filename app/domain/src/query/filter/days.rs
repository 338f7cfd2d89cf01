//! A range of days in a filter, and the ranges that a list of contracts offers.

use super::get;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// A range of days, both inclusive. Contracts have dates without a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first day; `None` for any.
    pub from: Option<Date>,
    /// The last day; `None` for any.
    pub to: Option<Date>,
}

impl Days {
    pub(super) fn read(pairs: &[(String, String)], from: &str, to: &str) -> Self {
        let day = |key| get(pairs, key).and_then(|text| text.parse().ok());
        Self { from: day(from), to: day(to) }
    }

    pub(super) fn put(self, pairs: &mut Vec<(&'static str, String)>, from: &'static str, to: &'static str) {
        super::put(pairs, from, self.from.map(|day| day.to_string()));
        super::put(pairs, to, self.to.map(|day| day.to_string()));
    }

    /// Returns whether it excludes no day.
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Returns the ranges around a day that a list offers, with their labels.
    pub fn around(today: Date) -> [(&'static str, Self); 4] {
        let range = |from, to| Self { from: Some(from), to: Some(to) };
        let month = |day: Date| range(day.first_of_month(), day.last_of_month());
        let quarter = date(today.year(), (today.month() - 1) / 3 * 3 + 1, 1);
        [
            ("This month", month(today)),
            ("Next month", month(today.first_of_month().saturating_add(1.month()))),
            ("Next 30 days", range(today, today.saturating_add(30.days()))),
            ("This quarter", range(quarter, quarter.saturating_add(2.months()).last_of_month())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::Days;

    #[test]
    fn months_and_quarters_are_whole_and_end_with_the_year() {
        let around = |today: &str| {
            Days::around(today.parse().unwrap())
                .map(|(label, days)| format!("{label}: {}..{}", days.from.unwrap(), days.to.unwrap()))
        };
        assert_eq!(
            around("2024-01-31"),
            [
                "This month: 2024-01-01..2024-01-31",
                "Next month: 2024-02-01..2024-02-29",
                "Next 30 days: 2024-01-31..2024-03-01",
                "This quarter: 2024-01-01..2024-03-31",
            ]
        );
        assert_eq!(
            around("2026-12-01"),
            [
                "This month: 2026-12-01..2026-12-31",
                "Next month: 2027-01-01..2027-01-31",
                "Next 30 days: 2026-12-01..2026-12-31",
                "This quarter: 2026-10-01..2026-12-31",
            ]
        );
    }
}
