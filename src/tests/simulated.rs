//! End-to-end test of the simulator's traffic: every message is stored once, and a rebuild gives the same lists.

use crate::server::{SECRET, Server, TIMEOUT, on_postgres, on_sqlite};
use junoscope::store::{Pool, Store};
use std::process::Stdio;
use tokio::process::Command;

/// The simulator's summary: the first number of a line, by the words after it.
struct Said(String);

impl Said {
    fn number(&self, words: &str) -> i64 {
        let line =
            self.0.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words} not in {}", self.0));
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

async fn simulate(server: &Server) -> Said {
    let out = Command::new(env!("CARGO_BIN_EXE_junoscope"))
        .args(["simulate", "--target", &server.url("/webhooks/yunojuno"), "--secret", SECRET])
        .args([
            "--contractors",
            "200",
            "--duplicates",
            "5",
            "--reorder",
            "10",
            "--bad-signatures",
            "3",
            "--unknown",
            "1",
        ])
        .stderr(Stdio::inherit())
        .output()
        .await
        .unwrap();
    assert!(out.status.success(), "the simulator was not content");
    Said(String::from_utf8(out.stdout).unwrap())
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    match store.pool() {
        Pool::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.unwrap(),
        Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}

/// Returns every list row as text, in order, which a rebuild must reproduce byte for byte.
async fn lists(store: &Store) -> Vec<String> {
    let statements = [
        "select id || '|' || name || '|' || coalesce(email, '') || '|' || state || '|' \
         || cast(last_at as text) || '|' || sort_key from contractors order by id",
        "select id || '|' || coalesce(contractor_id, '') || '|' || title || '|' || state || '|' || coalesce(start_on, '') \
         || '|' || coalesce(ends_on, '') || '|' || coalesce(rate_amount, '') || '|' || coalesce(requisition_id, '') \
         || '|' || cast(findings as text) || '|' || cast(last_at as text) from contracts order by id",
        "select id || '|' || title || '|' || coalesce(amount, '') || '|' || state || '|' || cast(versions as text) || '|' \
         || cast(last_at as text) from requisitions order by id",
        "select event_type || '|' || mode || '|' || cast(count as text) || '|' || cast(last_at as text) from tallies \
         order by event_type, mode",
        "select kind || '|' || subject_id || '|' || cast(seq as text) from mentions order by kind, subject_id, seq",
    ];
    let mut rows: Vec<String> = Vec::new();
    for sql in statements {
        rows.extend(match store.pool() {
            Pool::Sqlite { read, .. } => sqlx::query_scalar::<_, String>(sql).fetch_all(read).await.unwrap(),
            Pool::Postgres(pool) => sqlx::query_scalar::<_, String>(sql).fetch_all(pool).await.unwrap(),
        });
    }
    rows
}

async fn projected(store: &Store) {
    let waiting = "select count(*) from messages where seq > (select position from projector)";
    let caught_up = async {
        while number(store, waiting).await > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, caught_up).await.expect("the projector did not catch up");
}

async fn everything_ends_up_where_it_belongs(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(database_url, folder.path()).await;
    let said = simulate(&server).await;
    let store = Store::connect(database_url).await.unwrap();
    projected(&store).await;
    server.terminate();
    assert!(server.child.wait().await.unwrap().success());

    let good = said.number("messages");
    assert!(good > 2_000, "a history of {good} messages is no history");
    assert_eq!(number(&store, "select count(*) from messages").await, good, "every good message once");
    assert_eq!(number(&store, "select count(*) from messages where outcome = 'unreadable'").await, 0);
    let repeats = number(&store, "select count(*) from attempts").await;
    let refused = number(&store, "select count(*) from quarantine").await;
    assert!(repeats >= said.number("sent once more"), "every repeat is an attempt");
    assert_eq!(refused, said.number("with a bad signature"), "every bad one is kept aside");
    assert_eq!(good + repeats + refused, said.number("attempts"), "every attempt counted");

    let before = lists(&store).await;
    assert!(before.len() > 2_000);
    store.close().await;
    let rebuilt = Command::new(env!("CARGO_BIN_EXE_junoscope"))
        .args(["rebuild", "--database-url", database_url])
        .stdout(Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(rebuilt.success());
    let store = Store::connect(database_url).await.unwrap();
    assert!(lists(&store).await == before, "a rebuild gives the same rows");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_simulated_is_all_there_on_sqlite() {
    on_sqlite(everything_ends_up_where_it_belongs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_simulated_is_all_there_on_postgresql() {
    on_postgres(everything_ends_up_where_it_belongs).await;
}
