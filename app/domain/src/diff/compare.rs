//! The comparison of two payloads, field by field.

use super::place::{Item, Place};
use super::value::{cut_pair, day, identity, is_nothing, item_name, shown, summary, together};
use super::{Change, Diff, Snapshot};
use crate::event::Family;
use crate::number;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

static NULL: Value = Value::Null;

pub(super) fn snapshots(before: &Snapshot, after: &Snapshot) -> Diff {
    // The greater of two families, so that the order of payloads does not matter.
    let family = before.family.max(after.family);
    let mut walk = Walk { is_requisition: family == Some(Family::Spend), ..Walk::default() };
    walk.objects(&before.object, &after.object, &Place::top(family));
    walk.found.sort_by(|(rank, one), (other_rank, other)| (rank, &one.path).cmp(&(other_rank, &other.path)));
    let changes = walk.found.into_iter().map(|(_, change)| change).collect();
    Diff { changes, unchanged: walk.unchanged, ..Diff::default() }
}

#[derive(Default)]
struct Walk {
    is_requisition: bool,
    found: Vec<(usize, Change)>,
    unchanged: usize,
}

impl Walk {
    fn values(&mut self, before: &Value, after: &Value, at: &Place) {
        let empty = Map::new();
        match (before, after) {
            _ if is_nothing(before) && is_nothing(after) => {}
            (Value::Object(before), Value::Object(after)) => self.objects(before, after, at),
            (Value::Array(before), Value::Array(after)) => self.lists(before, after, at),
            (Value::Array(before), nothing) if is_nothing(nothing) => self.lists(before, &[], at),
            (nothing, Value::Array(after)) if is_nothing(nothing) => self.lists(&[], after, at),
            (Value::Object(before), nothing) if is_nothing(nothing) => match summary(before, at) {
                Some(text) => self.push(at, Some(text), None),
                None => self.objects(before, &empty, at),
            },
            (nothing, Value::Object(after)) if is_nothing(nothing) => match summary(after, at) {
                Some(text) => self.push(at, None, Some(text)),
                None => self.objects(&empty, after, at),
            },
            _ if is_same(before, after, at) => self.unchanged += 1,
            _ => self.leaf(before, after, at),
        }
    }

    fn leaf(&mut self, before: &Value, after: &Value, at: &Place) {
        let text = |value: &Value| (!is_nothing(value)).then(|| shown(value, at));
        let (mut was, mut is) = (text(before), text(after));
        let kind = |value: &Value| match value {
            Value::String(_) => "as text",
            Value::Number(_) => "as a number",
            Value::Bool(_) => "as yes or no",
            Value::Null | Value::Array(_) | Value::Object(_) => "as a group",
        };
        if was == is && kind(before) != kind(after) {
            was = was.map(|text| format!("{text}, {}", kind(before)));
            is = is.map(|text| format!("{text}, {}", kind(after)));
        }
        // An object in place of a documented scalar has undocumented fields inside.
        let has_group = [before, after].iter().any(|value| value.is_object() || value.is_array());
        self.put(at, was, is, at.is_undescribed() || (has_group && at.is_of_person()));
    }

    fn objects(&mut self, before: &Map<String, Value>, after: &Map<String, Value>, at: &Place) {
        let mut keys: BTreeSet<&str> = before.keys().chain(after.keys()).map(String::as_str).collect();
        if let Some(together) = together(&at.pattern, self.is_requisition)
            && let (Ok(was), Ok(is)) = (together.say(before), together.say(after))
            && was != is
        {
            keys.retain(|key| !together.keys.contains(key));
            let at = together.field.map_or_else(|| at.clone(), |field| at.field(field));
            self.push(&at, was, is);
        }
        for key in keys {
            self.values(before.get(key).unwrap_or(&NULL), after.get(key).unwrap_or(&NULL), &at.field(key));
        }
    }

    /// Matches items by identity, not by position; items without identity match only when they are equal.
    fn lists(&mut self, before: &[Value], after: &[Value], at: &Place) {
        let (before, after) = (by_identity(before, at), by_identity(after, at));
        let keys: BTreeSet<&(String, usize)> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (was, is) = (before.get(key).copied().unwrap_or(&NULL), after.get(key).copied().unwrap_or(&NULL));
            let path = match key {
                (key, 0) => key.clone(),
                (key, again) => format!("{key}#{}", again + 1),
            };
            let name = match (was.as_object(), is.as_object()) {
                (Some(was), Some(is)) => item_name(was, is, at, &key.0),
                (Some(one), None) | (None, Some(one)) if at.pattern != "hirers" => item_name(one, one, at, &key.0),
                _ => None,
            };
            self.values(was, is, &at.item(Item { key: &path, name }));
        }
    }

    fn push(&mut self, at: &Place, before: Option<String>, after: Option<String>) {
        self.put(at, before, after, at.is_undescribed());
    }

    fn put(&mut self, at: &Place, before: Option<String>, after: Option<String>, is_undescribed: bool) {
        let (before, after) = cut_pair(before, after);
        let change = Change { path: at.path.clone(), label: at.called(), before, after, is_undescribed };
        self.found.push((at.rank(), change));
    }
}

pub(super) fn by_identity<'a>(items: &'a [Value], at: &Place) -> BTreeMap<(String, usize), &'a Value> {
    let mut sorted: Vec<(String, String, String, &Value)> = items
        .iter()
        .filter(|item| !is_nothing(item))
        .map(|item| {
            let meant = spelled(item, false);
            (identity(item, &at.pattern).unwrap_or_else(|| meant.clone()), meant, spelled(item, true), item)
        })
        .collect();
    // Two items with one identity are ordered by content, never by position.
    sorted.sort_by(|one, other| (&one.0, &one.1, &one.2).cmp(&(&other.0, &other.1, &other.2)));
    let mut found = BTreeMap::new();
    let mut last: Option<(String, usize)> = None;
    for (key, .., item) in sorted {
        let again = last.filter(|(before, _)| *before == key).map_or(0, |(_, again)| again + 1);
        found.insert((key.clone(), again), item);
        last = Some((key, again));
    }
    found
}

/// Returns a canonical text, equal for equal values: keys sorted, empty values omitted, numbers normalised or, to
/// distinguish two of them, verbatim.
fn spelled(value: &Value, as_written: bool) -> String {
    match value {
        Value::Object(map) => {
            let fields: BTreeMap<&String, String> = map
                .iter()
                .filter(|(_, value)| !is_nothing(value))
                .map(|(key, value)| (key, spelled(value, as_written)))
                .collect();
            format!("{fields:?}")
        }
        Value::Array(items) => {
            let mut items: Vec<String> = items.iter().map(|item| spelled(item, as_written)).collect();
            items.sort();
            format!("{items:?}")
        }
        Value::Number(figure) => {
            let written = figure.to_string();
            if as_written { written } else { number::read(&written).map_or(written, |number| number.to_string()) }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

fn is_same(before: &Value, after: &Value, at: &Place) -> bool {
    if before == after {
        return true;
    }
    let figure = |value: &Value| match value {
        Value::String(text) => number::read(text),
        Value::Number(figure) => number::read(&figure.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let documented = at.documented();
    let format = documented.and_then(|field| field.format);
    let is_number = format == Some("decimal") || documented.is_some_and(|field| field.kind == "integer");
    let (was, is) = (before.as_str(), after.as_str());
    match (was, is) {
        (Some(was), Some(is)) if format == Some("date") => day(was).is_some() && day(was) == day(is),
        (Some(was), Some(is)) if format.is_some_and(|format| format.starts_with("ISO 4217")) => {
            was.trim().eq_ignore_ascii_case(is.trim())
        }
        _ if is_number || (before.is_number() && after.is_number()) => {
            figure(before).is_some() && figure(before) == figure(after)
        }
        _ => false,
    }
}
