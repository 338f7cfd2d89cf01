//! Queries of a subject's first event and its name.

use crate::store::{Store, StoreError, with_reader};

impl Store {
    /// Returns when the earliest event that mentions a subject happened, and when the first one arrived, in
    /// milliseconds; `None` when none does. `kind` is `Subject::kind`.
    pub async fn find_first_mention(&self, kind: &str, id: &str) -> Result<Option<(i64, i64)>, StoreError> {
        let (happened_at, received_at): (Option<i64>, Option<i64>) = with_reader!(self, |pool| {
            sqlx::query_as(
                "select min(occurred_at), min(received_at) from mentions where kind = $1 and subject_id = $2",
            )
            .bind(kind)
            .bind(id)
            .fetch_one(pool)
            .await?
        });
        Ok(happened_at.zip(received_at))
    }

    /// The same for all subjects of a kind, in live or in test events. It reads every mention of the kind, so it is for
    /// pages that have nothing else to show.
    pub async fn find_first_mention_of_any(&self, kind: &str, is_live: bool) -> Result<Option<(i64, i64)>, StoreError> {
        let (happened_at, received_at): (Option<i64>, Option<i64>) = with_reader!(self, |pool| {
            sqlx::query_as("select min(occurred_at), min(received_at) from mentions where kind = $1 and is_live = $2")
                .bind(kind)
                .bind(is_live)
                .fetch_one(pool)
                .await?
        });
        Ok(happened_at.zip(received_at))
    }

    /// Returns a subject's current name in its list; `None` when it is in no list.
    pub async fn find_name(&self, kind: &str, id: &str) -> Result<Option<String>, StoreError> {
        let named = match kind {
            "contractor" => "select name from contractors where id = $1",
            "contract" => "select title from contracts where id = $1",
            "requisition" => "select title from requisitions where id = $1",
            _ => return Ok(None),
        };
        Ok(with_reader!(self, |pool| sqlx::query_scalar(named).bind(id).fetch_optional(pool).await?))
    }
}
