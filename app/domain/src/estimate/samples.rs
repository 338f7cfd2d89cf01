//! Sample contracts and requisitions with costs worked out by hand, for tests of estimates and budgets, here
//! and in the packages that ask for the feature `samples`.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests are built with it")]

use crate::event::contract::Contract;
use crate::event::{self, Payload};
use crate::timeline::{StoredEvent, TimeOrigin};
use serde_json::{Value, json};

/// Winter campaign: £475.00 a day, 1 December 2025 to 27 March 2026, with 12 % fees at first and 10 % from 1 February.
pub fn winter() -> Value {
    json!({
        "contract_id": "ct_winter",
        "title": "Winter campaign",
        "start_date": "2025-12-01",
        "end_date": "2026-03-27",
        "rate": { "currency": "GBP", "unit": "DAY", "value": "475.00" },
        "fee_schedule": { "periods": [
            period("2025-12-01", "57.00", "532.00", "GBP"),
            period("2026-02-01", "47.50", "522.50", "GBP"),
        ] },
        "minutes_in_working_day": 480,
        "spend_request": budget("60000.00"),
    })
}

/// A period of a fee schedule, with the fees and the cost of a unit.
pub fn period(from: &str, fees: &str, cost: &str, currency: &str) -> Value {
    json!({
        "effective_from": from,
        "fees": [{ "name": "Platform Referral Fee", "percentage": "12", "currency": currency, "value": fees }],
        "total_fees": { "currency": currency, "value": fees },
        "total_cost": { "currency": currency, "value": cost },
    })
}

/// A requisition of so much in total, as a contract embeds it.
pub fn budget(amount: &str) -> Value {
    json!({
        "spend_request_id": "spreq_1", "title": "Design budget", "amount": amount, "amount_type": "TOTAL",
        "currency": "GBP",
    })
}

/// Changes some fields of a sample; null removes a field.
pub fn with(sample: Value, changes: Value) -> Value {
    let mut sample = sample;
    for (key, value) in changes.as_object().unwrap() {
        sample[key] = value.clone();
    }
    sample
}

/// Returns a live event that happened at `at`.
pub fn stored_event(seq: i64, at: &str, event: &str, object: Value) -> StoredEvent {
    let body = json!({ "event_type": format!("client.{event}"), "data": { "object": object }, "mode": "live" });
    let occurred_at = at.parse().unwrap();
    StoredEvent {
        seq,
        message_id: format!("msg_{seq:04}").as_str().into(),
        occurred_at,
        occurred_from: TimeOrigin::MessageId,
        received_at: occurred_at,
        attempts: 1,
        event: event::parse(body.to_string().as_bytes()).unwrap().into(),
    }
}

/// The contract that an event about `object` carries.
pub fn contract(object: Value) -> Contract {
    let event = stored_event(1, "2025-11-24T10:00:00Z", "contract.offered", object).event;
    assert_eq!(event.skipped_fields, Vec::<String>::new());
    let Payload::Contract(contract) = &event.payload else { panic!("no contract") };
    (**contract).clone()
}
