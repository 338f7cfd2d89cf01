//! Tests of refused requests, of requests to unknown endpoints, and of a store that takes nothing.

use super::*;
use crate::store::log::RefusedBatch;
use app::view::delivery::{Body, BodyKept, RefusedCount};
use app::view::overview::WrongAddresses;
use bytes::Bytes;
use domain::health::CannotStore;

#[tokio::test]
async fn refused_requests_are_counted_as_they_came_and_not_as_they_are_kept() {
    each_database(async |store| {
        let refusals: Vec<_> = (0..30).map(|n| refused(&format!("msg_{n}"), 10, "stale", "Too old.")).collect();
        let bounds = crate::store::log::Bounds { requests: 20, ..BOUNDS };
        store.append(&[], &refusals, bounds).await.unwrap();
        let reader = reader(&store);
        assert_eq!(reader.refused(ADMIN).await.unwrap(), RefusedCount { all: 30, kept: 20 });
        let soon = reader.overview(at(20), ADMIN).await.unwrap();
        assert_eq!((soon.refused_last_day, soon.refused_last_day_kept), (30, 20));
        let later = reader.overview(at(20 + 26 * 60), ADMIN).await.unwrap();
        assert_eq!((later.refused_last_day, later.refused_last_day_kept), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn how_much_of_a_refused_body_is_there_is_told() {
    each_database(async |store| {
        let of = |body: &'static [u8], body_length| crate::store::log::NewRefusal {
            body: Bytes::from_static(body),
            body_length,
            ..refused("msg_1", 10, "too_large", "Too large.")
        };
        let refusals = [of(b"{}", Some(2)), of(b"{", Some(70_000)), of(b"", Some(9)), of(b"", None), of(b"", Some(0))];
        store.append(&[], &refusals, BOUNDS).await.unwrap();
        let reader = reader(&store);
        let expected = [
            BodyKept::Whole,
            BodyKept::FirstOf(70_000),
            BodyKept::NotRead(Some(9)),
            BodyKept::NotRead(None),
            BodyKept::Whole,
        ];
        for (seq, expected) in (1..).zip(expected) {
            let found = reader.delivery(seq, ADMIN).await.unwrap();
            assert_eq!(found.body_kept, expected, "{seq}");
            assert!(matches!(found.body, Body::Text(_)));
        }
    })
    .await;
}

#[tokio::test]
async fn webhooks_that_miss_every_endpoint_are_told_for_a_day() {
    each_database(async |store| {
        let reader = reader(&store);
        assert_eq!(reader.overview(at(0), ADMIN).await.unwrap().wrong_addresses, None);
        let mut batch = RefusedBatch::default();
        for (minute, path) in [(1, "/webhook/a"), (1, "/webhook/b"), (3, "/webhooks/YunoJuno")] {
            batch.count_wrong_address(at(minute), path.to_owned());
        }
        store.set_aside(&batch, BOUNDS).await.unwrap();
        store.set_aside(&batch, BOUNDS).await.unwrap();
        let told = WrongAddresses { count: 6, last_path: "/webhooks/YunoJuno".to_owned(), last_at: at(3) };
        assert_eq!(reader.overview(at(5), ADMIN).await.unwrap().wrong_addresses, Some(told));
        assert_eq!(reader.overview(at(5 + 26 * 60), ADMIN).await.unwrap().wrong_addresses, None);
    })
    .await;
}

#[tokio::test]
async fn the_overview_says_since_when_nothing_can_be_stored() {
    each_database(async |store| {
        let (state, storage) = tokio::sync::watch::channel(None);
        let reader = reader(&store).with_storage(storage);
        assert_eq!(reader.overview(at(0), ADMIN).await.unwrap().cannot_store, None);
        let told = CannotStore { since: at(0), reason: "the disk is full".to_owned() };
        state.send_replace(Some(told.clone()));
        assert_eq!(reader.overview(at(5), ADMIN).await.unwrap().cannot_store, Some(told));
    })
    .await;
}
