//! Databases of the numbered migrations before the baseline: which of them can be taken over, and how.

use super::schema::migrations;
use super::{Dialect, Pool, Store, StoreError};
use sqlx::{ConnectOptions as _, Connection as _, raw_sql};

/// Returns the statements of the steps of the numbered series after `last`.
fn steps_after(dialect: Dialect, last: i64) -> impl Iterator<Item = &'static str> {
    let sql = match dialect {
        Dialect::Sqlite => include_str!("../../migrations/taken-over/sqlite.sql"),
        Dialect::Postgres => include_str!("../../migrations/taken-over/postgres.sql"),
    };
    sql.split("-- Step ").skip(1).filter_map(move |step| {
        let (number, statements) = step.split_once(".\n")?;
        (number.parse::<i64>().ok()? > last).then_some(statements)
    })
}

/// Takes a database over on a connection, in one transaction that has locked out others.
macro_rules! take_over {
    ($transaction:expr, $dialect:expr) => {{
        let last = "select max(version) from _sqlx_migrations \
                    having count(case when version = 1 and description = 'log' then 1 end) = 1";
        // Another process may have done it meanwhile.
        let last: Option<i64> = sqlx::query_scalar(last).fetch_optional(&mut *$transaction).await?;
        if let (Some(last), Some(baseline)) = (last, migrations($dialect).iter().next()) {
            for step in steps_after($dialect, last) {
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
