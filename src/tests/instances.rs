//! Tests of servers of several versions on one PostgreSQL database.

use crate::store::projections::tables::schema;
use crate::store::{Pool, Store};
use crate::tests::support::database::each_database;
use crate::tests::support::history::{at, history, log, project};
use sqlx::PgPool;

const OTHER: &str = "lists_0123456789";

async fn schemas(pool: &PgPool) -> Vec<String> {
    let schemas = "select nspname::text from pg_namespace where nspname like 'lists%' order by nspname = $1, nspname";
    sqlx::query_scalar(schemas).bind(schema()).fetch_all(pool).await.unwrap()
}

async fn another_version(pool: &PgPool, seen_at: i64) {
    let sql = "create schema lists_0123456789; create table lists_0123456789.projector (id bigint)";
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
    let insert = "insert into instances (id, lists_version, seen_at) values ('other', '0123456789', $1)";
    sqlx::query(insert).bind(seen_at).execute(pool).await.unwrap();
}

#[tokio::test]
async fn lists_that_no_server_was_seen_using_for_a_minute_are_dropped_and_never_our_own() {
    each_database(async |store: Store| {
        let Pool::Postgres(pool) = store.pool() else { return };
        store.record_instance("ours", at(0)).await.unwrap();
        another_version(pool, at(1).as_millisecond()).await;
        sqlx::raw_sql("create schema lists_of_mine").execute(pool).await.unwrap();
        store.drop_unused_lists(at(1)).await.unwrap();
        let ours = schema();
        assert_eq!(schemas(pool).await, [OTHER, "lists_of_mine", &ours]);
        store.record_instance("ours", at(2)).await.unwrap();
        store.drop_unused_lists(at(2)).await.unwrap();
        assert_eq!(schemas(pool).await, ["lists_of_mine", &ours]);
        // Even when this server was not seen by itself for long.
        store.drop_unused_lists(at(60)).await.unwrap();
        assert_eq!(schemas(pool).await, ["lists_of_mine", &ours]);

        let ids = "select id from instances order by id";
        store.record_instance("ours", at(61)).await.unwrap();
        store.record_instance("second", at(61)).await.unwrap();
        assert_eq!(sqlx::query_scalar::<_, String>(ids).fetch_all(pool).await.unwrap(), ["ours", "second"]);
        store.remove_instance("ours").await.unwrap();
        assert_eq!(sqlx::query_scalar::<_, String>(ids).fetch_all(pool).await.unwrap(), ["second"]);
    })
    .await;
}

#[tokio::test]
async fn lists_that_another_server_dropped_are_made_again() {
    each_database(async |store: Store| {
        let Pool::Postgres(pool) = store.pool() else { return };
        log(&store, &history(2)).await;
        project(&store).await;
        let rows = store.count_rows().await.unwrap();
        let drop = format!("drop schema {} cascade", schema());
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(pool).await.unwrap();
        store.make_lists().await.unwrap();
        project(&store).await;
        assert_eq!(store.count_rows().await.unwrap(), rows);
    })
    .await;
}
