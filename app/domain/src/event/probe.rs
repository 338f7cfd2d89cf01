//! Test helpers that change one place of a fixture and parse the result.

use super::{Event, parse};
use serde_json::{Map, Value};

/// Returns a file of `app/domain/fixtures`, as bytes.
pub(super) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(super) fn fixture(name: &str) -> Value {
    serde_json::from_slice(&bytes(name)).unwrap()
}

pub(super) fn reading(body: &Value) -> Event {
    parse(body.to_string().as_bytes()).unwrap()
}

/// Returns every value below the top, with its path in the notation of the tables.
pub(super) fn places(body: &Value) -> Vec<(String, &Value)> {
    fn walk<'v>(value: &'v Value, at: &str, found: &mut Vec<(String, &'v Value)>) {
        match value {
            Value::Object(map) => {
                for (key, inside) in map {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    found.push((path.clone(), inside));
                    walk(inside, &path, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, &format!("{at}[]"), found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(body, "", &mut found);
    found
}

/// Changes the field at `path` wherever it occurs (in every item of a list), and returns how often.
pub(super) fn alter(body: &mut Value, path: &str, change: &dyn Fn(&mut Map<String, Value>, &str)) -> usize {
    let Some(map) = body.as_object_mut() else { return 0 };
    let Some((step, rest)) = path.split_once('.') else {
        return if map.contains_key(path) {
            change(map, path);
            1
        } else {
            0
        };
    };
    let Some(inside) = map.get_mut(step.trim_end_matches("[]")) else { return 0 };
    if step.ends_with("[]")
        && let Some(items) = inside.as_array_mut()
    {
        items.iter_mut().map(|item| alter(item, rest, change)).sum()
    } else {
        alter(inside, rest, change)
    }
}

pub(super) fn without(body: &Value, path: &str) -> Value {
    let mut body = body.clone();
    assert!(alter(&mut body, path, &|map, key| drop(map.remove(key))) > 0, "nothing at {path}");
    body
}

pub(super) fn with(body: &Value, path: &str, value: &Value) -> Value {
    let mut body = body.clone();
    let change = |map: &mut Map<String, Value>, key: &str| drop(map.insert(key.to_owned(), value.clone()));
    assert!(alter(&mut body, path, &change) > 0, "nothing at {path}");
    body
}

/// Like [`with`], for an absent field; its parent must exist.
pub(super) fn adding(body: &Value, parent: &str, key: &str, value: Value) -> Value {
    let mut body = body.clone();
    let change = |map: &mut Map<String, Value>, at: &str| {
        map[at].as_object_mut().unwrap().insert(key.to_owned(), value.clone());
    };
    assert!(alter(&mut body, parent, &change) > 0, "nothing at {parent}");
    body
}
