//! The changes that an event itself states: `data.changes` of custom-field events, whose format is undocumented.
//!
//! The documentation says "with previous and new values" and not how. So an object with a pair under one of the known
//! keys is one change, at any depth; everything else is shown verbatim.

use super::label::{joined, readable};
use super::value::{cut_pair, is_nothing};
use super::{Change, Diff};
use crate::event::changes::{AFTER, BEFORE, CUSTOM_FIELDS, NAMES, is_personal, names_a_person};
use crate::event::{EventType, Family};
use crate::timeline::words::date_in_words;
use serde_json::{Map, Value};

/// Returns the changes in `data.changes`, at most `most` of them; further ones are counted.
///
/// Custom fields are the client's own and visible to everybody. Other content about a person is undocumented. The same
/// holds for changes in events that are not about custom fields, if they are about a person or their `family` is
/// unknown.
pub(super) fn changes(of: &Value, event_type: &EventType, family: Option<Family>, most: usize) -> Diff {
    let is_of_fields = event_type.as_str().ends_with(".custom_fields_updated");
    let is_undescribed = !is_of_fields && family.is_none_or(|family| family == Family::Contact);
    let mut found = Vec::new();
    walk(of, &Inside { path: "changes".to_owned(), words: Vec::new(), is_undescribed }, &mut found);
    Diff { changes: found, ..Diff::default() }.cut(most)
}

/// The position within the changes.
#[derive(Clone)]
struct Inside {
    path: String,
    words: Vec<String>,
    is_undescribed: bool,
}

impl Inside {
    fn field(&self, key: &str) -> Self {
        let is_undescribed = key != CUSTOM_FIELDS && (self.is_undescribed || names_a_person(key));
        Self { path: format!("{}.{key}", self.path), words: below(&self.words, key), is_undescribed }
    }
}

fn walk(value: &Value, at: &Inside, found: &mut Vec<Change>) {
    match value {
        Value::Object(map) => {
            if let Some(change) = pair(map, at) {
                found.push(change);
                return;
            }
            for (key, inside) in map {
                walk(inside, &at.field(key), found);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                walk(item, &Inside { path: format!("{}[{place}]", at.path), ..at.clone() }, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if !is_nothing(value) {
                let key = at.path.rsplit('.').next().unwrap_or_default();
                found.push(change(at, None, text_of(key, value), at.is_undescribed));
            }
        }
    }
}

/// The list of custom fields gives its items their kind; of other keys the innermost is enough.
fn below(words: &[String], key: &str) -> Vec<String> {
    if key == "custom_fields" {
        return vec!["Custom field".to_owned()];
    }
    match words {
        [only] if only == "Custom field" => vec![format!("Custom field {}", readable(key))],
        _ => words.iter().cloned().chain([readable(key)]).collect(),
    }
}

fn pair(map: &Map<String, Value>, at: &Inside) -> Option<Change> {
    let find = |names: &[&str]| names.iter().find_map(|name| map.get(*name));
    let before = find(&BEFORE);
    // "value" alone is a value and no change; beside a previous one it is the new one.
    let after = find(&AFTER);
    if before.is_none() && (after.is_none() || map.contains_key("value")) {
        return None;
    }
    let name = NAMES.iter().find_map(|name| map.get(*name)).and_then(Value::as_str).filter(|name| !name.is_empty());
    let key = name.unwrap_or_else(|| at.path.rsplit('.').next().unwrap_or_default());
    let (before, after) = (before.and_then(|value| text_of(key, value)), after.and_then(|value| text_of(key, value)));
    // If both are empty, the event still says that the field changed.
    let after = after.or_else(|| before.is_none().then(|| "empty".to_owned()));
    let words = name.map_or_else(|| at.words.clone(), |name| below(&at.words, name));
    let is_undescribed = at.is_undescribed || name.is_some_and(names_a_person);
    Some(change(&Inside { words, ..at.clone() }, before, after, is_undescribed))
}

fn change(at: &Inside, before: Option<String>, after: Option<String>, is_undescribed: bool) -> Change {
    let words: Vec<&str> = at.words.iter().map(String::as_str).collect();
    let (before, after) = cut_pair(before, after);
    Change { path: at.path.clone(), label: joined(&words), before, after, is_undescribed }
}

/// Returns a value as text, unless its key is personal data that no page shows.
fn text_of(key: &str, value: &Value) -> Option<String> {
    let said = text(value);
    if key.split(['.', '[']).any(is_personal) { said.map(|_| "not shown".to_owned()) } else { said }
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
        Value::Null | Value::Number(_) => Some(value.to_string()),
    }
}
