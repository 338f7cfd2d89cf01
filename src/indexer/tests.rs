//! The index grows behind the projector, and is made anew with the lists.

use super::*;
use crate::projector;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{TestMessage, log, project};
use serde_json::json;

/// Takes steps until there is nothing to do, and returns the number of segments written.
async fn index(store: &Store) -> usize {
    let mut indexer = Indexer::new(store.clone());
    let mut written = 0;
    loop {
        match indexer.step().await.unwrap() {
            IndexStep::Written => written += 1,
            IndexStep::Idle => return written,
            IndexStep::LockedElsewhere => panic!("nobody else is there"),
        }
    }
}

async fn receive(store: &Store, numbers: RangeInclusive<i64>) {
    let body = json!({ "data": { "object": { "title": "Autumn" } } });
    let told: Vec<TestMessage> = numbers.map(|n| TestMessage::new(&format!("msg_{n}"), n, &body)).collect();
    log(store, &told).await;
}

async fn segments(store: &Store) -> Vec<(usize, i64)> {
    store.list_segments().await.unwrap().iter().map(|one| (one.level.size(), one.number)).collect()
}

#[tokio::test]
async fn segments_follow_the_projector_and_are_merged() {
    each_database(async |store| {
        receive(&store, 1..=62).await;
        assert_eq!(index(&store).await, 0);
        receive(&store, 63..=100).await;
        assert_eq!(index(&store).await, 0, "nothing is projected yet");
        project(&store).await;
        assert_eq!((index(&store).await, segments(&store).await), (1, vec![(64, 0)]));
        assert_eq!(index(&store).await, 0);
        receive(&store, 101..=540).await;
        project(&store).await;
        // Eight small ones, four of two, and two of four.
        assert_eq!((index(&store).await, segments(&store).await), (7 + 4 + 2, vec![(256, 0), (256, 1)]));
        let [first, second] = store.list_segments().await.unwrap()[..] else { panic!("not two") };
        assert!(first.until_at < second.from_at && second.until_at > second.from_at);
    })
    .await;
}

#[tokio::test]
async fn two_indexers_write_one_index() {
    each_database(async |store| {
        receive(&store, 1..=200).await;
        project(&store).await;
        let first = store.acquire_index_lease().await.unwrap().unwrap();
        let other = store.acquire_index_lease().await.unwrap();
        match other {
            // PostgreSQL: the other instance waits for its turn.
            None => first.release().await.unwrap(),
            // SQLite: a segment that is there already is not written again.
            Some(other) => {
                let mut new = Indexer::new(store.clone()).next(0).await.unwrap().unwrap();
                assert!(store.write_segment(first, new.clone()).await.unwrap());
                assert!(!store.write_segment(other, new.clone()).await.unwrap());
                new.replaced = Some((Level::SMALL, 0..=1));
                let lease = store.acquire_index_lease().await.unwrap().unwrap();
                assert!(!store.write_segment(lease, new).await.unwrap(), "one of the two is missing");
            }
        }
        index(&store).await;
        assert_eq!(segments(&store).await, [(128, 0), (64, 2)]);
    })
    .await;
}

#[tokio::test]
async fn the_index_is_made_anew_with_the_lists() {
    each_database(async |store| {
        receive(&store, 1..=100).await;
        project(&store).await;
        index(&store).await;
        store.remake_lists(None).await.unwrap();
        assert_eq!(segments(&store).await, []);
        assert_eq!(index(&store).await, 0, "lists that are being made come first");
        projector::rebuild(&store, |_, _| ()).await.unwrap();
        assert_eq!((index(&store).await, segments(&store).await), (1, vec![(64, 0)]));
    })
    .await;
}
