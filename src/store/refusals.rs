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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::log::{Bounds, NewRefusal};
    use crate::store::schema::SchemaState;
    use crate::store::with_writer;
    use crate::tests::support::database::each_database;
    use crate::tests::support::history::{BOUNDS, START, at, refused};

    /// Returns the counts by hour, in hours after the start of every history.
    async fn hours(store: &Store) -> Vec<(i64, String, i64)> {
        let select = "select hour, endpoint, count from refusal_hours order by hour, endpoint";
        let rows: Vec<(i64, String, i64)> =
            with_reader!(store, |pool| sqlx::query_as(select).fetch_all(pool).await.unwrap());
        rows.into_iter().map(|(hour, endpoint, count)| (hour - START / 3_600_000, endpoint, count)).collect()
    }

    #[tokio::test]
    async fn a_database_of_the_baseline_is_opened_with_what_is_known_by_hour() {
        each_database(async |store| {
            // The first ten are kept in part, and their minutes are forgotten a week later.
            let old: Vec<NewRefusal> = (0..10).map(|n| refused("msg_x", n * 10, "stale", "Old.")).collect();
            store.append(&[], &old, Bounds { requests: 8, ..BOUNDS }).await.unwrap();
            let new = NewRefusal { endpoint: "staging".to_owned(), ..refused("msg_y", 9 * 24 * 60, "stale", "Old.") };
            store.append(&[], &[new.clone(), new], BOUNDS).await.unwrap();
            let later = 9 * 24;
            let staging = |count| (later, "staging".to_owned(), count);
            let usual = |hour, count| (hour, "yunojuno".to_owned(), count);
            assert_eq!(hours(&store).await, [usual(0, 6), usual(1, 4), staging(2)], "as they came");

            with_writer!(store, |pool| {
                for undo in [
                    "drop table default_views",
                    "drop table saved_views",
                    "drop table refusal_hours",
                    "alter table messages drop column imported_from",
                    "alter table attempts drop column imported_from",
                    "delete from _sqlx_migrations where version > 1",
                ] {
                    sqlx::query(undo).execute(pool).await.map(drop).unwrap();
                }
            });
            assert_eq!(store.schema_state().await.unwrap(), SchemaState::Older);
            store.migrate().await.unwrap();
            assert_eq!(store.schema_state().await.unwrap(), SchemaState::Current);
            // Of a time without minutes those that are kept are known.
            assert_eq!(hours(&store).await, [usual(0, 4), usual(1, 4), staging(2)]);
            store.append(&[], &[refused("msg_z", 30, "stale", "Old.")], BOUNDS).await.unwrap();
            assert_eq!(hours(&store).await[0], usual(0, 5));
            assert_eq!(store.count_refused(at(later * 60)).await.unwrap(), 2);
        })
        .await;
    }
}
