//! Databases of the numbered migrations before the baseline: which of them can be taken over, and how.

use super::schema::{SchemaState, migrations};
use super::{Dialect, Pool, Store, StoreError};
use sqlx::{ConnectOptions as _, Connection as _, raw_sql};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The numbered migrations before the baseline.
pub(super) struct Series {
    /// The last steps of the databases that can be taken over.
    known: RangeInclusive<i64>,
    /// What follows on the first of them, step by step.
    sql: &'static str,
}

impl Series {
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self { known: 13..=16, sql: include_str!("../../migrations/taken-over/sqlite.sql") },
            Dialect::Postgres => Self { known: 21..=30, sql: include_str!("../../migrations/taken-over/postgres.sql") },
        }
    }

    /// Returns the state of a database that stands at the step `last`.
    pub(super) fn state(&self, applied: &BTreeMap<i64, String>, last: i64) -> SchemaState {
        if applied.get(&1).is_none_or(|first| first != "log") || last < *self.known.start() {
            SchemaState::TooOld
        } else if last > *self.known.end() {
            SchemaState::Newer
        } else {
            SchemaState::Older
        }
    }

    /// Returns the statements of the steps after `last`.
    fn after(&self, last: i64) -> impl Iterator<Item = &'static str> {
        self.sql.split("-- Step ").skip(1).filter_map(move |step| {
            let (number, statements) = step.split_once(".\n")?;
            (number.parse::<i64>().ok()? > last).then_some(statements)
        })
    }
}

/// Takes a database over on a connection, in one transaction that has locked out others.
macro_rules! take_over {
    ($transaction:expr, $dialect:expr) => {{
        let last = "select max(version) from _sqlx_migrations \
                    having count(case when version = 1 and description = 'log' then 1 end) = 1";
        // Another process may have done it meanwhile.
        let last: Option<i64> = sqlx::query_scalar(last).fetch_optional(&mut *$transaction).await?;
        if let (Some(last), Some(baseline)) = (last, migrations($dialect).iter().next()) {
            for step in Series::of($dialect).after(last) {
                raw_sql(step).execute(&mut *$transaction).await?;
            }
            sqlx::query("delete from _sqlx_migrations").execute(&mut *$transaction).await?;
            sqlx::query(
                "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                 values ($1, $2, $3, $4, 0)",
            )
            .bind(baseline.version)
            .bind(&*baseline.description)
            .bind(true)
            .bind(&*baseline.checksum)
            .execute(&mut *$transaction)
            .await?;
            tracing::info!(last, "the tables of the numbered migrations were taken over");
        }
        $transaction.commit().await?;
    }};
}

impl Store {
    /// Brings a database of the earlier series to what the baseline makes. Every row of the log and of accounts stays.
    pub(super) async fn take_over(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite { write, write_lock, .. } => {
                let _guard = write_lock.lock().await;
                let mut transaction = write.begin_with("begin immediate").await?;
                take_over!(transaction, Dialect::Sqlite);
            }
            Pool::Postgres(pool) => {
                // A connection of its own: those of the pool find the schema of the lists first.
                let mut connection = pool.connect_options().connect().await?;
                let mut transaction = connection.begin().await?;
                let lock = "select pg_advisory_xact_lock(hashtext('junoscope take-over'))";
                sqlx::query(lock).execute(&mut *transaction).await?;
                take_over!(transaction, Dialect::Postgres);
                connection.close().await?;
            }
        }
        Ok(())
    }
}
