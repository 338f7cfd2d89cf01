//! Process tests of `export`, `import` and `tail`: beside servers that take messages, killed, and with a reader that goes.

use crate::crash::{load, post, reached};
use crate::server::{SECRET, Server, TIMEOUT, client, on_postgres, on_sqlite};
use junoscope::store::Store;
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Returns a command of Junoscope on this database.
fn command(database_url: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_junoscope"));
    command
        .args(args)
        .args(["--database-url", database_url])
        .env("JUNOSCOPE_WEBHOOK_SECRET", SECRET)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs a command to its end, and returns what it prints.
async fn run(database_url: &str, folder: &Path, args: &[&str]) -> String {
    let output = tokio::time::timeout(TIMEOUT, command(database_url, folder, args).output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the lines of an export without their numbers, in order of message id.
fn lines(export: &str) -> Vec<String> {
    let without_seq = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("seq");
        line.to_string()
    };
    let mut lines: Vec<String> = export.lines().map(without_seq).collect();
    lines.sort();
    lines
}

async fn stored(store: &Store) -> i64 {
    store.count_stored().await.unwrap().messages
}

/// Exports while the one server takes messages, and imports beside another one: killed first, then to the end.
async fn moved(from_url: &str, to_url: &str) {
    let (from_folder, to_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut from = Server::start(from_url, from_folder.path()).await;
    let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let sending = load(from.url("/webhooks/yunojuno"), Arc::clone(&stop), Arc::clone(&acknowledged), "moved");
    let (sent, first) = tokio::join!(sending, async {
        reached(&acknowledged, 500).await;
        let first = run(from_url, from_folder.path(), &["export"]).await;
        stop.store(true, Ordering::Relaxed);
        first
    });
    assert!(first.lines().count() >= 500);
    let last: Value = serde_json::from_str(first.lines().last().unwrap()).unwrap();
    let rest = run(from_url, from_folder.path(), &["export", "--after", &last["seq"].to_string()]).await;
    let export = format!("{first}{rest}");
    let whole = run(from_url, from_folder.path(), &["export"]).await;
    assert_eq!(export, whole, "an export that goes on is the whole one");
    assert_eq!(export.lines().count(), sent.len());

    let mut to = Server::start(to_url, to_folder.path()).await;
    let store = Store::connect(to_url).await.unwrap();
    let mut import = command(to_url, to_folder.path(), &["import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = import.stdin.take().unwrap();
    let part: String = export.lines().take(300).flat_map(|line| [line, "\n"]).collect();
    input.write_all(part.as_bytes()).await.unwrap();
    let begun = async {
        while stored(&store).await < 128 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, begun).await.expect("nothing was imported");
    import.kill().await.unwrap();
    assert!(stored(&store).await < 500, "it was killed half-way");

    let file = to_folder.path().join("export.jsonl");
    std::fs::write(&file, &export).unwrap();
    let file = file.to_str().unwrap();
    // Webhooks are taken meanwhile.
    let client = client();
    let (endpoint, args) = (to.url("/webhooks/yunojuno"), ["import", file]);
    let (told, ()) = tokio::join!(run(to_url, to_folder.path(), &args), async {
        for n in 0..20 {
            assert_eq!(post(&client, &endpoint, &format!("msg_meanwhile_{n}")).await.unwrap(), 200);
        }
    });
    assert!(
        told.starts_with("Imported ") && told.contains("were here already") && !told.contains("not checked"),
        "{told}"
    );
    let told = run(to_url, to_folder.path(), &args).await;
    assert_eq!(told, format!("Nothing new. {} were here already, unchanged.\n", sent.len()));
    let imported = run(to_url, to_folder.path(), &["export", "-msg_meanwhile*"]).await;
    assert_eq!(lines(&imported), lines(&export));
    store.close().await;
    for server in [&mut from, &mut to] {
        server.terminate();
        server.child.wait().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_move_from_sqlite_to_postgresql_beside_servers_and_through_a_kill() {
    on_sqlite(async |from| on_postgres(async |to| moved(from, to).await).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_move_from_postgresql_to_sqlite_beside_servers_and_through_a_kill() {
    on_postgres(async |from| on_sqlite(async |to| moved(from, to).await).await).await;
}

/// Returns the next line that is printed.
async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    tokio::time::timeout(TIMEOUT, lines.next_line()).await.expect("nothing was printed").unwrap().expect("it ended")
}

fn follow(database_url: &str, folder: &Path, args: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut tail = command(database_url, folder, args).spawn().unwrap();
    let lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    (tail, lines)
}

async fn followed(database_url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(database_url, folder.path()).await;
    let (client, endpoint) = (client(), server.url("/webhooks/yunojuno"));
    let send = async |id: &str| assert_eq!(post(&client, &endpoint, id).await.unwrap(), 200, "{id}");
    send("msg_first").await;
    let (mut tail, mut text) = follow(database_url, folder.path(), &["tail", "--since", "1h"]);
    let (mut json_tail, mut json) =
        follow(database_url, folder.path(), &["tail", "--since", "1h", "--json", "id:msg_second"]);
    let line = next(&mut text).await;
    assert!(line.contains("  Unreadable  ") || line.contains("  Stored  "), "{line}");
    assert!(line.ends_with("  msg_first") && !line.contains('\u{1b}'), "no colours in a pipe: {line}");
    for id in ["msg_second", "msg_third", "msg_second"] {
        send(id).await;
        let line = next(&mut text).await;
        assert!(line.ends_with(&format!("  {id}")), "{line}");
    }
    for attempts in [0, 1] {
        let line: Value = serde_json::from_str(&next(&mut json).await).unwrap();
        assert_eq!(line["message_id"], "msg_second");
        assert!(line["attempts"].as_array().map_or(0, Vec::len) >= attempts, "{line}");
    }

    // Ctrl-C ends it.
    let pid = tail.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = tokio::time::timeout(TIMEOUT, tail.wait()).await.expect("it goes on").unwrap();
    assert!(status.success(), "{status}");
    // Nobody reads it any more.
    drop(json);
    send("msg_second").await;
    let status = tokio::time::timeout(TIMEOUT, json_tail.wait()).await.expect("it goes on").unwrap();
    assert!(status.success(), "{status}");
    server.terminate();
    server.child.wait().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_prints_what_comes_until_it_is_stopped_on_sqlite() {
    on_sqlite(followed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tail_prints_what_comes_until_it_is_stopped_on_postgresql() {
    on_postgres(followed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_search_is_told_in_its_place() {
    on_sqlite(async |database_url| {
        let folder = tempfile::tempdir().unwrap();
        run(database_url, folder.path(), &["migrate"]).await;
        for args in [["export", "amara outcom:refused"], ["tail", "amara outcom:refused"]] {
            let output = command(database_url, folder.path(), &args).output().await.unwrap();
            assert!(!output.status.success());
            let told = String::from_utf8(output.stderr).unwrap();
            assert!(
                told.starts_with("junoscope: QUERY: ") && told.contains("\n\namara outcom:refused\n      ^"),
                "{told}"
            );
        }
    })
    .await;
}
