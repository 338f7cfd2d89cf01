//! Sample requests, and searches with the names of the requests that each finds: one table for the evaluator and for
//! everything else that finds requests.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests are built with it")]

mod cases;
mod odd;

pub use cases::CASES;

use super::evaluate::{Context, Mention, Request};
use crate::event::{self, Mode};
use crate::id::Subject;
use crate::query::outcome::Outcome;
use jiff::{SignedDuration, Timestamp};

/// The current time of every case.
pub const NOW: &str = "2026-03-10T12:00:00Z";

/// The names and titles by which lists know the subjects of the samples.
const LABELS: [(&str, &str); 9] = [
    ("clct_cx7fezay6lpyw9zzy7awbas7h", "Amara Okoye"),
    ("ct_cu8gh5u3fg1dw587nosw68t8f", "Autumn campaign - senior designer"),
    ("ct_chy8ynxu7qx75ktmb04v0n833", "Data stories - charts"),
    ("spreq_cmi760v7y5o1zhjh4tmma9yso", "Autumn campaign design budget"),
    ("hp_c6gjupumsda8tkjyczi25kwy1", "Priya Raman"),
    ("clct_zoe", "Zoë O’Brien-Łukasz"),
    ("ct_paris", "Été à Paris – l’affiche"),
    ("ct_c3j7xl4ev7gf2goxh7di2icq1", "Example after ct_paris"),
    ("ct_lists", "Lists"),
];

/// A request that was received, or refused.
#[derive(Clone, Debug)]
pub struct SampleRequest {
    /// By which the cases name it.
    pub name: &'static str,
    /// See [`Request`].
    pub endpoint: &'static str,
    /// See [`Request`].
    pub received_at: Timestamp,
    /// See [`Request`].
    pub outcome: Outcome,
    /// See [`Request`].
    pub reason: Option<String>,
    /// See [`Request`].
    pub event_type: Option<String>,
    /// See [`Request`].
    pub mode: Option<Mode>,
    /// See [`Request`].
    pub message_id: Option<&'static str>,
    /// See [`Request`].
    pub occurred_at: Option<Timestamp>,
    /// See [`Request`].
    pub attempts: Option<u32>,
    /// See [`Request`].
    pub headers: Vec<(String, String)>,
    /// The subjects mentioned, each with its label.
    pub subjects: Vec<(Subject, Option<&'static str>)>,
    /// See [`Request`].
    pub body: Vec<u8>,
}

impl SampleRequest {
    /// Calls `ask` with the request as searches see it.
    pub fn ask<T>(&self, ask: impl FnOnce(&Request<'_>) -> T) -> T {
        let mentions: Vec<Mention<'_>> =
            self.subjects.iter().map(|(subject, label)| Mention { subject, label: *label }).collect();
        ask(&Request {
            endpoint: self.endpoint,
            received_at: self.received_at,
            outcome: self.outcome,
            reason: self.reason.as_deref(),
            event_type: self.event_type.as_deref(),
            mode: self.mode,
            message_id: self.message_id,
            occurred_at: self.occurred_at,
            attempts: self.attempts,
            headers: &self.headers,
            mentions: &mentions,
            body: &self.body,
        })
    }
}

/// Returns the context of every case.
pub fn context() -> Context<'static> {
    Context { now: at(NOW), fold: &fold }
}

/// Folds as much as the samples need.
pub fn fold(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase).filter(|letter| !matches!(letter, '\'' | '’' | '\u{308}'));
    letters
        .map(|letter| match letter {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ł' => 'l',
            other => other,
        })
        .collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Returns a genuine message, with what the receiver reads in its body.
fn message(
    name: &'static str,
    message_id: &'static str,
    received_at: &str,
    late_seconds: i64,
    body: &[u8],
) -> SampleRequest {
    let label = event::label(body);
    let about = event::parse(body).map(|event| event.about()).unwrap_or_default();
    let label_of = |subject: &Subject| LABELS.iter().find(|(id, _)| *id == subject.id()).map(|(_, label)| *label);
    let received_at = at(received_at);
    SampleRequest {
        name,
        endpoint: "yunojuno",
        received_at,
        outcome: if label.unreadable.is_some() { Outcome::Unreadable } else { Outcome::Stored },
        reason: label.unreadable.map(|unreadable| unreadable.to_string()),
        event_type: label.event_type.map(|event_type| event_type.as_str().to_owned()),
        mode: label.mode,
        message_id: Some(message_id),
        occurred_at: Some(received_at - SignedDuration::from_secs(late_seconds)),
        attempts: Some(1),
        headers: headers("Svix-Webhooks/1.100.0", Some(message_id)),
        subjects: about.into_iter().map(|subject| (subject.clone(), label_of(&subject))).collect(),
        body: body.to_vec(),
    }
}

fn refused(name: &'static str, message_id: Option<&'static str>, received_at: &str, reason: &str) -> SampleRequest {
    SampleRequest {
        name,
        endpoint: "yunojuno",
        received_at: at(received_at),
        outcome: Outcome::Refused,
        reason: Some(reason.to_owned()),
        event_type: None,
        mode: None,
        message_id,
        occurred_at: None,
        attempts: None,
        headers: headers("curl/8.5.0", message_id),
        subjects: Vec::new(),
        body: include_bytes!("../../../fixtures/contract.offered.json").to_vec(),
    }
}

fn headers(agent: &str, message_id: Option<&str>) -> Vec<(String, String)> {
    let mut headers = vec![("content-type", "application/json"), ("User-Agent", agent)];
    headers.extend(message_id.map(|id| ("svix-id", id)));
    headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Returns the requests that the cases are about.
pub fn requests() -> Vec<SampleRequest> {
    let offered = include_bytes!("../../../fixtures/contract.offered.json");
    let registered = include_bytes!("../../../fixtures/client_contact.registered.json");
    let approved = include_bytes!("../../../fixtures/spend_request.approved.json");
    let fields = include_bytes!("../../../fixtures/extra.contract.custom_fields_updated.json");
    let numbers = include_bytes!("../../../fixtures/odd.numbers.json");
    let offer =
        SampleRequest { attempts: Some(2), ..message("offered", "msg_one", "2026-02-20T09:00:00Z", 2, offered) };
    vec![
        SampleRequest {
            name: "repeat",
            outcome: Outcome::Duplicate,
            received_at: at("2026-02-20T15:00:00Z"),
            ..offer.clone()
        },
        offer,
        message("registered", "msg_two", "2026-02-28T23:59:59.999Z", 0, registered),
        SampleRequest { endpoint: "staging", ..message("numbers", "msg_three", "2026-03-01T00:00:00Z", 0, numbers) },
        message("approved", "msg_four", "2026-03-09T12:00:00Z", 40 * 60, approved),
        message("fields", "msg_five", "2026-03-09T11:59:59Z", 5 * 60, fields),
        message("zoe", "msg_six", "2026-03-08T10:00:00Z", -3, odd::ZOE.as_bytes()),
        message("sample", "msg_seven", "2026-03-08T11:00:00Z", 0, odd::SAMPLE.as_bytes()),
        message("ping", "msg_eight", "2026-03-08T12:00:00Z", 0, odd::PING.as_bytes()),
        message("lists", "msg_nine", "2026-03-08T13:00:00Z", 0, &odd::lists()),
        message("stranger", "msg_ten", "2026-03-08T14:00:00Z", 0, odd::STRANGER.as_bytes()),
        message("broken", "msg_eleven", "2026-03-08T15:00:00Z", 0, odd::BROKEN.as_bytes()),
        message("binary", "msg_twelve", "2026-03-08T16:00:00Z", 0, odd::BINARY),
        message("deep", "msg_thirteen", "2026-03-08T17:00:00Z", 0, odd::deep().as_bytes()),
        refused(
            "stale",
            Some("msg_one"),
            "2026-03-08T18:00:00Z",
            "The request was signed 900 seconds ago; more than 300 is refused.",
        ),
        SampleRequest {
            endpoint: "staging",
            ..refused("forged", None, "2026-03-08T19:00:00Z", "No signature matches. The secret is another one.")
        },
    ]
}
