//! Process tests that a killed or stopped server keeps every message it acknowledged.

use crate::server::{SECRET, Server, TIMEOUT, client, on_postgres, on_sqlite};
use junoscope::simulate::{SenderKey, sign};
use junoscope::store::{Pool, Store};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Number of concurrent connections.
const SENDERS: usize = 16;

fn body(id: &str) -> String {
    // Long enough to detect torn pages.
    format!(
        r#"{{"event_type":"client.test.{id}","data":{{"object":{{"pad":"{}"}}}},"mode":"test"}}"#,
        "x".repeat(1_500)
    )
}

#[expect(clippy::disallowed_methods, reason = "a real process checks timestamps against the machine's clock")]
pub async fn post(client: &reqwest::Client, url: &str, id: &str) -> Result<u16, reqwest::Error> {
    let (body, now) = (body(id), jiff::Timestamp::now().as_second());
    let signature = sign(&SenderKey::parse(SECRET).unwrap(), id, now, body.as_bytes());
    let request =
        client.post(url).header("svix-id", id).header("svix-timestamp", now).header("svix-signature", signature);
    Ok(request.body(body).send().await?.status().as_u16())
}

/// Sends from many connections until stopped; returns every id that was answered 200.
pub async fn load(
    endpoint: String,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    round: &'static str,
) -> Vec<String> {
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (url, stop, acknowledged) = (endpoint.clone(), Arc::clone(&stop), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                let client = client();
                let mut good = Vec::new();
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let id = format!("msg_{round}_{sender}_{n}");
                    match post(&client, &url, &id).await {
                        Ok(200) => {
                            good.push(id);
                            acknowledged.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(503) => {}
                        Ok(status) => panic!("answered {status}"),
                        // The server is gone: requests in flight were not acknowledged.
                        Err(_) => break,
                    }
                }
                good
            })
        })
        .collect();
    let mut good = Vec::new();
    for sender in senders {
        good.extend(sender.await.unwrap());
    }
    good
}

pub async fn reached(count: &AtomicUsize, goal: usize) {
    let reached = async {
        while count.load(Ordering::Relaxed) < goal {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, reached).await.expect("the load did not come through");
}

async fn stored(database_url: &str) -> BTreeMap<String, Vec<u8>> {
    let store = Store::connect(database_url).await.unwrap();
    let sql = "select message_id, body from messages";
    let rows: Vec<(String, Vec<u8>)> = match store.pool() {
        Pool::Sqlite { read, .. } => {
            let whole: String = sqlx::query_scalar("pragma integrity_check").fetch_one(read).await.unwrap();
            assert_eq!(whole, "ok");
            sqlx::query_as(sql).fetch_all(read).await.unwrap()
        }
        Pool::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    };
    store.close().await;
    rows.into_iter().collect()
}

fn assert_all_kept(good: &[String], stored: &BTreeMap<String, Vec<u8>>) {
    for (id, bytes) in stored {
        assert_eq!(bytes, body(id).as_bytes(), "{id} is half-written");
    }
    let lost: Vec<_> = good.iter().filter(|id| !stored.contains_key(*id)).collect();
    assert!(lost.is_empty(), "{} of {} answered messages are lost: {lost:?}", lost.len(), good.len());
}

async fn killed_and_stopped(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();

    let mut server = Server::start(database_url, folder.path()).await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let never = Arc::new(AtomicBool::new(false));
    let (good, ()) =
        tokio::join!(load(server.url("/webhooks/yunojuno"), never, Arc::clone(&acknowledged), "kill"), async {
            reached(&acknowledged, 400).await;
            // SIGKILL: no handler runs, nothing is flushed.
            let pid = server.child.id().unwrap().to_string();
            assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        });
    server.child.wait().await.unwrap();
    assert!(good.len() >= 400);
    assert_all_kept(&good, &stored(database_url).await);

    let mut server = Server::start(database_url, folder.path()).await;
    let again = post(&client(), &server.url("/webhooks/yunojuno"), &good[0]).await.unwrap();
    assert_eq!(again, 200, "a repeat after the crash is taken");
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let (more, ()) = tokio::join!(
        load(server.url("/webhooks/yunojuno"), Arc::clone(&stop), Arc::clone(&acknowledged), "term"),
        async {
            reached(&acknowledged, 200).await;
            server.terminate();
            let status = tokio::time::timeout(TIMEOUT, server.child.wait()).await.expect("it did not stop").unwrap();
            assert!(status.success(), "a stop by SIGTERM is a success: {status}");
            stop.store(true, Ordering::Relaxed);
        }
    );
    let stored = stored(database_url).await;
    assert_all_kept(&good, &stored);
    assert_all_kept(&more, &stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_on_sqlite_keeps_every_message_it_answered() {
    on_sqlite(killed_and_stopped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_on_postgresql_keeps_every_message_it_answered() {
    on_postgres(killed_and_stopped).await;
}
