//! Process tests of startup: a server that finds its port taken leaves the database unchanged.

use crate::server::{Server, TIMEOUT, on_postgres, on_sqlite};
use junoscope::store::{Pool, Store};

/// Returns what a start may write: accounts and one-time links.
async fn written(database_url: &str) -> Vec<(String, Option<String>)> {
    let store = Store::connect(database_url).await.unwrap();
    let sql = "select people.id, token_hash from people left join sign_in_links on person_id = people.id order by 1, 2";
    let rows = match store.pool() {
        Pool::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await.unwrap(),
        Pool::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    };
    store.close().await;
    rows
}

async fn a_second_one_on_the_same_port(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(database_url, folder.path()).await;
    let before = written(database_url).await;
    assert!(matches!(&before[..], [(_, Some(_))]), "the first admin has a link: {before:?}");

    let mut second = tokio::process::Command::new(env!("CARGO_BIN_EXE_junoscope"));
    second.args(["serve", "--listen", server.address(), "--database-url", database_url]).current_dir(folder.path());
    let second = tokio::time::timeout(TIMEOUT, second.kill_on_drop(true).output()).await.expect("it stayed").unwrap();
    let told = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("cannot listen on {}", server.address())), "{told}");
    assert_eq!(written(database_url).await, before, "the link of the first server still works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_a_taken_port_leaves_the_first_ones_link_alone() {
    on_sqlite(a_second_one_on_the_same_port).await;
    on_postgres(a_second_one_on_the_same_port).await;
}
