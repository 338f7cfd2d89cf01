//! Counts of genuine requests by hour, day and month, and by what is known of each. Pure.

use crate::store::projections::row::{Message, Repeat, VolumeRow};
use domain::event::Mode;
use domain::query::outcome::Outcome;
use domain::query::window::Grain;
use std::collections::BTreeMap;

/// The numbers of requests by span, start, endpoint, event type, mode and outcome.
#[derive(Debug, Default)]
pub(super) struct Volume(BTreeMap<(&'static str, i64, String, String, &'static str, String), i64>);

impl Volume {
    /// Counts the first attempt of a message.
    pub(super) fn add(&mut self, message: &Message, mode: Mode) {
        self.count(message.received_at, &message.endpoint, message.event_type.as_deref(), mode, &message.outcome);
    }

    /// Counts a further attempt.
    pub(super) fn add_repeat(&mut self, repeat: &Repeat, mode: Mode) {
        let outcome = Outcome::Duplicate.as_str();
        self.count(repeat.received_at, &repeat.endpoint, repeat.event_type.as_deref(), mode, outcome);
    }

    fn count(&mut self, received_at: i64, endpoint: &str, event_type: Option<&str>, mode: Mode, outcome: &str) {
        let hour = received_at.div_euclid(3_600_000);
        for grain in Grain::ALL {
            let event_type = event_type.unwrap_or_default().to_owned();
            let kind = (endpoint.to_owned(), event_type, mode.as_str(), outcome.to_owned());
            let key = (grain.as_str(), grain.floor(hour), kind.0, kind.1, kind.2, kind.3);
            *self.0.entry(key).or_default() += 1;
        }
    }

    /// Returns a row for each number.
    pub(super) fn into_rows(self) -> impl Iterator<Item = VolumeRow> {
        self.0.into_iter().map(|((span, start, endpoint, event_type, mode, outcome), count)| VolumeRow {
            span: span.to_owned(),
            start,
            endpoint,
            event_type,
            mode: mode.to_owned(),
            outcome,
            count,
        })
    }
}
