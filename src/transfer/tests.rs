//! Tests of the lines of an export: what is refused, what is checked, and what Svix's lists become.

use super::csv::{headings, lines, record};
use super::line::{ExportLine, MessageLine};
use super::read::{KnownEndpoint, LineReader};
use super::svix::{Deliveries, Entry, entries};
use super::*;
use crate::ingest::signature::SigningKey;
use crate::store::log::{Imported, ImportedMessage};
use crate::tests::support::history::at;
use app::view::delivery::LabelledSubject;
use domain::event::EventType;
use domain::id::Subject;
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use domain::query::search::parse_path;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn key() -> SigningKey {
    SigningKey::parse(SECRET).unwrap()
}

fn reader(keys: Vec<SigningKey>) -> LineReader {
    let known = KnownEndpoint { keys, secret_header: Some("x-lock".to_owned()) };
    LineReader::new(BTreeMap::from([("yunojuno".to_owned(), known)]))
}

/// A message that was signed with [`SECRET`].
fn message() -> Value {
    let body = r#"{"event_type":"client.contract.offered","mode":"live","data":{"object":{"contract_id":"ct_1"}}}"#;
    let seconds = at(1).as_second();
    json!({
        "format": 1, "seq": 3, "outcome": "stored", "endpoint": "yunojuno", "message_id": "msg_1",
        "event_type": "client.contract.offered", "mode": "live", "occurred_at": at(0), "occurred_from": "id",
        "received_at": at(1), "sent_at": at(1), "signed_with": key().fingerprint(), "remote": "192.0.2.1",
        "headers": [["Authorization", "Bearer abc"], ["svix-id", "msg_1"],
            ["svix-signature", key().header("msg_1", seconds, body.as_bytes())],
            ["svix-timestamp", seconds.to_string()], ["x-lock", "open sesame"]],
        "body": body,
    })
}

fn refusal() -> Value {
    json!({
        "format": 1, "seq": 4, "outcome": "refused", "endpoint": "yunojuno", "code": "bad_signature", "reason": "Why.",
        "received_at": at(1), "headers": [], "body": "{}", "body_length": 2,
    })
}

fn read(line: &Value) -> Result<Imported, String> {
    reader(vec![key()]).read(line.to_string().as_bytes()).map_err(|error| error.to_string())
}

fn as_message(imported: Imported) -> ImportedMessage {
    match imported {
        Imported::Message(message) => message,
        Imported::Refusal(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn a_broken_line_is_refused_with_its_reason() {
    let mut cases: Vec<(Value, &str)> = Vec::new();
    let with = |line: Value, key: &str, value: Value| {
        let mut line = line;
        line[key] = value;
        line
    };
    let without = |mut line: Value, key: &str| {
        line.as_object_mut().unwrap().remove(key);
        line
    };
    for key in ["endpoint", "message_id", "occurred_at", "occurred_from", "received_at", "sent_at", "headers"] {
        cases.push((without(message(), key), "missing field"));
    }
    for key in ["endpoint", "code", "reason", "received_at", "headers"] {
        cases.push((without(refusal(), key), "missing field"));
    }
    cases.extend([
        (json!([]), "invalid length"),
        (json!({ "format": 1 }), "missing field `outcome`"),
        (with(message(), "format", json!(2)), "its format is 2, and only 1 is known here"),
        (with(message(), "outcome", json!("duplicate")), "its outcome is none of stored, unreadable and refused"),
        (with(message(), "outcome", json!("lost")), "its outcome is none of"),
        (with(message(), "colour", json!("red")), "unknown field `colour`"),
        (with(message(), "endpoint", json!("a b")), "its endpoint is no name"),
        (with(message(), "endpoint", json!("")), "its endpoint is no name"),
        (with(message(), "message_id", json!("")), "its message_id is empty"),
        (with(message(), "message_id", json!("m".repeat(257))), "its message_id is empty, too long"),
        (with(message(), "message_id", json!("msg\u{0}")), "its message_id is empty, too long or not printable"),
        (with(message(), "message_id", json!("msg_2")), "its message_id is not the one that was signed"),
        (with(message(), "sent_at", json!(at(2))), "its sent_at is not the time that was signed"),
        (with(message(), "received_at", json!("yesterday")), "failed to parse"),
        (with(message(), "occurred_from", json!("hearsay")), "its occurred_from is no origin of a time"),
        (with(message(), "remote", json!("a\u{0}")), "a text that is too long, or that holds the character U+0000"),
        (with(message(), "body", json!("{}")), "its bytes do not fit the signature: they were altered"),
        (without(message(), "body"), "it has neither body nor body_base64"),
        (with(message(), "body_base64", json!("e30=")), "it has both body and body_base64"),
        (with(without(message(), "body"), "body_base64", json!("?")), "its body_base64 is no base64"),
        (with(message(), "headers", json!([["", "x"]])), "it has a header without a name"),
        (with(message(), "headers", json!([["a", "\u{0}"]])), "or with the character U+0000"),
        (with(message(), "headers", json!({ "a": "b" })), "invalid type: map"),
        (with(message(), "imported_from", json!("hearsay")), "its imported_from is none of junoscope and svix"),
        (with(message(), "attempts", json!([{ "received_at": at(1) }])), "missing field `sent_at`"),
        (with(refusal(), "code", json!("Bad code")), "its code is no lower-case word"),
        (with(refusal(), "body_length", json!(u64::MAX)), "its body_length is out of range"),
        (with(refusal(), "reason", json!("a\u{0}")), "it has a text that is too long"),
    ]);
    for (line, reason) in cases {
        let error = read(&line).expect_err(reason);
        assert!(error.contains(reason), "{error:?} has no {reason:?}: {line}");
    }
    for text in ["", "{", "not JSON", "{\"format\":1", "\u{feff}{}", "null"] {
        let error = reader(Vec::new()).read(text.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("line 1") && error.contains("(at byte "), "{error}");
    }
    assert!(reader(Vec::new()).read(b"{\"format\":1,\"outcome\":\"\xff\"}").is_err());
}

#[test]
fn a_signature_is_checked_with_the_secrets_of_its_endpoint() {
    let of = as_message(read(&message()).unwrap());
    assert_eq!((of.outcome, of.event_type), (Outcome::Stored, Some(EventType::ContractOffered)));
    assert_eq!(
        (of.requests[0].imported_from, of.requests[0].signed_with.as_deref()),
        (None, Some(key().fingerprint()))
    );
    assert!(!of.requests[0].headers.contains("Bearer") && !of.requests[0].headers.contains("sesame"));

    // Without the secret, and at another endpoint, it is marked.
    let other = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    for keys in [vec![], vec![other]] {
        let of = as_message(reader(keys).read(message().to_string().as_bytes()).unwrap());
        assert_eq!(of.requests[0].imported_from, Some(ImportSource::Junoscope));
        assert_eq!(of.requests[0].signed_with.as_deref(), Some(key().fingerprint()), "what is said of it is kept");
    }
    let mut line = message();
    line["endpoint"] = json!("staging");
    line["imported_from"] = json!("svix");
    assert_eq!(as_message(read(&line).unwrap()).requests[0].imported_from, Some(ImportSource::Svix));

    // A further attempt is checked by itself.
    let mut line = message();
    line["attempts"] = json!([
        { "received_at": at(1), "sent_at": at(1), "headers": line["headers"] },
        { "received_at": at(2), "sent_at": at(2), "headers": [], "body_base64": "/w==" },
    ]);
    let of = as_message(read(&line).unwrap());
    let marks: Vec<bool> = of.requests.iter().map(|one| one.imported_from.is_some()).collect();
    assert_eq!(marks, [false, false, true]);
    assert_eq!(of.requests[2].body.as_ref(), [0xff]);
}

#[test]
fn what_a_line_says_of_its_body_is_read_from_the_body() {
    let mut line = message();
    (line["body"], line["signed_with"]) = (json!("not JSON"), Value::Null);
    let of = as_message(read(&line).unwrap());
    assert_eq!((of.outcome, of.event_type, of.mode), (Outcome::Unreadable, None, None));
    assert!(of.reason.is_some());
}

#[test]
fn equal_refused_requests_are_told_apart_by_their_numbers() {
    let mut reader = reader(Vec::new());
    let mut copy = |seq: Value, code: &str| {
        let mut line = refusal();
        (line["seq"], line["code"]) = (seq, json!(code));
        match reader.read(line.to_string().as_bytes()).unwrap() {
            Imported::Refusal(refusal) => refusal.copy,
            Imported::Message(message) => panic!("{message:?}"),
        }
    };
    let copies = [json!(4), json!(5), json!(4), Value::Null, Value::Null].map(|seq| copy(seq, "lock"));
    assert_eq!(copies, [1, 2, 1, 3, 4]);
    assert_eq!(copy(json!(4), "stale"), 1);
}

fn exported(body: &str) -> Exported {
    let line: MessageLine = serde_json::from_value(message()).unwrap();
    let line = MessageLine { body: Some(body.to_owned()), ..line };
    let row = DeliverySummary {
        refused: None,
        seq: 3,
        received_at: at(1),
        endpoint: line.endpoint.clone(),
        outcome: Outcome::Stored,
        reason: None,
        event_type: Some(EventType::ContractOffered),
        mode: None,
        message_id: Some(line.message_id.clone()),
        occurred_at: Some(at(0)),
        about: vec![
            LabelledSubject { subject: Subject::Contract("ct_1".into()), label: "=cmd()".to_owned() },
            LabelledSubject { subject: Subject::Contractor("clct_1".into()), label: "Amara".to_owned() },
        ],
    };
    Exported { row, line: ExportLine::Message(Box::new(line)) }
}

#[test]
fn a_record_has_the_columns_of_the_list_and_the_values_of_paths() {
    let body = json!({ "data": { "object": {
        "rate": { "value": "450.00", "days": -3 }, "hirers": [{ "email": "a@x" }, { "email": "b@x" }],
        "title": "+1", "numbers": [1, -2], "none": null,
    } } });
    let paths = ["rate.value", "rate.days", "hirers[].email", "title", "numbers", "none", "rate"];
    let paths: Vec<_> = paths.iter().map(|path| parse_path(path).unwrap()).collect();
    assert_eq!(
        headings(&paths)[9..],
        ["rate.value", "rate.days", "hirers[].email", "title", "numbers", "none", "rate"]
    );
    let fields = record(&exported(&body.to_string()), &paths);
    assert_eq!(
        fields[..9],
        ["3", "2026-03-02T12:01:00Z", "yunojuno", "Contract offered", "'=cmd(); Amara", "Stored", "", "msg_1", "1"]
    );
    let rate = r#"{"value":"450.00","days":-3}"#;
    assert_eq!(fields[9..], ["450.00", "-3", "a@x; b@x", "'+1", "1;' -2", "", rate]);
    assert_eq!(record(&exported("no JSON"), &paths)[9..], [""; 7]);
    assert_eq!(lines([vec!["a\"b".to_owned(), "1".to_owned()]]), b"\"a\"\"b\",1\r\n");
}

fn svix(id: &str, payload: Value) -> Value {
    json!({ "eventId": null, "eventType": "client.contract.offered", "id": id, "payload": payload, "timestamp": at(0),
        "channels": null, "tags": [] })
}

fn attempt(id: &str, minute: i64, status: u8) -> Value {
    json!({ "id": "atmpt_1", "msgId": id, "endpointId": "ep_1", "timestamp": at(minute), "status": status,
        "responseStatusCode": 200, "response": "", "triggerType": 0, "url": "https://example.com" })
}

#[test]
fn lists_of_svix_become_messages_with_the_attempts_that_succeeded() {
    let payload = json!({ "event_type": "client.contract.offered", "mode": "live", "data": { "object": { "contract_id": "ct_1", "a": 2.50 } } });
    let page = json!({ "data": [svix("msg_1", payload.clone()), svix("msg_2", payload.clone()), svix("msg_3", json!({ "expired": true })),
        svix("msg_4", json!({})), { "id": "ep_1" }], "done": true, "iterator": "i", "prevIterator": null });
    let attempts = json!([{ "data": [attempt("msg_1", 9, 0), attempt("msg_1", 5, 0), attempt("msg_1", 1, 2)] }]);
    let mut deliveries = Deliveries::default();
    let all: Vec<Value> = entries(page).into_iter().chain(entries(attempts)).collect();
    for entry in &all {
        deliveries.add(entry);
    }
    assert_eq!((deliveries.failed(), deliveries.undecided()), (1, None));
    let mut told = Vec::new();
    for entry in all {
        told.push(match deliveries.read(entry, "yunojuno") {
            Ok(Entry::Message(of)) => {
                assert_eq!(of.requests[0].body.as_ref(), payload.to_string().as_bytes(), "in its order, to the digit");
                assert_eq!(of.requests[0].imported_from, Some(ImportSource::Svix));
                let times: Vec<Timestamp> = of.requests.iter().map(|one| one.received_at).collect();
                format!("{} {} {times:?}", of.message_id, of.outcome.as_str())
            }
            Ok(Entry::WithoutPayload) => "no payload".to_owned(),
            Ok(Entry::Attempt) => "attempt".to_owned(),
            Err(error) => error.to_string(),
        });
    }
    let arrivals = |minutes: &[i64]| format!("{:?}", minutes.iter().map(|minute| at(*minute)).collect::<Vec<_>>());
    assert_eq!(
        told,
        [
            format!("msg_1 stored {}", arrivals(&[5, 9])),
            format!("msg_2 stored {}", arrivals(&[0])),
            "no payload".to_owned(),
            "no payload".to_owned(),
            "it is neither a message nor an attempt of Svix’s API".to_owned(),
            "attempt".to_owned(),
            "attempt".to_owned(),
            "attempt".to_owned(),
        ]
    );
}

#[test]
fn attempts_to_several_endpoints_of_svix_need_a_choice() {
    let all = |id: Option<&str>| {
        let mut deliveries = Deliveries::of(id.map(str::to_owned));
        let mut other = attempt("msg_1", 7, 0);
        other["endpointId"] = json!("ep_2");
        // With its message, as lists of attempts have it on request.
        other["msg"] = svix("msg_1", json!({ "a": 1 }));
        let all = entries(json!([attempt("msg_1", 5, 0), other]));
        for entry in &all {
            deliveries.add(entry);
        }
        (deliveries, all)
    };
    let (deliveries, _) = all(None);
    assert_eq!(deliveries.undecided(), Some(vec!["ep_1", "ep_2"]));
    let (deliveries, mut entries) = all(Some("ep_2"));
    assert_eq!((deliveries.undecided(), entries.len()), (None, 3));
    let Ok(Entry::Message(of)) = deliveries.read(entries.remove(2), "yunojuno") else { panic!("no message") };
    assert_eq!(of.requests.iter().map(|one| one.received_at).collect::<Vec<_>>(), [at(7)]);
}
