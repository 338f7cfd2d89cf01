//! Other sessions that have the `PostgreSQL` database open, and what a restore removes when there are none.

use super::StoreError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::str::FromStr as _;

/// Counts the connections of Junoscope's servers and commands to the database of this URL.
pub async fn others_connected(url: &str) -> Result<i64, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|e| StoreError::BadUrl(e.to_string()))?;
    let mut connection = options.application_name("junoscope restore").connect().await?;
    let count = sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() \
         and application_name like 'junoscope%' and pid <> pg_backend_pid()",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(count)
}

/// Drops the lists of every version, which are made again: a dump that is put in place drops the extension that their
/// indexes depend on.
pub async fn drop_lists(url: &str) -> Result<(), StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|e| StoreError::BadUrl(e.to_string()))?;
    let mut connection = options.application_name("junoscope restore").connect().await?;
    sqlx::raw_sql(
        "do $$ declare lists name; begin \
         for lists in select nspname from pg_namespace where nspname ~ '^lists_[0-9a-f]{10}(_old)?$' loop \
         execute format('drop schema %I cascade', lists); end loop; end $$",
    )
    .execute(&mut connection)
    .await?;
    Ok(connection.close().await?)
}
