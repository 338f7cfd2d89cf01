//! Tests that a copy is one snapshot of the log, whatever is written meanwhile, and replaces nothing but a backup.

use super::*;
use crate::store::projections::tables::version;
use crate::store::restore::{Restored, restore};
use crate::store::{Store, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn lists(file: &Path) -> PathBuf {
    beside(file, &format!("-lists-{}", version(Dialect::Sqlite)))
}

async fn made(file: &Path) -> Store {
    let store = Store::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    store.migrate().await.unwrap();
    store
}

fn write(connection: &mut Connection, rows: i64) {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    let last: i64 = transaction
        .query_row("update log_head set seq = seq + ? where id = 1 returning seq", [rows], |row| row.get(0))
        .unwrap();
    for seq in last - rows + 1..=last {
        transaction
            .prepare_cached(
                "insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, \
                 outcome, headers, signed_with, body) values (?, 'a', 'msg_' || ?, ?, 0, 0, 'message_id', 'stored', \
                 '[]', 'f', zeroblob(1500))",
            )
            .unwrap()
            .execute((seq, seq, seq))
            .unwrap();
    }
    transaction.commit().unwrap();
}

fn writer(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection.execute_batch("pragma synchronous = off; pragma wal_autocheckpoint = 0").unwrap();
    connection
}

#[tokio::test]
async fn a_copy_ends_and_is_one_moment_while_another_connection_writes_without_a_pause() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copied) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let store = made(&file).await;
    write(&mut writer(&file), 10_000);
    let stop = Arc::new(AtomicBool::new(false));
    let writing = std::thread::spawn({
        let (stop, mut connection) = (Arc::clone(&stop), writer(&file));
        move || {
            let mut batches = 0;
            while !stop.load(Ordering::Relaxed) {
                write(&mut connection, 50);
                batches += 1;
            }
            batches
        }
    });
    for _ in 0..3 {
        let head = Connection::open(&file).unwrap();
        let head: i64 = head.query_row("select seq from log_head", [], |row| row.get(0)).unwrap();
        let counts = backup(&file, &copied).unwrap();
        assert!(counts.last_seq >= head, "what was committed before is in it");
        assert_eq!((counts.messages, counts.last_at), (counts.last_seq, Some(counts.last_seq)), "a whole moment");
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writing.join().unwrap() > 3, "nobody wrote beside the copies");
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().starts_with("b.db.")), "{names:?}");
    assert!(!beside(&copied, "-wal").exists() && !beside(&copied, "-shm").exists(), "one file needs no other");
    store.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn databases_and_copies_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (file, copied) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let store = made(&file).await;
    backup(&file, &copied).unwrap();
    let lists = lists(&file);
    let files = [&file, &lists].into_iter().flat_map(|file| ["", "-wal", "-shm"].map(|end| beside(file, end)));
    for file in files.chain([copied]) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    store.close().await;
}

#[tokio::test]
async fn only_a_backup_is_replaced_by_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = made(&path("a.db")).await;
    fs::write(path("notes"), "mine").unwrap();
    fs::write(path("used"), SQLITE_HEADER).unwrap();
    fs::write(path("used-wal"), "").unwrap();
    let lists = lists(Path::new("a.db")).display().to_string();
    for (to, why) in [
        ("a.db", "is the database itself"),
        (lists.as_str(), "is the database itself"),
        ("notes", "is no backup"),
        ("used", "is in use"),
        ("", "is no file"),
    ] {
        let error = backup(&path("a.db"), &path(to)).unwrap_err().to_string();
        assert!(error.contains(why), "{to}: {error}");
    }
    assert_eq!(fs::read_to_string(path("notes")).unwrap(), "mine");
    backup(&path("a.db"), &path("b.db")).unwrap();
    backup(&path("a.db"), &path("b.db")).unwrap();
    store.close().await;
    assert!(backup(&path("missing.db"), &path("c.db")).is_err());
    assert!(!path("c.db").exists() && !path("c.db.partial").exists());
}

#[tokio::test]
async fn damage_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = made(&path("a.db")).await;
    write(&mut writer(&path("a.db")), 100);
    backup(&path("a.db"), &path("sound")).unwrap();
    store.close().await;

    let bytes = fs::read(path("sound")).unwrap();
    let mut torn = bytes.clone();
    let middle = torn.len() / 2 / 4096 * 4096;
    torn[middle..middle + 8192].fill(0x5a);
    fs::write(path("torn"), torn).unwrap();
    fs::write(path("short"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(path("text"), "no database at all").unwrap();
    Connection::open(path("other")).unwrap().execute_batch("create table t (a)").unwrap();
    for (name, why) in [
        ("torn", "is damaged"),
        ("short", "is damaged"),
        ("text", "is not an SQLite"),
        ("other", "not one of Junoscope"),
    ] {
        let error = check(&path(name)).unwrap_err().to_string();
        assert!(error.contains(why), "{name}: {error}");
    }
    Connection::open(path("sound")).unwrap().execute_batch("update log_head set seq = 50").unwrap();
    assert!(check(&path("sound")).unwrap_err().to_string().contains("50 requests with numbers"));
}

#[tokio::test]
async fn a_restore_takes_no_old_write_ahead_log_over_and_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let store = made(&path("a.db")).await;
    write(&mut writer(&path("a.db")), 40);
    let before = backup(&path("a.db"), &path("b.db")).unwrap();
    write(&mut writer(&path("a.db")), 60);

    // As a killed server leaves it: with commits that are only in the write-ahead log.
    fs::copy(path("a.db"), path("killed.db")).unwrap();
    fs::copy(path("a.db-wal"), path("killed.db-wal")).unwrap();
    fs::copy(lists(&path("a.db")), lists(&path("killed.db"))).unwrap();
    // As an earlier version left them, with a journal.
    fs::write(path("killed.db-lists"), "old").unwrap();
    fs::write(path("killed.db-lists-0123456789-wal"), "old").unwrap();
    fs::write(path("killed.db-lists-of-mine"), "mine").unwrap();
    fs::write(path("killed.db-shm"), "stale").unwrap();
    store.close().await;
    assert!(path("killed.db-wal").metadata().unwrap().len() > 0);

    let Restored { counts, kept } = restore(&path("b.db"), &path("killed.db"), "now").unwrap();
    assert_eq!(counts, before);
    let left: BTreeSet<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let left: Vec<_> = left.iter().filter_map(|name| name.to_str()?.strip_prefix("killed.db")).collect();
    assert_eq!(left, ["", "-lists-of-mine", ".replaced-now", ".replaced-now-wal"]);
    assert_eq!(check(&path("killed.db")).unwrap(), before);
    let kept = kept.unwrap();
    assert_eq!(kept, path("killed.db.replaced-now"));
    assert_eq!(check(&kept).unwrap().messages, 100, "with what was only in its write-ahead log");

    assert!(restore(&path("missing"), &path("killed.db"), "then").is_err());
    assert!(restore(&path("killed.db"), &path("killed.db"), "then").is_err());
    assert_eq!(check(&path("killed.db")).unwrap(), before, "a restore that fails changes nothing");
}

#[tokio::test]
async fn an_interrupted_restore_keeps_an_empty_database_from_being_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let store = made(&file).await;
    backup(&file, &folder.path().join("b.db")).unwrap();
    store.close().await;
    fs::rename(&file, beside(&file, "-restoring")).unwrap();
    let error = Store::connect(&format!("sqlite://{}", file.display())).await.unwrap_err();
    assert!(matches!(&error, StoreError::BadUrl(why) if why.contains("interrupted")), "{error}");
    assert!(!file.exists());
    restore(&folder.path().join("b.db"), &file, "now").unwrap();
    made(&file).await.close().await;
}
