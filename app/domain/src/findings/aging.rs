//! Ages of findings about a lasting condition, added to their sentences on the day they are read.

use crate::lifecycle::finding::{Aging, Finding};
use crate::lifecycle::rules::Rule;
use crate::text::counted;
use crate::timeline::words::{date_in_words, day_of, span_in_words};
use jiff::Timestamp;
use jiff::civil::Date;

impl Aging {
    /// Returns the age, such as "405 days, 398 longer than the 7 you allow".
    fn lasted(&self, at: Timestamp) -> String {
        let days = u64::try_from(at.duration_since(self.since).as_hours() / 24).unwrap_or_default();
        let allowed = u64::from(self.allowed_days);
        match days.saturating_sub(allowed) {
            0 => format!("{}, as long as you allow", counted(days, "day")),
            over => format!("{}, {over} longer than the {allowed} you allow", counted(days, "day")),
        }
    }

    /// Returns a clause that the proposed dates have passed, or the start has.
    fn passed(&self, today: Date) -> Option<String> {
        match (self.starts_on, self.ends_on) {
            (Some(first), Some(last)) if first <= last && last < today => {
                Some(format!("Its proposed dates, {}, have passed.", span_in_words(first, last)))
            }
            (None, Some(last)) if last < today => {
                Some(format!("Its proposed last day, {}, has passed.", date_in_words(last)))
            }
            (Some(first), _) if first < today => {
                Some(format!("Its proposed first day, {}, has passed.", date_in_words(first)))
            }
            _ => None,
        }
    }
}

impl Finding {
    /// Adds the age at an instant to the sentence, if the finding has one.
    #[must_use]
    pub fn aged(mut self, at: Timestamp) -> Self {
        let Some(aging) = self.aging.take() else { return self };
        let lasted = aging.lasted(at);
        self.sentence = if self.rule == Rule::ApprovedSpendIsUsed {
            let (days, over) = lasted.split_once(',').unwrap_or((&lasted, ""));
            format!("It was approved {days} ago,{over}, and no contract draws on it.")
        } else {
            format!("{}: it has been open for {lasted}.", self.sentence.trim_end_matches('.'))
        };
        if let Some(passed) = aging.passed(day_of(at)) {
            self.sentence = format!("{} {passed}", self.sentence);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventType;

    fn sentence_at(rule: Rule, sentence: &str, at: &str) -> String {
        let aging = Aging {
            since: "2025-10-21T10:00:00Z".parse().unwrap(),
            allowed_days: 7,
            starts_on: "2025-12-01".parse().ok(),
            ends_on: "2026-03-27".parse().ok(),
        };
        let finding = Finding { aging: Some(aging), ..Finding::new(rule, 1, EventType::ContractOffered, sentence) };
        finding.aged(at.parse().unwrap()).sentence
    }

    #[test]
    fn an_open_offer_says_its_age_and_that_its_dates_have_passed() {
        let offer = |at: &str| sentence_at(Rule::OfferIsAnswered, "Nobody has answered the offer of “A”.", at);
        assert_eq!(
            offer("2026-11-30T12:00:00Z"),
            "Nobody has answered the offer of “A”: it has been open for 405 days, 398 longer than the 7 you allow. Its \
             proposed dates, 1 December 2025 to 27 March 2026, have passed."
        );
        assert_eq!(
            offer("2025-12-02T00:00:00Z"),
            "Nobody has answered the offer of “A”: it has been open for 41 days, 34 longer than the 7 you allow. Its \
             proposed first day, 1 December 2025, has passed."
        );
        assert_eq!(
            offer("2025-10-28T10:00:00Z"),
            "Nobody has answered the offer of “A”: it has been open for 7 days, as long as you allow."
        );
    }

    #[test]
    fn unused_spend_says_its_age_and_one_without_an_age_is_as_it_was() {
        let aging =
            Aging { since: "2025-10-21T10:00:00Z".parse().unwrap(), allowed_days: 30, starts_on: None, ends_on: None };
        let unused = Finding::new(Rule::ApprovedSpendIsUsed, 1, EventType::SpendApproved, "It is not used.");
        let at: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        assert_eq!(unused.clone().aged(at), unused);
        assert_eq!(
            Finding { aging: Some(aging), ..unused }.aged(at).sentence,
            "It was approved 405 days ago, 375 longer than the 30 you allow, and no contract draws on it."
        );
    }
}
