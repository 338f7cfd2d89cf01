//! How lists are made: their tables when there are none of this version, their remaining indexes once the log is folded.

use super::follow::ProjectionLease;
use super::tables::{names, schema, statements};
use super::trigrams;
use crate::store::sqlite_connection::{LISTS_PRAGMAS, blocking};
use crate::store::{Dialect, Pool, Store, StoreError, with_writer};
use domain::lifecycle::rules::Limits;
use domain::progress::MakingProgress;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::sync::Arc;

/// Pragmas while lists are made: a larger write-ahead log, so that fewer pages are checkpointed twice, and a larger cache.
const MAKING_PRAGMAS: &str = "pragma wal_autocheckpoint = 64000; pragma cache_size = -262144;";

/// The first values of `projector`.
const BEGIN: &str = "update projector set target = $1, offer_days = $2, ending_days = $3, unused_days = $4";

impl Store {
    /// Makes the lists of this version unless they exist: empty tables, into which the projector folds the log. Lists of
    /// another log are made anew.
    pub async fn make_lists(&self) -> Result<(), StoreError> {
        if !self.make_tables(false, None).await? {
            if self.lists_are_of_another_log().await? {
                tracing::warn!("the lists tell of more messages than there are: the log was replaced");
                self.remake_lists(self.limits_in_force().await?).await?;
            } else if let Pool::Postgres(pool) = &self.pool
                && self.making_progress().await?.is_none()
            {
                trigrams::make_indexes(pool).await;
            }
        }
        Ok(())
    }

    /// Makes the lists anew from nothing, to be folded with these day limits, also beside servers that run.
    pub async fn remake_lists(&self, limits: Option<Limits>) -> Result<(), StoreError> {
        self.make_tables(true, limits).await.map(drop)
    }

    /// Creates the tables, in one transaction; `is_anew` replaces those that exist. Returns whether it did.
    async fn make_tables(&self, is_anew: bool, limits: Option<Limits>) -> Result<bool, StoreError> {
        let head = self.last_seq().await?;
        let days = limits.map(|of| [of.offer_days, of.ending_days, of.unused_days].map(i64::from));
        let days = [0, 1, 2].map(|place| days.map(|days| days[place]));
        let (tables, _) = statements(self.dialect());
        let is_done = match &self.pool {
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                blocking(move || {
                    lists.connection.transact(|transaction| {
                        let exists = "select exists (select 1 from sqlite_master where name = 'projector')";
                        if !is_anew && transaction.query_row(exists, [], |row| row.get::<_, bool>(0))? {
                            return Ok(false);
                        }
                        for name in names(Dialect::Sqlite).iter().rev() {
                            transaction.execute_batch(&format!("drop table if exists {name}"))?;
                        }
                        transaction.execute_batch(tables)?;
                        transaction.execute(BEGIN, (head, days[0], days[1], days[2]))?;
                        Ok(true)
                    })
                })
                .await?
            }
            Pool::Postgres(pool) => {
                let schema = schema();
                let mut transaction = pool.begin().await?;
                let lock = "select pg_advisory_xact_lock(hashtext('junoscope lists'))";
                sqlx::query(lock).execute(&mut *transaction).await?;
                let exists = "select to_regclass($1) is not null";
                let exists: bool =
                    sqlx::query_scalar(exists).bind(format!("{schema}.projector")).fetch_one(&mut *transaction).await?;
                if exists && !is_anew {
                    return Ok(false);
                }
                if exists {
                    // A batch in progress has locked this row. Later ones find the new tables: a name is looked up by
                    // every statement, so nothing has to wait for the old tables.
                    sqlx::query("select id from projector for update").execute(&mut *transaction).await?;
                    let aside = format!(
                        "drop schema if exists {schema}_old cascade; alter schema {schema} rename to {schema}_old"
                    );
                    raw_sql(AssertSqlSafe(aside)).execute(&mut *transaction).await?;
                }
                raw_sql(AssertSqlSafe(format!("create schema {schema}"))).execute(&mut *transaction).await?;
                raw_sql(tables).execute(&mut *transaction).await?;
                let begin = days.iter().fold(sqlx::query(BEGIN).bind(head), sqlx::query::Query::bind);
                begin.execute(&mut *transaction).await?;
                transaction.commit().await?;
                if exists {
                    let drop = format!("drop schema if exists {schema}_old cascade");
                    raw_sql(AssertSqlSafe(drop)).execute(pool).await?;
                }
                true
            }
        };
        if is_done
            && head == 0
            && let Some(lease) = self.acquire_lease().await?
        {
            self.finish_lists(lease).await?;
        }
        Ok(is_done)
    }

    /// Creates the remaining indexes of lists into which the log is folded. Safe to repeat, and after an interruption.
    pub(crate) async fn finish_lists(&self, lease: ProjectionLease) -> Result<(), StoreError> {
        // Lists that were made anew meanwhile begin at 0.
        const MADE: &str = "update projector set is_made = (1 = 1) where position >= $1";
        let position = lease.position;
        let (_, indexes) = statements(self.dialect());
        match &self.pool {
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                blocking(move || {
                    // Each with its own commit, so that a failure keeps those that exist, and the log stays short.
                    for statement in indexes.split(';') {
                        lists.connection.transact(|transaction| transaction.execute_batch(statement))?;
                    }
                    lists.connection.transact(|transaction| transaction.execute(MADE, (position,)))?;
                    // The write-ahead log is much longer than it ever gets again.
                    lists.connection.set("pragma wal_checkpoint(truncate)")
                })
                .await
            }
            Pool::Postgres(pool) => {
                let mut transaction = lease.transaction(pool).await?;
                raw_sql(indexes).execute(&mut *transaction).await?;
                sqlx::query(MADE).bind(position).execute(&mut *transaction).await?;
                transaction.commit().await?;
                trigrams::make_indexes(pool).await;
                tidy(pool).await;
                Ok(())
            }
        }
    }

    /// Adapts SQLite's caches to lists that are being made, or no longer are.
    pub(crate) async fn set_making(&self, is_making: bool) -> Result<(), StoreError> {
        let Pool::Sqlite { lists, .. } = &self.pool else { return Ok(()) };
        let lists = Arc::clone(lists);
        blocking(move || lists.connection.set(if is_making { MAKING_PRAGMAS } else { LISTS_PRAGMAS })).await
    }

    /// Returns how far lists that are being made have come; `None` when they are made.
    pub async fn making_progress(&self) -> Result<Option<MakingProgress>, StoreError> {
        Ok(self.projector_row().await?.making())
    }

    /// Records that a server begins or resumes the making of lists, if they are not made: the rate is that from now on.
    pub async fn resume_making(&self, now: Timestamp) -> Result<(), StoreError> {
        let update = "update projector set made_from = position, began_at = $1 where id = 1 and not is_made";
        with_writer!(self, |pool| sqlx::query(update).bind(now.as_millisecond()).execute(pool).await.map(drop)?);
        Ok(())
    }
}

/// Runs `vacuum (analyze)`: without it, counts read every row until autovacuum runs. A failure is only logged, as the
/// lists are correct either way.
async fn tidy(pool: &PgPool) {
    let vacuum = format!("vacuum (analyze) {}", names(Dialect::Postgres).join(", "));
    if let Err(error) = raw_sql(AssertSqlSafe(vacuum)).execute(pool).await {
        tracing::info!(%error, "the lists were not vacuumed after they were made");
    }
}
