//! Tests of the search language.

mod laws;
mod plans;
mod texts;

use super::samples::{CASES, SampleRequest, context, requests};
use super::{FORMS, KEYS, Query, in_words, matches, parse, parse_path, values_at};
use serde_json::json;

fn query(text: &str) -> Query {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.span))
}

#[test]
fn every_search_of_the_table_finds_its_requests() {
    let requests = requests();
    for (text, names) in CASES {
        assert!(names.iter().all(|name| requests.iter().any(|request| request.name == *name)), "{text}: {names:?}");
        let query = query(text);
        let found: Vec<&str> = requests
            .iter()
            .filter(|sample| sample.ask(|request| matches(&query, request, &context())))
            .map(|sample| sample.name)
            .collect();
        let wanted: Vec<&str> = requests.iter().map(|sample| sample.name).filter(|name| names.contains(name)).collect();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn every_example_of_the_help_is_a_search() {
    for text in KEYS.iter().map(|help| help.example).chain(FORMS.iter().map(|form| form.example)) {
        assert_ne!(in_words(&query(text)), "All deliveries", "{text}");
    }
    for help in KEYS {
        assert!(help.example.starts_with(&format!("{}:", help.name)), "{}", help.example);
        for value in help.values {
            query(&format!("{}:{value}", help.name));
        }
    }
}

#[test]
fn a_deep_or_long_body_is_searched() {
    let requests = requests();
    let ping = requests.iter().find(|sample| sample.name == "ping").unwrap();
    for (body, is_found) in [
        ("[".repeat(1 << 20).into_bytes(), false),
        ([b"{\"a\":".repeat(100_000), b"\"amara\"".to_vec(), b"}".repeat(100_000)].concat(), true),
        (format!("[{}\"amara\"]", "[[]],".repeat(100_000)).into_bytes(), true),
    ] {
        let request = SampleRequest { body, ..ping.clone() };
        assert_eq!(request.ask(|request| matches(&query("amara -a.a exists"), request, &context())), is_found);
    }
}

#[test]
fn a_path_alone_finds_its_values_in_the_object_where_the_top_has_none() {
    let body = json!({ "api_version": "1", "odd key": 1, "data": { "object": {
        "api_version": "2", "rate": { "value": "450.00" }, "hirers": [{ "email": "a@x" }, {}, { "email": null },
        { "email": ["b@x", "c@x"] }], "none": null,
    } } });
    for (path, values) in [
        ("api_version", json!(["1"])),
        ("rate.value", json!(["450.00"])),
        ("data.object.rate", json!([{ "value": "450.00" }])),
        ("hirers[].email", json!(["a@x", "b@x", "c@x"])),
        ("hirers.email[]", json!(["b@x", "c@x"])),
        ("rate[]", json!([])),
        ("none", json!([])),
        ("data.\"odd key\"", json!([])),
        ("nowhere.at.all", json!([])),
    ] {
        assert_eq!(json!(values_at(&body, &parse_path(path).unwrap())), values, "{path}");
    }
    for (text, place) in [("", 0..0), ("a b", 0..3), ("-a", 0..2), ("a..b", 0..4), ("type", 0..4), ("a or b", 0..6)] {
        let error = parse_path(text).unwrap_err();
        assert!(error.span.start <= place.end && error.span.end <= place.end, "{text}: {error:?}");
    }
}
