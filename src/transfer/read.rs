//! Lines of exports, read for an import: what is wrong with them, and whether their signatures fit.

use super::line::{AttemptLine, FORMAT, Headers, MessageLine, RefusedLine};
use crate::ingest::quarantine::mask;
use crate::ingest::signature::{SigningKey, verify};
use crate::store::log::{Imported, ImportedMessage, ImportedRefusal, ImportedRequest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use domain::event::label;
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Maximum length of a message id in bytes, as for a request.
const MAX_ID_LENGTH: usize = 256;

/// Maximum length of the name of an endpoint, as in the configuration.
const MAX_ENDPOINT_LENGTH: usize = 64;

/// Maximum length of a code, an address or a reason in bytes.
const MAX_TEXT_LENGTH: usize = 2_048;

/// Why a line is not imported: words that continue "line 7: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadLine(pub String);

fn bad<T>(what: impl Into<String>) -> Result<T, BadLine> {
    Err(BadLine(what.into()))
}

impl From<serde_json::Error> for BadLine {
    fn from(error: serde_json::Error) -> Self {
        // Each line is parsed alone, so its number here is always 1.
        let text = error.to_string();
        let what = text.split(" at line 1 column ").next().unwrap_or_default();
        Self(format!("{what} (at byte {})", error.column()))
    }
}

/// What is known here of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct KnownEndpoint {
    /// Its signing keys.
    pub keys: Vec<SigningKey>,
    /// The name of its additional header, which is a credential.
    pub secret_header: Option<String>,
}

/// Reads the lines of one import.
#[derive(Debug, Default)]
pub struct LineReader {
    endpoints: BTreeMap<String, KnownEndpoint>,
    /// The sequence numbers of refused requests by the digest of their content. The quarantine bounds their number.
    refused: HashMap<[u8; 32], Vec<Option<i64>>>,
}

/// What every line has.
#[derive(Deserialize)]
struct Head {
    format: u32,
    outcome: String,
}

impl LineReader {
    /// Creates a reader that checks signatures with these keys.
    pub fn new(endpoints: BTreeMap<String, KnownEndpoint>) -> Self {
        Self { endpoints, refused: HashMap::new() }
    }

    /// Reads one line.
    pub fn read(&mut self, line: &[u8]) -> Result<Imported, BadLine> {
        let Head { format, outcome } = serde_json::from_slice(line)?;
        if format != FORMAT {
            return bad(format!("its format is {format}, and only {FORMAT} is known here"));
        }
        match Outcome::parse(&outcome) {
            Some(Outcome::Stored | Outcome::Unreadable) => {
                self.message(serde_json::from_slice(line)?).map(Imported::Message)
            }
            Some(Outcome::Refused) => self.refusal(serde_json::from_slice(line)?).map(Imported::Refusal),
            Some(Outcome::Duplicate) | None => bad("its outcome is none of stored, unreadable and refused"),
        }
    }

    fn message(&self, line: MessageLine) -> Result<ImportedMessage, BadLine> {
        check_endpoint(&line.endpoint)?;
        check_id(&line.message_id)?;
        let occurred_from = TimeOrigin::parse(&line.occurred_from);
        if occurred_from.as_str() != line.occurred_from {
            return bad("its occurred_from is no origin of a time");
        }
        let body = match body_of(line.body, line.body_base64)? {
            Some(body) => Bytes::from(body),
            None => return bad("it has neither body nor body_base64"),
        };
        let label = label(&body);
        let mut requests = Vec::with_capacity(1 + line.attempts.len());
        let first = AttemptLine {
            received_at: line.received_at,
            sent_at: line.sent_at,
            imported_from: line.imported_from,
            remote: line.remote,
            headers: line.headers,
            body: None,
            body_base64: None,
        };
        let (endpoint, message_id) = (line.endpoint, line.message_id);
        requests.push(self.request(&endpoint, &message_id, first, &body, line.signed_with)?);
        for attempt in line.attempts {
            requests.push(self.request(&endpoint, &message_id, attempt, &body, None)?);
        }
        Ok(ImportedMessage {
            endpoint,
            message_id,
            occurred_at: whole_milliseconds(line.occurred_at)?,
            occurred_from,
            event_type: label.event_type,
            mode: label.mode,
            outcome: if label.unreadable.is_none() { Outcome::Stored } else { Outcome::Unreadable },
            reason: label.unreadable.map(|unreadable| unreadable.to_string()),
            requests,
            only_if_unknown: false,
        })
    }

    /// Reads one request, and checks its signature. `claimed` is the fingerprint of the secret that is said to fit.
    fn request(
        &self,
        endpoint: &str,
        message_id: &str,
        line: AttemptLine,
        first_body: &Bytes,
        claimed: Option<String>,
    ) -> Result<ImportedRequest, BadLine> {
        let body = body_of(line.body, line.body_base64)?.map_or_else(|| first_body.clone(), Bytes::from);
        let source = match &line.imported_from {
            None => ImportSource::Junoscope,
            Some(word) => match ImportSource::parse(word) {
                Some(source) => source,
                None => return bad("its imported_from is none of junoscope and svix"),
            },
        };
        for text in [&line.remote, &claimed] {
            check_text(text.as_deref().unwrap_or_default())?;
        }
        let known = self.endpoints.get(endpoint);
        let headers = masked(line.headers, known)?;
        let header = |name: &str| headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_bytes());
        let keys = known.map(|known| known.keys.as_slice()).unwrap_or_default();
        let (received_at, sent_at) = (whole_milliseconds(line.received_at)?, whole_milliseconds(line.sent_at)?);
        let (signed_with, imported_from) = match verify(header, &body, keys, received_at) {
            Ok(verified) if verified.id != message_id => return bad("its message_id is not the one that was signed"),
            Ok(verified) if verified.sent_at.as_second() != sent_at.as_second() => {
                return bad("its sent_at is not the time that was signed");
            }
            Ok(verified) => (Some(verified.fingerprint), None),
            Err(_) if claimed.as_ref().is_some_and(|claimed| keys.iter().any(|key| key.fingerprint() == claimed)) => {
                return bad("its bytes do not fit the signature: they were altered");
            }
            Err(_) => (claimed, Some(source)),
        };
        Ok(ImportedRequest {
            received_at,
            sent_at,
            headers: serde_json::to_string(&headers)?,
            remote: line.remote,
            signed_with,
            imported_from,
            body,
        })
    }

    fn refusal(&mut self, line: RefusedLine) -> Result<ImportedRefusal, BadLine> {
        check_endpoint(&line.endpoint)?;
        if let Some(id) = &line.message_id {
            check_text(id)?;
        }
        let is_code = |code: &str| !code.is_empty() && code.bytes().all(|one| one.is_ascii_lowercase() || one == b'_');
        if !is_code(&line.code) || line.code.len() > MAX_ENDPOINT_LENGTH {
            return bad("its code is no lower-case word");
        }
        for text in [Some(&line.reason), line.remote.as_ref()].into_iter().flatten() {
            check_text(text)?;
        }
        let body = body_of(line.body, line.body_base64)?.unwrap_or_default();
        if line.body_length.is_some_and(|length| i64::try_from(length).is_err()) {
            return bad("its body_length is out of range");
        }
        let headers = serde_json::to_string(&masked(line.headers, self.endpoints.get(&line.endpoint))?)?;
        let received_at = whole_milliseconds(line.received_at)?;
        let content = serde_json::to_vec(&(
            (&line.endpoint, received_at.as_millisecond(), &line.code, &line.reason),
            (&line.message_id, &headers, &line.remote, &body, line.body_length),
        ))?;
        // Of equal requests with one number, which two overlapping exports have, one is stored.
        let seqs = self.refused.entry(Sha256::digest(&content).into()).or_default();
        let place = seqs.iter().position(|seq| seq.is_some() && *seq == line.seq).unwrap_or_else(|| {
            seqs.push(line.seq);
            seqs.len() - 1
        });
        Ok(ImportedRefusal {
            endpoint: line.endpoint,
            received_at,
            code: line.code,
            reason: line.reason,
            message_id: line.message_id,
            headers,
            remote: line.remote,
            body: body.into(),
            body_length: line.body_length,
            copy: i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1),
        })
    }
}

fn body_of(text: Option<String>, base64: Option<String>) -> Result<Option<Vec<u8>>, BadLine> {
    match (text, base64) {
        (Some(_), Some(_)) => bad("it has both body and body_base64"),
        (Some(text), None) => Ok(Some(text.into_bytes())),
        (None, Some(text)) => match BASE64_STANDARD.decode(text) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(_) => bad("its body_base64 is no base64"),
        },
        (None, None) => Ok(None),
    }
}

/// Both databases keep whole milliseconds.
fn whole_milliseconds(at: Timestamp) -> Result<Timestamp, BadLine> {
    Timestamp::from_millisecond(at.as_millisecond()).map_err(|_| BadLine("it has a time out of range".to_owned()))
}

fn masked(mut headers: Headers, known: Option<&KnownEndpoint>) -> Result<Headers, BadLine> {
    for (name, value) in &headers {
        if name.is_empty() || name.contains('\0') || value.contains('\0') {
            return bad("it has a header without a name, or with the character U+0000");
        }
    }
    mask(&mut headers, known.and_then(|known| known.secret_header.as_deref()));
    Ok(headers)
}

fn check_endpoint(name: &str) -> Result<(), BadLine> {
    let is_name = (1..=MAX_ENDPOINT_LENGTH).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_name { Ok(()) } else { bad("its endpoint is no name: letters, digits, - and _, at most 64 of them") }
}

/// Checks a message id, by the rules for requests.
pub(super) fn check_id(id: &str) -> Result<(), BadLine> {
    if id.is_empty() || id.len() > MAX_ID_LENGTH || id.chars().any(char::is_control) {
        return bad("its message_id is empty, too long or not printable");
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), BadLine> {
    if text.len() > MAX_TEXT_LENGTH || text.contains('\0') {
        return bad("it has a text that is too long, or that holds the character U+0000");
    }
    Ok(())
}
