//! Process test of a server with few file descriptors under many connections: webhooks still get in.

use crate::crash::post;
use crate::server::{Server, TIMEOUT, client, on_sqlite};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Number of connections, more than the server may open files.
const HELD: u32 = 260;
/// Limit on the server's open files.
const FILES: u32 = 200;
/// Time in which most webhooks must be answered, also by a debug build.
const SOON: Duration = Duration::from_secs(1);
/// Time in which every one must be, also on a busy machine.
const LATE: Duration = Duration::from_secs(5);

/// Delay after which a closed connection is opened again, staggered by `APART`.
const REOPENED: Duration = Duration::from_secs(1);
const APART: Duration = Duration::from_millis(4);

/// Holds connections until the set is dropped: each sends `begun`, and is reopened when the server closes it.
fn hold(address: &str, begun: &'static str) -> JoinSet<()> {
    let mut held = JoinSet::new();
    for place in 0..HELD {
        let reopened = REOPENED + APART * place;
        let address = address.to_owned();
        held.spawn(async move {
            loop {
                let Ok(mut socket) = TcpStream::connect(&address).await else { continue };
                let mut answer = Vec::new();
                if socket.write_all(begun.as_bytes()).await.is_ok() {
                    let _ = socket.read_to_end(&mut answer).await;
                }
                tokio::time::sleep(reopened).await;
            }
        });
    }
    held
}

async fn webhooks_get_in(max_connections: Option<&str>) {
    on_sqlite(async |database_url| {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = Vec::new();
        if let Some(number) = max_connections {
            flags.extend(["--max-connections", number]);
        }
        let mut server = Server::start_with(database_url, folder.path(), Some(FILES), &flags).await;
        let url = server.url("/webhooks/yunojuno");
        for (round, begun) in [
            "POST /webhooks/yunojuno HTTP/1.1\r\nhost: a\r\nsvix-",
            "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\ne",
        ]
        .into_iter()
        .enumerate()
        {
            let held = hold(server.address(), begun);
            let mut took = Vec::new();
            // In sequence, so that the server is full for most of them.
            for n in 0..20 {
                let started = Instant::now();
                let (sender, id) = (client(), format!("msg_crowded_{round}_{n}"));
                let sent = tokio::time::timeout(TIMEOUT, post(&sender, &url, &id));
                let status = sent.await.expect("nobody answered").unwrap();
                assert_eq!(status, 200);
                took.push(started.elapsed());
            }
            took.sort();
            assert!(took[took.len() / 2] < SOON && took[took.len() - 1] < LATE, "they took {took:?}");
            drop(held);
        }
        server.terminate();
        let status = tokio::time::timeout(TIMEOUT, server.child.wait()).await.expect("it did not stop").unwrap();
        assert!(status.success(), "{status}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_gets_in_within_a_second_while_more_connections_are_held_than_there_are_files() {
    webhooks_get_in(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bound_above_the_number_of_files_does_not_keep_webhooks_out_either() {
    webhooks_get_in(Some("10000")).await;
}
