//! Tests of live rows and pages beside concurrent commits: every row is shown exactly once.

use super::*;
use crate::store::log::NewMessage;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// The kind of a request in a commit.
#[derive(Clone, Copy, Debug)]
enum Kind {
    New,
    Repeat,
    Refused,
}

/// Generates commits, each of a few requests of any kind.
fn commits() -> impl Strategy<Value = Vec<Vec<Kind>>> {
    let kind = prop_oneof![Just(Kind::New), Just(Kind::Repeat), Just(Kind::Refused)];
    proptest::collection::vec(proptest::collection::vec(kind, 1..4), 60..90)
}

/// Commits them one after another. Each request arrives a minute after the one before, so that the order of arrival is
/// that of the log.
async fn write(store: &Store, commits: &[Vec<Kind>], from: i64) {
    let mut minute = from;
    for commit in commits {
        let (mut messages, mut refusals) = (Vec::<NewMessage>::new(), Vec::new());
        for kind in commit {
            minute += 1;
            let unknown_event =
                |id: &str| TestMessage::new(id, minute, &body("client.invoice.sent", "live", &json!({}))).message();
            match kind {
                Kind::New => messages.push(unknown_event(&format!("msg_{minute}"))),
                Kind::Repeat => messages.push(unknown_event("msg_repeated")),
                Kind::Refused => refusals.push(refused("msg_x", minute, "bad_signature", "No signature matches.")),
            }
        }
        // Sequence numbers are assigned to messages first.
        store.append(&messages, &refusals, BOUNDS).await.unwrap();
        tokio::task::yield_now().await;
    }
}

/// Follows the log from `since` until the last sequence number, as a live stream does.
async fn follow(reader: &StoreReadModel, mut since: i64, rows: u32, is_written: &AtomicBool) -> Vec<i64> {
    let mut seen = Vec::new();
    loop {
        let was_written = is_written.load(Ordering::Acquire);
        let (found, until) = reader.deliveries_after(&DeliveryFilter::default(), NOW, since, rows).await.unwrap();
        if was_written && found.is_empty() && until == since {
            return seen;
        }
        seen.extend(found.iter().map(|row| row.seq));
        since = until;
        tokio::task::yield_now().await;
    }
}

async fn every_row_is_told_once(store: &Store, commits: &[Vec<Kind>]) {
    let reader = reader(store);
    let begin = reader.last_seq().await.unwrap();
    let is_written = AtomicBool::new(false);
    let writing = async {
        write(store, commits, begin).await;
        is_written.store(true, Ordering::Release);
    };
    // A page is loaded during commits, and a stream continues from its head.
    let loading = async {
        let mut pages = Vec::new();
        while !is_written.load(Ordering::Acquire) {
            pages.push(reader.deliveries(&DeliveryFilter::default(), NOW, ADMIN).await.unwrap());
            tokio::task::yield_now().await;
        }
        pages
    };
    let ((), one, many, pages) = tokio::join!(
        writing,
        follow(&reader, begin, 3, &is_written),
        follow(&reader, begin, 100, &is_written),
        loading
    );
    let end = reader.last_seq().await.unwrap();
    let all: Vec<i64> = (begin + 1..=end).collect();
    assert_eq!(one, all);
    assert_eq!(many, all);
    assert!(!pages.is_empty());
    for page in pages {
        let shown: BTreeSet<i64> = page.rows.items.iter().map(|row| row.seq).collect();
        let expected: BTreeSet<i64> = (1..=page.head).rev().take(PAGE).collect();
        // A message and a refusal in one commit may have arrived in another order than their sequence numbers.
        let is_settled = |seq: &i64| *seq > page.head - i64::try_from(PAGE).unwrap() + 4;
        assert_eq!(
            shown.iter().filter(|seq| is_settled(seq)).collect::<Vec<_>>(),
            expected.iter().filter(|seq| is_settled(seq)).collect::<Vec<_>>(),
            "of a page up to {}",
            page.head
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_row_is_told_once_while_others_commit() {
    each_database(async |store| {
        let store = &store;
        let handle = tokio::runtime::Handle::current();
        let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&commits(), |commits| {
                handle.block_on(every_row_is_told_once(store, &commits));
                Ok(())
            })
        });
        outcome.unwrap();
    })
    .await;
}
