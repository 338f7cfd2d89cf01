//! Tests of the search of deliveries: both databases find what the table of the language says, page by page.

use super::*;
use crate::indexer::{IndexStep, Indexer};
use crate::read_model::search::{Found, search};
use crate::store::log::{NewMessage, NewRefusal};
use app::view::delivery::DeliverySummary;
use domain::event::EventType;
use domain::query::outcome::Outcome;
use domain::query::search::parse;
use domain::query::search::samples::{self, CASES, SampleRequest, requests};
use domain::timeline::TimeOrigin;
use std::collections::BTreeSet;

pub(super) fn now() -> Timestamp {
    samples::NOW.parse().unwrap()
}

fn later() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

fn headers(of: &SampleRequest) -> String {
    serde_json::to_string(&of.headers).unwrap()
}

fn message(of: &SampleRequest) -> NewMessage {
    NewMessage {
        endpoint: of.endpoint.to_owned(),
        message_id: of.message_id.unwrap().to_owned(),
        received_at: of.received_at,
        sent_at: of.received_at,
        occurred_at: of.occurred_at.unwrap(),
        occurred_from: TimeOrigin::MessageId,
        event_type: of.event_type.as_deref().map(EventType::parse),
        mode: of.mode,
        outcome: of.outcome,
        reason: of.reason.clone(),
        headers: headers(of),
        remote: None,
        signed_with: "0badcafe".to_owned(),
        body: of.body.clone().into(),
    }
}

fn refusal(of: &SampleRequest) -> NewRefusal {
    NewRefusal {
        endpoint: of.endpoint.to_owned(),
        received_at: of.received_at,
        code: "bad_signature",
        reason: of.reason.clone().unwrap(),
        message_id: of.message_id.map(str::to_owned),
        headers: headers(of),
        remote: None,
        body_length: None,
        body: of.body.clone().into(),
    }
}

/// Stores the requests of the table.
pub(super) async fn store_samples(store: &Store) {
    let of = |is_kept: fn(Outcome) -> bool| requests().into_iter().filter(move |one| is_kept(one.outcome));
    let firsts = of(|outcome| matches!(outcome, Outcome::Stored | Outcome::Unreadable));
    let messages: Vec<NewMessage> =
        firsts.chain(of(|outcome| outcome == Outcome::Duplicate)).map(|one| message(&one)).collect();
    let refusals: Vec<NewRefusal> = of(|outcome| outcome == Outcome::Refused).map(|one| refusal(&one)).collect();
    store.append(&messages, &[], BOUNDS).await.unwrap();
    store.append(&[], &refusals, BOUNDS).await.unwrap();
    project(store).await;
}

/// Stores the requests of the table among others, and indexes all but the last.
async fn index_samples(store: &Store) {
    let others = async |numbers: std::ops::Range<i64>| {
        let body = json!({ "data": { "object": { "words": ["Filler", "of", "the", "log"], "number": 7 } } });
        // In another order than that of their arrival.
        let told: Vec<TestMessage> =
            numbers.map(|n| TestMessage::new(&format!("msg_other{n}"), n * 37 % 5_000, &body)).collect();
        log(store, &told).await;
    };
    others(0..60).await;
    store_samples(store).await;
    others(60..140).await;
    project(store).await;
    let mut indexer = Indexer::new(store.clone());
    while indexer.step().await.unwrap() == IndexStep::Written {}
    let segments = store.list_segments().await.unwrap();
    assert_eq!(segments.iter().map(|segment| segment.level.size()).collect::<Vec<_>>(), [128]);
}

/// Returns the names of requests of the table, in their order.
fn names(rows: &[DeliverySummary]) -> Vec<&'static str> {
    let requests = requests();
    let name = |row: &DeliverySummary| Some(requests.iter().find(|one| one.received_at == row.received_at)?.name);
    rows.iter().filter_map(name).collect()
}

/// Returns the names that a search must find, newest first.
fn expected(names: &[&str]) -> Vec<&'static str> {
    let mut requests = requests();
    requests.sort_by_key(|one| std::cmp::Reverse(one.received_at));
    requests.iter().map(|one| one.name).filter(|name| names.contains(name)).collect()
}

/// Follows the pages of a search to its end.
async fn walk(store: &Store, text: &str, rows: usize, deadline: Instant) -> Vec<Found> {
    let head = store.last_seq().await.unwrap();
    let mut wanted = crate::read_model::delivery::wanted(&DeliveryFilter::default(), head, 0);
    let mut pages = Vec::new();
    loop {
        let page = search(store, wanted.clone(), parse(text).unwrap(), now(), rows, deadline).await.unwrap();
        assert!(page.rows.len() <= rows);
        wanted.before = page.last;
        let is_end = page.is_end;
        pages.push(page);
        if is_end {
            return pages;
        }
    }
}

fn found(pages: &[Found]) -> Vec<&'static str> {
    pages.iter().flat_map(|page| names(&page.rows)).collect()
}

#[tokio::test]
async fn every_search_of_the_table_finds_its_requests_page_by_page_and_at_once() {
    each_database(async |store| {
        store_samples(&store).await;
        let reader = reader(&store);
        for (text, names_of_case) in CASES {
            let pages = walk(&store, text, 3, later()).await;
            assert_eq!(found(&pages), expected(names_of_case), "{text}, three by three");
            let filter = DeliveryFilter { q: Some((*text).to_owned()), ..DeliveryFilter::default() };
            let page = reader.deliveries(&filter, now(), ADMIN).await.unwrap();
            assert_eq!(names(&page.rows.items), expected(names_of_case), "{text}");
            assert!(page.rows.next.is_none() && page.search.unwrap().unwrap().is_end, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_finds_what_a_look_at_every_request_does() {
    each_database(async |store| {
        index_samples(&store).await;
        let reader = reader(&store);
        for (text, names_of_case) in CASES {
            let pages = walk(&store, text, 40, later()).await;
            assert_eq!(found(&pages), expected(names_of_case), "{text}, page by page");
            let rows: Vec<i64> =
                pages.iter().flat_map(|page| &page.rows).map(|row| row.received_at.as_millisecond()).collect();
            assert!(rows.is_sorted_by(|one, other| one >= other), "{text}");
        }
        for text in ["", "amara", "-amara", "outcome:refused or zoe", "nobody"] {
            let pages = walk(&store, text, 50, Instant::now()).await;
            let at_once = walk(&store, text, 500, later()).await;
            assert_eq!((at_once.len(), found(&pages)), (1, found(&at_once)), "{text}, without time");
            let filter = DeliveryFilter { q: Some(text.to_owned()), ..DeliveryFilter::default() };
            let page = reader.deliveries(&filter, now(), ADMIN).await.unwrap();
            assert_eq!(page.rows.items, at_once[0].rows[..page.rows.items.len()], "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rare_word_is_found_without_a_look_at_other_requests() {
    each_database(async |store| {
        index_samples(&store).await;
        let looked = async |text: &str| {
            let page = walk(&store, text, 50, later()).await.remove(0);
            (page.rows.len(), page.looked_at, page.is_end)
        };
        // 140 others, and those of the table.
        assert_eq!(looked("amara okoye").await, (4, 156, true));
        assert_eq!(looked("nobody").await, (0, 156, true));
        assert_eq!(looked("outcome:refused").await, (2, 156, true));
        let (rows, looked_at, is_end) = looked("filler").await;
        assert!(rows == 50 && looked_at < 156 && !is_end, "{rows} {looked_at} {is_end}");
    })
    .await;
}

#[tokio::test]
async fn a_search_without_time_looks_at_one_request_a_page_and_skips_none() {
    each_database(async |store| {
        store_samples(&store).await;
        for text in ["", "amara", "-amara", "outcome:refused or zoe", "nobody"] {
            let pages = walk(&store, text, 50, Instant::now()).await;
            assert_eq!(pages.len(), requests().len(), "{text}");
            assert!(pages.iter().all(|page| page.looked_at == 1), "{text}");
            let all = walk(&store, text, 50, later()).await;
            assert_eq!((all.len(), found(&all)), (1, found(&pages)), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_full_page_ends_before_the_next_match() {
    each_database(async |store| {
        store_samples(&store).await;
        let pages = walk(&store, "amara", 3, later()).await;
        let counts: Vec<(usize, bool)> = pages.iter().map(|page| (page.rows.len(), page.is_end)).collect();
        assert_eq!(counts, [(3, false), (1, true)]);
        assert_eq!(pages.iter().map(|page| page.looked_at).sum::<u64>(), u64::try_from(requests().len()).unwrap());
        let pages = walk(&store, "amara", 4, later()).await;
        assert_eq!((pages.len(), pages[0].is_end), (1, true), "no empty page follows the last match");
    })
    .await;
}

#[tokio::test]
async fn long_bodies_are_read_a_few_at_a_time() {
    each_database(async |store| {
        let long = |word: &str| json!({ "word": word, "filler": "x".repeat(5 << 20) });
        let told = ["one", "two", "two"].map(long);
        let told: Vec<TestMessage> =
            (0..).zip(&told).map(|(n, body)| TestMessage::new(&format!("msg_{n}"), n, body)).collect();
        log(&store, &told).await;
        log(&store, &told[..1]).await;
        let head = store.last_seq().await.unwrap();
        let wanted = crate::read_model::delivery::wanted(&DeliveryFilter::default(), head, 200);
        let slice = store.list_candidates(&wanted).await.unwrap();
        assert_eq!((slice.rows.len(), slice.contents.len(), slice.is_last), (1, 1, false));
        let found: Vec<(usize, u64)> =
            walk(&store, "two", 50, later()).await.iter().map(|page| (page.rows.len(), page.looked_at)).collect();
        assert_eq!(found, [(2, 4)]);
    })
    .await;
}

#[tokio::test]
async fn an_id_is_looked_up_unless_it_is_quoted_or_only_claimed() {
    each_database(async |store| {
        store_samples(&store).await;
        let claimed = refused("amara", 60 * 24 * 30, "bad_signature", "No signature matches.");
        store.append(&[], &[claimed], BOUNDS).await.unwrap();
        let reader = reader(&store);
        let answer = async |text: &str| {
            let filter = DeliveryFilter { q: Some(text.to_owned()), ..DeliveryFilter::default() };
            let page = reader.deliveries(&filter, now(), ADMIN).await.unwrap();
            let searched = page.search.unwrap().unwrap();
            (searched.words, searched.looked_at.unwrap(), page.rows.items.len())
        };
        assert_eq!(answer("ct_paris").await, ("Deliveries that have the id ct_paris".to_owned(), 1, 1));
        // The title of another contract names it, too.
        assert_eq!(answer("\"ct_paris\"").await, ("Deliveries that contain “ct_paris”".to_owned(), 17, 2));
        assert_eq!(answer("msg_unknown").await, ("Deliveries that have the id msg_unknown".to_owned(), 0, 0));
        assert_eq!(answer("amara").await, ("Deliveries that contain “amara”".to_owned(), 17, 5));
    })
    .await;
}

#[tokio::test]
async fn what_the_form_asks_and_what_the_search_asks_both_hold() {
    each_database(async |store| {
        store_samples(&store).await;
        let reader = reader(&store);
        for (query, expected) in [
            ("q=amara&outcome=duplicate", &["repeat"][..]),
            ("q=amara+outcome:stored&outcome=duplicate", &[]),
            ("q=mode:test&mode=live", &[]),
            ("q=endpoint:staging&endpoint=yunojuno", &[]),
            ("q=type:contract.*&type=client.contract.accepted", &["zoe", "numbers"]),
            ("q=after:2026-03-08&to=2026-03-08&family=contract", &["lists", "sample", "zoe"]),
            ("q=amara&once=1", &["numbers", "registered", "offered"]),
            ("q=type:nothing*+or+id:msg_two", &["registered"]),
        ] {
            use domain::query::filter::Query as _;
            let page = reader.deliveries(&DeliveryFilter::from_query(query), now(), ADMIN).await.unwrap();
            assert_eq!(names(&page.rows.items), expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn live_rows_are_those_that_a_search_finds() {
    each_database(async |store| {
        store_samples(&store).await;
        let reader = reader(&store);
        let head = reader.last_seq().await.unwrap();
        let filter = |text: &str| DeliveryFilter { q: Some(text.to_owned()), ..DeliveryFilter::default() };
        let (mut since, mut seen) = (0, Vec::new());
        while since < head {
            let (rows, until) = reader.deliveries_after(&filter("amara"), now(), since, 2).await.unwrap();
            assert!(until > since && rows.len() <= 2);
            since = until;
            seen.extend(names(&rows));
        }
        assert_eq!(
            seen.iter().copied().collect::<BTreeSet<_>>(),
            BTreeSet::from(["numbers", "offered", "registered", "repeat"])
        );
        assert_eq!(seen.len(), 4);
        assert_eq!(reader.deliveries_after(&filter("amara ("), now(), 0, 2).await.unwrap(), (vec![], head));
    })
    .await;
}
