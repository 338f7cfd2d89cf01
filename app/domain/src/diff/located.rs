//! Where the changes of an event stand in its body.

use super::compare::by_identity;
use super::place::{Item, Place};
use super::{EventChanges, Snapshot};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Returns the paths from the top of the body, such as `data.object.hirers[0].email`, of what changed and of what the
/// event says that changed. A path may be that of an object or a list. What is gone has none.
pub fn changed_paths(body: &[u8], of: &EventChanges) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = of.stated.changes.iter().map(|change| format!("data.{}", change.path)).collect();
    let changed: BTreeSet<&str> =
        of.diff.changes.iter().filter(|change| change.after.is_some()).map(|change| change.path.as_str()).collect();
    if !changed.is_empty()
        && let Some(snapshot) = Snapshot::read(body)
    {
        let top = Place::top(snapshot.family);
        for (key, value) in &snapshot.object {
            walk(value, &top.field(key), &format!("data.object.{key}"), &changed, &mut found);
        }
    }
    found
}

fn walk(value: &Value, at: &Place, path: &str, changed: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    if changed.contains(at.path.as_str()) {
        found.insert(path.to_owned());
        return;
    }
    // Whole branches without a change are passed over: a list may have many thousand items.
    if !changed.range(at.path.as_str()..).next().is_some_and(|next| next.starts_with(&at.path)) {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, inside) in map {
                walk(inside, &at.field(key), &format!("{path}.{key}"), changed, found);
            }
        }
        Value::Array(items) => {
            let keys: BTreeMap<*const Value, String> = by_identity(items, at)
                .into_iter()
                .map(|((key, again), item)| {
                    let key = if again == 0 { key } else { format!("{key}#{}", again + 1) };
                    (std::ptr::from_ref(item), key)
                })
                .collect();
            for (place, item) in items.iter().enumerate() {
                if let Some(key) = keys.get(&std::ptr::from_ref(item)) {
                    let inside = at.item(Item { key, name: None });
                    walk(item, &inside, &format!("{path}[{place}]"), changed, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::between;
    use super::*;
    use serde_json::json;

    fn body(object: &Value) -> Vec<u8> {
        json!({ "data": { "object": object } }).to_string().into_bytes()
    }

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        let snapshot = |object| Snapshot::read(&body(object)).unwrap();
        let diff = between(&snapshot(before), &snapshot(after));
        changed_paths(&body(after), &EventChanges { diff, ..EventChanges::default() }).into_iter().collect()
    }

    #[test]
    fn changes_are_found_where_the_later_body_has_them() {
        let before = json!({
            "contract_id": "ct_1", "title": "A", "end_date": "2026-01-01", "gone": "x", "rate": { "value": 1, "currency": "GBP", "unit": "DAY" },
            "hirers": [{ "hirer_id": "hp_1", "email": "a@example.com" }, { "hirer_id": "hp_2", "email": "b@example.com" }],
            "odd": { "deep": [1, 2] },
        });
        let after = json!({
            "contract_id": "ct_1", "title": "A", "end_date": "2026-02-01", "rate": { "value": 2, "currency": "GBP", "unit": "DAY" },
            "hirers": [{ "hirer_id": "hp_2", "email": "c@example.com" }, { "hirer_id": "hp_1", "email": "a@example.com" }],
            "odd": { "deep": [2, 3] },
        });
        assert_eq!(
            paths(&before, &after),
            ["data.object.end_date", "data.object.hirers[0].email", "data.object.odd.deep[1]", "data.object.rate"]
        );
        assert_eq!(paths(&after, &after), Vec::<String>::new());
    }

    #[test]
    fn a_change_that_is_stated_is_found_where_it_is_stated() {
        let change = super::super::Change {
            path: "changes.fields[0]".to_owned(),
            label: String::new(),
            before: None,
            after: Some(String::new()),
            is_undescribed: false,
        };
        let stated = super::super::Diff { changes: vec![change], ..Default::default() };
        let of = EventChanges { stated, ..EventChanges::default() };
        assert_eq!(changed_paths(b"{}", &of).into_iter().collect::<Vec<_>>(), ["data.changes.fields[0]"]);
    }
}
