//! Counts of refused requests and of requests to unknown endpoints, independent of what is kept of them.

use super::log::minute;
use super::{Store, StoreError, with_reader};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Requests that resemble webhooks but match no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongAddressRow {
    /// The number of requests.
    pub count: i64,
    /// The path of the last.
    pub last_path: Option<String>,
    /// The minute of the last, since 1970.
    pub last_minute: Option<i64>,
}

impl Store {
    /// Counts refused requests since an instant, including its whole minute.
    pub async fn count_refused(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select cast(coalesce(sum(count), 0) as bigint) from refusal_minutes where minute >= $1")
                .bind(minute(since))
                .fetch_one(pool)
                .await?
        }))
    }

    /// Counts the refused requests of each endpoint since an instant, including its whole minute.
    pub async fn count_refused_at_each(&self, since: Timestamp) -> Result<BTreeMap<String, i64>, StoreError> {
        let counts: Vec<(String, i64)> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select endpoint, cast(sum(count) as bigint) from refusal_minutes where minute >= $1 group by endpoint",
            )
            .bind(minute(since))
            .fetch_all(pool)
            .await?
        });
        Ok(counts.into_iter().collect())
    }

    /// Counts stored refused requests that arrived at this instant or later.
    pub async fn count_refused_kept(&self, since: Timestamp) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select count(*) from quarantine where received_at >= $1")
                .bind(since.as_millisecond())
                .fetch_one(pool)
                .await?
        }))
    }

    /// Counts all refused requests ever.
    pub async fn count_refused_ever(&self) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select cast(coalesce(sum(count), 0) as bigint) from refusal_totals")
                .fetch_one(pool)
                .await?
        }))
    }

    /// Returns requests to unknown endpoints since an instant, including its whole minute.
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
