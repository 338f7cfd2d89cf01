//! Lists of Svix's API: messages (`GET /api/v1/app/{app_id}/msg/`) and their attempts, a page or an entry at a time. Names
//! and forms are those of the models `MessageOut` and `MessageAttemptOut` of its public `OpenAPI` description.

use super::read::{BadLine, check_id};
use crate::ingest::moment::occurred;
use crate::store::log::{ImportedMessage, ImportedRequest};
use domain::event::label;
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// `status` of an attempt that its receiver answered with success.
const SUCCESS: u8 = 0;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageOut {
    id: String,
    timestamp: Timestamp,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageAttemptOut {
    msg_id: String,
    endpoint_id: String,
    timestamp: Timestamp,
    status: u8,
}

/// Returns the entries of a JSON value: of a page, of a list of pages or entries, or the value itself. A message within
/// an attempt is an entry of its own.
pub fn entries(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.into_iter().flat_map(entries).collect(),
        Value::Object(mut fields) => match fields.remove("data") {
            Some(Value::Array(items)) if !fields.contains_key("id") => items.into_iter().flat_map(entries).collect(),
            data => {
                fields.extend(data.map(|data| ("data".to_owned(), data)));
                let inner = fields.remove("msg").filter(Value::is_object);
                std::iter::once(Value::Object(fields)).chain(inner).collect()
            }
        },
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => vec![other],
    }
}

/// When messages were delivered to one endpoint.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// The endpoint of Svix, `ep_…`; `None` for the only one there is.
    only: Option<String>,
    /// Arrivals by message id, oldest first.
    arrivals: BTreeMap<String, BTreeSet<Timestamp>>,
    endpoints: BTreeSet<String>,
    failed: u64,
}

/// What an entry holds.
#[derive(Debug)]
pub enum Entry {
    /// A message.
    Message(Box<ImportedMessage>),
    /// A message whose payload the list does not have, because it has expired or was not asked for.
    WithoutPayload,
    /// An attempt, which [`Deliveries::add`] has read.
    Attempt,
}

fn is_attempt(entry: &Value) -> bool {
    entry.get("msgId").is_some()
}

impl Deliveries {
    /// Counts attempts to one endpoint of Svix, or to the only one.
    pub fn of(only: Option<String>) -> Self {
        Self { only, ..Self::default() }
    }

    /// Reads an entry if it is an attempt. What it cannot read is left to [`Deliveries::read`] to report.
    pub fn add(&mut self, entry: &Value) {
        if !is_attempt(entry) {
            return;
        }
        let Ok(attempt) = MessageAttemptOut::deserialize(entry) else { return };
        let is_other = self.only.as_ref().is_some_and(|only| *only != attempt.endpoint_id);
        self.endpoints.insert(attempt.endpoint_id);
        if is_other {
            return;
        }
        if attempt.status == SUCCESS {
            self.arrivals.entry(attempt.msg_id).or_default().insert(attempt.timestamp);
        } else {
            self.failed += 1;
        }
    }

    /// Returns the endpoints of Svix, if there are several and none was chosen.
    pub fn undecided(&self) -> Option<Vec<&str>> {
        let is_open = self.only.is_none() && self.endpoints.len() > 1;
        is_open.then(|| self.endpoints.iter().map(String::as_str).collect())
    }

    /// Returns the number of attempts that were not delivered.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// Reads an entry as a message of this endpoint. It arrived with its first successful attempt, or, if none is listed,
    /// when it was made.
    pub fn read(&self, entry: Value, endpoint: &str) -> Result<Entry, BadLine> {
        let wrong = |error: serde_json::Error| BadLine(error.to_string());
        if is_attempt(&entry) {
            MessageAttemptOut::deserialize(&entry).map_err(wrong)?;
            return Ok(Entry::Attempt);
        }
        let is_message = entry.get("id").is_some() && entry.get("eventType").is_some();
        if !is_message {
            return Err(BadLine("it is neither a message nor an attempt of Svix’s API".to_owned()));
        }
        let message = MessageOut::deserialize(entry).map_err(wrong)?;
        check_id(&message.id)?;
        if has_no_content(&message.payload) {
            return Ok(Entry::WithoutPayload);
        }
        let body = bytes::Bytes::from(serde_json::to_vec(&message.payload).map_err(wrong)?);
        let made_at = milliseconds(message.timestamp);
        let arrivals = self.arrivals.get(&message.id);
        let arrivals: Vec<Timestamp> = arrivals.map_or_else(|| vec![made_at], |all| all.iter().copied().collect());
        let request = |at: Timestamp| ImportedRequest {
            received_at: milliseconds(at),
            sent_at: milliseconds(at),
            headers: "[]".to_owned(),
            remote: None,
            signed_with: None,
            imported_from: Some(ImportSource::Svix),
            body: body.clone(),
        };
        let label = label(&body);
        let (occurred_at, occurred_from) = occurred(&message.id, made_at);
        Ok(Entry::Message(Box::new(ImportedMessage {
            endpoint: endpoint.to_owned(),
            message_id: message.id,
            occurred_at,
            occurred_from,
            event_type: label.event_type,
            mode: label.mode,
            outcome: if label.unreadable.is_none() { Outcome::Stored } else { Outcome::Unreadable },
            reason: label.unreadable.map(|unreadable| unreadable.to_string()),
            requests: arrivals.into_iter().map(request).collect(),
            only_if_unknown: true,
        })))
    }
}

/// Returns whether a payload is none: `{"expired":true}` once it has expired, `{}` where no content was asked for.
fn has_no_content(payload: &Value) -> bool {
    let is_placeholder = |fields: &Map<String, Value>| {
        fields.is_empty() || fields.len() == 1 && fields.get("expired") == Some(&Value::Bool(true))
    };
    payload.is_null() || payload.as_object().is_some_and(is_placeholder)
}

/// Both databases keep whole milliseconds.
fn milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}
