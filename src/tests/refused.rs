//! Process tests of requests that break off or miss every endpoint, and of files that are missing, damaged or unusable.

use crate::server::{SECRET, Server, TIMEOUT, client, on_postgres, on_sqlite};
use junoscope::simulate::{SenderKey, sign};
use junoscope::store::{Pool, Store};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use tokio::process::Command;

#[expect(clippy::disallowed_methods, reason = "a real process checks timestamps against the machine's clock")]
fn head(id: &str, length: usize) -> String {
    let now = jiff::Timestamp::now().as_second();
    let signature = sign(&SenderKey::parse(SECRET).unwrap(), id, now, b"{}");
    format!(
        "POST /webhooks/yunojuno HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nsvix-id: {id}\r\nsvix-timestamp: {now}\r\n\
         svix-signature: {signature}\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// Sends this and reads the response, until the server closes.
fn exchange(server: &Server, sent: &str) -> String {
    let mut stream = send(server, sent);
    let mut answer = Vec::new();
    // The server may have closed with unread input, which resets the connection.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn send(server: &Server, sent: &str) -> TcpStream {
    let address = server.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    stream
}

/// Waits for this many refused requests; returns code and length of each.
async fn rows(database_url: &str, many: usize) -> Vec<(String, Option<i64>)> {
    let store = Store::connect(database_url).await.unwrap();
    let sql = "select code, body_length from quarantine order by code";
    let read = async {
        loop {
            let rows: Vec<(String, Option<i64>)> = match store.pool() {
                Pool::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await.unwrap(),
                Pool::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
            };
            if rows.len() >= many {
                return rows;
            }
            tokio::task::yield_now().await;
        }
    };
    let rows = tokio::time::timeout(TIMEOUT, read).await.expect("the rows did not come");
    store.close().await;
    rows
}

async fn strangers(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(database_url, folder.path()).await;
    drop(send(&server, &format!("{}only the beginning", head("msg_1", 5_000))));
    let too_large = exchange(&server, &head("msg_2", 2_000_000));
    assert!(too_large.starts_with("HTTP/1.1 413"), "{too_large}");
    let unsigned = "POST /webhooks/yunojuno HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                    content-length: 900000\r\n\r\n";
    let refused = exchange(&server, unsigned);
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    let expected = [("broken_off", 5_000), ("missing_header", 900_000), ("too_large", 2_000_000)];
    assert_eq!(rows(database_url, 3).await, expected.map(|(code, length)| (code.to_owned(), Some(length))));

    for path in ["/webhook/yunojuno", "/webhooks", "/webhooks/YunoJuno", "/Webhooks/yunojuno/"] {
        for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::PUT] {
            let answer = client().request(method, server.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
            assert!(answer.text().await.unwrap().contains("/webhooks/NAME"), "{path}");
        }
    }
    server.terminate();
}

#[tokio::test]
async fn strangers_leave_a_row_or_are_told_what_addresses_look_like_on_sqlite() {
    on_sqlite(strangers).await;
}

#[tokio::test]
async fn strangers_leave_a_row_or_are_told_what_addresses_look_like_on_postgresql() {
    on_postgres(strangers).await;
}

#[tokio::test]
async fn a_server_whose_file_was_deleted_answers_503_and_never_200() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.db");
    let server = Server::start(&format!("sqlite://{}", file.display()), folder.path()).await;
    let stored = exchange(&server, &format!("{}{{}}", head("msg_1", 2)));
    assert!(stored.starts_with("HTTP/1.1 200"), "{stored}");
    std::fs::remove_file(&file).unwrap();
    let answer = exchange(&server, &format!("{}{{}}", head("msg_2", 2)));
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let ready = client().get(server.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let told = ready.text().await.unwrap();
    assert!(told.ends_with("the database file was moved, replaced or deleted\n"), "{told}");
    server.terminate();
}

#[tokio::test]
async fn a_damaged_log_stops_the_start_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.db");
    std::fs::write(&file, vec![b'x'; 50_000]).unwrap();
    for command in ["serve", "rebuild", "migrate"] {
        let mut ran = Command::new(env!("CARGO_BIN_EXE_junoscope"));
        ran.args([command, "--database-url", &format!("sqlite://{}", file.display())]);
        let out = ran.current_dir(folder.path()).stdin(Stdio::null()).output();
        let out = tokio::time::timeout(TIMEOUT, out).await.expect("it went on").unwrap();
        assert_eq!(out.status.code(), Some(1), "{command}");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains(&format!("the file {} is damaged", file.display())), "{command}: {said}");
        assert!(said.contains("`junoscope restore`") && said.lines().count() == 1, "{command}: {said}");
    }
}
