//! Trigram indexes on names, which need PostgreSQL's extension `pg_trgm`. A database to which the extension was added
//! later gets them at the next `migrate` or `serve`.

use sqlx::PgPool;

/// Makes what is missing, with the extension itself where the account may add it. Searches find the same without, only
/// more slowly, so a failure is for the log.
pub(in crate::store) async fn make_indexes(pool: &PgPool) {
    if let Err(error) = make(pool).await {
        tracing::info!(%error, "searches go without an index of trigrams");
    }
}

async fn make(pool: &PgPool) -> Result<(), sqlx::Error> {
    // Every start comes by here; as a rule there is nothing to do, and nothing is locked to see that.
    let missing = "select count(*) < 3 from pg_indexes where schemaname = any(current_schemas(false)) \
                   and indexname like '%\\_by\\_trigram'";
    if !sqlx::query_scalar::<_, bool>(missing).fetch_one(pool).await? {
        return Ok(());
    }
    if !has_extension(pool).await? {
        // In a statement of its own: a refusal must not undo more than itself.
        sqlx::query("create extension if not exists pg_trgm").execute(pool).await?;
    }
    let mut transaction = pool.begin().await?;
    // Two instances that start at once would both make them, and one would fail.
    sqlx::query("select pg_advisory_xact_lock(hashtext('junoscope trigrams'))").execute(&mut *transaction).await?;
    sqlx::raw_sql(
        "create index if not exists contractors_by_trigram on names using gin (name gin_trgm_ops) \
         where kind = 'contractor'; \
         create index if not exists contracts_by_trigram on names using gin (name gin_trgm_ops) \
         where kind = 'contract'; \
         create index if not exists requisitions_by_trigram on names using gin (name gin_trgm_ops) \
         where kind = 'requisition'",
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
            // As the tables are where the extension was not to be had.
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
