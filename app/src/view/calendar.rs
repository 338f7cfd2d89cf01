//! The relevant days of a month: starts and ends of contracts, and notice deadlines.

pub mod ics;

use super::summary::ContractSummary;
use domain::query::filter::{ContractFilter, Query};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A month in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Month(Date);

impl Month {
    /// Returns the month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Parses `2026-02`; only years people plan in.
    pub fn parse(text: &str) -> Option<Self> {
        let day: Date = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten()?;
        (1970..=2200).contains(&day.year()).then_some(Self(day))
    }

    /// Returns its first day.
    pub fn first(self) -> Date {
        self.0
    }

    /// Returns its last day.
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// Returns the previous month.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1.month()))
    }

    /// Returns the next month.
    #[must_use]
    pub fn after(self) -> Self {
        Self(self.0.saturating_add(1.month()))
    }

    /// "February 2026"
    pub fn in_words(self) -> String {
        self.0.strftime("%B %Y").to_string()
    }

    /// Returns whole weeks from Monday to Sunday, including days of adjacent months.
    pub fn weeks(self) -> Vec<[Date; 7]> {
        let offset = i64::from(self.0.weekday().since(Weekday::Monday));
        let mut day = self.0.saturating_sub(offset.days());
        let mut weeks = Vec::new();
        while day <= self.last() && weeks.len() < 6 {
            weeks.push([0, 1, 2, 3, 4, 5, 6].map(|place: i64| day.saturating_add(place.days())));
            day = day.saturating_add(7.days());
        }
        weeks
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m"))
    }
}

/// `/calendar?…`: a month, and a filter of contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFilter {
    /// The month; `None` for the current one.
    pub month: Option<Month>,
    /// The filter as in the list of contracts; order, columns and cursor are ignored.
    pub contracts: ContractFilter,
}

impl Query for CalendarFilter {
    fn read(pairs: &[(String, String)]) -> Self {
        let month = pairs.iter().rev().find(|(key, _)| key == "month").and_then(|(_, text)| Month::parse(text.trim()));
        let contracts = ContractFilter { sort: None, cols: Vec::new(), after: None, ..ContractFilter::read(pairs) };
        Self { month, contracts }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> =
            self.month.map(|month| ("month", month.to_string())).into_iter().collect();
        pairs.extend(self.contracts.pairs());
        pairs
    }
}

/// The kind of a relevant day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DayKind {
    /// Its first day.
    Starts,
    /// The last day to give notice so that it ends as planned.
    NoticeBy,
    /// Its last day.
    Ends,
}

impl DayKind {
    /// Returns the name in stable ids.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starts => "start",
            Self::NoticeBy => "notice",
            Self::Ends => "end",
        }
    }

    /// Returns the label before the contract's title.
    pub fn label(self) -> &'static str {
        match self {
            Self::Starts => "Starts",
            Self::NoticeBy => "Notice by",
            Self::Ends => "Ends",
        }
    }
}

/// A relevant day of one contract.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarDay {
    /// The day.
    pub on: Date,
    /// Its kind.
    pub what: DayKind,
    /// The contract.
    pub contract: ContractSummary,
}

/// Returns the relevant days of these contracts between two days, in order. The start of a contract whose end is before
/// it is left out.
pub fn calendar_days(contracts: &[ContractSummary], first: Date, last: Date) -> Vec<CalendarDay> {
    let mut calendar_days: Vec<CalendarDay> = contracts
        .iter()
        .flat_map(|contract| {
            [
                (DayKind::Starts, contract.start_on),
                (DayKind::NoticeBy, contract.notice_by),
                (DayKind::Ends, contract.ends_on),
            ]
            .into_iter()
            .filter(|(what, _)| *what == DayKind::Ends || !contract.ends_before_start())
            .filter_map(|(what, on)| Some(CalendarDay { on: on?, what, contract: contract.clone() }))
        })
        .filter(|marked_day| first <= marked_day.on && marked_day.on <= last)
        .collect();
    calendar_days.sort_by(|a, b| {
        (a.on, a.what, &a.contract.title, &a.contract.id).cmp(&(b.on, b.what, &b.contract.title, &b.contract.id))
    });
    calendar_days
}

/// The address of a feed just made: shown once, in the answer to the form that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeed(pub String);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_month_is_whole_weeks_from_monday() {
        let month = Month::parse("2026-02").unwrap();
        let weeks = month.weeks();
        assert_eq!((weeks[0][0], weeks.last().unwrap()[6]), (date(2026, 1, 26), date(2026, 3, 1)));
        assert_eq!(weeks.len(), 5);
        assert_eq!((month.before().to_string(), month.after().to_string()), ("2026-01".into(), "2026-03".into()));
        assert_eq!(Month::parse("2026-03").unwrap().weeks().len(), 6);
        for text in ["", "2026", "2026-13", "2026-2", "-002026", "2026-02-01", "0001-01"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_of_a_month_is_in_its_weeks(year in 1970_i16..2200, month in 1_i8..13) {
            let month = Month::of(date(year, month, 17));
            let days: Vec<Date> = month.weeks().concat();
            prop_assert!(days.contains(&month.first()) && days.contains(&month.last()));
            prop_assert!(days.windows(2).all(|pair| pair[0].tomorrow().unwrap() == pair[1]));
            prop_assert_eq!(Month::parse(&month.to_string()), Some(month));
        }

        #[test]
        fn a_query_string_never_fails(query in any::<String>()) {
            let read = CalendarFilter::from_query(&query);
            prop_assert_eq!(CalendarFilter::from_query(&read.to_query()), read);
        }
    }
}
