//! Tests of events that arrived long after they happened.

use super::{instant, kinds, of_contract};
use crate::lifecycle::finding::FindingKind::Late;
use crate::timeline::{Entry, TimeOrigin, contract, replays_in_words};

fn arrived(at: &str, attempts: u32, origin: TimeOrigin) -> Entry {
    let mut offered = of_contract(1, "2026-02-01T09:00:00Z", "offered");
    offered.received_at = instant(at);
    offered.attempts = attempts;
    offered.occurred_from = origin;
    contract(&[offered]).unwrap().entries.remove(0)
}

#[test]
fn five_minutes_are_on_time() {
    let entry = arrived("2026-02-01T09:05:00Z", 1, TimeOrigin::MessageId);
    assert_eq!(entry.findings, []);
    assert_eq!(entry.detail.as_deref(), Some("£520.00 a day, 1 March to 29 May 2026, 7 days’ notice"));
}

#[test]
fn a_retry_after_half_an_hour_is_late() {
    let entry = arrived("2026-02-01T09:35:05Z", 1, TimeOrigin::MessageId);
    assert_eq!(kinds(&entry.findings), [(Late, 1, "client.contract.offered")]);
    assert_eq!(entry.findings[0].sentence, "Arrived 35 minutes late.");
    let often = arrived("2026-02-01T11:35:05Z", 3, TimeOrigin::MessageId);
    assert_eq!(often.findings[0].sentence, "Arrived 2 hours 35 minutes late; 3 attempts have reached us.");
}

#[test]
fn the_last_retry_is_late_and_what_is_older_is_a_replay() {
    let last = arrived("2026-02-02T18:06:06Z", 1, TimeOrigin::MessageId);
    assert_eq!(last.findings[0].sentence, "Arrived 1 day late.");
    assert_eq!(arrived("2026-02-02T18:06:07Z", 1, TimeOrigin::MessageId).findings, []);
    let replayed = arrived("2026-06-03T09:00:00Z", 1, TimeOrigin::MessageId);
    assert_eq!(replayed.findings, []);
    assert_eq!(replayed.detail, arrived("2026-02-01T09:05:00Z", 1, TimeOrigin::MessageId).detail, "no line says it");
}

#[test]
fn what_was_replayed_is_told_once_of_all_of_them() {
    let on_time = || arrived("2026-02-01T09:05:00Z", 1, TimeOrigin::MessageId);
    let replayed = |at: &str| arrived(at, 1, TimeOrigin::MessageId);
    let in_words = |entries: &[Entry]| replays_in_words(entries).unwrap_or_default();
    let (days, months) = ("2026-02-04T09:00:00Z", "2026-06-03T09:00:00Z");
    assert_eq!(in_words(&[on_time(), on_time()]), "");
    assert_eq!(in_words(&[replayed(months)]), "This event was replayed 4 months after it happened.");
    let both = [on_time(), replayed(months)];
    assert_eq!(in_words(&both), "One of these 2 events was replayed 4 months after it happened.");
    let all = [replayed(months), replayed(months)];
    assert_eq!(in_words(&all), "These 2 events were replayed 4 months after they happened.");
    let some = [replayed(months), on_time(), replayed(days)];
    assert_eq!(in_words(&some), "2 of these 3 events were replayed between 3 days and 4 months after they happened.");
    assert_eq!(in_words(&[arrived(months, 1, TimeOrigin::Arrival)]), "");
}

#[test]
fn without_a_time_in_the_id_nothing_is_known_of_lateness() {
    for origin in [TimeOrigin::FirstAttempt, TimeOrigin::Arrival] {
        let entry = arrived("2026-02-01T19:35:05Z", 1, origin);
        assert_eq!(entry.findings, []);
    }
}

#[test]
fn an_arrival_before_the_event_is_a_clock_that_is_off() {
    assert_eq!(arrived("2026-02-01T08:00:00Z", 1, TimeOrigin::MessageId).findings, []);
}
