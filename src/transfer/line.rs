//! The lines of an export: one JSON object for each message with its attempts, or for each refused request.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the format. A change that older readers would misread raises it.
pub const FORMAT: u32 = 1;

/// Names and values, in order of name.
pub type Headers = Vec<(String, String)>;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportLine {
    /// A genuine message.
    Message(Box<MessageLine>),
    /// A refused request.
    Refused(Box<RefusedLine>),
}

/// A message as it first arrived, and its further attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageLine {
    /// [`FORMAT`]
    pub format: u32,
    /// The sequence number at which the export found it, from which the next part of the export goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// `stored` or `unreadable`
    pub outcome: String,
    /// The name of the endpoint.
    pub endpoint: String,
    /// Svix's id.
    pub message_id: String,
    /// The event type that the body states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// `live`, `test` or `sample`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The reason why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time of the event.
    pub occurred_at: Timestamp,
    /// `TimeOrigin::as_str`
    pub occurred_from: String,
    /// Time of the first arrival.
    pub received_at: Timestamp,
    /// The signed timestamp.
    pub sent_at: Timestamp,
    /// The fingerprint of the secret that signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_with: Option<String>,
    /// `ImportSource::as_str`, if it was imported and its signature was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_from: Option<String>,
    /// The sender's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// As received, secrets masked.
    pub headers: Headers,
    /// The body, if it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The body in base64 otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// Further attempts, in the order in which they were stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptLine>,
}

/// A further attempt of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptLine {
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The signed timestamp.
    pub sent_at: Timestamp,
    /// `ImportSource::as_str`, if it was imported and its signature was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_from: Option<String>,
    /// The sender's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// As received, secrets masked.
    pub headers: Headers,
    /// Its body, if it is UTF-8 and another than the message's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Its body in base64, if it is not UTF-8 and another than the message's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
}

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedLine {
    /// [`FORMAT`]
    pub format: u32,
    /// The sequence number, from which the next part of the export goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// `refused`
    pub outcome: String,
    /// The name of the endpoint.
    pub endpoint: String,
    /// The message id it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The step at which it failed.
    pub code: String,
    /// The reason, a sentence.
    pub reason: String,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// The sender's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// As received, secrets masked.
    pub headers: Headers,
    /// The beginning of the body, if it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The beginning of the body in base64 otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// Length of the whole body in bytes, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_length: Option<u64>,
}

impl ExportLine {
    /// Appends the object and a line break.
    pub fn write_to(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Message(line) => serde_json::to_writer(&mut *out, line)?,
            Self::Refused(line) => serde_json::to_writer(&mut *out, line)?,
        }
        out.push(b'\n');
        Ok(())
    }
}

/// Returns bytes as the fields `body` and `body_base64`, of which one is set.
pub fn body_fields(bytes: Vec<u8>) -> (Option<String>, Option<String>) {
    match String::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(bytes) => (None, Some(BASE64_STANDARD.encode(bytes.as_bytes()))),
    }
}
