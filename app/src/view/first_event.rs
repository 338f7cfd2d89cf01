//! The view of a subject's first event, for pages as of a moment before it.

use domain::query::moment::{AsOf, Meaning, Moment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The first event about one subject, or about any subject of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstEvent {
    /// Its name in a sentence: a name or title, or "any contract".
    pub name: String,
    /// Time of the earliest event.
    pub happened_at: Timestamp,
    /// Arrival of the first event.
    pub received_at: Timestamp,
}

impl FirstEvent {
    /// Returns whether it is after this past moment; false for now.
    pub fn is_ahead_of(&self, moment: Moment) -> bool {
        moment.as_of.is_some_and(|AsOf { at, meaning }| match meaning {
            Meaning::Happened => self.happened_at > at,
            Meaning::Known => self.received_at > at,
        })
    }
}

/// A subject at a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum AtMoment<T> {
    /// The subject.
    Present(T),
    /// None yet: the moment is before its first event.
    BeforeFirstEvent(FirstEvent),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meaning_of_a_moment_has_its_own_first_event() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let first_event = FirstEvent {
            name: "Fernanda".to_owned(),
            happened_at: at("2026-03-01T09:00:00Z"),
            received_at: at("2026-11-30T09:00:00Z"),
        };
        let moment = |day: &str, meaning: Meaning| {
            Moment::new(at("2026-12-01T00:00:00Z"), AsOf::parse(day, Some(meaning.as_str())))
        };
        assert!(first_event.is_ahead_of(moment("2026-09-01", Meaning::Known)));
        assert!(!first_event.is_ahead_of(moment("2026-09-01", Meaning::Happened)));
        assert!(first_event.is_ahead_of(moment("2026-02-01", Meaning::Happened)));
        assert!(!first_event.is_ahead_of(moment("2026-11-30", Meaning::Known)));
        assert!(!first_event.is_ahead_of(at("2020-01-01T00:00:00Z").into()));
    }
}
