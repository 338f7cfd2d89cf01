//! Process tests of lists of several versions: side by side on one database, and made again after a kill.

use crate::server::{SECRET, Server, TIMEOUT, client, on_postgres, on_sqlite};
use jiff::{SignedDuration, Timestamp};
use junoscope::simulate::{SenderKey, sign};
use junoscope::store::Store;
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use std::path::Path;
use std::str::FromStr as _;

const OLDER: &str = "0000000000";
const NEWER: &str = "1111111111";

#[expect(clippy::disallowed_methods, reason = "a real process checks timestamps against the machine's clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Sends an event of a contract of its own.
async fn offer(server: &Server, n: usize) {
    let (id, sent_at) = (format!("msg_{n}"), now().as_second());
    let contract = json!({
        "contract_id": format!("ct_{n}"),
        "client_contact": { "client_contact_id": format!("clct_{}", n % 50) },
        "title": format!("Contract {n}"),
        "start_date": "2026-03-02",
        "end_date": "2026-05-29",
    });
    let event = json!({ "event_type": "client.contract.offered", "mode": "live", "data": { "object": contract } });
    let body = event.to_string();
    let signature = sign(&SenderKey::parse(SECRET).unwrap(), &id, sent_at, body.as_bytes());
    let request = client()
        .post(server.url("/webhooks/yunojuno"))
        .header("svix-id", id)
        .header("svix-timestamp", sent_at)
        .header("svix-signature", signature);
    assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 200);
}

/// Returns a number from the lists of a version, if they exist.
async fn number(database_url: &str, version: &str, sql: &str) -> Option<i64> {
    if let Some(log) = database_url.strip_prefix("sqlite://") {
        let file = format!("{log}-lists-{version}");
        if !Path::new(&file).exists() {
            return None;
        }
        let mut lists = SqliteConnectOptions::new().filename(file).connect().await.ok()?;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut lists).await.ok()
    } else {
        let options = PgConnectOptions::from_str(database_url).unwrap();
        let mut lists = options.options([("search_path", format!("lists_{version}"))]).connect().await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut lists).await.ok()
    }
}

/// Waits until the lists of a version are made and hold this many contracts.
async fn complete(database_url: &str, version: &str, contracts: i64) {
    let sql = "select count(*) from contracts where exists (select 1 from projector where is_made)";
    let complete = async {
        while number(database_url, version, sql).await != Some(contracts) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, complete).await.unwrap_or_else(|_| panic!("the lists of {version} are not complete"));
}

async fn side_by_side(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut older = Server::start_version(database_url, folder.path(), OLDER).await;
    for n in 0..30 {
        offer(&older, n).await;
    }
    complete(database_url, OLDER, 30).await;
    let newer = Server::start_version(database_url, folder.path(), NEWER).await;
    for n in 30..40 {
        offer(if n % 2 == 0 { &older } else { &newer }, n).await;
    }
    complete(database_url, OLDER, 40).await;
    complete(database_url, NEWER, 40).await;

    // A third program, of another version again, that serves nothing.
    let store = Store::connect(database_url).await.unwrap();
    store.drop_unused_lists(now()).await.unwrap();
    complete(database_url, OLDER, 40).await;
    let pid = older.child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    older.child.wait().await.unwrap();
    if database_url.starts_with("postgres:") {
        store.drop_unused_lists(now()).await.unwrap();
        complete(database_url, OLDER, 40).await;
        // A minute later, of which the newer one is told as well.
        let later = now().saturating_add(SignedDuration::from_secs(65)).unwrap();
        store.record_instance("newer", later).await.unwrap();
        let sql = "update instances set lists_version = '1111111111' where id = 'newer'";
        let junoscope::store::Pool::Postgres(pool) = store.pool() else { panic!("not PostgreSQL") };
        sqlx::query(sql).execute(pool).await.unwrap();
        store.drop_unused_lists(later).await.unwrap();
    } else {
        store.drop_unused_lists(now()).await.unwrap();
    }
    assert_eq!(number(database_url, OLDER, "select count(*) from contracts").await, None, "nobody uses them");
    offer(&newer, 40).await;
    complete(database_url, NEWER, 41).await;
    store.close().await;
}

async fn killed_in_the_middle(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Server::start_version(database_url, folder.path(), OLDER).await;
    let simulated = tokio::process::Command::new(env!("CARGO_BIN_EXE_junoscope"))
        .args(["simulate", "--target", &first.url("/webhooks/yunojuno"), "--secret", SECRET, "--events", "1500"])
        .stdout(std::process::Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(simulated.success());
    let position = "select position from projector";
    let caught_up = async {
        while number(database_url, OLDER, position).await < Some(1_500) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, caught_up).await.expect("the lists are not complete");
    first.terminate();
    first.child.wait().await.unwrap();
    let contracts = number(database_url, OLDER, "select count(*) from contracts").await.unwrap();

    let mut killed = Server::start_version(database_url, folder.path(), NEWER).await;
    let begun = async {
        while number(database_url, NEWER, position).await.unwrap_or_default() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, begun).await.expect("the lists were not begun");
    let pid = killed.child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    killed.child.wait().await.unwrap();
    let made = "select count(*) from projector where is_made";
    assert_eq!(number(database_url, NEWER, made).await, Some(0), "it was not killed in the middle");

    let server = Server::start_version(database_url, folder.path(), NEWER).await;
    for n in 0..10 {
        offer(&server, n).await;
    }
    complete(database_url, NEWER, contracts + 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_side_by_side_both_have_complete_lists_on_sqlite() {
    on_sqlite(side_by_side).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_side_by_side_both_have_complete_lists_on_postgresql() {
    on_postgres(side_by_side).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_whose_making_was_killed_are_completed_by_the_next_start_on_sqlite() {
    on_sqlite(killed_in_the_middle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_whose_making_was_killed_are_completed_by_the_next_start_on_postgresql() {
    on_postgres(killed_in_the_middle).await;
}
