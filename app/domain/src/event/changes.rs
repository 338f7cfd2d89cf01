//! The changes that a custom-fields event states in `data.changes`, whose format is undocumented.
//!
//! The documentation says "with previous and new values" and not how. So an object with a pair under one of the known
//! keys is one change, at any depth, named by the name beside the pair or by the object's own key.

use super::contact::CustomField;
use serde_json::{Map, Value};

/// Possible keys of the old value.
pub(crate) const BEFORE: [&str; 6] = ["previous", "previous_value", "old", "old_value", "before", "from"];
/// Possible keys of the new value.
pub(crate) const AFTER: [&str; 7] = ["new", "new_value", "current", "current_value", "after", "to", "value"];
/// Possible keys of the field's name.
pub(crate) const NAMES: [&str; 4] = ["name", "field", "key", "label"];

/// The key of the list of custom fields, at any depth.
pub(crate) const CUSTOM_FIELDS: &str = "custom_fields";

/// The keys of objects about a person: the contractor, their record at the client, hirers.
pub(crate) const PERSONS: [&str; 3] = ["freelancer", "client_contact", "hirers"];

/// Returns whether a key is one of [`PersonalValues`](crate::policy::Thing::PersonalValues): only that it changed is
/// said.
pub(crate) fn is_personal(key: &str) -> bool {
    matches!(key, "date_of_birth" | "legal_name")
}

/// Returns whether a key, or a path, leads to data about a person other than custom fields. It may contain anything, so
/// nothing behind it is taken for a custom field, which everybody may read.
pub(crate) fn names_a_person(key: &str) -> bool {
    let mut parts = key.split(['.', '[', ']', '/']).filter(|part| !part.is_empty());
    let is_person = parts.any(|part| PERSONS.contains(&part) || is_personal(part));
    is_person && !parts.any(|part| part == CUSTOM_FIELDS)
}

/// Returns each changed field with its new value; `None` where it was cleared.
pub(super) fn custom_fields(changes: &Value, text: &impl Fn(&Value) -> Option<String>) -> Vec<CustomField> {
    let mut found = Vec::new();
    walk(changes, None, text, &mut found);
    found
}

fn walk(value: &Value, key: Option<&str>, text: &impl Fn(&Value) -> Option<String>, found: &mut Vec<CustomField>) {
    match value {
        // Of a person, only the list of custom fields is read.
        _ if key.is_some_and(names_a_person) => {
            if let Some(inside) = value.get(CUSTOM_FIELDS) {
                walk(inside, Some(CUSTOM_FIELDS), text, found);
            }
        }
        Value::Object(map) => {
            let name = NAMES.iter().find_map(|name| map.get(*name)?.as_str()).filter(|name| !name.is_empty()).or(key);
            match (after(map), name) {
                // A whole list before and after: each item of the new one is a field with its current value.
                (Some(now @ Value::Array(_)), _) => walk(now, None, text, found),
                (Some(_), Some(name)) if names_a_person(name) => {}
                (Some(now), Some(name)) => found.push(CustomField { name: name.to_owned(), value: text(now) }),
                _ => map.iter().for_each(|(key, inside)| walk(inside, Some(key), text, found)),
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, None, text, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn after(map: &Map<String, Value>) -> Option<&Value> {
    let after = AFTER.iter().find_map(|name| map.get(*name));
    // Only an old value: the field was cleared.
    after.or_else(|| BEFORE.iter().any(|name| map.contains_key(*name)).then_some(&Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_its_form_a_change_names_a_field_and_its_value_now() {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let told = |changes: Value| {
            let fields = custom_fields(&changes, &text).into_iter();
            fields.map(|field| format!("{}={}", field.name, field.value.unwrap_or_default())).collect::<Vec<_>>()
        };
        let list = json!({ "custom_fields": [{ "name": "po", "previous": "1", "new": "2" }, { "field": "cc", "old": "9", "current": null }] });
        assert_eq!(told(list), ["po=2", "cc="]);
        assert_eq!(told(json!({ "po": { "from": "1", "to": "2" } })), ["po=2"]);
        assert_eq!(told(json!([{ "name": "po", "previous_value": "1" }])), ["po="]);
        let whole = json!({ "custom_fields": { "previous": [], "new": [{ "name": "po", "value": "2" }] } });
        assert_eq!(told(whole), ["po=2"]);
        assert_eq!(told(json!("po")), Vec::<String>::new());
    }
}
