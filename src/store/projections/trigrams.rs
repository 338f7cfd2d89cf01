//! Trigram indexes on names, which need PostgreSQL's extension `pg_trgm`. A database to which the extension was added
//! later gets them at the next `migrate` or `serve`.

use sqlx::PgPool;

/// Creates missing indexes, and the extension if permitted. Searches work without them, only more slowly, so a failure
/// is only logged.
pub(super) async fn make_indexes(pool: &PgPool) {
    if let Err(error) = make(pool).await {
        tracing::info!(%error, "searches go without an index of trigrams");
    }
}

async fn make(pool: &PgPool) -> Result<(), sqlx::Error> {
    // This runs at every start, and usually finds nothing to do without taking a lock.
    let missing = "select count(*) < 3 from pg_indexes where schemaname = any(current_schemas(false)) \
                   and indexname like '%\\_by\\_trigram'";
    if !sqlx::query_scalar::<_, bool>(missing).fetch_one(pool).await? {
        return Ok(());
    }
    if !has_extension(pool).await? {
        // In the schema of the log, as that of the lists is dropped with its version.
        sqlx::query(
            "do $$ begin execute format('create extension if not exists pg_trgm schema %s', \
             (select relnamespace::regnamespace from pg_class where oid = to_regclass('log_head'))); end $$",
        )
        .execute(pool)
        .await?;
    }
    let mut transaction = pool.begin().await?;
    // A lock, as two instances that start at once would both create them, and one would fail.
    sqlx::query("select pg_advisory_xact_lock(hashtext('junoscope trigrams'))").execute(&mut *transaction).await?;
    // New names wait in a list before they enter such an index, and every search reads that list whole. Of the usual
    // length, 4 MB, it makes a search slow; a quarter of it costs writers nothing and a search a millisecond.
    sqlx::raw_sql(
        "create index if not exists contractors_by_trigram on names using gin (name gin_trgm_ops) \
         with (gin_pending_list_limit = 1024) where kind = 'contractor'; \
         create index if not exists contracts_by_trigram on names using gin (name gin_trgm_ops) \
         with (gin_pending_list_limit = 1024) where kind = 'contract'; \
         create index if not exists requisitions_by_trigram on names using gin (name gin_trgm_ops) \
         with (gin_pending_list_limit = 1024) where kind = 'requisition'",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}

async fn has_extension(pool: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select 1 from pg_extension where extname = 'pg_trgm')").fetch_one(pool).await
}

#[cfg(test)]
mod tests {
    use crate::store::Pool;
    use crate::tests::support::database::each_database;

    #[tokio::test]
    async fn an_extension_added_later_is_used_after_the_next_migration() {
        each_database(async |store| {
            let Pool::Postgres(pool) = store.pool() else { return };
            // As the tables are without the extension.
            sqlx::query("drop extension pg_trgm cascade").execute(pool).await.unwrap();
            let count = "select count(*) from pg_indexes where indexname like '%_by_trigram'";
            assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(pool).await.unwrap(), 0);
            sqlx::query("create extension pg_trgm").execute(pool).await.unwrap();
            store.migrate().await.unwrap();
            assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(pool).await.unwrap(), 3);
            store.migrate().await.unwrap();
        })
        .await;
    }
}
