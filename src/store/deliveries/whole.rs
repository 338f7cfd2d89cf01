//! Deliveries with everything stored of them, for exports.

use crate::store::statement::{Statement, fetch_all, row};
use crate::store::{Store, StoreError};

row! {
    /// A genuine message.
    pub struct MessageRow {
        /// The sequence number of its first attempt.
        pub seq: i64,
        /// The name of the endpoint.
        pub endpoint: String,
        /// Svix's id.
        pub message_id: String,
        /// Time of arrival, in milliseconds since 1970.
        pub received_at: i64,
        /// The signed timestamp, in milliseconds since 1970.
        pub sent_at: i64,
        /// Time of the event, in milliseconds since 1970.
        pub occurred_at: i64,
        /// `TimeOrigin::as_str`
        pub occurred_from: String,
        /// The event type that the message states.
        pub event_type: Option<String>,
        /// `live`, `test` or `sample`
        pub mode: Option<String>,
        /// `Outcome::as_str`
        pub outcome: String,
        /// The reason why it could not be parsed.
        pub reason: Option<String>,
        /// JSON `[[name, value], …]`, secrets masked.
        pub headers: String,
        /// The sender's address.
        pub remote: Option<String>,
        /// The fingerprint of the matching secret.
        pub signed_with: Option<String>,
        /// `ImportSource::as_str`, for an imported message whose signature was not checked.
        pub imported_from: Option<String>,
        /// The exact bytes.
        pub body: Vec<u8>,
    }
}

row! {
    /// A further attempt of a message.
    pub struct RepeatRow {
        /// The sequence number of the message's first attempt.
        pub message_seq: i64,
        /// Time of arrival, in milliseconds since 1970.
        pub received_at: i64,
        /// The signed timestamp, in milliseconds since 1970.
        pub sent_at: i64,
        /// JSON `[[name, value], …]`, secrets masked.
        pub headers: String,
        /// The sender's address.
        pub remote: Option<String>,
        /// `ImportSource::as_str`, for an imported attempt whose signature was not checked.
        pub imported_from: Option<String>,
        /// The exact bytes, where they differ from the message's.
        pub body: Option<Vec<u8>>,
    }
}

row! {
    /// A refused request.
    pub struct RefusedRow {
        /// The sequence number in the log.
        pub seq: i64,
        /// The name of the endpoint.
        pub endpoint: String,
        /// Time of arrival, in milliseconds since 1970.
        pub received_at: i64,
        /// The code of the refusal.
        pub code: String,
        /// The reason, a sentence.
        pub reason: String,
        /// The message id it claims.
        pub message_id: Option<String>,
        /// JSON `[[name, value], …]`, secrets masked.
        pub headers: String,
        /// The sender's address.
        pub remote: Option<String>,
        /// The beginning of the body.
        pub body: Vec<u8>,
        /// Length of the whole body, if known.
        pub body_length: Option<i64>,
    }
}

impl Store {
    /// Returns these messages, in order of sequence number.
    pub async fn list_whole_messages(&self, seqs: &[i64]) -> Result<Vec<MessageRow>, StoreError> {
        let mut select = Statement::new(
            "select seq, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, event_type, mode, \
             outcome, reason, headers, remote, signed_with, imported_from, body from messages where seq",
        );
        select.push_in(seqs.iter().copied()).push(" order by seq");
        fetch_all!(self, MessageRow, select)
    }

    /// Returns the further attempts of these messages up to a sequence number, in order of their own.
    pub async fn list_whole_repeats(&self, messages: &[i64], head: i64) -> Result<Vec<RepeatRow>, StoreError> {
        let mut select = Statement::new(
            "select m.seq as message_seq, a.received_at, a.sent_at, a.headers, a.remote, a.imported_from, a.body \
             from messages m join attempts a on a.endpoint = m.endpoint and a.message_id = m.message_id where m.seq",
        );
        select.push_in(messages.iter().copied()).push(" and a.seq <= ").bind(head).push(" order by a.seq");
        fetch_all!(self, RepeatRow, select)
    }

    /// Returns these refused requests, in order of sequence number. Those that were let go are missing.
    pub async fn list_whole_refused(&self, seqs: &[i64]) -> Result<Vec<RefusedRow>, StoreError> {
        let mut select = Statement::new(
            "select seq, endpoint, received_at, code, reason, message_id, headers, remote, body, body_length \
             from quarantine where seq",
        );
        select.push_in(seqs.iter().copied()).push(" order by seq");
        fetch_all!(self, RefusedRow, select)
    }

    /// Returns the smallest sequence number of a request that arrived at an instant or later; `None` if there is none.
    pub async fn find_first_since(&self, at: i64) -> Result<Option<i64>, StoreError> {
        let mut select = Statement::new("select min(seq) as seq from (select seq from messages where received_at >= ");
        select.bind(at).push(" union all select seq from attempts where received_at >= ").bind(at);
        select.push(" union all select seq from quarantine where received_at >= ").bind(at).push(") as arrived");
        Ok(fetch_all!(self, (Option<i64>,), select)?.pop().and_then(|(seq,)| seq))
    }
}
