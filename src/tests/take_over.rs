//! Tests that databases of the numbered migrations before the baseline are taken over whole, and only those that can be.

use super::migrations::described;
use super::support::database::{each_database, each_url};
use super::support::history::{BOUNDS, TestMessage, project};
use crate::http::session::password;
use crate::store::people::Email;
use crate::store::people::token::Token;
use crate::store::projections::tables::names;
use crate::store::schema::SchemaState;
use crate::store::{Dialect, Store, StoreError, with_reader, with_writer};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, raw_sql};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// A database as a version of Junoscope left it.
struct Left {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Of the last version with numbered migrations.
const LAST: Left =
    Left { sqlite: include_str!("fixtures/sqlite-16.sql"), postgres: include_str!("fixtures/postgres-30.sql") };

/// Of the first that is taken over.
const FIRST: Left =
    Left { sqlite: include_str!("fixtures/sqlite-13.sql"), postgres: include_str!("fixtures/postgres-21.sql") };

/// The tables whose rows must stay.
const KEPT: [&str; 10] = [
    "log_head",
    "messages",
    "attempts",
    "quarantine",
    "kept_secrets",
    "people",
    "sign_in_links",
    "sessions",
    "feeds",
    "dismissals",
];

/// Opens such a database on either engine, after a further change.
async fn open(url: &str, left: &Left, change: &str) -> Store {
    if let Some(file) = url.strip_prefix("sqlite://") {
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.execute_batch(left.sqlite).unwrap();
        connection.execute_batch(change).unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        raw_sql(left.postgres).execute(&mut connection).await.unwrap();
        raw_sql(AssertSqlSafe(change.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
    Store::connect(url).await.unwrap()
}

/// Returns the columns of a table.
async fn columns(store: &Store, table: &str) -> Vec<String> {
    let select = match store.dialect() {
        Dialect::Sqlite => "select name from pragma_table_info($1)",
        Dialect::Postgres => {
            "select attname::text from pg_attribute where attrelid = to_regclass($1) and attnum > 0 \
             and not attisdropped order by attnum"
        }
    };
    with_reader!(store, |pool| sqlx::query_scalar(select).bind(table).fetch_all(pool).await.unwrap())
}

/// Returns the rows of the kept tables as text, with these columns of each.
async fn rows(store: &Store, columns: &[Vec<String>]) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in KEPT.iter().zip(columns) {
        let hex = if store.dialect() == Dialect::Sqlite { "hex(body)" } else { "encode(body, 'hex')" };
        let text = |column: &String| match column.as_str() {
            "body" => format!("coalesce({hex}, '-')"),
            column => format!("coalesce(cast({column} as text), '-')"),
        };
        let text = columns.iter().map(text).collect::<Vec<_>>().join(" || '|' || ");
        let select = format!("select '{table} ' || {text} from {table} order by 1");
        let found: Vec<String> =
            with_reader!(store, |pool| sqlx::query_scalar(AssertSqlSafe(select)).fetch_all(pool).await.unwrap());
        all.extend(found);
    }
    all
}

async fn taken_over(url: &str, left: &Left) -> Vec<String> {
    let store = open(url, left, "").await;
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::Older);
    assert!(store.require_current().await.unwrap_err().to_string().contains("junoscope migrate"));
    let mut known = Vec::new();
    for table in KEPT {
        known.push(columns(&store, table).await);
    }
    let before = rows(&store, &known).await;
    store.migrate().await.unwrap();
    assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
    let after = rows(&store, &known).await;
    let ping = |row: &&String| row.contains("msg_ping");
    assert_eq!(
        after.iter().filter(|row| !ping(row)).collect::<Vec<_>>(),
        before.iter().filter(|row| !ping(row)).collect::<Vec<_>>()
    );
    assert!(after.iter().any(|row| ping(&row) && row.contains("|svix.ping|test|stored|-|")), "{after:?}");

    // What follows is stored, and lists tell of it.
    store.append(&[TestMessage::new("msg_after", 0, &serde_json::json!({})).message()], &[], BOUNDS).await.unwrap();
    project(&store).await;
    assert_eq!(store.count_rows().await.unwrap()[1], 1, "a contract is in the lists");
    assert_eq!(store.making_progress().await.unwrap(), None);
    // A second start finds nothing to do.
    store.migrate().await.unwrap();
    let tables = described(&store).await;
    store.close().await;
    tables
}

#[tokio::test]
async fn every_row_stays_lists_are_made_and_the_tables_are_those_of_the_baseline() {
    let fresh = Mutex::new(Vec::new());
    each_database(async |store| {
        let tables = described(&store).await;
        fresh.lock().unwrap().push(tables);
    })
    .await;
    for left in [LAST, FIRST] {
        let taken = Mutex::new(Vec::new());
        each_url(async |url| {
            let tables = taken_over(url, &left).await;
            taken.lock().unwrap().push(tables);
        })
        .await;
        assert_eq!(*taken.lock().unwrap(), *fresh.lock().unwrap());
    }
}

#[tokio::test]
async fn people_sessions_and_calendar_links_go_on_working() {
    each_url(async |url| {
        let store = open(url, &LAST, "").await;
        store.migrate().await.unwrap();
        let now = "2026-11-30T19:00:00Z".parse().unwrap();
        let (session, feed) = match store.dialect() {
            Dialect::Sqlite => {
                ("8O0FDEnNfZrJ3tembw_-uD30iCNJ-BqfrTyD3yQ5D9k", "V4Onp5WeC3wrjCN2ptV54GBxJwcZ47uPx0STtDO-6Co")
            }
            Dialect::Postgres => {
                ("enHXGAJvlw7hAOsBbFMTDEcb8NvIhooeVRMZcAfNG58", "tNCu8DOnG4b9jeDCCx6mSQOCCRykADAZjFP62vVDgJA")
            }
        };
        let person = store.find_session(&Token::claimed(session), now).await.unwrap().unwrap();
        assert_eq!((person.name.as_str(), person.email.as_str()), ("Amara", "amara@example.com"));
        assert_eq!(store.use_feed(&Token::claimed(feed), now).await.unwrap().unwrap().name, "Mine");
        let person = store.find_person(&Email::parse("amara@example.com").unwrap()).await.unwrap().unwrap();
        let slots = Arc::new(Semaphore::new(1));
        assert!(password::matches("a long walk in the rain".to_owned(), person.password_hash, &slots).await);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_over_is_named_and_left_alone() {
    let step = |version: i64, description: &str| {
        format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values ({version}, '{description}', true, '00', 0)"
        )
    };
    for (change, state, told) in [
        ("delete from _sqlx_migrations where version > 12".to_owned(), SchemaState::TooOld, "too old to be taken over"),
        (
            "update _sqlx_migrations set description = 'users' where version = 1".to_owned(),
            SchemaState::TooOld,
            "or of another program",
        ),
        (step(31, "of tomorrow"), SchemaState::Newer, "newer version of Junoscope"),
    ] {
        each_url(async |url| {
            let store = open(url, &FIRST, &change).await;
            assert_eq!(store.schema_state().await.unwrap(), state, "{change}");
            let refused = store.migrate().await.unwrap_err();
            assert!(matches!(refused, StoreError::OtherVersion(of) if of == state), "{refused}");
            assert!(refused.to_string().contains(told), "{refused}");
            let tables = names(store.dialect());
            assert!(!tables.is_empty() && columns(&store, "quarantine").await.iter().all(|name| name != "grade"));
            store.close().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_failure_in_the_middle_changes_nothing() {
    each_url(async |url| {
        // The last statements of the steps find this table in their way.
        let change = match url.split(':').next() {
            Some("sqlite") => "create table devices (id text)",
            _ => "create table instances (id text)",
        };
        let store = open(url, &FIRST, change).await;
        assert!(store.migrate().await.is_err());
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Older);
        assert!(columns(&store, "quarantine").await.iter().all(|name| name != "grade"));
        let away = if store.dialect() == Dialect::Sqlite { "drop table devices" } else { "drop table instances" };
        with_writer!(store, |pool| raw_sql(away).execute(pool).await.map(drop).unwrap());
        store.migrate().await.unwrap();
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
        store.close().await;
    })
    .await;
}
