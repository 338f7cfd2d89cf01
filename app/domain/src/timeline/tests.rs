//! Tests of the folds: stories written by hand, and properties of every set of events.

mod contractors;
mod contracts;
mod fields;
mod lateness;
mod renewals;
mod requisitions;
mod revivals;
mod sentences;
mod sets;

use super::{StoredEvent, TimeOrigin};
use crate::event;
use crate::lifecycle::finding::{Finding, FindingKind};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const AMARA: &str = "clct_cx7fezay6lpyw9zzy7awbas7h";
const BUDGET: &str = "spreq_cmi760v7y5o1zhjh4tmma9yso";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Returns a live event that happened at `at` and arrived a second later, with its time from the message id.
fn stored_event(seq: i64, at: &str, event_type: &str, object: Value) -> StoredEvent {
    let body = json!({
        "api_version": "2024-04-10", "event_type": event_type, "data": { "object": object }, "mode": "live",
    });
    let occurred_at = instant(at);
    StoredEvent {
        seq,
        message_id: format!("msg_{seq:04}").as_str().into(),
        occurred_at,
        occurred_from: TimeOrigin::MessageId,
        received_at: occurred_at + SignedDuration::from_secs(1),
        attempts: 1,
        event: event::parse(body.to_string().as_bytes()).unwrap().into(),
    }
}

/// Returns `client.contract.{event}` of Brand refresh.
fn of_contract(seq: i64, at: &str, event: &str) -> StoredEvent {
    stored_event(seq, at, &format!("client.contract.{event}"), brand_refresh())
}

fn brand_refresh() -> Value {
    json!({
        "contract_id": "ct_1",
        "freelancer": { "first_name": "Amara", "full_name": "Amara Okoye", "email": "amara@example.com" },
        "client": { "client_id": "cl_1", "name": "Northwind Studios" },
        "client_contact": { "client_contact_id": AMARA },
        "hirers": [{ "hirer_id": "hp_1", "full_name": "Priya Raman" }],
        "title": "Brand refresh",
        "job_title": "Art director",
        "start_date": "2026-03-01",
        "end_date": "2026-05-29",
        "actual_end_date": null,
        "rate": { "currency": "GBP", "unit": "DAY", "value": "520.00" },
        "notice_period_days": 7,
        "spend_request": requisition("60000.00"),
    })
}

/// Returns Brand refresh with some fields changed.
fn with(changes: Value) -> Value {
    let mut object = brand_refresh();
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn contact(registration: &str, onboarding: &str) -> Value {
    json!({
        "client_contact_id": AMARA,
        "client": { "client_id": "cl_1", "name": "Northwind Studios" },
        "freelancer": { "first_name": "Amara", "full_name": "Amara Okoye", "email": "amara.okoye@example.com" },
        "status": {
            "registration_state": registration, "onboarding_state": onboarding, "bookability_state": "NOT_BOOKABLE",
        },
        "custom_fields": [{ "name": "vendor_number", "value": "V-88213" }],
    })
}

fn requisition(amount: &str) -> Value {
    json!({
        "spend_request_id": BUDGET,
        "external_id": "REQ-2026-0031",
        "title": "Design budget",
        "amount": amount,
        "amount_type": "TOTAL",
        "currency": "GBP",
    })
}

fn kinds(findings: &[Finding]) -> Vec<(FindingKind, i64, &str)> {
    findings.iter().map(|finding| (finding.kind, finding.seq, finding.event_type.as_str())).collect()
}
