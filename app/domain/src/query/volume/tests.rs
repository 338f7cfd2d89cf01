//! Tests of counts by filter, and of the stretch of time that a filter asks for.

use super::*;
use crate::query::filter::Query as _;
use crate::query::window::{Unit, hour_of};

const NOW: &str = "2026-03-22T14:37:10Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn counted(hours_ago: i64, event_type: &str, mode: &str, outcome: Outcome, count: u64) -> CountedRequests {
    let is_refused = outcome == Outcome::Refused;
    CountedRequests {
        hour: hour_of(now()) - hours_ago,
        kind: RequestKind {
            endpoint: if hours_ago > 50 { "staging" } else { "yunojuno" }.to_owned(),
            event_type: (!is_refused).then(|| EventType::parse(event_type)),
            mode: (!is_refused).then(|| Mode::parse(mode)),
            outcome,
        },
        count,
    }
}

fn requests() -> Vec<CountedRequests> {
    vec![
        counted(1, "client.contract.offered", "live", Outcome::Stored, 5),
        counted(1, "client.contract.offered", "live", Outcome::Duplicate, 2),
        counted(2, "client.contract.accepted", "test", Outcome::Stored, 3),
        counted(30, "client.spend_request.approved", "live", Outcome::Stored, 1),
        counted(31, "", "", Outcome::Refused, 4),
        counted(60, "client.contract.revoked", "live", Outcome::Unreadable, 7),
    ]
}

/// Returns the sums by outcome, the facets, and whether the filter asks for more.
fn narrowed(query: &str) -> (ByOutcome, Facets, bool) {
    let filter = DeliveryFilter::from_query(query);
    let selection = Selection::of(&filter, now());
    let stretch = selection.stretch(0, now());
    let (bars, facets) = selection.add_up(stretch, requests());
    let mut sums = ByOutcome::default();
    for bar in bars {
        for (sum, count) in sums.iter_mut().zip(bar.counts) {
            *sum += count;
        }
    }
    (sums, facets, selection.is_more)
}

#[test]
fn each_filter_and_each_key_of_a_search_narrows_the_bars() {
    for (query, expected) in [
        ("", [9, 7, 2, 4]),
        ("outcome=refused", [0, 0, 0, 4]),
        ("mode=live", [6, 7, 2, 0]),
        ("family=contract", [8, 7, 2, 0]),
        ("type=client.contract.offered", [5, 0, 2, 0]),
        ("type=client.contract.offered&family=spend", [0, 0, 0, 0]),
        ("endpoint=staging", [0, 7, 0, 0]),
        ("q=mode:test", [3, 0, 0, 0]),
        ("q=type:contract.* outcome:(stored or repeat)", [8, 0, 2, 0]),
        ("q=outcome:refused&outcome=stored", [0, 0, 0, 0]),
    ] {
        let (sums, _, is_more) = narrowed(query);
        assert_eq!((sums, is_more), (expected, false), "{query}");
    }
}

#[test]
fn what_is_not_counted_is_told() {
    for (query, is_more) in [
        ("q=amara", true),
        ("q=amara mode:live", true),
        ("q=mode:live or mode:test", true),
        ("q=type:a type:b", true),
        ("q=((", true),
        ("q=id:ct_1", true),
        ("late=1", true),
        ("once=1", true),
        ("q=mode:live after:3d", false),
        ("last=24h", false),
    ] {
        assert_eq!(narrowed(query).2, is_more, "{query}");
    }
    // The search narrows by what is known all the same.
    assert_eq!(narrowed("q=amara mode:test").0, [3, 0, 0, 0]);
}

#[test]
fn a_facet_is_narrowed_by_the_other_filters_only() {
    let (_, facets, _) = narrowed("mode=live&outcome=stored");
    assert_eq!(
        facets.outcomes,
        BTreeMap::from([(Outcome::Stored, 6), (Outcome::Unreadable, 7), (Outcome::Duplicate, 2)])
    );
    assert_eq!(facets.modes, BTreeMap::from([(Mode::Live, 6), (Mode::Test, 3)]));
    assert_eq!(facets.families, BTreeMap::from([(Family::Contract, 5), (Family::Spend, 1)]));
    let (_, facets, _) = narrowed("type=client.contract.offered&family=contract");
    // Another family replaces the type as well.
    assert_eq!(facets.families, BTreeMap::from([(Family::Contract, 17), (Family::Spend, 1)]));
    let types: Vec<(&str, u64)> = facets.types.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let expected = [("client.contract.accepted", 3), ("client.contract.offered", 7), ("client.contract.revoked", 7)];
    assert_eq!(types, expected);
    assert_eq!(facets.endpoints, BTreeMap::from([("yunojuno".to_owned(), 7)]));
}

#[test]
fn the_stretch_of_time_is_that_of_filter_and_search_and_else_a_week() {
    let stretch = |query: &str| {
        let filter = DeliveryFilter::from_query(query);
        let stretch = Selection::of(&filter, now()).stretch(hour_of("2025-03-01T00:00:00Z".parse().unwrap()), now());
        let end = |hour| crate::query::window::instant(hour).to_string();
        (end(stretch.from), end(stretch.until), stretch.unit)
    };
    let week = |from: &str| (from.to_owned(), "2026-03-22T18:00:00Z".to_owned(), Unit::SixHours);
    assert_eq!(stretch(""), week("2026-03-15T12:00:00Z"));
    assert_eq!(stretch("last=7d"), week("2026-03-15T12:00:00Z"));
    assert_eq!(stretch("late=1&from=2026-03-16"), week("2026-03-16T00:00:00Z"));
    assert_eq!(stretch("q=after:2026-03-17"), week("2026-03-17T00:00:00Z"));
    let days = ("2026-03-03T00:00:00Z".to_owned(), "2026-03-06T00:00:00Z".to_owned(), Unit::SixHours);
    assert_eq!(stretch("from=2026-03-03&to=2026-03-05"), days);
    assert_eq!(stretch("q=after:2026-03-03 before:2026-03-06"), days);
    // A week up to the end that is asked for.
    assert_eq!(stretch("to=2026-02-28").0, "2026-02-22T00:00:00Z");
    assert_eq!(stretch("last=all").0, "2025-03-01T00:00:00Z");
    assert_eq!(stretch("arrived_since=2026-03-22T10:20:00Z&arrived_until=2026-03-22T11:20:00Z").2, Unit::Hour);
}

#[test]
fn a_number_beside_a_view_is_exact_or_is_not_there() {
    let exact = |query: &str| {
        let filter = DeliveryFilter::from_query(query);
        Selection::of(&filter, now()).exact(now()).map(|(grain, from, until)| (grain, from, until == i64::MAX))
    };
    let hour = |text: &str| hour_of(text.parse().unwrap());
    assert_eq!(exact("mode=test"), Some((Grain::Month, 0, true)));
    assert_eq!(exact("from=2026-03-22&outcome=refused"), Some((Grain::Day, hour("2026-03-22T00:00:00Z"), true)));
    assert_eq!(exact("last=24h"), Some((Grain::Hour, hour("2026-03-21T14:00:00Z"), true)));
    assert_eq!(exact("last=90d"), Some((Grain::Day, hour("2025-12-22T00:00:00Z"), true)));
    assert_eq!(exact("to=2026-03-01"), Some((Grain::Day, 0, false)));
    for query in ["late=1", "q=amara", "arrived_since=2026-03-22T10:20:00Z", "arrived_since=2025-03-22T10:00:00Z"] {
        assert_eq!(exact(query), None, "{query}");
    }
}
