//! Tests that a genuine body of any shape is parsed, and that failures are explained in plain words.

mod anything;

use super::probe::{adding, alter, fixture, places, reading, with, without};
use super::{Event, EventType, Mode, Payload, Unreadable, label, parse};
use crate::event::contract::Contract;
use crate::event::spend::{AmountType, Requisition};
use crate::id::Subject;
use serde_json::{Value, json};

fn contract(body: &Value) -> Contract {
    let Payload::Contract(contract) = reading(body).payload else { panic!("no contract") };
    *contract
}

fn requisition(body: &Value) -> Requisition {
    let Payload::Requisition(requisition) = reading(body).payload else { panic!("no requisition") };
    *requisition
}

fn raw(event_type: &str, object: &str) -> Result<Event, Unreadable> {
    parse(format!(r#"{{"event_type":"{event_type}","data":{{"object":{object}}}}}"#).as_bytes())
}

fn filed(body: &[u8]) -> (Option<EventType>, Option<Mode>) {
    let label = label(body);
    (label.event_type, label.mode)
}

#[test]
fn unknown_fields_change_nothing() {
    for family in [("contract.offered", "data.object.rate"), ("client_contact.created", "data.object.status")] {
        let body = fixture(family.0);
        let more = adding(&body, family.1, "surprise", json!({ "a": [1, null, { "b": true }] }));
        let more = adding(&more, "data.object", "state", json!("OFFERED"));
        let more = adding(&more, "data", "previous", json!([]));
        assert_eq!(reading(&more), reading(&body));
    }
}

#[test]
fn the_oldest_contract_body_reads_with_its_newer_fields_empty() {
    let oldest = contract(&fixture("odd.oldest_contract"));
    assert_eq!(oldest.title.as_deref(), Some("Brand refresh - illustration"));
    assert_eq!(oldest.operating_jurisdiction, None);
    assert_eq!(oldest.tax_jurisdiction, None);
    assert_eq!(oldest.has_previously_accepted_contract, None);
    assert_eq!(oldest.url, None);
}

#[test]
fn a_body_with_nothing_but_its_id_reads() {
    for (event_type, key) in [
        ("client.contract.deleted", "contract_id"),
        ("client.client_contact.custom_fields_updated", "client_contact_id"),
        ("client.spend_request.updated", "spend_request_id"),
    ] {
        let event = raw(event_type, &json!({ key: "x" }).to_string()).unwrap();
        assert_eq!(event.skipped_fields, Vec::<String>::new());
        assert_eq!(event.about().len(), 1);
        assert_eq!(event.about()[0].id(), "x");
        assert_eq!((event.api_version, event.mode), (None, Mode::Live));
    }
}

#[test]
fn an_id_of_any_form_is_taken() {
    for id in ["1", "CT-0001", "ct_", " spaced out ", "☃", "ct_cu8gh5u3fg1dw587nosw68t8f", &"9".repeat(255)] {
        assert_eq!(
            contract(&with(&fixture("contract.offered"), "data.object.contract_id", &json!(id))).id.as_str(),
            id
        );
    }
}

#[test]
fn what_no_database_can_index_is_no_id() {
    let long = json!("9".repeat(256));
    let body = fixture("contract.offered");
    let missing = Unreadable::NoSubject("data.object.contract_id");
    for id in [json!(""), json!(7), long.clone()] {
        let body = with(&body, "data.object.contract_id", &id);
        assert_eq!(parse(body.to_string().as_bytes()), Err(missing.clone()));
    }
    let event = reading(&with(&body, "data.object.hirers[].hirer_id", &long));
    assert_eq!(event.skipped_fields, ["data.object.hirers[0].hirer_id is not short enough to be an id"]);

    let unnamed = with(&body, "event_type", &long).to_string();
    assert_eq!(parse(unnamed.as_bytes()), Err(Unreadable::NoEnvelope("event_type is missing")));
    assert_eq!(filed(unnamed.as_bytes()), (None, Some(Mode::Live)));
}

#[test]
fn a_decimal_is_exact_as_text_and_as_a_number() {
    for (written, kept) in [
        ("\"0.10\"", "0.10"),
        ("0.10", "0.10"),
        ("\" 25000.00 \"", "25000.00"),
        ("25000", "25000"),
        ("2.5e4", "25000"),
        ("1.250E+1", "12.50"),
        ("125e-2", "1.25"),
        ("-3.5", "-3.5"),
        ("12345678901234567890.12345678", "12345678901234567890.12345678"),
        ("\"0.1000000000000000055511151231\"", "0.1000000000000000055511151231"),
    ] {
        let object = format!(r#"{{"spend_request_id":"s","amount":{written},"currency":"gbp"}}"#);
        let event = raw("client.spend_request.created", &object).unwrap();
        assert_eq!(event.skipped_fields, Vec::<String>::new(), "{written}");
        let Payload::Requisition(requisition) = event.payload else { panic!("no requisition") };
        assert_eq!(requisition.amount.unwrap().to_string(), kept, "{written}");
        assert_eq!(requisition.currency.unwrap().as_str(), "GBP");
    }
}

#[test]
fn an_amount_that_would_have_to_be_rounded_is_skipped_and_told() {
    for written in
        ["0.12345678901234567890123456789", "1e400", "1e-40", "\"1_000\"", "\"£450\"", "\"\"", "\"NaN\"", "true"]
    {
        let object = format!(r#"{{"spend_request_id":"s","amount":{written}}}"#);
        let event = raw("client.spend_request.created", &object).unwrap();
        assert_eq!(event.skipped_fields, ["data.object.amount is not a decimal"], "{written}");
        let Payload::Requisition(requisition) = event.payload else { panic!("no requisition") };
        assert_eq!(requisition.amount, None, "{written}");
    }
}

#[test]
fn numbers_where_text_is_documented_keep_every_digit() {
    let contract = contract(&fixture("odd.numbers"));
    let shown = |amount: Option<rust_decimal::Decimal>| amount.unwrap().to_string();
    assert_eq!(shown(contract.rate.unwrap().amount), "450.10");
    assert_eq!(shown(contract.requisition.unwrap().amount), "25000");
    let period = &contract.fee_periods[0];
    assert_eq!(shown(period.fees[0].percentage), "12.5");
    assert_eq!(period.fees[0].value.as_ref().unwrap().to_string(), "£56.2625");
    assert_eq!(period.total_cost.as_ref().unwrap().to_string(), "£506.3625");
}

#[test]
fn an_odd_date_is_skipped_and_told_and_the_day_of_a_timestamp_is_kept() {
    let body = fixture("contract.offered");
    let starting = |text: &str| reading(&with(&body, "data.object.start_date", &json!(text)));
    for text in ["soon", "2025-02-30", "01/09/2025", "", "2025-09-011", "2025-09-0", "£££££££", "2025-9-1"] {
        let event = starting(text);
        assert_eq!(event.skipped_fields, ["data.object.start_date is not a date"], "{text:?}");
        let Payload::Contract(contract) = event.payload else { panic!("no contract") };
        assert_eq!((contract.start_on, contract.end_on), (None, "2025-11-28".parse().ok()));
    }
    for text in ["2025-09-01", "2025-09-01T00:00:00Z", "2025-09-01 00:00:00"] {
        let Payload::Contract(contract) = starting(text).payload else { panic!("no contract") };
        assert_eq!(contract.start_on, "2025-09-01".parse().ok(), "{text:?}");
    }
}

#[test]
fn a_name_is_put_together_where_the_whole_one_is_missing() {
    let body = without(&fixture("contract.offered"), "data.object.hirers[].full_name");
    let body = without(&body, "data.object.freelancer.full_name");
    assert_eq!(contract(&body).hirers[0].name.as_deref(), Some("Priya Raman"));
    assert_eq!(contract(&body).person.name.as_deref(), Some("Amara Okoye"));
    let body = without(&body, "data.object.freelancer.first_name");
    assert_eq!(contract(&body).person.name.as_deref(), Some("Okoye"));

    let flat = r#"{"client_contact_id":"c","first_name":"Amara","last_name":"Okoye","email":"a@example.com"}"#;
    let Payload::Contact(contact) = raw("client.client_contact.created", flat).unwrap().payload else { panic!() };
    assert_eq!(contact.person.name.as_deref(), Some("Amara Okoye"));
    assert_eq!(contact.person.email.as_deref(), Some("a@example.com"));
}

#[test]
fn renewals_are_found_wherever_they_are_named_but_never_point_at_themselves() {
    let body = fixture("contract.offered");
    let own = body["data"]["object"]["contract_id"].clone();
    let meta =
        json!({ "a": { "previous": "ct_before" }, "b": [own, "ct_after"], "c": "fp_someone", "d": 7, "e": null });
    let ids = contract(&with(&body, "data.object.renewal_meta", &meta)).renewal_ids;
    assert_eq!(ids.iter().map(crate::id::ContractId::as_str).collect::<Vec<_>>(), ["ct_before", "ct_after"]);
}

#[test]
fn the_value_of_a_custom_field_may_be_any_json() {
    for (value, kept) in
        [(json!("x"), Some("x")), (json!(""), Some("")), (json!(1.50), Some("1.5")), (json!(null), None)]
    {
        let read = requisition(&with(&fixture("spend_request.created"), "data.object.custom_fields[].value", &value));
        assert_eq!(read.custom_fields[0].value.as_deref(), kept);
    }
    // The catalog describes a text: what lies deeper may be anything, and hirers read this value.
    for (value, size) in [(json!({ "iban": "GB33" }), "1 field"), (json!(["GB33", { "iban": "GB33" }]), "2 items")] {
        let read = requisition(&with(&fixture("spend_request.created"), "data.object.custom_fields[].value", &value));
        assert_eq!(read.custom_fields[0].value.as_deref(), Some(size));
    }
}

#[test]
fn an_undocumented_amount_type_is_kept_and_an_empty_external_id_is_none() {
    let body = with(&fixture("spend_request.created"), "data.object.amount_type", &json!("WEEK_RATE"));
    let read = requisition(&with(&body, "data.object.external_id", &json!("")));
    assert_eq!(read.amount_type, Some(AmountType::Other("WEEK_RATE".to_owned())));
    assert_eq!(read.external_id, None);
}

#[test]
fn an_event_outside_the_catalog_names_what_it_is_about() {
    let object = r#"{"spend_request_id":"s","contract_id":"c","client_contact_id":"p","hirer_id":"h"}"#;
    let event = raw("client.timesheet.approved", object).unwrap();
    assert_eq!(event.event_type, EventType::Unknown("client.timesheet.approved".to_owned()));
    let subjects = [("contract", "c"), ("contractor", "p"), ("requisition", "s")];
    let subjects: Vec<Subject> = subjects.iter().map(|(kind, id)| Subject::from_parts(kind, id).unwrap()).collect();
    assert_eq!(event.about(), subjects);
    assert_eq!(event.payload, Payload::Unrecognised(subjects));

    for body in
        [r#"{"event_type":"x"}"#, r#"{"event_type":"x","data":[]}"#, r#"{"event_type":"x","data":{"object":7}}"#]
    {
        assert_eq!(parse(body.as_bytes()).unwrap().payload, Payload::Unrecognised(Vec::new()), "{body}");
    }
}

#[test]
fn mode_is_live_unless_it_says_otherwise() {
    let body = fixture("contract.offered");
    for (mode, read) in [
        (json!("live"), Mode::Live),
        (json!("test"), Mode::Test),
        (json!("sandbox"), Mode::Test),
        (json!(""), Mode::Live),
        (json!(null), Mode::Live),
        (json!(1), Mode::Live),
    ] {
        assert_eq!(reading(&with(&body, "mode", &mode)).mode, read, "{mode}");
    }
    assert_eq!(reading(&without(&body, "mode")).mode, Mode::Live);
}

#[test]
fn what_cannot_be_read_says_why_in_plain_words() {
    let why = |body: &[u8]| parse(body).unwrap_err().to_string();
    for body in [&b""[..], b"hello", b"{\"event_type\":", b"\xff\xfe", b"{} {}"] {
        assert!(why(body).starts_with("the body is not JSON: "), "{}", why(body));
        assert_eq!(filed(body), (None, None));
    }
    assert_eq!(why(b"[1]"), "the body is not a YunoJuno event: it is not a JSON object");
    assert_eq!(why(b"{}"), "the body is not a YunoJuno event: event_type is missing");
    assert_eq!(why(b"{\"event_type\":5}"), "the body is not a YunoJuno event: event_type is missing");

    let body = fixture("client_contact.created");
    for bare in [without(&body, "data"), without(&body, "data.object"), with(&body, "data.object", &json!("clct_x"))] {
        let bare = bare.to_string();
        assert_eq!(why(bare.as_bytes()), "the body is not a YunoJuno event: data.object is missing");
        assert_eq!(filed(bare.as_bytes()), (Some(EventType::ContactCreated), Some(Mode::Live)));
    }
    let nobody = without(&body, "data.object.client_contact_id").to_string();
    let expected = "the event does not say what it is about: data.object.client_contact_id is missing";
    assert_eq!(why(nobody.as_bytes()), expected);
    assert_eq!(filed(nobody.as_bytes()), (Some(EventType::ContactCreated), Some(Mode::Live)));
}

#[test]
fn deep_nesting_is_read_or_refused_but_never_fatal() {
    for depth in [1, 50, 100, 200, 100_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let object = format!(r#"{{"contract_id":"c","renewal_meta":{open}"ct_deep"{close}}}"#);
        match raw("client.contract.offered", &object) {
            Ok(event) => assert!(matches!(event.payload, Payload::Contract(c) if c.renewal_ids.len() == 1), "{depth}"),
            Err(why) => assert!(depth > 100 && matches!(why, Unreadable::NotJson(_)), "{depth}: {why}"),
        }
    }
}

#[test]
fn no_reading_holds_what_postgresql_cannot_store() {
    for name in [
        "contract.notice_served",
        "client_contact.created",
        "spend_request.created",
        "extra.contract.custom_fields_updated",
    ] {
        let mut body = fixture(name);
        let paths: Vec<String> = places(&body).into_iter().map(|(path, _)| path).collect();
        for path in paths {
            alter(&mut body, &path, &|map, key| {
                if let Some(text) = map[key].as_str().map(str::to_owned) {
                    // Event types, and the values that select a parser, must stay unchanged.
                    if key != "event_type" {
                        map.insert(key.to_owned(), json!(format!("{text}\0")));
                    }
                }
            });
        }
        let shown = format!("{:?}", reading(&body));
        assert!(shown.contains('\u{fffd}') && !shown.contains("\\0"), "{shown}");
    }
    let unknown = parse(br#"{"event_type":"a\u0000b"}"#).unwrap().event_type;
    assert_eq!(unknown, EventType::Unknown("a\u{fffd}b".to_owned()));
}
