//! Tests that the JSON Schema of an event accepts its bodies and rejects others.

use crate::event::EventType;
use crate::event::catalog::{Certainty, entries, fields, json_schema};
use crate::event::probe::{fixture, with, without};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// A validator for the keywords of draft 2020-12 that these schemas use; it fails on others, so that none is ignored.
fn violations(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().unwrap() {
        let fits = match keyword.as_str() {
            "$schema" | "title" | "description" | "examples" => true,
            "type" => {
                let kinds = wanted.as_array().map_or_else(|| std::slice::from_ref(wanted), Vec::as_slice);
                kinds.iter().any(|kind| is_a(value, kind.as_str().unwrap()))
            }
            "const" => value == wanted,
            "format" => wanted == "date" && value.as_str().is_none_or(|day| day.parse::<jiff::civil::Date>().is_ok()),
            "pattern" => value.as_str().is_none_or(|number| number.parse::<Decimal>().is_ok()),
            "required" => wanted.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "properties" => {
                for (key, inside) in wanted.as_object().unwrap() {
                    if let Some(child) = value.get(key) {
                        violations(inside, child, &format!("{at}.{key}"), found);
                    }
                }
                true
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    violations(wanted, item, &format!("{at}[]"), found);
                }
                true
            }
            other => panic!("the schema uses {other}, which is not checked here"),
        };
        if !fits {
            found.push(format!("{at}: {keyword}"));
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("{other} is no JSON type"),
    }
}

fn check(event_type: &EventType, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    violations(&json_schema(event_type).unwrap(), body, "", &mut found);
    found
}

#[test]
fn every_sample_keeps_to_its_schema() {
    for entry in entries() {
        let body = serde_json::from_str(entry.sample).unwrap();
        assert_eq!(check(&entry.event_type, &body), Vec::<String>::new(), "{}", entry.event_type);
    }
}

#[test]
fn old_bodies_nulls_references_and_further_fields_keep_to_the_schema() {
    let offered = EventType::ContractOffered;
    assert_eq!(check(&EventType::ContractApproved, &fixture("odd.oldest_contract")), Vec::<String>::new());
    assert_eq!(check(&offered, &fixture("odd.nulls")), Vec::<String>::new());
    let reference = with(&fixture("contract.offered"), "data.object", &json!({ "contract_id": "any form", "new": 1 }));
    assert_eq!(check(&offered, &reference), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_the_documentation_rules_out() {
    let body = fixture("contract.offered");
    let check = |body: &Value| check(&EventType::ContractOffered, body);
    assert_eq!(check(&with(&body, "event_type", &json!("client.contract.revoked"))), [".event_type: const"]);
    assert_eq!(check(&without(&body, "data.object.contract_id")), [".data.object: required"]);
    assert_eq!(check(&without(&body, "mode")), [": required"]);
    assert_eq!(check(&with(&body, "data.object.start_date", &Value::Null)), [".data.object.start_date: type"]);
    assert_eq!(check(&with(&body, "data.object.start_date", &json!("soon"))), [".data.object.start_date: format"]);
    assert_eq!(check(&with(&body, "data.object.rate.value", &json!("a lot"))), [".data.object.rate.value: pattern"]);
    assert_eq!(check(&with(&body, "data.object.hirers", &json!(["Priya"]))), [".data.object.hirers[]: type"]);
    assert!(!check(&fixture("odd.numbers")).is_empty());
}

#[test]
fn what_is_not_known_is_not_constrained() {
    let schema = json_schema(&EventType::ContactCreated).unwrap();
    let known = fields(crate::event::Family::Contact).iter().filter(|field| !field.path.contains(['[', '*']));
    for field in known {
        let pointer = format!("/properties/{}", field.path.replace('.', "/properties/"));
        let described = schema.pointer(&pointer).unwrap_or_else(|| panic!("{} is not in the schema", field.path));
        assert_eq!(described.get("type").is_some(), field.certainty != Certainty::Unknown, "{}", field.path);
    }
}

#[test]
fn only_changes_of_custom_fields_have_changes_and_only_known_events_a_schema() {
    for known in &EventType::KNOWN {
        let schema = json_schema(known).unwrap();
        assert_eq!(schema["title"], json!(known.as_str()));
        let has_changes = schema.pointer("/properties/data/properties/changes").is_some();
        assert_eq!(has_changes, *known == EventType::ContactCustomFieldsUpdated, "{known}");
    }
    assert_eq!(json_schema(&EventType::parse("client.contract.custom_fields_updated")), None);
}
