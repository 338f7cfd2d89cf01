//! Tests that counts by time and by filter are those of the log, in whatever batches it is folded, and of silences.

use super::*;
use crate::store::log::{Bounds, NewRefusal};
use crate::tests::support::history::project_by;
use domain::event::Mode;
use domain::query::filter::Query as _;
use domain::query::outcome::Outcome;
use domain::query::volume::Bar;
use domain::query::window::{Grain, Window, hour_of};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// The instant of the questions: 81 days after the first request.
const LATER: i64 = 81 * 24 * 60;

/// A step of a history.
#[derive(Clone, Debug)]
enum Step {
    /// A genuine request: number of its message, minute, endpoint, body.
    Genuine(usize, i64, usize, usize),
    /// A refused request: minute, endpoint.
    Refused(i64, usize),
    /// A fold in batches of this size.
    Fold(usize),
}

const ENDPOINTS: [&str; 2] = ["yunojuno", "staging"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let minute = || 0..80 * 24 * 60_i64;
    let step = prop_oneof![
        12 => (0..30_usize, minute(), 0..2_usize, 0..6_usize).prop_map(|(id, at, to, body)| Step::Genuine(id, at, to, body)),
        4 => (minute(), 0..2_usize).prop_map(|(at, to)| Step::Refused(at, to)),
        1 => (1..5_usize).prop_map(Step::Fold),
    ];
    proptest::collection::vec(step, 150..200)
}

/// Returns a body with its event type, mode and outcome as they are counted.
fn bodies() -> [(Vec<u8>, &'static str, &'static str, Outcome); 6] {
    let of = |event: &str, mode: &str, id: &str| body(event, mode, &contract(id, "clct_1")).to_string().into_bytes();
    let sample = domain::event::sample::subject_ids().find(|id| id.starts_with("ct_")).unwrap();
    [
        (of("client.contract.offered", "live", "ct_1"), "client.contract.offered", "live", Outcome::Stored),
        (of("client.contract.offered", "test", "ct_2"), "client.contract.offered", "test", Outcome::Stored),
        (of("client.contract.accepted", "live", "ct_1"), "client.contract.accepted", "live", Outcome::Stored),
        (of("client.contract.accepted", "live", sample), "client.contract.accepted", "sample", Outcome::Stored),
        (of("client.contract.paid", "live", "ct_1"), "client.contract.paid", "live", Outcome::Stored),
        (b"no JSON".to_vec(), "", "live", Outcome::Unreadable),
    ]
}

/// Numbers of requests by hour, endpoint, event type, mode and outcome.
type Counts = BTreeMap<(i64, String, String, String, &'static str), u64>;

/// Carries the steps out, and returns what they add up to.
async fn carry_out(store: &Store, steps: &[Step]) -> Counts {
    let bodies = bodies();
    let mut known = BTreeMap::<(usize, usize), usize>::new();
    let mut counts = Counts::new();
    // Most refused requests are let go.
    let bounds = Bounds { requests: 3, ..BOUNDS };
    for step in steps {
        match *step {
            Step::Genuine(id, minute, to, of) => {
                let (bytes, ..) = &bodies[of];
                let id_of = format!("msg_{id}");
                let message = TestMessage {
                    body: bytes.clone(),
                    endpoint: ENDPOINTS[to],
                    ..TestMessage::new(&id_of, minute, &json!(null))
                };
                store.append(&[message.message()], &[], bounds).await.unwrap();
                let first = *known.entry((to, id)).or_insert(of);
                let is_first =
                    first == of && !counts.contains_key(&(-1, format!("{to} {id}"), String::new(), String::new(), ""));
                counts.insert((-1, format!("{to} {id}"), String::new(), String::new(), ""), 0);
                let (_, event_type, mode, outcome) = &bodies[first];
                let outcome = if is_first { *outcome } else { Outcome::Duplicate };
                let hour = hour_of(at(minute));
                let key =
                    (hour, ENDPOINTS[to].to_owned(), (*event_type).to_owned(), (*mode).to_owned(), outcome.as_str());
                *counts.entry(key).or_default() += 1;
            }
            Step::Refused(minute, to) => {
                let refusal =
                    NewRefusal { endpoint: ENDPOINTS[to].to_owned(), ..refused("msg_x", minute, "stale", "Old.") };
                store.append(&[], &[refusal], bounds).await.unwrap();
                let key = (hour_of(at(minute)), ENDPOINTS[to].to_owned(), String::new(), String::new(), "refused");
                *counts.entry(key).or_default() += 1;
            }
            Step::Fold(batch) => project_by(store, batch).await,
        }
    }
    counts.retain(|key, _| key.0 >= 0);
    counts
}

/// Returns the counts in the store, by one unit of time.
async fn stored(store: &Store, grain: Grain) -> Counts {
    let mut counts = Counts::new();
    for one in store.list_volume(grain, 0, i64::MAX).await.unwrap() {
        let event_type = one.kind.event_type.map(|one| one.as_str().to_owned()).unwrap_or_default();
        let mode = one.kind.mode.map(|mode| mode.as_str().to_owned()).unwrap_or_default();
        // Refused requests are added up by days at most.
        let hour = grain.floor(one.hour);
        *counts.entry((hour, one.kind.endpoint, event_type, mode, one.kind.outcome.as_str())).or_default() += one.count;
    }
    counts
}

fn by(grain: Grain, expected: &Counts) -> Counts {
    let mut counts = Counts::new();
    for ((hour, endpoint, event_type, mode, outcome), count) in expected {
        let key = (grain.floor(*hour), endpoint.clone(), event_type.clone(), mode.clone(), *outcome);
        *counts.entry(key).or_default() += count;
    }
    counts
}

fn total(bars: &[Bar]) -> u64 {
    bars.iter().map(Bar::total).sum()
}

/// The numbers of a filter are those of its list.
async fn counts_are_those_of_lists(store: &Store) {
    let reader = reader(store);
    let now = at(LATER);
    for query in [
        "outcome=stored",
        "outcome=duplicate",
        "outcome=unreadable",
        "mode=live",
        "mode=sample",
        "mode=test",
        "family=contract",
        "type=client.contract.paid",
        "endpoint=staging&mode=live",
        "q=type:contract.*",
        "q=-mode:live",
        "late=1",
        "mode=live&last=30d",
        "mode=live&last=90d",
        "outcome=stored&from=2026-03-10&to=2026-03-20",
    ] {
        let filter = DeliveryFilter::from_query(query);
        let all = if filter.last.is_none() && filter.from.is_none() {
            DeliveryFilter { last: Some(Window::All), ..filter }
        } else {
            filter
        };
        let volume = reader.volume(&all, now, ADMIN).await.unwrap();
        let (rows, _) = reader.deliveries_after(&all, now, 0, 10_000).await.unwrap();
        let listed = u64::try_from(rows.len()).unwrap();
        if volume.is_more {
            assert!(total(&volume.bars) >= listed, "{query}");
        } else {
            assert_eq!(total(&volume.bars), listed, "{query}");
        }
    }
}

#[tokio::test]
async fn counts_are_those_of_the_log_in_whatever_batches_it_is_folded() {
    let mut runner = TestRunner::deterministic();
    let histories: Vec<Vec<Step>> = (0..3).map(|_| steps().new_tree(&mut runner).unwrap().current()).collect();
    for steps in histories {
        each_database(async |store| {
            let expected = carry_out(&store, &steps).await;
            let outcomes: BTreeSet<&str> = expected.keys().map(|key| key.4).collect();
            assert_eq!(outcomes.len(), 4, "every outcome is there");
            project_by(&store, 3).await;
            for grain in Grain::ALL {
                assert_eq!(stored(&store, grain).await, by(grain, &expected), "{grain:?}");
            }
            counts_are_those_of_lists(&store).await;
            for batch in [1, 7, 512] {
                store.remake_lists(None).await.unwrap();
                project_by(&store, batch).await;
                for grain in Grain::ALL {
                    assert_eq!(stored(&store, grain).await, by(grain, &expected), "{grain:?} in batches of {batch}");
                }
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_week_is_shown_and_what_is_filtered_is_counted_for_other_values_too() {
    each_database(async |store| {
        log_and_project(&store, &history(6)).await;
        let refusal = refused("msg_x", 10, "stale", "Too old.");
        store.append(&[], &[refusal], BOUNDS).await.unwrap();
        let reader = reader(&store);
        let now = at(24 * 60);
        let volume = reader.volume(&DeliveryFilter::default(), now, ADMIN).await.unwrap();
        assert_eq!(volume.bars.len(), 29);
        let listed = reader.deliveries_after(&DeliveryFilter::default(), now, 0, 10_000).await.unwrap().0.len();
        assert_eq!(total(&volume.bars), u64::try_from(listed).unwrap());
        let refused = DeliveryFilter { outcome: Some(Outcome::Refused), ..DeliveryFilter::default() };
        let narrowed = reader.volume(&refused, now, ADMIN).await.unwrap();
        assert_eq!((total(&narrowed.bars), narrowed.facets.outcomes), (1, volume.facets.outcomes));
        assert!(narrowed.facets.types.is_empty());
        assert!(volume.facets.modes[&Mode::Live] > volume.facets.modes[&Mode::Test]);
        // A bar leads to exactly what it counts.
        for bar in volume.bars.iter().filter(|bar| bar.total() > 0) {
            let from = domain::query::window::instant;
            let within = DeliveryFilter::default().within(from(bar.from), from(bar.until));
            let rows = reader.deliveries_after(&within, now, 0, 10_000).await.unwrap().0;
            assert_eq!(u64::try_from(rows.len()).unwrap(), bar.total(), "{within:?}");
        }
        for role in [Some(Role::Hirer), None] {
            assert_eq!(reader.volume(&refused, now, role).await, Err(ApiError::Refused));
            assert_eq!(reader.delivery_views("ana@example.com", now, role).await, Err(ApiError::Refused));
        }
    })
    .await;
}

#[tokio::test]
async fn views_that_are_always_there_come_first_and_have_exact_numbers_or_none() {
    each_database(async |store| {
        log_and_project(&store, &history(6)).await;
        store
            .append(
                &[],
                &[refused("msg_x", 10, "stale", "Too old."), refused("msg_x", -24 * 60, "stale", "Too old.")],
                BOUNDS,
            )
            .await
            .unwrap();
        let ana = Email::parse("ana@example.com").unwrap();
        store.add_person(&ana, "Ana", Role::Admin, at(0)).await.unwrap();
        for (name, query) in
            [("Offers", "type=client.contract.offered"), ("Ama", "q=ama"), ("A day", "last=24h&mode=live")]
        {
            store.save_view(&ana, name, &DeliveryFilter::from_query(query), false, at(0)).await.unwrap();
        }
        let reader = reader(&store);
        let now = at(60);
        let views = reader.delivery_views("ana@example.com", now, ADMIN).await.unwrap();
        let names: Vec<&str> = views.iter().map(|view| view.name.as_str()).collect();
        assert_eq!(names, ["Refused today", "Late", "Tests", "A day", "Ama", "Offers"]);
        for view in &views {
            let (rows, _) = reader.deliveries_after(&view.filter, now, 0, 10_000).await.unwrap();
            let expected = (!view.filter.late && view.filter.q.is_none()).then(|| u64::try_from(rows.len()).unwrap());
            assert_eq!(view.count, expected, "{}", view.name);
        }
        assert_eq!(views[0].count, Some(1), "yesterday's is not of today");
    })
    .await;
}

#[tokio::test]
async fn a_silence_of_the_past_is_shaded_where_it_was() {
    each_database(async |store| {
        // Every hour for ten weeks, but for five hours of the last day but one.
        let gap = 69 * 24 + 6..69 * 24 + 11;
        // About nothing, so that no story grows long.
        let offered = body("client.invoice.sent", "live", &json!({}));
        let hours = (0..70 * 24).filter(|hour| !gap.contains(hour));
        let told: Vec<TestMessage> = hours
            .flat_map(|hour| (0..2).map(move |n| (hour, n)))
            .map(|(hour, n)| TestMessage::new(&format!("msg_{hour}_{n}"), hour * 60 + n, &offered))
            .collect();
        log_and_project(&store, &told).await;
        let volume = reader(&store).volume(&DeliveryFilter::default(), at(70 * 24 * 60), ADMIN).await.unwrap();
        let silences: Vec<(i64, i64)> =
            volume.silences.iter().map(|one| (hour_of(one.from), hour_of(one.until))).collect();
        let first = hour_of(at(0));
        assert_eq!(silences, [(first + gap.start - 1, first + gap.end)]);
        let other = DeliveryFilter { endpoint: Some("staging".to_owned()), ..DeliveryFilter::default() };
        let volume = reader(&store).volume(&other, at(70 * 24 * 60), ADMIN).await.unwrap();
        assert!(volume.silences.is_empty(), "another endpoint");
    })
    .await;
}
