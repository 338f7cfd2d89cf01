//! Queries of deliveries: genuine messages, their further attempts, and refused requests, read as one list.

mod candidates;
mod query;
mod whole;

pub use candidates::{Candidates, Content};
pub use query::DeliveryQuery;
pub use whole::{MessageRow, RefusedRow, RepeatRow};

use super::statement::{Statement, fetch_all, row};
use crate::store::{Store, StoreError, with_reader};
use domain::query::outcome::Outcome;

row! {
    /// A request, as a row of the delivery list.
    pub struct Delivery {
        /// The sequence number in the log.
        pub seq: i64,
        /// The name of the endpoint.
        pub endpoint: String,
        /// Time of arrival, in milliseconds since 1970.
        pub received_at: i64,
        /// `Outcome::as_str`
        pub outcome: String,
        /// The reason of a refusal or of a parse error.
        pub reason: Option<String>,
        /// The event type that the message states.
        pub event_type: Option<String>,
        /// `live` or `test`
        pub mode: Option<String>,
        /// Svix's id.
        pub message_id: Option<String>,
        /// Time of the event, in milliseconds since 1970.
        pub occurred_at: Option<i64>,
        /// The sequence number of the message's first attempt.
        pub message_seq: Option<i64>,
        /// Whether the body equals that of the first attempt.
        pub same_body: bool,
        /// The sender's address, of a refused request.
        pub remote: Option<String>,
        /// The code of a refusal.
        pub code: Option<String>,
    }
}

row! {
    /// The stored parts of one request, from whichever table.
    pub struct StoredRequest {
        /// JSON `[[name, value], …]`
        pub headers: String,
        /// The sender's address.
        pub remote: Option<String>,
        /// The exact bytes; for a further attempt with the same body, those of the first.
        pub body: Vec<u8>,
        /// The signed timestamp; `None` for a refused request.
        pub sent_at: Option<i64>,
        /// `TimeOrigin::as_str`
        pub occurred_from: Option<String>,
        /// Short fingerprint of the matching secret; first attempts only.
        pub signed_with: Option<String>,
        /// `ImportSource::as_str`, where its signature was not checked.
        pub imported_from: Option<String>,
        /// The code of a refusal.
        pub code: Option<String>,
        /// Length of a refused request's body, of which `body` is the beginning; `None` if unknown.
        pub body_length: Option<i64>,
    }
}

/// Maximum number of refused attempts listed per message, as anybody can send any number of them.
pub const MAX_REFUSED_ATTEMPTS: i64 = 200;

/// An attempt of a message.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptRow {
    /// The sequence number in the log.
    pub seq: i64,
    /// Time of arrival, in milliseconds since 1970.
    pub received_at: i64,
    /// The signed timestamp; `None` for a refused request.
    pub sent_at: Option<i64>,
    /// `Outcome::as_str`
    pub outcome: String,
    /// Whether the body equals that of the first; true for a refused request.
    pub same_body: bool,
    /// The reason of a refusal.
    pub reason: Option<String>,
    /// `ImportSource::as_str`, where its signature was not checked.
    pub imported_from: Option<String>,
}

row! {
    /// A subject that a message mentions, with its label in the lists.
    pub struct MentionedSubject {
        /// The sequence number of the message.
        pub seq: i64,
        /// `Subject::kind`
        pub kind: String,
        /// `Subject::id`
        pub subject_id: String,
        /// Whether the event is about this subject.
        pub is_own: bool,
        /// Its name or title, if known.
        pub label: Option<String>,
    }
}

const MESSAGE: &str = "select r.seq, r.endpoint, r.received_at, r.outcome, r.reason, r.event_type, r.mode, \
                       r.message_id, r.occurred_at, r.seq as message_seq, (1 = 1) as same_body, cast(null as text) as remote, \
                       cast(null as text) as code from messages r";
const ATTEMPT: &str = "select r.seq, r.endpoint, r.received_at, 'duplicate' as outcome, cast(null as text) as reason, \
                       m.event_type, m.mode, r.message_id, m.occurred_at, m.seq as message_seq, r.same_body, \
                       cast(null as text) as remote, cast(null as text) as code from attempts r";
/// Follows [`ATTEMPT`]: SQLite begins with the attempts, and not with all messages of a type.
const FROM_ATTEMPTS: &str = " cross join messages m where m.endpoint = r.endpoint and m.message_id = r.message_id";
/// The same, for a condition that names few messages, which the database begins with.
const FROM_MESSAGES: &str = ", messages m where m.endpoint = r.endpoint and m.message_id = r.message_id";
const REFUSED: &str = "select r.seq, r.endpoint, r.received_at, 'refused' as outcome, r.reason, \
                       cast(null as text) as event_type, cast(null as text) as mode, r.message_id, \
                       cast(null as bigint) as occurred_at, cast(null as bigint) as message_seq, \
                       (1 = 1) as same_body, r.remote, r.code from quarantine r";

impl Store {
    /// Returns the requests that a query admits, newest first; with `since`, oldest first.
    pub async fn list_deliveries(&self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        if query.is_impossible() {
            return Ok(Vec::new());
        }
        // Further attempts are no further messages, and lateness is defined for a message's first arrival only.
        let of_messages_only = query.once || query.is_late;
        let mut rows = match [Outcome::Stored, Outcome::Unreadable].map(|outcome| query.admits(outcome)) {
            [false, false] => Vec::new(),
            [true, true] => self.list_stored(query, None).await?,
            [is_stored, _] => {
                self.list_stored(query, Some(if is_stored { Outcome::Stored } else { Outcome::Unreadable })).await?
            }
        };
        if !of_messages_only && query.admits(Outcome::Duplicate) {
            rows.extend(self.list_repeats(query).await?);
        }
        if !of_messages_only && query.admits(Outcome::Refused) {
            rows.extend(self.list_refused(query).await?);
        }
        if query.since.is_some() {
            rows.sort_by_key(|row| row.seq);
        } else {
            rows.sort_by_key(|row| std::cmp::Reverse((row.received_at, row.seq)));
        }
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Returns first attempts; with `outcome`, only those that could be parsed, or only those that could not.
    async fn list_stored(&self, query: &DeliveryQuery, outcome: Option<Outcome>) -> Result<Vec<Delivery>, StoreError> {
        let mut select = Statement::new(MESSAGE);
        select.push(" where 1 = 1");
        if let Some(outcome) = outcome {
            select.push(" and r.outcome = ").bind(outcome.as_str());
        }
        query.of_messages(&mut select, "r.", &self.endpoints_if(query.spans_endpoints()).await?);
        query.of_requests(&mut select);
        Ok(fetch_all!(self, Delivery, select)?)
    }

    async fn list_repeats(&self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        let mut select = Statement::new(ATTEMPT);
        let names_messages = query.messages.is_some() || query.conditions.ids.is_some();
        select.push(if names_messages { FROM_MESSAGES } else { FROM_ATTEMPTS });
        query.of_messages(&mut select, "m.", &self.endpoints_if(query.conditions.ids.is_some()).await?);
        query.of_requests(&mut select);
        Ok(fetch_all!(self, Delivery, select)?)
    }

    /// Returns refused requests. They have no event type, mode or subject, so filters by these match none.
    async fn list_refused(&self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        if query.event_types.is_some() || query.mode.is_some() || query.messages.is_some() {
            return Ok(Vec::new());
        }
        let mut select = Statement::new(REFUSED);
        select.push(" where 1 = 1");
        if let Some(ids) = &query.conditions.ids {
            select.push(" and r.message_id in ").push_values(ids);
        }
        query.of_requests(&mut select);
        Ok(fetch_all!(self, Delivery, select)?)
    }

    async fn endpoints_if(&self, is_needed: bool) -> Result<Vec<String>, StoreError> {
        if is_needed { self.list_endpoints().await } else { Ok(Vec::new()) }
    }

    /// Returns one request by its sequence number, with everything stored of it.
    pub async fn find_delivery(&self, seq: i64) -> Result<Option<(Delivery, StoredRequest)>, StoreError> {
        let tables = [
            (
                MESSAGE,
                " where r.seq = ",
                "select headers, remote, body, sent_at, occurred_from, signed_with, imported_from, cast(null as text) as code, \
                 cast(null as bigint) as body_length from messages where seq = ",
            ),
            (
                ATTEMPT,
                ", messages m where m.endpoint = r.endpoint and m.message_id = r.message_id and r.seq = ",
                "select a.headers, a.remote, coalesce(a.body, m.body) as body, a.sent_at, m.occurred_from, \
                 cast(null as text) as signed_with, a.imported_from, cast(null as text) as code, \
                 cast(null as bigint) as body_length from attempts a join messages m \
                 on m.endpoint = a.endpoint and m.message_id = a.message_id where a.seq = ",
            ),
            (
                REFUSED,
                " where r.seq = ",
                "select headers, remote, body, cast(null as bigint) as sent_at, cast(null as text) as occurred_from, \
                 cast(null as text) as signed_with, cast(null as text) as imported_from, code, body_length \
                 from quarantine where seq = ",
            ),
        ];
        for (row, only, kept) in tables {
            let mut select = Statement::new(row);
            select.push(only).bind(seq);
            let Some(delivery) = fetch_all!(self, Delivery, select)?.pop() else { continue };
            let mut select = Statement::new(kept);
            select.bind(seq);
            // The quarantine may drop it between the two queries.
            return Ok(fetch_all!(self, StoredRequest, select)?.pop().map(|kept| (delivery, kept)));
        }
        Ok(None)
    }

    /// Returns every attempt of a message at one endpoint, oldest first: the genuine ones, and the newest
    /// [`MAX_REFUSED_ATTEMPTS`] of the refused requests that claim its id.
    pub async fn list_attempts(&self, endpoint: &str, message_id: &str) -> Result<Vec<AttemptRow>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_as(
                "select seq, received_at, sent_at, outcome, (1 = 1) as same_body, cast(null as text) as reason, \
                 imported_from from messages where endpoint = $1 and message_id = $2 union all \
                 select seq, received_at, sent_at, 'duplicate', same_body, null, imported_from from attempts \
                 where endpoint = $1 and message_id = $2 union all \
                 select seq, received_at, sent_at, outcome, same_body, reason, null from (select seq, received_at, \
                 cast(null as bigint) as sent_at, 'refused' as outcome, (1 = 1) as same_body, reason from quarantine \
                 where message_id = $2 and endpoint = $1 order by seq desc limit $3) as refused order by received_at, seq",
            )
            .bind(endpoint)
            .bind(message_id)
            .bind(MAX_REFUSED_ATTEMPTS)
            .fetch_all(pool)
            .await?
        }))
    }

    /// Returns the subjects that these messages mention, with labels from the list rows.
    pub async fn list_mentioned_subjects(&self, seqs: &[i64]) -> Result<Vec<MentionedSubject>, StoreError> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::new(
            "select n.seq, n.kind, n.subject_id, n.is_own, case n.kind \
             when 'contractor' then (select name from contractors where id = n.subject_id) \
             when 'contract' then (select title from contracts where id = n.subject_id) \
             when 'requisition' then (select title from requisitions where id = n.subject_id) \
             when 'hirer' then (select name from hirers where id = n.subject_id) end as label \
             from mentions n where n.seq in ",
        );
        select.push_values(seqs.iter().copied()).push(" order by n.seq, n.is_own desc, n.kind, n.subject_id");
        Ok(fetch_all!(self, MentionedSubject, select)?)
    }

    /// Returns the arrival of the newest genuine message.
    pub async fn find_last_received(&self) -> Result<Option<i64>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select max(received_at) from messages").fetch_one(pool).await?
        }))
    }

    /// Returns the sequence numbers of the newest parsed messages, without test mode.
    pub async fn list_newest_stored(&self, limit: i64) -> Result<Vec<i64>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar(
                "select seq from messages where outcome = 'stored' and (mode is null or mode = 'live') \
                 order by received_at desc, seq desc limit $1",
            )
            .bind(limit)
            .fetch_all(pool)
            .await?
        }))
    }
}
