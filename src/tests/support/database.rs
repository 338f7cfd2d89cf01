//! Fresh test databases: every test of the store runs on a `SQLite` file and on a `PostgreSQL` database.

use crate::store::Store;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::str::FromStr as _;

/// Runs `test` on empty, migrated tables of every available database.
///
/// `PostgreSQL` is the cluster of `TEST_POSTGRES_URL`, whose user may create databases. Without it `PostgreSQL` is
/// skipped with a message, or the test fails if `REQUIRE_POSTGRES` is set.
pub async fn each_database(test: impl AsyncFn(Store)) {
    each_url(async |url| {
        let store = open(url).await;
        test(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// The same with the URL of a database without tables; the file on `SQLite` does not exist.
pub async fn each_url(test: impl AsyncFn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    eprintln!("on SQLite");
    test(&format!("sqlite://{}/test.db", folder.path().display())).await;
    on_postgres(&test).await;
}

async fn on_postgres(test: &impl AsyncFn(&str)) {
    let Some(cluster) = setting("TEST_POSTGRES_URL") else {
        assert!(setting("REQUIRE_POSTGRES").is_none(), "REQUIRE_POSTGRES is set, but TEST_POSTGRES_URL is not");
        eprintln!("PostgreSQL was skipped: TEST_POSTGRES_URL is not set");
        return;
    };
    let name = format!("junoscope_test_{:016x}", rand::random::<u64>());
    let mut admin: PgConnection = PgConnectOptions::from_str(&cluster).unwrap().connect().await.unwrap();
    // The name consists of hexadecimal digits. `template0` accepts no connections, which would block the copy.
    sqlx::query(AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.unwrap();

    let mut url = url::Url::parse(&cluster).unwrap();
    url.set_path(&name);
    eprintln!("on PostgreSQL, database {name}");
    // A failed test leaves its database behind for inspection.
    test(url.as_str()).await;

    sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
}

async fn open(url: &str) -> Store {
    let store = Store::connect(url).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Returns a variable of the test run; `None` for unset and empty ones.
pub fn setting(key: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the test run is told by its environment which cluster it may use")]
    std::env::var(key).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::each_database;
    use std::cell::Cell;

    #[tokio::test]
    async fn every_database_is_fresh_and_migrated() {
        let runs = Cell::new(0);
        each_database(async |store| {
            runs.set(runs.get() + 1);
            store.ping().await.unwrap();
            let found: i64 = crate::store::with_reader!(store, |pool| {
                sqlx::query_scalar("select count(*) from messages").fetch_one(pool).await.unwrap()
            });
            assert_eq!(found, 0);
        })
        .await;
        assert!(runs.get() >= 1);
    }
}
