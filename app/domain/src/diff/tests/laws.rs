//! Properties that hold for any two payloads.

use super::fixture;
use crate::diff::{Change, Diff, Snapshot, between, stated};
use crate::event::catalog::fields;
use crate::event::{EventType, Family};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Generates any JSON, as text: numbers keep their notation.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?",
        "\"[0-9]{1,3}(\\.[0-9]{1,2})?\"",
        any::<String>().prop_map(|text| json!(text).to_string()),
        "(GBP|gbp|DAY|hp_[12]|ct_[12])".prop_map(|text| json!(text).to_string()),
        "202[56]-0[1-3]-[0-3][0-9]".prop_map(|text| json!(text).to_string()),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((any_key(), inner), 0..8).prop_map(|fields| {
                let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    let tables = Family::ALL.into_iter().flat_map(fields);
    let keys: Vec<String> =
        tables.map(|field| field.path.rsplit('.').next().unwrap().trim_end_matches("[]").to_owned()).collect();
    prop_oneof![6 => prop::sample::select(keys), 1 => any::<String>()]
}

fn any_payload() -> impl Strategy<Value = Snapshot> {
    let object = prop::collection::vec((any_key(), any_json()), 0..12).prop_map(|fields| {
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        format!("{{{}}}", fields.join(","))
    });
    (object, any_json()).prop_map(|(object, changes)| {
        Snapshot::read(format!(r#"{{"data":{{"object":{object},"changes":{changes}}}}}"#).as_bytes()).unwrap()
    })
}

/// Generates a fixture with some values overwritten, so that two of them have much in common.
fn any_fixture() -> impl Strategy<Value = Snapshot> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any_json()), 0..4);
    (prop::sample::select(vec!["contract.notice_served", "contract.offered", "spend_request.updated"]), edits).prop_map(
        |(name, edits)| {
            let mut body = fixture(name);
            for (index, value) in edits {
                let mut pointers = Vec::new();
                pointers_of(&body["data"]["object"], "/data/object", &mut pointers);
                if let (false, Ok(value)) = (pointers.is_empty(), serde_json::from_str(&value)) {
                    *body.pointer_mut(&pointers[index.index(pointers.len())]).unwrap() = value;
                }
            }
            super::snapshot(&body)
        },
    )
}

fn pointers_of(value: &Value, at: &str, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inside)| {
            let at = format!("{at}/{}", escaped(key));
            found.push(at.clone());
            pointers_of(inside, &at, found);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, inside)| pointers_of(inside, &format!("{at}/{place}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn turned(diff: Diff) -> Diff {
    let changes =
        diff.changes.into_iter().map(|change| Change { before: change.after, after: change.before, ..change });
    Diff { changes: changes.collect(), ..diff }
}

/// Reverses the order of every object's keys and every list's items.
fn shuffled(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().rev().map(|(key, value)| (key.clone(), shuffled(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().rev().map(shuffled).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn shuffled_snapshot(of: &Snapshot) -> Snapshot {
    let Value::Object(object) = shuffled(&Value::Object(of.object.clone())) else { panic!("no object") };
    Snapshot { object, ..of.clone() }
}

fn check(one: &Snapshot, other: &Snapshot) -> Result<(), TestCaseError> {
    prop_assert!(between(one, one).is_empty());
    let found = between(one, other);
    prop_assert_eq!(&turned(found.clone()), &between(other, one));
    prop_assert!(between(one, &shuffled_snapshot(one)).is_empty(), "{:?}", between(one, &shuffled_snapshot(one)));
    prop_assert_eq!(&between(&shuffled_snapshot(one), other), &found);
    let told = found.clone().seen_by(Some(crate::account::Role::Hirer));
    prop_assert_eq!(told.changes.len() + told.withheld, found.changes.len());
    prop_assert!(told.changes.iter().all(|change| !change.is_undescribed));
    for change in &found.changes {
        prop_assert!(change.before.is_some() || change.after.is_some());
        prop_assert!(!change.label.is_empty());
        let is_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > 200);
        prop_assert!(!is_long(&change.before) && !is_long(&change.after));
    }
    Ok(())
}

proptest! {
    // Payloads are large and every law walks them several times.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_two_payloads_differ_the_same_way_round_and_round(one in any_payload(), other in any_payload()) {
        check(&one, &other)?;
    }

    #[test]
    fn two_changed_fixtures_differ_the_same_way_round_and_round(one in any_fixture(), other in any_fixture()) {
        check(&one, &other)?;
    }

    #[test]
    fn any_changes_given_are_shown(payload in any_payload(), most in 0_usize..5) {
        if let Some(changes) = &payload.changes {
            prop_assert!(stated::changes(changes, &EventType::ContractOffered, payload.family, most).changes.len() <= most);
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in any::<Vec<u8>>()) {
        let _ = Snapshot::read(&bytes);
    }
}
