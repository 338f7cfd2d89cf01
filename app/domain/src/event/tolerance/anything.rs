//! Property tests that no body makes the parser panic or contradict itself.

use crate::event::catalog::{envelope_fields, fields};
use crate::event::probe::{alter, bytes, fixture};
use crate::event::{EventType, Family, Label, Payload, Unreadable, label, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Parses a body in both ways; fails on a panic or a contradiction.
fn probe(body: &[u8]) {
    let Label { event_type, mode, unreadable } = label(body);
    let read = parse(body);
    assert_eq!(read.as_ref().err(), unreadable.as_ref());
    match read {
        Ok(event) => {
            assert_eq!(event_type, Some(event.event_type.clone()));
            assert_eq!(mode, Some(event.mode));
            let about = event.about();
            assert!(about.iter().all(|subject| !subject.id().is_empty()));
            let known = event.event_type.is_known();
            assert_eq!(known, !matches!(event.payload, Payload::Unrecognised(_)));
            assert!(!known || !about.is_empty());
        }
        Err(Unreadable::NotJson(_)) => assert_eq!((event_type, mode), (None, None)),
        Err(Unreadable::NoEnvelope(_)) => {}
        Err(Unreadable::NoSubject(_)) => assert!(event_type.is_some_and(|event_type| event_type.is_known())),
    }
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,12})?",
        any::<String>().prop_map(|text| json!(text).to_string()),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}".prop_map(|text| json!(text).to_string()),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((any_key(), inner), 0..6).prop_map(|fields| {
                let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

/// Generates keys of the tables, other keys, and those that `serde_json` uses internally for numbers and raw text.
fn any_key() -> impl Strategy<Value = String> {
    let tables = Family::ALL.into_iter().flat_map(fields).chain(envelope_fields());
    let mut keys: Vec<String> =
        tables.map(|field| field.path.rsplit('.').next().unwrap().trim_end_matches("[]").to_owned()).collect();
    keys.extend(["$serde_json::private::Number", "$serde_json::private::RawValue"].map(str::to_owned));
    prop_oneof![4 => prop::sample::select(keys), 1 => any::<String>()]
}

/// Generates an object of relevant fields, in any order and repeatedly; keys may contain escapes.
fn any_fields(keys: &'static [&'static str], value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let field = (prop::sample::select(keys), any::<bool>(), value).prop_map(|(key, is_escaped, value)| {
        let (first, rest) = key.split_at(1);
        let first = if is_escaped { format!("\\u{:04x}", u32::from(first.as_bytes()[0])) } else { first.to_owned() };
        format!("\"{first}{rest}\":{value}")
    });
    prop::collection::vec(field, 0..6).prop_map(|fields| format!("{{{}}}", fields.join(","))).boxed()
}

fn any_envelope() -> impl Strategy<Value = String> {
    let id = prop_oneof![4 => "[a-z]{0,3}".prop_map(|text| json!(text).to_string()), 1 => any_json()];
    let object = any_fields(&["contract_id", "client_contact_id", "spend_request_id", "title"], id.boxed());
    let data = any_fields(&["object", "object", "event_type"], prop_oneof![4 => object, 1 => any_json()].boxed());
    let name = prop::sample::select(&EventType::KNOWN[..]).prop_map(|known| json!(known.as_str()).to_string());
    let value = prop_oneof![4 => name, 4 => data, 1 => any_json()];
    any_fields(&["event_type", "data", "data", "mode", "object"], value.boxed())
}

fn any_place() -> impl Strategy<Value = (&'static str, &'static str)> {
    let bodies = [
        (Family::Contact, "client_contact.onboarding_completed"),
        (Family::Contract, "contract.notice_served"),
        (Family::Spend, "spend_request.updated"),
    ];
    let places: Vec<_> = bodies
        .into_iter()
        .flat_map(|(family, name)| envelope_fields().iter().chain(fields(family)).map(move |field| (name, field.path)))
        .filter(|(_, path)| !path.ends_with('*'))
        .collect();
    prop::sample::select(places)
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        probe(&body);
    }

    #[test]
    fn any_json_is_read_or_refused(body in any_json()) {
        probe(body.as_bytes());
    }

    #[test]
    fn any_object_of_a_catalogued_event_is_read_or_refused(known in prop::sample::select(&EventType::KNOWN[..]), object in any_json()) {
        probe(format!(r#"{{"event_type":"{known}","mode":"test","data":{{"object":{object}}}}}"#).as_bytes());
    }

    #[test]
    fn any_envelope_is_read_or_refused(body in any_envelope()) {
        probe(body.as_bytes());
    }

    #[test]
    fn a_fixture_with_anything_at_any_place_is_read_or_refused((name, path) in any_place(), value in any_json()) {
        // The internal keys may make a text that only resembles JSON; such a value never reaches a tree.
        let Ok(value) = serde_json::from_str::<Value>(&value) else { return Ok(()) };
        let mut body = fixture(name);
        alter(&mut body, path, &|map, key| drop(map.insert(key.to_owned(), value.clone())));
        probe(body.to_string().as_bytes());
    }

    #[test]
    fn a_fixture_with_one_wrong_byte_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = bytes("contract.notice_served");
        let at = at.index(body.len());
        body[at] = byte;
        probe(&body);
    }

    #[test]
    fn a_fixture_cut_short_is_refused(at in any::<prop::sample::Index>()) {
        let body = bytes("contract.offered");
        let cut = &body[..at.index(body.len() - 2)];
        probe(cut);
        prop_assert!(matches!(parse(cut), Err(Unreadable::NotJson(_))));
    }
}

#[test]
fn what_only_a_whole_reading_notices_is_noticed() {
    let around = |inside: &str| {
        format!(r#"{{"event_type":"client.contract.offered","data":{{"object":{{"contract_id":"c",{inside}}}}}}}"#)
    };
    for depth in [100, 122, 123, 124, 125, 126, 127, 128, 200] {
        probe(around(&format!("\"a\":{}{}", "[".repeat(depth), "]".repeat(depth))).as_bytes());
        probe(around(&format!("{}1{}", "\"a\":{".repeat(depth), "}".repeat(depth))).as_bytes());
    }
    for inside in [
        r#""a":"\ud800""#,
        r#""a":"\ud83d\ude00""#,
        r#""\ud800":1"#,
        r#""a":"\x""#,
        r#""a":01"#,
        r#""a":-"#,
        r#""a":1e999"#,
        r#""a":1.50"#,
        r#""a":{"$serde_json::private::Number":"one"}"#,
        r#""a":{"\u0024serde_json::private::Number":"one"}"#,
        r#""a":{"\u0024serde_json::private::RawValue":"{"}"#,
        r#""contract_id":"\u0000""#,
        r#""contract_id":null"#,
        r#""contract_id":"""#,
        "\"a\":\"\n\"",
        r#""a":1,"#,
    ] {
        probe(around(inside).as_bytes());
    }
    probe(&around(r#""a":1"#).into_bytes().repeat(2));
    probe(b"{\"event_type\":\"client.contract.offered\",\"data\":{\"object\":{\"contract_id\":\"c\",\"a\":\"\xff\"}}}");
    let long = "x".repeat(254);
    probe(around(&format!("\"contract_id\":\"{long}\\u0000\"")).as_bytes());
    probe(format!(r#"{{"event_type":"{long}\u0000"}}"#).as_bytes());
}
