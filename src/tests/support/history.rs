//! A builder of test messages, inserted into the log as ingest would insert them.

use crate::projector::{Projector, StepOutcome};
use crate::store::Store;
use crate::store::log::Bounds;
use crate::store::log::{NewMessage, NewRefusal};
use domain::event;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Bounds that no test reaches.
pub const BOUNDS: Bounds = Bounds { requests: 1_000, bytes: 16 << 20 };

/// The first instant of every history: noon on 2 March 2026, UTC.
pub const START: i64 = 1_772_452_800_000;

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct TestMessage {
    /// Svix's id.
    pub id: String,
    /// Time of the event, in minutes after [`START`].
    pub minute: i64,
    /// Delay of its arrival, in seconds.
    pub delay: i64,
    /// The exact body.
    pub body: Vec<u8>,
    /// The name of the endpoint.
    pub endpoint: &'static str,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

/// Returns the instant `minutes` after [`START`].
pub fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millisecond(START + minutes * 60_000).unwrap()
}

impl TestMessage {
    /// Creates a message that arrives within a second.
    pub fn new(id: &str, minute: i64, body: &Value) -> Self {
        Self {
            id: id.to_owned(),
            minute,
            delay: 1,
            body: body.to_string().into_bytes(),
            endpoint: "yunojuno",
            headers: Vec::new(),
        }
    }

    /// Converts it as ingest does.
    pub fn message(&self) -> NewMessage {
        let occurred_at = at(self.minute);
        let received_at = Timestamp::from_millisecond(occurred_at.as_millisecond() + self.delay * 1_000).unwrap();
        let label = event::label(&self.body);
        let own = [
            ("svix-id", self.id.clone()),
            ("svix-signature", "v1,AAAA".to_owned()),
            ("svix-timestamp", received_at.as_second().to_string()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        let headers: Vec<&(String, String)> = own.iter().chain(&self.headers).collect();
        NewMessage {
            endpoint: self.endpoint.to_owned(),
            message_id: self.id.clone(),
            received_at,
            sent_at: received_at,
            occurred_at,
            occurred_from: TimeOrigin::MessageId,
            event_type: label.event_type,
            mode: label.mode,
            outcome: if label.unreadable.is_none() { Outcome::Stored } else { Outcome::Unreadable },
            reason: label.unreadable.map(|unreadable| unreadable.to_string()),
            headers: json!(headers).to_string(),
            remote: Some("127.0.0.1:9".to_owned()),
            signed_with: "0badcafe".to_owned(),
            body: self.body.clone().into(),
        }
    }
}

/// Returns a refused request.
pub fn refused(id: &str, minute: i64, code: &'static str, reason: &str) -> NewRefusal {
    NewRefusal {
        endpoint: "yunojuno".to_owned(),
        received_at: at(minute),
        code,
        reason: reason.to_owned(),
        message_id: Some(id.to_owned()),
        headers: json!([["svix-id", id]]).to_string(),
        remote: None,
        body: b"{\"event_type\":\"client.contract.offered\"}".to_vec().into(),
        body_length: Some(40),
    }
}

/// Returns the body of an event.
pub fn body(event_type: &str, mode: &str, object: &Value) -> Value {
    json!({ "api_version": "2024-04-10", "event_type": event_type, "mode": mode, "data": { "object": object } })
}

/// Returns a contract as in contract events: of one contractor, from March to May 2026.
pub fn contract(id: &str, contractor: &str) -> Value {
    json!({
        "contract_id": id,
        "client_contact": { "client_contact_id": contractor },
        "freelancer": { "full_name": format!("Name of {contractor}"), "email": format!("{contractor}@example.com") },
        "client": { "client_id": "cl_1", "name": "Northwind Studios" },
        "hirers": [{ "hirer_id": "hp_1", "full_name": "Priya Raman" }],
        "title": format!("Title of {id}"),
        "start_date": "2026-03-02",
        "end_date": "2026-05-29",
        "rate": { "value": "450.00", "currency": "GBP", "unit": "DAY" },
    })
}

/// Returns a contact as in contact events.
pub fn contact(id: &str) -> Value {
    json!({
        "client_contact_id": id,
        "freelancer": { "full_name": format!("Contact {id}"), "email": format!("{id}@example.com") },
        "client": { "client_id": "cl_1", "name": "Northwind Studios" },
        "status": {
            "registration_state": "INVITED", "onboarding_state": "NOT_STARTED", "bookability_state": "NOT_BOOKABLE",
        },
    })
}

/// Returns a requisition as in its own events, and in contracts.
pub fn requisition(id: &str) -> Value {
    json!({
        "spend_request_id": id, "external_id": format!("REQ {id}"), "title": format!("Budget {id}"),
        "amount": "25000.00", "currency": "GBP", "amount_type": "TOTAL",
    })
}

/// Returns events of several contractors with contracts of every outcome, a requisition each, test traffic, an unknown
/// type, unreadable bodies, late arrivals, and hirers whose names change.
pub fn history(contractors: i64) -> Vec<TestMessage> {
    let mut told = Vec::new();
    let mut tell = |minute: i64, delay: i64, body: &Value| {
        let place = told.len();
        told.push(TestMessage { delay, ..TestMessage::new(&format!("msg_{place:04}"), minute, body) });
    };
    for n in 0..contractors {
        let (person, spend) = (format!("clct_{n}"), format!("spreq_{n}"));
        let start = n * 7;
        if n % 3 != 0 {
            tell(start, 1, &body("client.client_contact.created", "live", &contact(&person)));
            tell(start + 1, 900, &body("client.client_contact.registered", "live", &contact(&person)));
        }
        if n % 2 == 0 {
            tell(start + 2, 1, &body("client.spend_request.created", "live", &requisition(&spend)));
            tell(start + 3, 1, &body("client.spend_request.approved", "live", &requisition(&spend)));
        }
        for c in 0..4 {
            let mode = if n % 4 == 3 || c == 3 { "test" } else { "live" };
            let mut object = contract(&format!("ct_{n}_{c}"), &person);
            object["spend_request"] = requisition(&spend);
            object["hirers"][0]["full_name"] = json!(format!("Priya {n} {c}"));
            for (step, event) in ["approved", "offered", "accepted", "notice_served", "completed"].iter().enumerate() {
                let step = i64::try_from(step).unwrap();
                if step > c + n % 3 {
                    break;
                }
                if *event == "completed" {
                    object["actual_end_date"] = json!("2026-04-30");
                }
                let event = format!("client.contract.{event}");
                tell(start + c * 10 + step * 2, 1 + step * 400, &body(&event, mode, &object));
            }
        }
    }
    tell(5, 1, &body("client.contract.custom_fields_updated", "live", &json!({ "contract_id": "ct_0_1" })));
    tell(6, 1, &body("client.contract.offered", "live", &json!({ "title": "no id" })));
    let text = TestMessage { body: b"not JSON \xff".to_vec(), ..TestMessage::new("msg_text", 8, &json!(null)) };
    told.push(text);
    told
}

/// Stores messages in this order, a few per transaction.
pub async fn log(store: &Store, told: &[TestMessage]) {
    for chunk in told.chunks(50) {
        let messages: Vec<NewMessage> = chunk.iter().map(TestMessage::message).collect();
        store.append(&messages, &[], BOUNDS).await.unwrap();
    }
}

/// Stores messages in this order, and projects them.
pub async fn log_and_project(store: &Store, told: &[TestMessage]) {
    log(store, told).await;
    project(store).await;
}

/// Projects the whole log.
pub async fn project(store: &Store) {
    project_by(store, 512).await;
}

/// The same, with batches of at most this many messages.
pub async fn project_by(store: &Store, batch: usize) {
    let mut projector = Projector::new(store.clone()).with_batch(batch);
    while projector.step().await.unwrap() != StepOutcome::Idle {}
}
