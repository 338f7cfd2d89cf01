//! The export of deliveries: the requests that a filter and a search find, oldest first, with everything stored of them.

use super::delivery::{self, summary};
use super::search::{asked, is_match};
use super::{ApiError, StoreReadModel, answered};
use crate::blocking::spawn_blocking;
use crate::collation::whole_search_form;
use crate::store::deliveries::{DeliveryQuery, MessageRow, RefusedRow, RepeatRow};
use crate::store::{Store, StoreError, instant};
use crate::transfer::Exported;
use crate::transfer::line::{AttemptLine, ExportLine, FORMAT, Headers, MessageLine, RefusedLine, body_fields};
use app::view::delivery::DeliverySummary;
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use domain::query::search::{Context, Query, QueryError, conditions};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Maximum number of requests read at once.
const SLICE: i64 = 200;

/// How often a message is told of which several attempts are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Once, at the first of them.
    Once,
    /// At each of them.
    Each,
}

/// An export in progress.
#[derive(Clone, Debug)]
pub struct Export {
    store: Store,
    filter: DeliveryFilter,
    query: Option<Arc<Query>>,
    now: Timestamp,
    repeats: Repeats,
    position: i64,
    head: i64,
}

impl StoreReadModel {
    /// Begins an export of the requests after a sequence number, up to those that are stored now. The filter's cursor is
    /// ignored. The inner error is that of the search.
    pub async fn export_deliveries(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        after: i64,
    ) -> Result<Result<Export, QueryError>, ApiError> {
        answered("export_deliveries", Export::begin(&self.store, filter, now, after).await)
    }

    /// Returns the next requests of an export, of which there may be none so far; `None` at its end.
    pub async fn exported(&self, export: &mut Export) -> Result<Option<Vec<Exported>>, ApiError> {
        answered("export_deliveries", export.next().await)
    }
}

impl Export {
    /// Begins an export: see [`StoreReadModel::export_deliveries`].
    pub async fn begin(
        store: &Store,
        filter: &DeliveryFilter,
        now: Timestamp,
        after: i64,
    ) -> Result<Result<Self, QueryError>, StoreError> {
        let filter = DeliveryFilter { before: None, ..filter.clone() };
        let head = store.last_seq().await?;
        let query = match asked(store, &filter, head).await? {
            None => None,
            Some(Ok(query)) => Some(Arc::new(query)),
            Some(Err(error)) => return Ok(Err(error)),
        };
        let (store, repeats, position) = (store.clone(), Repeats::Once, after.max(0));
        Ok(Ok(Self { store, filter, query, now, repeats, position, head }))
    }

    /// Tells a message at each of its attempts that are found.
    #[must_use]
    pub fn with_each_repeat(self) -> Self {
        Self { repeats: Repeats::Each, ..self }
    }

    /// Returns the sequence number up to which it has looked, and the one at which it ends.
    pub fn progress(&self) -> (i64, i64) {
        (self.position.min(self.head), self.head)
    }

    /// Moves its end to the newest request.
    pub async fn follow(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.head = self.store.last_seq().await?;
        self.now = now;
        Ok(())
    }

    /// Looks at the next few hundred requests, or at fewer that have several megabytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Exported>>, StoreError> {
        if self.position >= self.head {
            return Ok(None);
        }
        let wanted = DeliveryQuery {
            conditions: self.query.as_ref().map(|query| conditions(query, self.now)).unwrap_or_default(),
            since: Some(self.position),
            ..delivery::wanted(&self.filter, self.head, SLICE)
        };
        let slice = self.look(&wanted).await?;
        let mut found = slice.found;
        if self.repeats == Repeats::Once {
            let firsts = self.firsts(&found).await?;
            found.retain(|(row, message)| message.is_none_or(|message| firsts.get(&message) == Some(&row.seq)));
        }
        let exported = self.with_lines(found).await?;
        self.position = slice.last.filter(|_| !slice.is_last).unwrap_or(self.head);
        Ok(Some(exported))
    }

    /// Returns the requests of the next slice that match, with the sequence numbers of their messages.
    async fn look(&self, wanted: &DeliveryQuery) -> Result<Slice, StoreError> {
        let slice = self.store.list_candidates(wanted).await?;
        let seqs = slice.rows.iter().filter_map(|row| row.message_seq).collect();
        let about = delivery::about(&self.store, seqs).await?;
        let (query, now) = (self.query.clone(), self.now);
        spawn_blocking(move || {
            let context = Context { now, fold: &whole_search_form };
            let (last, is_last) = (slice.rows.last().map(|row| row.seq), slice.is_last);
            let mut found = Vec::new();
            for row in slice.rows {
                let message_seq = row.message_seq;
                let content = slice.contents.get(&row.seq);
                let row = summary(row, &about)?;
                let fits = match (&query, content) {
                    (None, content) => content.is_some(),
                    (Some(query), Some(content)) => is_match(query, &row, content, &context),
                    (Some(_), None) => false,
                };
                if fits {
                    found.push((row, message_seq));
                }
            }
            Ok(Slice { found, last, is_last })
        })
        .await
    }

    /// Returns the number of the first request of each message that is found.
    async fn firsts(&self, found: &[(DeliverySummary, Option<i64>)]) -> Result<BTreeMap<i64, i64>, StoreError> {
        let of_messages = found.iter().filter_map(|(row, message)| Some((row.seq, (*message)?)));
        // Nothing of a message comes before itself.
        let mut firsts: BTreeMap<i64, i64> =
            of_messages.clone().filter(|(seq, message)| seq == message).map(|(seq, _)| (seq, seq)).collect();
        let repeats = of_messages.clone().filter(|(_, message)| !firsts.contains_key(message));
        let open: BTreeSet<i64> = repeats.map(|(_, message)| message).collect();
        if open.is_empty() {
            return Ok(firsts);
        }
        if self.query.is_none() && self.filter.filters().is_empty() {
            // Everything is found, and so was each of these messages.
            firsts.extend(open.into_iter().map(|message| (message, message)));
            return Ok(firsts);
        }
        let last = of_messages.map(|(seq, _)| seq).max().unwrap_or_default();
        let mut wanted = DeliveryQuery {
            messages: Some(open.into_iter().collect()),
            since: Some(0),
            ..delivery::wanted(&self.filter, last, SLICE)
        };
        loop {
            let slice = self.look(&wanted).await?;
            for (row, message) in slice.found {
                if let Some(message) = message {
                    firsts.entry(message).or_insert(row.seq);
                }
            }
            match slice.last.filter(|_| !slice.is_last) {
                Some(last) => wanted.since = Some(last),
                None => return Ok(firsts),
            }
        }
    }

    /// Reads everything stored of these requests.
    async fn with_lines(&self, found: Vec<(DeliverySummary, Option<i64>)>) -> Result<Vec<Exported>, StoreError> {
        let mut messages: Vec<i64> = found.iter().filter_map(|(_, message)| *message).collect();
        messages.sort_unstable();
        messages.dedup();
        let is_refused = |row: &DeliverySummary| row.outcome == Outcome::Refused;
        let refused: Vec<i64> = found.iter().filter(|(row, _)| is_refused(row)).map(|(row, _)| row.seq).collect();
        let mut lines = BTreeMap::new();
        if !messages.is_empty() {
            for row in self.store.list_whole_messages(&messages).await? {
                lines.insert(row.seq, ExportLine::Message(Box::new(message_line(row)?)));
            }
            for row in self.store.list_whole_repeats(&messages, self.head).await? {
                if let Some(ExportLine::Message(line)) = lines.get_mut(&row.message_seq) {
                    line.attempts.push(attempt_line(row)?);
                }
            }
        }
        if !refused.is_empty() {
            for row in self.store.list_whole_refused(&refused).await? {
                lines.insert(row.seq, ExportLine::Refused(Box::new(refused_line(row)?)));
            }
        }
        let exported = found.into_iter().filter_map(|(row, message)| {
            // A refused request may have been let go meanwhile.
            let mut line = lines.get(&message.unwrap_or(row.seq))?.clone();
            match &mut line {
                ExportLine::Message(line) => line.seq = Some(row.seq),
                ExportLine::Refused(line) => line.seq = Some(row.seq),
            }
            Some(Exported { row, line })
        });
        Ok(exported.collect())
    }
}

/// Requests looked at.
struct Slice {
    /// Those that match, with the sequence number of the message of each; `None` for a refused request.
    found: Vec<(DeliverySummary, Option<i64>)>,
    /// The sequence number of the last one looked at.
    last: Option<i64>,
    /// Whether no more follow.
    is_last: bool,
}

/// Reads stored headers. Only this program writes them; if they are unreadable all the same, the rest is still exported.
fn headers(stored: &str) -> Headers {
    serde_json::from_str(stored).unwrap_or_default()
}

fn message_line(row: MessageRow) -> Result<MessageLine, StoreError> {
    let (body, body_base64) = body_fields(row.body);
    Ok(MessageLine {
        format: FORMAT,
        seq: None,
        outcome: row.outcome,
        endpoint: row.endpoint,
        message_id: row.message_id,
        event_type: row.event_type,
        mode: row.mode,
        reason: row.reason,
        occurred_at: instant(row.occurred_at)?,
        occurred_from: row.occurred_from,
        received_at: instant(row.received_at)?,
        sent_at: instant(row.sent_at)?,
        signed_with: row.signed_with,
        imported_from: row.imported_from,
        remote: row.remote,
        headers: headers(&row.headers),
        body,
        body_base64,
        attempts: Vec::new(),
    })
}

fn attempt_line(row: RepeatRow) -> Result<AttemptLine, StoreError> {
    let (body, body_base64) = row.body.map(body_fields).unwrap_or_default();
    Ok(AttemptLine {
        received_at: instant(row.received_at)?,
        sent_at: instant(row.sent_at)?,
        imported_from: row.imported_from,
        remote: row.remote,
        headers: headers(&row.headers),
        body,
        body_base64,
    })
}

fn refused_line(row: RefusedRow) -> Result<RefusedLine, StoreError> {
    let (body, body_base64) = body_fields(row.body);
    Ok(RefusedLine {
        format: FORMAT,
        seq: None,
        outcome: Outcome::Refused.as_str().to_owned(),
        endpoint: row.endpoint,
        message_id: row.message_id,
        code: row.code,
        reason: row.reason,
        received_at: instant(row.received_at)?,
        remote: row.remote,
        headers: headers(&row.headers),
        body,
        body_base64,
        body_length: row.body_length.and_then(|length| u64::try_from(length).ok()),
    })
}
