//! Empties the lists, and prepares the tables for a complete rebuild.
//!
//! On SQLite most indexes are dropped until all rows are there: maintained row by row over hundreds of thousands of
//! rows, they cause most of a rebuild's page writes, scattered over the file; built at the end they are sorted once.

use crate::store::sqlite_connection::{LISTS_PRAGMAS, SqliteConnection, blocking};
use crate::store::{Pool, Store, StoreError};
use std::sync::Arc;

/// Indexes that the projector itself queries; a rebuild keeps them.
const KEPT_INDEXES: [&str; 5] = [
    "contracts_by_contractor",
    "contracts_by_requisition",
    "facets_by_subject",
    "findings_by_subject",
    "mentions_by_seq",
];

/// A larger write-ahead log, so that fewer pages are checkpointed twice, and a larger cache.
const REBUILD_PRAGMAS: &str = "pragma wal_autocheckpoint = 64000; pragma cache_size = -262144;";

/// The position first: every instance waits for the lock on this row.
pub(super) const EMPTY_TABLES: [&str; 15] = [
    "update projector set position = 0 where id = 1",
    "delete from mentions",
    "delete from contractors",
    "delete from contracts",
    "delete from facets",
    "delete from contract_versions",
    "delete from commitments",
    "delete from requisitions",
    "delete from findings",
    "delete from tallies",
    "delete from arrivals",
    "delete from endpoint_arrivals",
    "delete from hirers",
    "delete from choices",
    "delete from names",
];

/// Full-text indexes that are not emptied with their table.
const EMPTY_FTS: [&str; 3] = [
    "insert into contractor_grams (contractor_grams) values ('delete-all')",
    "insert into contract_grams (contract_grams) values ('delete-all')",
    "insert into requisition_grams (requisition_grams) values ('delete-all')",
];

impl Store {
    /// Empties every projection, so that the log is projected again from its beginning.
    pub async fn empty_projections(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                blocking(move || lists.connection.transact(empty)).await
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                for statement in EMPTY_TABLES {
                    sqlx::query(statement).execute(&mut *transaction).await?;
                }
                Ok(transaction.commit().await?)
            }
        }
    }

    /// Like [`Store::empty_projections`], for a caller that folds the whole log and then calls
    /// [`Store::finish_rebuild`]. Until then pages are slow on SQLite. If that call is missing, the projector makes it
    /// when it has caught up.
    pub(crate) async fn begin_rebuild(&self) -> Result<(), StoreError> {
        let Pool::Sqlite { lists, .. } = &self.pool else { return self.empty_projections().await };
        let lists = Arc::clone(lists);
        blocking(move || {
            lists.connection.set(REBUILD_PRAGMAS)?;
            lists.connection.transact(|transaction| {
                empty(transaction)?;
                put_off_indexes(transaction)
            })
        })
        .await
    }

    /// Builds the indexes that [`Store::begin_rebuild`] dropped.
    pub(crate) async fn finish_rebuild(&self) -> Result<(), StoreError> {
        let lists = match &self.pool {
            Pool::Sqlite { lists, .. } => Arc::clone(lists),
            Pool::Postgres(pool) => {
                tidied(pool).await;
                return Ok(());
            }
        };
        blocking(move || {
            make_indexes(&lists.connection)?;
            // The write-ahead log of a rebuild is much longer than it ever gets again.
            lists.connection.set("pragma wal_checkpoint(truncate)")?;
            lists.connection.set(LISTS_PRAGMAS)
        })
        .await
    }

    /// Returns whether a rebuild dropped indexes and has not built them yet.
    pub(crate) async fn lacks_indexes(&self) -> Result<bool, StoreError> {
        let Pool::Sqlite { read, .. } = &self.pool else { return Ok(false) };
        let put_off = "select exists (select 1 from lists.sqlite_master where name = 'indexes_put_off')";
        Ok(sqlx::query_scalar(put_off).fetch_one(read).await?)
    }
}

/// Runs `vacuum (analyze)`: without it, counts read every row until autovacuum runs. A failure is only logged, as the
/// lists are correct either way.
async fn tidied(pool: &sqlx::PgPool) {
    let tables = "vacuum (analyze) contractors, contracts, contract_versions, commitments, requisitions, findings, mentions, names, \
                  facets, choices, hirers, tallies, arrivals, endpoint_arrivals";
    if let Err(error) = sqlx::raw_sql(tables).execute(pool).await {
        tracing::info!(%error, "the lists were not vacuumed after they were made");
    }
}

pub(super) fn empty(transaction: &rusqlite::Transaction<'_>) -> Result<(), rusqlite::Error> {
    EMPTY_TABLES.iter().chain(&EMPTY_FTS).try_for_each(|statement| transaction.execute_batch(statement))
}

fn put_off_indexes(transaction: &rusqlite::Transaction<'_>) -> Result<(), rusqlite::Error> {
    transaction
        .execute_batch("create table if not exists indexes_put_off (name text primary key, sql text not null)")?;
    // Indexes of unique constraints have no SQL text, and are kept.
    let mut select =
        transaction.prepare("select name, sql from sqlite_master where type = 'index' and sql is not null")?;
    let indexes: Vec<(String, String)> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (name, sql) in indexes.into_iter().filter(|(name, _)| !KEPT_INDEXES.contains(&name.as_str())) {
        transaction.execute("insert into indexes_put_off (name, sql) values (?, ?)", (&name, sql))?;
        transaction.execute_batch(&format!("drop index \"{name}\""))?;
    }
    Ok(())
}

/// Builds the indexes one by one, each with its own commit, so that a failure keeps those already built.
pub(in crate::store) fn make_indexes(connection: &SqliteConnection) -> Result<(), StoreError> {
    loop {
        let is_done = connection.transact(|transaction| {
            let has_any = "select exists (select 1 from sqlite_master where name = 'indexes_put_off')";
            if !transaction.query_row(has_any, [], |row| row.get::<_, bool>(0))? {
                return Ok(true);
            }
            let mut select = transaction.prepare("select name, sql from indexes_put_off order by name limit 1")?;
            let next = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?.next();
            let Some((name, sql)) = next.transpose()? else {
                drop(select);
                transaction.execute_batch("drop table indexes_put_off")?;
                return Ok(true);
            };
            transaction.execute_batch(&sql)?;
            transaction.execute("delete from indexes_put_off where name = ?", (name,))?;
            Ok(false)
        })?;
        if is_done {
            return Ok(());
        }
    }
}
