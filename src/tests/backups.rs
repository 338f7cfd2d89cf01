//! Process tests of backups made while a server takes messages: each is restored and compared row by row.

use crate::crash::{load, reached};
use crate::server::{SECRET, Server, TIMEOUT, on_postgres, on_sqlite};
use junoscope::store::{Pool, Store};
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::process::Command;

/// Runs a command of Junoscope in this folder.
async fn run(database_url: &str, folder: &Path, args: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_junoscope"))
        .args(args)
        .args(["--database-url", database_url])
        .env("JUNOSCOPE_WEBHOOK_SECRET", SECRET)
        .current_dir(folder)
        .output();
    tokio::time::timeout(TIMEOUT, command).await.expect("the command did not end").unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Returns every row of the log up to a sequence number, as text.
async fn rows(store: &Store, up_to: i64) -> Vec<String> {
    const MESSAGES: &str = "select cast(seq as text) || endpoint || message_id || cast(received_at as text) \
        || cast(sent_at as text) || cast(occurred_at as text) || occurred_from || coalesce(event_type, '') \
        || coalesce(mode, '') || outcome || headers || coalesce(signed_with, '') from messages where seq <= $1 order by seq";
    let bodies = "select body from messages where seq <= $1 order by seq";
    let (rows, bodies): (Vec<String>, Vec<Vec<u8>>) = match store.pool() {
        Pool::Sqlite { read, .. } => (
            sqlx::query_scalar(MESSAGES).bind(up_to).fetch_all(read).await.unwrap(),
            sqlx::query_scalar(bodies).bind(up_to).fetch_all(read).await.unwrap(),
        ),
        Pool::Postgres(pool) => (
            sqlx::query_scalar(MESSAGES).bind(up_to).fetch_all(pool).await.unwrap(),
            sqlx::query_scalar(bodies).bind(up_to).fetch_all(pool).await.unwrap(),
        ),
    };
    rows.into_iter().zip(bodies).map(|(row, body)| format!("{row} {}", text(&body))).collect()
}

async fn opened(database_url: &str) -> Store {
    Store::connect(database_url).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_whole_and_can_be_put_back() {
    on_sqlite(async |database_url| {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut server = Server::start(database_url, folder.path()).await;
        let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let backups = ["one.db", "two.db", "three.db"];
        let sending = load(server.url("/webhooks/yunojuno"), Arc::clone(&stop), Arc::clone(&acknowledged), "backup");
        let (_, promised) = tokio::join!(sending, async {
            let mut promised = Vec::new();
            for name in backups {
                let already = acknowledged.load(Ordering::Relaxed) + 100;
                reached(&acknowledged, already).await;
                let out = run(database_url, folder.path(), &["backup", &path(name)]).await;
                assert!(out.status.success(), "{}", text(&out.stderr));
                promised.push(already);
            }
            // A restore is refused while a server runs.
            let refused = run(database_url, folder.path(), &["restore", &path("one.db")]).await;
            assert!(!refused.status.success());
            assert!(text(&refused.stderr).contains("is in use: stop the server first"), "{}", text(&refused.stderr));
            let after = acknowledged.load(Ordering::Relaxed);
            reached(&acknowledged, after + 50).await;
            stop.store(true, Ordering::Relaxed);
            promised
        });
        let live = opened(database_url).await;
        let mut last = Vec::new();
        for (name, promised) in backups.into_iter().zip(promised) {
            let copy = opened(&format!("sqlite://{}", path(name))).await;
            let up_to = copy.last_seq().await.unwrap();
            let copied = rows(&copy, i64::MAX).await;
            copy.close().await;
            assert!(copied.len() >= promised, "{name} holds {} of {promised} answered messages", copied.len());
            assert!(copied == rows(&live, up_to).await, "{name} is one moment of the log");
            last = copied;
        }
        live.close().await;

        // A killed server leaves a write-ahead log, which must not be applied to the restored file.
        let pid = server.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
        server.child.wait().await.unwrap();
        let out = run(database_url, folder.path(), &["restore", &path("three.db")]).await;
        assert!(out.status.success(), "{}", text(&out.stderr));
        let server = Server::start(database_url, folder.path()).await;
        let live = opened(database_url).await;
        assert!(rows(&live, i64::MAX).await == last, "every row is there again");
        let out = run(database_url, folder.path(), &["verify"]).await;
        assert!(out.status.success(), "{}", text(&out.stderr));
        assert!(
            text(&out.stdout).contains(&format!("Signatures: {} right, 0 wrong.", last.len())),
            "{}",
            text(&out.stdout)
        );

        if let Pool::Sqlite { write, .. } = live.pool() {
            sqlx::query("update messages set body = x'7b7d' where seq = 5").execute(write).await.unwrap();
        }
        live.close().await;
        let out = run(database_url, folder.path(), &["verify"]).await;
        assert!(!out.status.success(), "an altered message is found");
        assert!(text(&out.stdout).contains("number 5, message msg_"), "{}", text(&out.stdout));
        drop(server);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_the_commands_that_are_named_make_a_backup_and_put_it_back() {
    if std::process::Command::new("pg_dump").arg("--version").output().is_err() {
        eprintln!("skipped: there is no pg_dump on this machine");
        return;
    }
    on_postgres(async |database_url| {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start(database_url, folder.path()).await;
        let (acknowledged, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        tokio::join!(
            load(server.url("/webhooks/yunojuno"), Arc::clone(&stop), Arc::clone(&acknowledged), "backup"),
            async {
                reached(&acknowledged, 100).await;
                stop.store(true, Ordering::Relaxed);
            }
        );
        let named = run(database_url, folder.path(), &["backup", "it.dump"]).await;
        assert!(!named.status.success(), "nothing was backed up yet, and a timer has to learn that");
        shell(&named, database_url, folder.path()).await;
        let out = run(database_url, folder.path(), &["backup", "it.dump"]).await;
        assert!(out.status.success(), "{}", text(&out.stderr));
        let out = run(database_url, folder.path(), &["verify", "it.dump"]).await;
        assert!(out.status.success(), "{}", text(&out.stderr));

        let out = run(database_url, folder.path(), &["restore", "it.dump"]).await;
        assert!(text(&out.stderr).contains("Stop every server first"), "{}", text(&out.stderr));
        server.terminate();
        server.child.wait().await.unwrap();
        let live = opened(database_url).await;
        let before = rows(&live, i64::MAX).await;
        if let Pool::Postgres(pool) = live.pool() {
            sqlx::query("delete from messages").execute(pool).await.unwrap();
        }
        live.close().await;
        let named = run(database_url, folder.path(), &["restore", "it.dump"]).await;
        shell(&named, database_url, folder.path()).await;
        let live = opened(database_url).await;
        assert!(rows(&live, i64::MAX).await == before, "every row is there again");
        live.close().await;
        let out = run(database_url, folder.path(), &["verify"]).await;
        assert!(out.status.success(), "{}", text(&out.stderr));
        assert!(text(&out.stdout).contains(&format!("Signatures: {} right, 0 wrong.", before.len())));

        let whole = std::fs::read(folder.path().join("it.dump")).unwrap();
        std::fs::write(folder.path().join("cut.dump"), &whole[..whole.len() * 3 / 4]).unwrap();
        let out = run(database_url, folder.path(), &["verify", "cut.dump"]).await;
        assert!(!out.status.success(), "a dump that is cut off is no backup");
    })
    .await;
}

/// Runs the command line that is indented in a command's output. It contains no password: that is provided separately,
/// as an operator would.
async fn shell(said: &Output, database_url: &str, folder: &Path) {
    let said = text(&said.stderr);
    let line = said.lines().find(|line| line.starts_with("  pg_")).unwrap_or_else(|| panic!("{said}"));
    let url = url::Url::parse(database_url).unwrap();
    let password = percent_encoding::percent_decode_str(url.password().unwrap_or_default()).decode_utf8().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PGPASSWORD", &*password);
    let out = command.output().await.unwrap();
    assert!(out.status.success(), "{line}: {}", text(&out.stderr));
}

#[tokio::test]
async fn a_command_that_only_looks_makes_no_database_and_changes_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let there = || std::fs::read_dir(folder.path()).unwrap().count();
    for command in [&["user", "list"][..], &["rebuild"], &["verify"], &["backup", "b.db"]] {
        let out = run("sqlite://data/junoscope.db", folder.path(), command).await;
        let said = text(&out.stderr);
        assert!(!out.status.success() && said.contains("data/junoscope.db"), "{command:?}: {said}");
        assert_eq!(there(), 0, "{command:?} made something");
    }
    let out = run("sqlite://data/junoscope.db", folder.path(), &["migrate"]).await;
    assert!(out.status.success(), "{}", text(&out.stderr));
    for command in [&["user", "list"][..], &["rebuild"], &["verify"], &["backup", "b.db"]] {
        let out = run("sqlite://data/junoscope.db", folder.path(), command).await;
        assert!(out.status.success(), "{command:?}: {}", text(&out.stderr));
    }
    // As an older version leaves it.
    let file = folder.path().join("data/junoscope.db");
    let store = Store::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    if let Pool::Sqlite { write, .. } = store.pool() {
        sqlx::raw_sql(
            "delete from _sqlx_migrations where version > 1; \
             update _sqlx_migrations set version = 16, description = 'history'",
        )
        .execute(write)
        .await
        .unwrap();
        sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values (1, 'log', true, x'', 0)",
        )
        .execute(write)
        .await
        .unwrap();
    }
    store.close().await;
    for command in [&["user", "list"][..], &["rebuild"]] {
        let out = run("sqlite://data/junoscope.db", folder.path(), command).await;
        let said = text(&out.stderr);
        assert!(!out.status.success() && said.contains("older version of Junoscope"), "{command:?}: {said}");
    }
}
