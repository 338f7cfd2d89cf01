//! The relevant days of a month: starts and ends of contracts, and notice deadlines.

pub mod ics;

use super::contractor::ContractSummary;
use domain::query::filter::{ContractFilter, Query};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Month(Date);

impl Month {
    /// The one this day is in.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// `2026-02`; only years people plan in.
    pub fn parse(text: &str) -> Option<Self> {
        let day: Date = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten()?;
        (1970..=2200).contains(&day.year()).then_some(Self(day))
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.0.last_of_month()
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1.month()))
    }

    /// The month after.
    #[must_use]
    pub fn after(self) -> Self {
        Self(self.0.saturating_add(1.month()))
    }

    /// "February 2026"
    pub fn in_words(self) -> String {
        self.0.strftime("%B %Y").to_string()
    }

    /// Whole weeks from Monday to Sunday, the days of the neighbours among them.
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

/// `/calendar?…`: a month, and which contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFilter {
    /// `None` for the month of today.
    pub month: Option<Month>,
    /// As in the list of contracts; order, columns and place mean nothing here.
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

/// What a day is of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum What {
    /// Its first day.
    Starts,
    /// The last day on which notice can end it by its end.
    NoticeBy,
    /// Its last day.
    Ends,
}

impl What {
    /// The word in ids that stay the same.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starts => "start",
            Self::NoticeBy => "notice",
            Self::Ends => "end",
        }
    }

    /// Before the contract's title.
    pub fn label(self) -> &'static str {
        match self {
            Self::Starts => "Starts",
            Self::NoticeBy => "Notice by",
            Self::Ends => "Ends",
        }
    }
}

/// One day of one contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The day.
    pub on: Date,
    /// What it is.
    pub what: What,
    /// Of which contract.
    pub contract: ContractSummary,
}

/// The days of these contracts between two days, in order. One that is said to end before it starts does not start.
pub fn marks(contracts: &[ContractSummary], first: Date, last: Date) -> Vec<Mark> {
    let mut marks: Vec<Mark> = contracts
        .iter()
        .flat_map(|contract| {
            [(What::Starts, contract.start_on), (What::NoticeBy, contract.notice_by), (What::Ends, contract.ends_on)]
                .into_iter()
                .filter(|(what, _)| *what == What::Ends || !contract.ends_before_start())
                .filter_map(|(what, on)| Some(Mark { on: on?, what, contract: contract.clone() }))
        })
        .filter(|mark| first <= mark.on && mark.on <= last)
        .collect();
    marks.sort_by(|a, b| {
        (a.on, a.what, &a.contract.title, &a.contract.id).cmp(&(b.on, b.what, &b.contract.title, &b.contract.id))
    });
    marks
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
