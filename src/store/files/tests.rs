//! Tests of files that are deleted, replaced, damaged or of another version.

use super::*;
use crate::projector;
use crate::store::log::{Bounds, NewMessage};
use crate::store::projections::tables::version;
use crate::store::{Dialect, Pool, Store, with_reader};
use crate::tests::support::history::{TestMessage, history, log_and_project, project};

const BOUNDS: Bounds = Bounds { requests: 10, bytes: 1 << 20 };

/// A change to a file.
type Damage<'a> = &'a dyn Fn(&Path);

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the file of the lists, with this at the end.
    fn lists(&self, end: &str) -> PathBuf {
        self.file(&format!("log.db-lists-{}{end}", version(Dialect::Sqlite)))
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.file("log.db").display())
    }

    async fn open(&self) -> Store {
        check_files(&self.url()).await.unwrap();
        let store = Store::connect(&self.url()).await.unwrap();
        store.migrate().await.unwrap();
        store
    }

    /// Creates a log with a few stories, and its lists.
    async fn filled() -> Self {
        let place = Self::new();
        let store = place.open().await;
        log_and_project(&store, &history(3)).await;
        store.empty_write_ahead_logs().await.unwrap();
        store.close().await;
        place
    }

    fn was_set_aside(&self) -> bool {
        self.lists(SET_ASIDE).exists()
    }
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    with_reader!(store, |pool| sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
}

fn message(id: &str) -> NewMessage {
    TestMessage::new(id, 1, &serde_json::json!({})).message()
}

/// Overwrites pages in the middle with zeros.
fn zero(file: &Path) {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let mut opened = std::fs::File::options().write(true).open(file).unwrap();
    let length = opened.metadata().unwrap().len();
    opened.seek(SeekFrom::Start(8_192)).unwrap();
    opened.write_all(&vec![0; usize::try_from(length.saturating_sub(8_192)).unwrap()]).unwrap();
}

#[tokio::test]
async fn whole_files_are_left_as_they_are() {
    let place = Place::filled().await;
    let store = place.open().await;
    assert!(count(&store, "select count(*) from contracts").await > 0);
    assert!(!place.was_set_aside());
    // Also while they are in use.
    check_files(&place.url()).await.unwrap();
    store.close().await;
    check_files("postgres://nowhere/at-all").await.unwrap();
}

#[tokio::test]
async fn lists_that_cannot_be_used_are_set_aside_and_made_anew() {
    let other = |file: &Path| {
        std::fs::remove_file(file).unwrap();
        Connection::open(file).unwrap().execute_batch("create table t (x)").unwrap();
    };
    let garbage = |file: &Path| std::fs::write(file, b"no database at all, and a little longer than a header").unwrap();
    let damages: [(&str, Damage<'_>); 3] =
        [("garbage", &garbage), ("zeroed pages", &zero), ("another program's", &other)];
    for (what, damage) in damages {
        let place = Place::filled().await;
        damage(&place.lists(""));
        let store = place.open().await;
        assert!(place.was_set_aside(), "{what}");
        project(&store).await;
        assert!(count(&store, "select count(*) from contracts").await > 0, "{what}");
        store.close().await;
        check_files(&place.url()).await.unwrap();
    }
}

#[tokio::test]
async fn a_rebuild_needs_the_log_alone() {
    let place = Place::filled().await;
    std::fs::write(place.lists(""), vec![7; 100_000]).unwrap();
    std::fs::write(place.lists("-wal"), vec![7; 100_000]).unwrap();
    let store = place.open().await;
    let made = projector::rebuild(&store, |_, _| {}).await.unwrap();
    assert!(made.contracts > 0 && made.messages > 0);
    let in_use = set_lists_aside(&place.url()).await.unwrap_err();
    assert!(matches!(in_use, StoreError::ListsInUse { .. }), "{in_use}");
    store.close().await;
    set_lists_aside(&place.url()).await.unwrap();
    let store = place.open().await;
    assert_eq!(projector::rebuild(&store, |_, _| {}).await.unwrap(), made);
    store.close().await;
}

#[tokio::test]
async fn unusable_lists_that_a_process_has_open_are_not_taken_from_it() {
    let place = Place::filled().await;
    let running = place.open().await;
    let Pool::Sqlite { lists, .. } = running.pool() else { panic!("not SQLite") };
    lists.connection.set("alter table projector rename to away").unwrap();
    let refused = Store::connect(&place.url()).await.unwrap_err();
    assert!(matches!(refused, StoreError::ListsInUse { .. }), "{refused}");
    assert!(!place.was_set_aside());
    running.close().await;
}

#[tokio::test]
async fn lists_of_other_versions_are_deleted_unless_a_process_has_them_open() {
    let place = Place::filled().await;
    let (used, ours) = (place.file("log.db-lists-0000000001"), place.lists(""));
    std::fs::copy(&ours, &used).unwrap();
    let old = ["", "-wal", "-shm", SET_ASIDE, "-0123456789", "-0123456789-wal", "-0123456789.set-aside"];
    let kept = ["-of-mine", "-0123456789-of-mine", "-01234567"];
    for end in old.iter().chain(&kept) {
        std::fs::write(place.file(&format!("log.db-lists{end}")), "old").unwrap();
    }
    let running = opened(&used).unwrap();
    running.query_row("select count(*) from sqlite_master", [], |_| Ok(())).unwrap();
    let store = place.open().await;
    store.drop_unused_lists(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    let there = |end: &&str| place.file(&format!("log.db-lists{end}")).exists();
    assert!(!old.iter().any(there) && kept.iter().all(there));
    assert!(used.exists() && count(&store, "select count(*) from contracts").await > 0);
    drop(running);
    store.drop_unused_lists(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(!used.exists() && ours.exists());
    store.close().await;
}

#[tokio::test]
async fn a_damaged_log_is_named_and_left_alone() {
    let garbage = |file: &Path| std::fs::write(file, vec![b'x'; 20_000]).unwrap();
    let damages: [Damage<'_>; 2] = [&garbage, &zero];
    for damage in damages {
        let place = Place::filled().await;
        let file = place.file("log.db");
        damage(&file);
        let before = std::fs::read(&file).unwrap();
        let said = check_files(&place.url()).await.unwrap_err().to_string();
        assert!(said.starts_with(&format!("the file {} is damaged", file.display())), "{said}");
        assert!(said.contains("junoscope restore"), "{said}");
        assert!(std::fs::read(&file).unwrap() == before);
        assert!(!place.was_set_aside(), "the lists are not to blame");
    }
    let place = Place::filled().await;
    garbage(&place.file("log.db"));
    let refused = Store::connect(&place.url()).await.unwrap_err();
    assert!(refused.is_damage(), "{refused}");
}

#[tokio::test]
async fn what_goes_into_a_file_that_is_gone_is_not_stored() {
    for name in ["log.db", "log.db-wal"] {
        for is_replaced in [false, true] {
            let place = Place::filled().await;
            let store = place.open().await;
            store.append(&[message("msg_before")], &[], BOUNDS).await.unwrap();
            let (file, away) = (place.file(name), place.file("away"));
            std::fs::rename(&file, &away).unwrap();
            if is_replaced {
                std::fs::copy(&away, &file).unwrap();
            }
            let failed = store.append(&[message("msg_lost")], &[], BOUNDS).await.unwrap_err();
            assert!(matches!(failed, StoreError::Replaced { .. }), "{name}: {failed}");
            assert_eq!(failed.reason(), "the database file was moved, replaced or deleted");
            assert!(store.ping().await.is_err() && store.probe_log().await.is_err(), "{name}");
            // Moved back, it is the file that was opened.
            std::fs::rename(&away, &file).unwrap();
            store.append(&[message("msg_after")], &[], BOUNDS).await.unwrap();
            store.ping().await.unwrap();
            store.close().await;
        }
    }
}
