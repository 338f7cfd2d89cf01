//! Counts of refused requests and of requests to unknown endpoints, independent of what is kept of them.

use super::log::minute;
use super::{Store, StoreError, with_reader};
use jiff::Timestamp;

/// Requests that look like webhooks and came to no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongAddressRow {
    /// How many.
    pub count: i64,
    /// The path of the last.
    pub last_path: Option<String>,
    /// The minute of the last, counted from 1970.
    pub last_minute: Option<i64>,
}

impl Store {
    /// Refused requests since an instant, to the minute: those of the whole minute are counted.
    pub async fn count_refused(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select cast(coalesce(sum(count), 0) as bigint) from refusal_minutes where minute >= $1")
                .bind(minute(since))
                .fetch_one(pool)
                .await?
        }))
    }

    /// Refused requests that are kept and arrived at this instant or later.
    pub async fn count_refused_kept(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select count(*) from quarantine where received_at >= $1")
                .bind(since.as_millisecond())
                .fetch_one(pool)
                .await?
        }))
    }

    /// All refused requests there ever were.
    pub async fn count_refused_ever(&self) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select cast(coalesce(sum(count), 0) as bigint) from refusal_totals")
                .fetch_one(pool)
                .await?
        }))
    }

    /// Requests to wrong addresses since an instant, to the minute.
    pub async fn find_wrong_addresses(&self, since: Timestamp) -> Result<WrongAddressRow, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_as(
                "select cast(coalesce(sum(count), 0) as bigint) as count, max(minute) as last_minute, \
                 (select w.last_path from wrong_addresses w where w.minute >= $1 order by w.minute desc limit 1) \
                 as last_path from wrong_addresses where minute >= $1",
            )
            .bind(minute(since))
            .fetch_one(pool)
            .await?
        }))
    }
}
