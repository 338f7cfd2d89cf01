//! Tests of the answers of the health probes.

use super::*;
use crate::clock::Clock;
use crate::store::log::Bounds;
use crate::store::with_writer;
use crate::tests::support::database::each_database;
use crate::tests::support::history::TestMessage;
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

async fn asked(app: &Router) -> (u16, String) {
    let response = app.clone().oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_server_that_cannot_store_is_not_ready_and_says_why() {
    each_database(async |store| {
        let clock = Clock::fixed("2026-11-30T10:42:07Z".parse().unwrap());
        let bounds = Bounds { requests: 10, bytes: 10_000 };
        let (writer, _) = Writer::start_with_clock(clock, store.clone(), 4, bounds);
        let app = routes(store.clone(), writer.clone());
        assert_eq!(asked(&app).await, (200, "ready\n".to_owned()));
        let message = TestMessage::new("msg_1", 1, &serde_json::json!({})).message();
        for (sql, is_ready) in [
            ("alter table log_head rename to log_head_away", false),
            ("alter table log_head_away rename to log_head", true),
        ] {
            with_writer!(store, |pool| sqlx::query(sql).execute(pool).await.map(drop).unwrap());
            assert_eq!(writer.store(message.clone()).await.is_ok(), is_ready);
            let (status, text) = asked(&app).await;
            assert_eq!(status, if is_ready { 200 } else { 503 }, "{text}");
            let told = "cannot store since 10:42:07 UTC on 30 November 2026: the database did not take it\n";
            assert_eq!(text == told, !is_ready, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_whose_file_is_gone_is_not_ready_before_anything_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.db");
    let store = Store::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    store.migrate().await.unwrap();
    let (writer, _) = Writer::start(store.clone(), 4, Bounds { requests: 10, bytes: 10_000 });
    let app = routes(store.clone(), writer);
    std::fs::remove_file(file).unwrap();
    let told = "cannot store: the database file was moved, replaced or deleted\n".to_owned();
    assert_eq!(asked(&app).await, (503, told));
}
