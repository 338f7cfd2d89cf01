//! Tests of batching, of the order of writes, and of the storage state when nothing can be written.

use super::*;
use crate::store::with_reader;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{TestMessage, refused};
use serde_json::json;

const BOUNDS: Bounds = Bounds { requests: 1_000, bytes: 1 << 24 };

fn message(id: &str) -> NewMessage {
    TestMessage::new(id, 1, &json!({ "pad": "x".repeat(2_000) })).message()
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    with_reader!(store, |pool| sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
}

async fn run(store: &Store, sql: &'static str) {
    crate::store::with_writer!(store, |pool| sqlx::query(sql).execute(pool).await.map(drop).unwrap());
}

#[tokio::test]
async fn refused_requests_are_written_apart_and_all_of_them_counted() {
    each_database(async |store| {
        let (writer, running) = Writer::start(store.clone(), 64, Bounds { requests: 10, ..BOUNDS });
        for n in 0..500 {
            writer.enqueue_refused(refused(&format!("msg_{n}"), 1, "missing_header", "Why."));
        }
        assert_eq!(writer.store(message("msg_genuine")).await, Ok(Recorded::New));
        drop(writer);
        running.await.unwrap();
        assert_eq!(count(&store, "select count(*) from messages").await, 1);
        assert_eq!(count(&store, "select count(*) from quarantine").await, 10);
        assert_eq!(store.count_refused_ever().await.unwrap(), 500);
    })
    .await;
}

#[tokio::test]
async fn genuine_requests_that_wait_are_bounded_in_bytes() {
    each_database(async |store| {
        let (writer, _) = Writer::start(store.clone(), 4_096, BOUNDS);
        let long = |id: &str| NewMessage { body: vec![b'x'; WAITING_BYTES / 2 + 1].into(), ..message(id) };
        let (first, second) = tokio::join!(writer.store(long("msg_1")), writer.store(long("msg_2")));
        assert_eq!((first, second), (Ok(Recorded::New), Err(NotStored::QueueFull)));
        let longest = NewMessage { body: vec![b'x'; WAITING_BYTES + 1].into(), ..message("msg_3") };
        assert_eq!(writer.store(longest).await, Ok(Recorded::New), "one may always wait");
        assert_eq!(writer.waiting_bytes.load(Ordering::Relaxed), 0);
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_told_with_its_beginning_until_something_is_stored_again() {
    each_database(async |store| {
        let clock = Clock::fixed("2026-11-30T10:42:00Z".parse().unwrap());
        let (writer, running) = Writer::start_with_clock(clock.clone(), store.clone(), 64, BOUNDS);
        let mut storage = writer.storage();
        assert_eq!(*storage.borrow_and_update(), None);
        run(&store, "alter table log_head rename to log_head_away").await;
        assert_eq!(writer.store(message("msg_1")).await, Err(NotStored::Failed));
        clock.set("2026-11-30T10:50:00Z".parse().unwrap());
        assert_eq!(writer.store(message("msg_2")).await, Err(NotStored::Failed));
        let told = storage.borrow_and_update().clone().unwrap();
        assert_eq!(told.since.to_string(), "2026-11-30T10:42:00Z");
        assert_eq!(told.reason, "the database did not take it");
        run(&store, "alter table log_head_away rename to log_head").await;
        // The writer recovers without any request.
        while storage.borrow_and_update().is_some() {
            storage.changed().await.unwrap();
        }
        assert_eq!(writer.store(message("msg_2")).await, Ok(Recorded::New));
        drop(writer);
        running.await.unwrap();
        assert_eq!(count(&store, "select count(*) from messages").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_is_named_and_refused_requests_wait_for_room() {
    each_database(async |store| {
        if store.limit_log(1).is_none() {
            return;
        }
        let (writer, running) = Writer::start(store.clone(), 64, BOUNDS);
        let long = NewMessage { body: vec![b'x'; 1 << 20].into(), ..message("msg_1") };
        assert_eq!(writer.store(long.clone()).await, Err(NotStored::Failed));
        assert_eq!(writer.storage().borrow().as_ref().unwrap().reason, "the disk is full");
        assert!(store.probe_log().await.is_err(), "what is tried takes room, too");
        writer.enqueue_refused(refused("msg_2", 1, "stale", "Why."));
        store.limit_log(i64::from(u32::MAX) - 1);
        assert_eq!(writer.store(long).await, Ok(Recorded::New));
        assert_eq!(*writer.storage().borrow(), None);
        drop(writer);
        running.await.unwrap();
        assert_eq!(count(&store, "select count(*) from quarantine").await, 1);
    })
    .await;
}
