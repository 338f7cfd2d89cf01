//! The servers that run on one database, and the lists that none of them uses.

use super::files::remove_unused;
use super::projections::tables::schema;
use super::sqlite_connection::blocking;
use super::{Pool, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, raw_sql};
use std::sync::Arc;

/// Time after which a server that was not seen no longer uses its lists.
const GONE_AFTER: SignedDuration = SignedDuration::from_secs(60);

impl Store {
    /// Records that a server with this id was seen, so that no other one drops its lists. On SQLite its files say so.
    pub async fn record_instance(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(()) };
        sqlx::query(
            "insert into instances (id, lists_version, seen_at) values ($1, $2, $3) \
             on conflict (id) do update set seen_at = excluded.seen_at",
        )
        .bind(id)
        .bind(schema().trim_start_matches("lists_"))
        .bind(now.as_millisecond())
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Forgets a server that has stopped.
    pub async fn remove_instance(&self, id: &str) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(()) };
        sqlx::query("delete from instances where id = $1").bind(id).execute(pool).await?;
        Ok(())
    }

    /// Removes lists of other versions that no process uses: schemas on PostgreSQL, files on SQLite.
    pub async fn drop_unused_lists(&self, now: Timestamp) -> Result<(), StoreError> {
        let pool = match &self.pool {
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                return blocking(move || remove_unused(&lists.log, lists.file.as_ref())).await;
            }
            Pool::Postgres(pool) => pool,
        };
        let gone = now.saturating_sub(GONE_AFTER).unwrap_or(Timestamp::MIN).as_millisecond();
        sqlx::query("delete from instances where seen_at <= $1").bind(gone).execute(pool).await?;
        let unused: Vec<String> = sqlx::query_scalar(
            "select quote_ident(nspname) from pg_namespace where nspname ~ '^lists_[0-9a-f]{10}(_old)?$' \
             and nspname <> $1 and nspname not in (select 'lists_' || lists_version from instances)",
        )
        .bind(schema())
        .fetch_all(pool)
        .await?;
        for schema in unused {
            raw_sql(AssertSqlSafe(format!("drop schema if exists {schema} cascade"))).execute(pool).await?;
            tracing::info!(schema, "lists of another version were dropped: no server uses them");
        }
        Ok(())
    }
}
