//! The visible time range and the choice of contracts, kept in the URL so that a view can be shared.

use super::axis::{Axis, days_between, monday};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// The length of the visible range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    /// Everything, up to a few years.
    #[default]
    Fit,
    /// Five weeks.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Zoom {
    /// All values, from the widest to the narrowest.
    pub const ALL: [Self; 4] = [Self::Fit, Self::Year, Self::Quarter, Self::Month];

    /// Returns the value in the URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Returns the label of a link.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fit => "All",
            Self::Month => "Month",
            Self::Quarter => "Quarter",
            Self::Year => "Year",
        }
    }

    /// Parses a value; unknown ones show everything.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|zoom| zoom.as_str() == text).unwrap_or_default()
    }

    /// Returns the number of days; `None` where that depends on the data.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Fit => None,
            Self::Month => Some(35),
            Self::Quarter => Some(92),
            Self::Year => Some(366),
        }
    }
}

/// The view chosen in the query string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// `?zoom=`
    pub zoom: Zoom,
    /// `?from=`: the first visible day; ignored where everything is shown.
    pub from: Option<Date>,
    /// `?ended=`: whether ended contracts have lanes of their own; by default their number decides.
    pub ended: Option<bool>,
}

impl Choice {
    /// Parses the choice; invalid values count as not given.
    pub fn parse(zoom: Option<&str>, from: Option<&str>, ended: Option<&str>) -> Self {
        let ended = match ended {
            Some("1") => Some(true),
            Some("0") => Some(false),
            _ => None,
        };
        Self { zoom: zoom.map(Zoom::parse).unwrap_or_default(), from: from.and_then(|day| day.parse().ok()), ended }
    }

    /// Returns the choice as pairs of the query string.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let zoom = (self.zoom != Zoom::Fit).then(|| ("zoom", self.zoom.as_str().to_owned()));
        let from = self.from.filter(|_| self.zoom != Zoom::Fit).map(|day| ("from", day.to_string()));
        let ended = self.ended.map(|open| ("ended", if open { "1" } else { "0" }.to_owned()));
        zoom.into_iter().chain(from).chain(ended).collect()
    }
}

/// The visible range, with the targets of its navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The axis.
    pub axis: Axis,
    /// The previous view; `None` where nothing is earlier.
    pub earlier: Option<Choice>,
    /// The next view.
    pub later: Option<Choice>,
}

/// Maximum length of a view of everything; earlier years are reached by links.
const MAX_YEARS: i64 = 3;

/// Returns the range of a view; `first` and `last` are the first and last days of the data.
pub fn window(choice: Choice, first: Date, last: Date, today: Date) -> Window {
    let (first, farthest) = (first.min(today), last.max(today));
    let last = farthest.min(today.saturating_add(2.years()));
    let Some(days) = choice.zoom.days() else {
        let earliest = today.saturating_sub(MAX_YEARS.years());
        let from = first.max(earliest).first_of_month();
        // A month of space after the last day makes room for labels.
        let to = last.saturating_add(1.month()).first_of_month().saturating_add(1.month());
        let to = if days_between(last, to) > 45 { to.saturating_sub(1.month()) } else { to };
        let before = Choice { zoom: Zoom::Year, from: Some(from.saturating_sub(1.year())), ..choice };
        // What continues beyond that is reached by a link, too.
        let after = Choice { zoom: Zoom::Year, from: Some(to), ..choice };
        return Window {
            axis: Axis::new(from, to),
            earlier: (first < from).then_some(before),
            later: (farthest >= to).then_some(after),
        };
    };
    let centred = || {
        let start = today.saturating_sub((days / 2).days());
        if choice.zoom == Zoom::Month { monday(start) } else { start.first_of_month() }
    };
    let from = choice.from.unwrap_or_else(centred);
    let axis = Axis::new(from, from.saturating_add(days.days()));
    let moved = |by: i64| Choice { from: Some(from.saturating_add(by.days())), ..choice };
    // By half a view, so that some of it stays visible; in whole weeks where ticks are weeks.
    let half = if choice.zoom == Zoom::Month { 14 } else { days / 2 };
    Window {
        axis,
        earlier: (first < axis.from).then(|| moved(-half)),
        later: (axis.to <= farthest).then(|| moved(half)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn shown(choice: Choice) -> Window {
        window(choice, date(2025, 9, 3), date(2026, 5, 29), date(2026, 2, 9))
    }

    #[test]
    fn by_default_everything_is_shown_in_whole_months() {
        let window = shown(Choice::default());
        assert_eq!((window.axis.from, window.axis.to), (date(2025, 9, 1), date(2026, 7, 1)));
        assert_eq!((window.earlier, window.later), (None, None));
    }

    #[test]
    fn what_lies_too_far_back_is_a_link_away() {
        let window = window(Choice::default(), date(2015, 1, 1), date(2026, 5, 29), date(2026, 2, 9));
        assert_eq!(window.axis.from, date(2023, 2, 1));
        assert_eq!(window.earlier.unwrap().zoom, Zoom::Year);
    }

    #[test]
    fn a_zoom_without_a_day_is_about_today_and_leads_both_ways() {
        let window = shown(Choice { zoom: Zoom::Quarter, ..Choice::default() });
        assert_eq!((window.axis.from, window.axis.days()), (date(2025, 12, 1), 92));
        assert_eq!(window.earlier.unwrap().from, Some(date(2025, 10, 16)));
        assert_eq!(window.later.unwrap().from, Some(date(2026, 1, 16)));
        let month = shown(Choice { zoom: Zoom::Month, ..Choice::default() });
        assert_eq!(month.axis.from, date(2026, 1, 19));
    }

    #[test]
    fn a_choice_comes_back_from_its_own_words() {
        let choice = Choice { zoom: Zoom::Month, from: Some(date(2026, 1, 5)), ended: Some(true) };
        let pairs = choice.pairs();
        let value = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        assert_eq!(Choice::parse(value("zoom"), value("from"), value("ended")), choice);
        assert_eq!(Choice::parse(Some("century"), Some("soon"), Some("maybe")), Choice::default());
        assert!(Choice::default().pairs().is_empty());
    }
}
