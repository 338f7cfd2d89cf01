//! Requests with everything that a search looks at, a bounded number of bytes at a time.

use super::{Delivery, DeliveryQuery};
use crate::store::statement::{Statement, fetch_all, row};
use crate::store::{Store, StoreError};
use std::collections::HashMap;

/// Maximum number of bytes of headers and bodies read at once, unless a single request has more.
const MAX_BYTES: i64 = 8 << 20;

row! {
    /// What a search looks at in one request, besides its row.
    pub struct Content {
        /// The sequence number in the log.
        pub seq: i64,
        /// JSON `[[name, value], …]`
        pub headers: String,
        /// The exact bytes; for a further attempt with the same body, those of the first; `None` for a refused request.
        pub body: Option<Vec<u8>>,
        /// The number of attempts of its message so far; `None` for a refused request.
        pub attempts: Option<i64>,
    }
}

/// Consecutive requests of a list.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The rows, in the order of [`Store::list_deliveries`].
    pub rows: Vec<Delivery>,
    /// Their contents, by sequence number. That of a refused request is missing if it was let go meanwhile.
    pub contents: HashMap<i64, Content>,
    /// Whether no more follow.
    pub is_last: bool,
}

const OF_MESSAGES: &str = "select r.seq, r.headers, r.body, 1 + (select count(*) from attempts a where a.endpoint = r.endpoint \
                           and a.message_id = r.message_id) as attempts from messages r where r.seq";
const OF_ATTEMPTS: &str = " union all select r.seq, r.headers, coalesce(r.body, m.body), 1 + (select count(*) from attempts a \
                           where a.endpoint = r.endpoint and a.message_id = r.message_id) from attempts r \
                           join messages m on m.endpoint = r.endpoint and m.message_id = r.message_id where r.seq";
const OF_REFUSED: &str = " union all select seq, headers, null, null from quarantine where seq";

impl Store {
    /// Returns the first requests of a list with their contents: at least one, and no more than have 8 MiB together.
    pub async fn list_candidates(&self, query: &DeliveryQuery) -> Result<Candidates, StoreError> {
        let mut rows = self.list_deliveries(query).await?;
        if rows.is_empty() {
            return Ok(Candidates { rows, contents: HashMap::new(), is_last: true });
        }
        let mut is_last = i64::try_from(rows.len()).is_ok_and(|count| count < query.limit);
        let sizes: HashMap<i64, i64> = self.list_sizes(&rows).await?.into_iter().collect();
        let mut left = MAX_BYTES;
        let fit = rows.iter().take_while(|row| {
            left -= sizes.get(&row.seq).unwrap_or(&0);
            left >= 0
        });
        let fit = fit.count().max(1);
        is_last &= fit >= rows.len();
        rows.truncate(fit);
        let contents = self.list_contents(&rows).await?.into_iter().map(|content| (content.seq, content)).collect();
        Ok(Candidates { rows, contents, is_last })
    }

    /// Returns the bytes of headers and bodies, without reading them.
    async fn list_sizes(&self, rows: &[Delivery]) -> Result<Vec<(i64, i64)>, StoreError> {
        let seqs = || rows.iter().map(|row| row.seq);
        let mut select = Statement::new(
            "select seq, cast(octet_length(headers) + octet_length(body) as bigint) as size from messages where seq",
        );
        select.push_in(seqs()).push(
            " union all select r.seq, cast(octet_length(r.headers) + octet_length(coalesce(r.body, m.body)) as bigint) \
             from attempts r join messages m on m.endpoint = r.endpoint and m.message_id = r.message_id where r.seq",
        );
        select.push_in(seqs());
        fetch_all!(self, (i64, i64), select)
    }

    async fn list_contents(&self, rows: &[Delivery]) -> Result<Vec<Content>, StoreError> {
        let mut select = Statement::new("");
        for table in [OF_MESSAGES, OF_ATTEMPTS, OF_REFUSED] {
            select.push(table).push_in(rows.iter().map(|row| row.seq));
        }
        fetch_all!(self, Content, select)
    }
}
