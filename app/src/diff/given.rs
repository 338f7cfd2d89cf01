//! What does an event itself say that changed? `data.changes` of custom-field events, whatever its form.
//!
//! The documentation says "with previous and new values" and not how. So an object that holds a pair under one of the
//! names below is one change, wherever it stands; everything else is shown as it was given.

use super::label::{joined, readable};
use super::value::{cut_pair, is_nothing};
use super::{Change, Diff};
use crate::event::changes::{AFTER, BEFORE, NAMES};
use crate::timeline::words::date_in_words;
use serde_json::{Map, Value};

/// What stands in `data.changes`, at most `most` of it; the rest is counted.
pub(super) fn changes(of: &Value, most: usize) -> Diff {
    let mut found = Vec::new();
    walk(of, "changes", &[], &mut found);
    Diff { changes: found, ..Diff::default() }.cut(most)
}

fn walk(value: &Value, path: &str, words: &[String], found: &mut Vec<Change>) {
    match value {
        Value::Object(map) => {
            if let Some(change) = pair(map, path, words) {
                found.push(change);
                return;
            }
            for (key, inside) in map {
                walk(inside, &format!("{path}.{key}"), &below(words, key), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                walk(item, &format!("{path}[{place}]"), words, found);
            }
        }
        _ if is_nothing(value) => {}
        leaf => found.push(change(path, words, None, text(leaf))),
    }
}

/// The list of custom fields says by its name what its items are; of other words the innermost is enough.
fn below(words: &[String], key: &str) -> Vec<String> {
    if key == "custom_fields" {
        return vec!["Custom field".to_owned()];
    }
    match words {
        [only] if only == "Custom field" => vec![format!("Custom field {}", readable(key))],
        _ => words.iter().cloned().chain([readable(key)]).collect(),
    }
}

fn pair(map: &Map<String, Value>, path: &str, words: &[String]) -> Option<Change> {
    let find = |names: &[&str]| names.iter().find_map(|name| map.get(*name));
    let before = find(&BEFORE);
    // "value" alone is a value and no change; beside a previous one it is the new one.
    let after = find(&AFTER);
    if before.is_none() && (after.is_none() || map.contains_key("value")) {
        return None;
    }
    let name = NAMES.iter().find_map(|name| map.get(*name)).and_then(Value::as_str).filter(|name| !name.is_empty());
    let words = name.map_or_else(|| words.to_vec(), |name| below(words, name));
    let (before, after) = (before.and_then(text), after.and_then(text));
    // Both empty is still something that was said to have changed.
    let after = after.or_else(|| before.is_none().then(|| "empty".to_owned()));
    Some(change(path, &words, before, after))
}

fn change(path: &str, words: &[String], before: Option<String>, after: Option<String>) -> Change {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (before, after) = cut_pair(before, after);
    Change { path: path.to_owned(), label: joined(&words), before, after }
}

fn text(value: &Value) -> Option<String> {
    match value {
        _ if is_nothing(value) => None,
        Value::String(text) => Some(super::value::day(text).map_or_else(|| text.clone(), date_in_words)),
        Value::Bool(is_so) => Some(if *is_so { "yes" } else { "no" }.to_owned()),
        Value::Array(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs = map.iter().filter_map(|(key, value)| Some(format!("{}: {}", readable(key), text(value)?)));
            Some(pairs.collect::<Vec<_>>().join(", "))
        }
        other => Some(other.to_string()),
    }
}
