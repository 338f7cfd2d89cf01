//! Imports: messages with all their attempts, and refused requests, stored once however often they are imported.

use super::Log;
use super::refused::{MINUTE, QUARANTINE, TOTAL, minute, plausibility_of};
use crate::store::{Pool, Store, StoreError};
use bytes::Bytes;
use domain::event::{EventType, Mode};
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::Timestamp;

/// An HTTP request that carried a message elsewhere.
#[derive(Clone, Debug)]
pub struct ImportedRequest {
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The signed timestamp.
    pub sent_at: Timestamp,
    /// JSON, `[["name","value"],…]`, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// The fingerprint of the matching secret, or of the one that is said to match.
    pub signed_with: Option<String>,
    /// `None` if the signature was checked.
    pub imported_from: Option<ImportSource>,
    /// The body.
    pub body: Bytes,
}

/// A message with every request that carried it.
#[derive(Clone, Debug)]
pub struct ImportedMessage {
    /// The endpoint's name.
    pub endpoint: String,
    /// Svix's id.
    pub message_id: String,
    /// Time of the event.
    pub occurred_at: Timestamp,
    /// The source of that time.
    pub occurred_from: TimeOrigin,
    /// The event type that the body states.
    pub event_type: Option<EventType>,
    /// Live, test or sample.
    pub mode: Option<Mode>,
    /// `Stored` or `Unreadable`.
    pub outcome: Outcome,
    /// The reason why it could not be parsed.
    pub reason: Option<String>,
    /// The requests, oldest first; never empty. Of a message that is known here, those that are missing become further
    /// attempts.
    pub requests: Vec<ImportedRequest>,
    /// Whether a message that is known here stays as it is.
    pub only_if_unknown: bool,
}

/// A request that was refused elsewhere.
#[derive(Clone, Debug)]
pub struct ImportedRefusal {
    /// The endpoint's name.
    pub endpoint: String,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The code of the refusal.
    pub code: String,
    /// The reason, a sentence for people.
    pub reason: String,
    /// The message id it claims.
    pub message_id: Option<String>,
    /// JSON, secrets masked.
    pub headers: String,
    /// The sender's address.
    pub remote: Option<String>,
    /// The beginning of the body.
    pub body: Bytes,
    /// Length of the whole body in bytes, if known.
    pub body_length: Option<u64>,
    /// Its number among equal requests of the same import, from 1: so many of them are stored afterwards.
    pub copy: i64,
}

/// What is imported at once.
#[derive(Clone, Debug)]
pub enum Imported {
    /// A genuine message.
    Message(ImportedMessage),
    /// A refused request.
    Refusal(ImportedRefusal),
}

/// What an import changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New messages.
    pub messages: u64,
    /// New further attempts.
    pub attempts: u64,
    /// New refused requests.
    pub refused: u64,
    /// Of the new messages and attempts, those whose signature was not checked.
    pub unchecked: u64,
    /// Messages and attempts that were here unchecked, and are checked now.
    pub confirmed: u64,
    /// Messages and refused requests of which nothing was new.
    pub known: u64,
}

impl std::ops::AddAssign for ImportCounts {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.attempts += other.attempts;
        self.refused += other.refused;
        self.unchecked += other.unchecked;
        self.confirmed += other.confirmed;
        self.known += other.known;
    }
}

/// A stored request of a message.
#[derive(sqlx::FromRow)]
struct StoredRequest {
    seq: i64,
    is_first: bool,
    received_at: i64,
    sent_at: i64,
    headers: String,
    remote: Option<String>,
    imported_from: Option<String>,
    /// `None` for the body of the first.
    body: Option<Vec<u8>>,
}

/// What to do about one request of a message.
enum Step<'a> {
    /// It is stored as a new message or attempt.
    Store(&'a ImportedRequest),
    /// The stored one, at this number, loses its mark.
    Confirm { seq: i64, is_first: bool, request: &'a ImportedRequest },
}

impl ImportedMessage {
    /// Compares the requests with those that are stored. Of equal ones as many are stored as the import has.
    fn steps(&self, stored: &[StoredRequest]) -> Vec<Step<'_>> {
        if self.only_if_unknown && !stored.is_empty() {
            return Vec::new();
        }
        let first = stored.iter().find(|one| one.is_first).and_then(|one| one.body.as_deref()).unwrap_or_default();
        let mut left: Vec<&StoredRequest> = stored.iter().collect();
        let mut steps = Vec::new();
        for request in &self.requests {
            let is_same = |one: &&StoredRequest| {
                one.received_at == request.received_at.as_millisecond()
                    && one.sent_at == request.sent_at.as_millisecond()
                    && one.headers == request.headers
                    && one.remote == request.remote
                    && one.body.as_deref().unwrap_or(first) == request.body.as_ref()
            };
            let Some(place) = left.iter().position(is_same) else {
                steps.push(Step::Store(request));
                continue;
            };
            let StoredRequest { seq, is_first, imported_from, .. } = left.remove(place);
            if imported_from.is_some() && request.imported_from.is_none() {
                steps.push(Step::Confirm { seq: *seq, is_first: *is_first, request });
            }
        }
        steps
    }
}

/// Locks the row of the last number until the commit, as every writer does.
const LOCK: &str = "update log_head set seq = seq where id = 1 returning seq";
const ADVANCE: &str = "update log_head set seq = $1 where id = 1";
const REQUESTS: &str = "select seq, (1 = 1) as is_first, received_at, sent_at, headers, remote, imported_from, body \
    from messages where endpoint = $1 and message_id = $2 union all \
    select seq, (1 = 0), received_at, sent_at, headers, remote, imported_from, body \
    from attempts where endpoint = $1 and message_id = $2 order by seq";
const MESSAGE: &str = "insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, \
    event_type, mode, outcome, reason, headers, remote, signed_with, body, imported_from) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const ATTEMPT: &str = "insert into attempts (seq, endpoint, message_id, received_at, sent_at, same_body, headers, remote, \
    body, imported_from) \
    select $1, $2, $3, $4, $5, m.body = $6, $7, $8, case when m.body = $6 then null else $6 end, $9 \
    from messages m where m.endpoint = $2 and m.message_id = $3";
const CONFIRM_MESSAGE: &str = "update messages set imported_from = null, signed_with = $2 where seq = $1";
const CONFIRM_ATTEMPT: &str = "update attempts set imported_from = null where seq = $1";
const EQUAL_REFUSED: &str = "select count(*) from quarantine where endpoint = $1 and received_at = $2 and code = $3 \
    and reason = $4 and message_id is not distinct from $5 and headers = $6 and remote is not distinct from $7 \
    and body = $8 and body_length is not distinct from $9";

/// Compiles the import of a message for the driver of the transaction. Returns nothing; adds to `$counts` and `$seq`.
macro_rules! import_message {
    ($transaction:expr, $message:expr, $seq:expr, $counts:expr) => {{
        let message: &ImportedMessage = $message;
        let stored: Vec<StoredRequest> = sqlx::query_as(REQUESTS)
            .bind(message.endpoint.as_str())
            .bind(message.message_id.as_str())
            .fetch_all(&mut *$transaction)
            .await?;
        let mut is_known = !stored.is_empty();
        let steps = message.steps(&stored);
        $counts.known += u64::from(steps.is_empty());
        for step in steps {
            let request = match step {
                Step::Confirm { seq, is_first, request } => {
                    $counts.confirmed += 1;
                    if is_first {
                        let confirm = sqlx::query(CONFIRM_MESSAGE).bind(seq).bind(request.signed_with.as_deref());
                        confirm.execute(&mut *$transaction).await?;
                    } else {
                        sqlx::query(CONFIRM_ATTEMPT).bind(seq).execute(&mut *$transaction).await?;
                    }
                    continue;
                }
                Step::Store(request) => request,
            };
            $seq += 1;
            $counts.unchecked += u64::from(request.imported_from.is_some());
            let imported_from = request.imported_from.map(ImportSource::as_str);
            if is_known {
                $counts.attempts += 1;
                sqlx::query(ATTEMPT)
                    .bind($seq)
                    .bind(message.endpoint.as_str())
                    .bind(message.message_id.as_str())
                    .bind(request.received_at.as_millisecond())
                    .bind(request.sent_at.as_millisecond())
                    .bind(request.body.as_ref())
                    .bind(request.headers.as_str())
                    .bind(request.remote.as_deref())
                    .bind(imported_from)
                    .execute(&mut *$transaction)
                    .await?;
                continue;
            }
            is_known = true;
            $counts.messages += 1;
            sqlx::query(MESSAGE)
                .bind($seq)
                .bind(message.endpoint.as_str())
                .bind(message.message_id.as_str())
                .bind(request.received_at.as_millisecond())
                .bind(request.sent_at.as_millisecond())
                .bind(message.occurred_at.as_millisecond())
                .bind(message.occurred_from.as_str())
                .bind(message.event_type.as_ref().map(EventType::as_str))
                .bind(message.mode.map(Mode::as_str))
                .bind(message.outcome.as_str())
                .bind(message.reason.as_deref())
                .bind(request.headers.as_str())
                .bind(request.remote.as_deref())
                .bind(request.signed_with.as_deref())
                .bind(request.body.as_ref())
                .bind(imported_from)
                .execute(&mut *$transaction)
                .await?;
        }
    }};
}

/// The same for a refused request. The bounds of the quarantine are applied with the next request that is refused here.
macro_rules! import_refusal {
    ($transaction:expr, $refusal:expr, $seq:expr, $counts:expr) => {{
        let refusal: &ImportedRefusal = $refusal;
        let received_at = refusal.received_at.as_millisecond();
        let body_length = refusal.body_length.map(|length| i64::try_from(length).unwrap_or(i64::MAX));
        let equal: i64 = sqlx::query_scalar(EQUAL_REFUSED)
            .bind(refusal.endpoint.as_str())
            .bind(received_at)
            .bind(refusal.code.as_str())
            .bind(refusal.reason.as_str())
            .bind(refusal.message_id.as_deref())
            .bind(refusal.headers.as_str())
            .bind(refusal.remote.as_deref())
            .bind(refusal.body.as_ref())
            .bind(body_length)
            .fetch_one(&mut *$transaction)
            .await?;
        if equal >= refusal.copy {
            $counts.known += 1;
        } else {
            $seq += 1;
            $counts.refused += 1;
            let size = refusal.body.len() + refusal.headers.len();
            sqlx::query(QUARANTINE)
                .bind($seq)
                .bind(refusal.endpoint.as_str())
                .bind(received_at)
                .bind(refusal.code.as_str())
                .bind(refusal.reason.as_str())
                .bind(refusal.message_id.as_deref())
                .bind(refusal.headers.as_str())
                .bind(refusal.remote.as_deref())
                .bind(refusal.body.as_ref())
                .bind(i64::try_from(size).unwrap_or(i64::MAX))
                .bind(body_length)
                .bind(i64::try_from(plausibility_of(&refusal.code)).unwrap_or_default())
                .execute(&mut *$transaction)
                .await?;
            let total = sqlx::query(TOTAL).bind(refusal.endpoint.as_str()).bind(refusal.code.as_str()).bind(1_i64);
            total.execute(&mut *$transaction).await?;
            let by_minute = sqlx::query(MINUTE).bind(minute(refusal.received_at)).bind(refusal.endpoint.as_str());
            by_minute.bind(1_i64).execute(&mut *$transaction).await?;
        }
    }};
}

/// A whole batch within a transaction, which it commits.
macro_rules! import_batch {
    ($transaction:expr, $batch:expr) => {{
        let last: i64 = sqlx::query_scalar(LOCK).fetch_one(&mut *$transaction).await?;
        let (mut seq, mut counts) = (last, ImportCounts::default());
        for one in $batch {
            match one {
                Imported::Message(message) => import_message!($transaction, message, seq, counts),
                Imported::Refusal(refusal) => import_refusal!($transaction, refusal, seq, counts),
            }
        }
        if seq > last {
            sqlx::query(ADVANCE).bind(seq).execute(&mut *$transaction).await?;
        }
        $transaction.commit().await?;
        counts
    }};
}

impl Store {
    /// Imports a batch in one transaction; returns after its commit. What is stored already stays as it is, and new
    /// sequence numbers follow the order of the batch. Other writers wait meanwhile, so it should be short.
    pub async fn import(&self, batch: &[Imported]) -> Result<ImportCounts, StoreError> {
        let counts = match &self.pool {
            Pool::Sqlite { write, write_lock, .. } => {
                let _guard = write_lock.lock().await;
                let mut transaction = write.begin_with("begin immediate").await?;
                import_batch!(transaction, batch)
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                if batch.iter().any(|one| matches!(one, Imported::Refusal(_))) {
                    // Their counters are locked in the order of those who refuse requests.
                    sqlx::query(super::postgres::ONE_AT_A_TIME).execute(&mut *transaction).await?;
                }
                import_batch!(transaction, batch)
            }
        };
        if let Log::Sqlite { files, .. } = &*self.log {
            files.check()?;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests;
