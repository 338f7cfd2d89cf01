//! Compares the rows that a fixed log is folded into with those recorded for the version of the fold.

use super::support::database::each_database;
use super::support::history::{BOUNDS, TestMessage, project};
use crate::simulate::history::{Plan, history};
use crate::store::log::NewMessage;
use crate::store::projections::tables::{FOLD_VERSION, hex, names};
use crate::store::{Dialect, Store, with_reader};
use domain::event::Mode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

/// The variable that records the rows as they are now.
const RECORD: &str = "RECORD_LISTS";

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns a message as ingest would store it.
fn message(id: &str, minute: i64, body: Vec<u8>, endpoint: &'static str) -> NewMessage {
    TestMessage { body, endpoint, ..TestMessage::new(id, minute, &Value::Null) }.message()
}

/// Returns a few hundred simulated messages, late and test ones among them, and every sample body of `domain`.
fn world() -> Vec<NewMessage> {
    let plan = Plan {
        seed: 7,
        contractors: 20,
        months: 12,
        until: "2026-06-30T15:00:00Z".parse().unwrap(),
        events: Some(400),
        unknown_percent: 2.0,
        mode: Mode::Live,
    };
    let simulated = (0_i64..).zip(history(&plan)).map(|(place, one)| {
        let late = if place % 17 == 0 { 7_200 } else { 2 };
        let received_at = one.at.saturating_add(jiff::SignedDuration::from_secs(late)).unwrap();
        let told = message(&one.id, 0, one.body, "yunojuno");
        NewMessage { occurred_at: one.at, received_at, sent_at: received_at, ..told }
    });
    let mut files: Vec<_> =
        fs::read_dir(root("app/domain/fixtures")).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    let samples = (0..).zip(files).flat_map(|(minute, file)| {
        let body = fs::read(file).unwrap();
        let live = String::from_utf8(body.clone()).unwrap().replace("\"test\"", "\"live\"").into_bytes();
        let id = format!("msg_sample_{minute}");
        [
            message(&id, minute, body, "yunojuno"),
            message(&format!("{id}_live"), minute + 40, live.clone(), "yunojuno"),
            // The same message at a second endpoint.
            message(&format!("{id}_live"), minute + 41, live, "staging"),
            // A repeat that says something else.
            message(&id, minute + 80, b"{}".to_vec(), "yunojuno"),
        ]
    });
    simulated.chain(samples).collect()
}

/// Returns every row of every table as text, in an order of its own.
async fn rows(store: &Store) -> Vec<String> {
    let columns = match store.dialect() {
        Dialect::Sqlite => "select name, type from pragma_table_xinfo($1) order by cid",
        Dialect::Postgres => {
            "select attname::text, format_type(atttypid, null) from pg_attribute where attrelid = to_regclass($1) \
             and attnum > 0 order by attnum"
        }
    };
    let mut all = Vec::new();
    // The terms of the index have a version and a test of their own.
    for table in names(Dialect::Postgres).into_iter().filter(|table| !table.starts_with("search_")) {
        let columns: Vec<(String, String)> =
            with_reader!(store, |pool| sqlx::query_as(columns).bind(table).fetch_all(pool).await.unwrap());
        let text = |(name, kind): &(String, String)| match kind.as_str() {
            "boolean" => format!("cast(cast({name} as integer) as text)"),
            _ => format!("coalesce(cast({name} as text), '-')"),
        };
        // Numbers that depend on how rows came in name nothing.
        let told = columns.iter().filter(|(name, _)| (table, name.as_str()) != ("names", "n"));
        let text = told.map(text).collect::<Vec<_>>().join(" || '|' || ");
        let select = format!("select '{table}|' || {text} from {table}");
        let found: Vec<String> =
            with_reader!(store, |pool| sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(pool).await.unwrap());
        assert!(!found.is_empty(), "{table} has no rows");
        all.extend(found);
    }
    all.sort();
    all
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "whoever runs the test says by a variable that rows are to be recorded")]
async fn the_fold_gives_the_rows_that_are_recorded_for_its_version() {
    let found = Mutex::new(Vec::new());
    let world = world();
    each_database(async |store| {
        for chunk in world.chunks(50) {
            store.append(chunk, &[], BOUNDS).await.unwrap();
        }
        project(&store).await;
        let rows = rows(&store).await;
        found.lock().unwrap().push(rows);
    })
    .await;
    let found = found.into_inner().unwrap();
    for other in &found[1..] {
        let differ = found[0].iter().zip(other).find(|(one, other)| one != other);
        assert!(differ.is_none() && found[0].len() == other.len(), "SQLite and PostgreSQL: {differ:?}");
    }
    let hash = hex(&Sha256::digest(found[0].join("\n")));
    let now = format!("{FOLD_VERSION} {hash}\n");
    let file = root("src/tests/fixtures/lists.txt");
    if std::env::var(RECORD).is_ok() {
        fs::write(&file, &now).unwrap();
    }
    let recorded = fs::read_to_string(&file).unwrap();
    let record = format!("record the rows: {RECORD}=1 cargo test --package junoscope --lib tests::golden");
    assert!(
        recorded == now || !recorded.starts_with(&format!("{FOLD_VERSION} ")),
        "stored messages are folded into other rows than before, and databases in use would keep the old ones: raise \
         FOLD_VERSION in src/store/projections/tables.rs, and {record}"
    );
    assert_eq!(recorded, now, "FOLD_VERSION was raised: {record}");
}
