//! Tests that the catalog's tables, the types and the fixtures agree.

mod reading;
mod schema;

use super::{Certainty, Field, entries, entry, envelope_fields, family_advice, family_summary, fields, subject_path};
use crate::event::probe::{bytes, fixture, places};
use crate::event::{EventType, Family, Mode, Payload, parse};
use crate::id::Subject;
use serde_json::Value;
use std::collections::BTreeSet;

const EXTRA: &str = "extra.contract.custom_fields_updated";
const ODD: [&str; 3] = ["odd.nulls", "odd.numbers", "odd.oldest_contract"];

fn name_of(event_type: &EventType) -> &str {
    event_type.as_str().strip_prefix("client.").unwrap()
}

/// Returns all bodies of a family, by name. The event outside the catalog is about a contract, so it counts as one.
fn bodies(family: Family) -> Vec<(String, Value)> {
    let known = EventType::KNOWN.into_iter().filter(|known| known.family() == Some(family));
    let mut names: Vec<String> = known.map(|known| name_of(&known).to_owned()).collect();
    if family == Family::Contract {
        names.extend([EXTRA, ODD[0], ODD[1], ODD[2]].map(str::to_owned));
    }
    names.into_iter().map(|name| (name.clone(), fixture(&name))).collect()
}

fn table(family: Family) -> Vec<&'static Field> {
    envelope_fields().iter().chain(fields(family)).collect()
}

/// Returns the values of a body at the path of a table row, wildcard rows included.
fn at<'v>(body: &'v Value, path: &str) -> Vec<&'v Value> {
    let found = places(body).into_iter();
    match path.strip_suffix('*') {
        Some(open) => found.filter(|(place, _)| place.starts_with(open)).map(|(_, value)| value).collect(),
        None => found.filter(|(place, _)| place == path).map(|(_, value)| value).collect(),
    }
}

#[test]
fn the_catalog_has_the_15_events_in_their_order() {
    let described: Vec<&EventType> = entries().iter().map(|entry| &entry.event_type).collect();
    assert_eq!(described, EventType::KNOWN.iter().collect::<Vec<_>>());
    for known in &EventType::KNOWN {
        assert_eq!(entry(known).unwrap().event_type, *known);
    }
    assert!(entry(&EventType::parse("client.contract.custom_fields_updated")).is_none());
}

#[test]
fn every_text_of_the_catalog_is_a_sentence() {
    let sentence = |text: &str| assert!(text.ends_with('.') && !text.contains("  "), "{text:?}");
    for entry in entries() {
        sentence(entry.when);
        sentence(entry.follows);
        assert!(!entry.notes.is_empty(), "{}", entry.event_type);
        entry.notes.iter().copied().for_each(sentence);
    }
    for family in Family::ALL {
        sentence(family_summary(family));
        sentence(family_advice(family));
        for field in table(family) {
            sentence(field.meaning);
        }
    }
    for certainty in Certainty::ALL {
        sentence(certainty.explanation());
    }
}

#[test]
fn every_event_has_a_fixture_and_every_fixture_an_event() {
    let mut expected: BTreeSet<String> = EventType::KNOWN.iter().map(|known| name_of(known).to_owned()).collect();
    expected.extend([EXTRA, "signature-vectors"].map(str::to_owned));
    expected.extend(ODD.map(str::to_owned));
    let found: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))
        .unwrap()
        .filter_map(|file| file.unwrap().file_name().to_str().unwrap().strip_suffix(".json").map(str::to_owned))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_sample_reads_as_the_event_it_is_named_after() {
    for entry in entries() {
        let name = name_of(&entry.event_type);
        assert_eq!(entry.sample.as_bytes(), bytes(name), "{name}");
        let event = parse(entry.sample.as_bytes()).unwrap();
        assert_eq!(event.event_type, entry.event_type);
        assert_eq!(event.api_version.as_deref(), Some("2024-04-10"), "{name}");
        assert_eq!(event.mode, Mode::Live, "{name}");
        assert_eq!(event.skipped_fields, Vec::<String>::new(), "{name}");
        let family = match event.payload {
            Payload::Contact(_) => Some(Family::Contact),
            Payload::Contract(_) => Some(Family::Contract),
            Payload::Requisition(_) => Some(Family::Spend),
            Payload::Unrecognised(_) => None,
        };
        assert_eq!(family, entry.event_type.family(), "{name}");
    }
}

#[test]
fn the_other_fixtures_read_without_oddities() {
    for name in ODD {
        let event = parse(&bytes(name)).unwrap();
        assert!(matches!(event.payload, Payload::Contract(_)), "{name}");
        assert_eq!(event.skipped_fields, Vec::<String>::new(), "{name}");
    }
    let event = parse(&bytes(EXTRA)).unwrap();
    assert_eq!(event.event_type, EventType::Unknown("client.contract.custom_fields_updated".to_owned()));
    let subject = Subject::Contract("ct_cu8gh5u3fg1dw587nosw68t8f".into());
    assert_eq!(event.payload, Payload::Unrecognised(vec![subject]));
}

#[test]
fn everything_in_a_fixture_is_in_the_tables() {
    for family in Family::ALL {
        let table = table(family);
        let listed = |path: &str| {
            table.iter().any(|field| match field.path.strip_suffix('*') {
                Some(open) => path.starts_with(open),
                None => field.path == path,
            })
        };
        for (name, body) in bodies(family) {
            for (path, _) in places(&body) {
                assert!(listed(&path), "{name} has {path}, which no table has");
            }
        }
    }
}

#[test]
fn everything_in_the_tables_is_in_a_fixture_unless_it_is_not_known() {
    for family in Family::ALL {
        let bodies = bodies(family);
        for field in fields(family) {
            let occurs = bodies.iter().any(|(_, body)| !at(body, field.path).is_empty());
            assert!(occurs || field.certainty == Certainty::Unknown, "no fixture has {}", field.path);
        }
    }
    let all: Vec<Value> = Family::ALL.into_iter().flat_map(bodies).map(|(_, body)| body).collect();
    for field in envelope_fields() {
        assert!(all.iter().any(|body| !at(body, field.path).is_empty()), "no fixture has {}", field.path);
    }
}

#[test]
fn every_example_in_the_tables_is_in_a_fixture() {
    for family in Family::ALL {
        let bodies = bodies(family);
        for field in fields(family).iter().filter(|field| field.example.is_some()) {
            let values = bodies.iter().flat_map(|(_, body)| at(body, field.path));
            let mut texts = values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            assert!(texts.any(|text| Some(text.as_str()) == field.example), "{} {:?}", field.path, field.example);
        }
    }
}

#[test]
fn every_value_in_a_fixture_is_of_the_kind_the_table_says() {
    for family in Family::ALL {
        for (name, body) in bodies(family) {
            for field in table(family) {
                for value in at(&body, field.path) {
                    let fits = match field.kind {
                        "string" if name == "odd.numbers" && field.format == Some("decimal") => value.is_number(),
                        "string" => value.is_string(),
                        "integer" => value.is_u64(),
                        "boolean" => value.is_boolean(),
                        "object" => value.is_object(),
                        "list" => value.is_array(),
                        "object or list" => value.is_object() || value.is_array(),
                        "anything" => true,
                        other => panic!("{} is of no known kind: {other}", field.path),
                    };
                    let null_fits = value.is_null() && field.nullable != Some(false);
                    assert!(fits || null_fits, "{name}: {} is {value}, not {}", field.path, field.kind);
                }
            }
        }
    }
}

#[test]
fn what_is_always_there_is_in_every_full_body() {
    for family in Family::ALL {
        for (name, body) in bodies(family) {
            let is_reference = body["data"]["object"].as_object().unwrap().len() == 1;
            if is_reference || name == "odd.oldest_contract" {
                continue;
            }
            for field in table(family).iter().filter(|field| field.required) {
                // Required fields of a requisition are present only if there is a requisition.
                let parent = field.path.rsplit_once('.').map_or("", |(parent, _)| parent);
                let nowhere = !parent.is_empty() && at(&body, parent).iter().all(|value| value.is_null());
                assert!(nowhere || !at(&body, field.path).is_empty(), "{name} lacks {}", field.path);
            }
        }
    }
}

#[test]
fn a_table_names_each_place_once_and_parents_before_children() {
    for family in Family::ALL {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for field in table(family) {
            if let Some((parent, _)) = field.path.rsplit_once('.') {
                assert!(seen.contains(parent.trim_end_matches("[]")), "{} has no parent row before it", field.path);
            }
            assert!(seen.insert(field.path), "{} is there twice", field.path);
        }
        assert!(seen.contains(subject_path(family)));
    }
}
