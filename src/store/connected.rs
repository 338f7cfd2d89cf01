//! Other sessions that have the `PostgreSQL` database open.

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
