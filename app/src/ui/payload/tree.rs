//! JSON as a tree of nested lists, in parts of bounded size. A part shows its values below the lists and objects that
//! hold them.

use super::{cost, legible};
use crate::ui::count::grouped;
use domain::query::search::{Segment, with_value};
use domain::text::cut;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Maximum number of lists and objects inside each other; what is deeper is counted.
const MAX_DEPTH: usize = 24;
/// Maximum length of a value, and of the name of a field, in characters.
const SHOWN: usize = 600;
const SHOWN_NAME: usize = 80;
/// Maximum length of a path that can be copied, and of a search for other deliveries, in bytes.
const LONGEST_PATH: usize = 240;
const LONGEST_SEARCH: usize = 300;
/// The bytes of HTML around a value, and around what holds others.
const LEAF: usize = 170;
const BRANCH: usize = 190;

/// How a tree is read.
#[derive(Clone, Copy)]
pub struct TreeReading<'a> {
    /// The part, from 1; of fewer parts the last one.
    pub part: usize,
    /// Maximum size of a part, in bytes of HTML, unless a single value takes more.
    pub budget: usize,
    /// The paths of what is marked as changed, with all below.
    pub changed: &'a BTreeSet<String>,
    /// Returns the address of a search for other deliveries; `None` for a tree without such links.
    pub others: Option<&'a dyn Fn(&str) -> String>,
}

/// One part of a tree.
pub struct TreePart {
    /// The part itself.
    pub view: AnyView,
    /// Its number, from 1.
    pub number: usize,
    /// The number of parts.
    pub parts: usize,
    /// The numbers of its first and last value, from 1.
    pub shown: (usize, usize),
    /// The number of values in all parts: texts, numbers, truth values, nulls, and what is empty.
    pub values: usize,
}

/// Renders a whole tree, for short JSON; `None` for other text.
pub fn tree(text: &str) -> Option<AnyView> {
    let reading = TreeReading { part: 1, budget: usize::MAX, changed: &BTreeSet::new(), others: None };
    tree_part(text, &reading).map(|part| part.view)
}

/// Renders a part of a tree; `None` for a text that is no JSON.
pub fn tree_part(text: &str, reading: &TreeReading<'_>) -> Option<TreePart> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut counted = Walk::new(*reading, 0);
    counted.node(None, &value, 0, false);
    let (parts, values) = (counted.part, counted.values);
    let mut walk = Walk::new(*reading, reading.part.clamp(1, parts));
    let root = walk.node(None, &value, 0, false);
    let view = view! { <div class="tree"><ul class="root">{root}</ul></div> }.into_any();
    Some(TreePart { view, number: walk.wanted, parts, shown: walk.shown, values })
}

struct Walk<'a> {
    reading: TreeReading<'a>,
    /// The part that is rendered; 0 to render none.
    wanted: usize,
    part: usize,
    /// Bytes of this part, of the lists and objects that are open, and whether it has a value yet.
    spent: usize,
    open: usize,
    has_value: bool,
    values: usize,
    shown: (usize, usize),
    path: String,
    segments: Vec<Segment>,
}

impl<'a> Walk<'a> {
    fn new(reading: TreeReading<'a>, wanted: usize) -> Self {
        Self {
            reading,
            wanted,
            part: 1,
            spent: 0,
            open: 0,
            has_value: false,
            values: 0,
            shown: (0, 0),
            path: String::new(),
            segments: Vec::new(),
        }
    }

    fn node(&mut self, key: Option<&str>, value: &Value, depth: usize, is_changed: bool) -> Option<AnyView> {
        if self.wanted > 0 && self.part > self.wanted {
            return None;
        }
        let is_changed = is_changed || self.reading.changed.contains(&self.path);
        let is_branch = match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if is_branch && depth < MAX_DEPTH {
            self.branch(key, value, depth, is_changed)
        } else {
            self.leaf(key, value, is_changed)
        }
    }

    fn branch(&mut self, key: Option<&str>, value: &Value, depth: usize, is_changed: bool) -> Option<AnyView> {
        let name = key.map(shown_name);
        let cost =
            BRANCH + name.as_deref().map_or(0, cost::of_text) + cost::of_text(self.path_to_copy().unwrap_or_default());
        self.open += cost;
        self.spent += cost;
        let length = self.path.len();
        let mut inside = Vec::new();
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    self.path.push_str(if length == 0 { "" } else { "." });
                    self.path.push_str(key);
                    self.segments.push(Segment { name: key.clone(), is_list: false });
                    inside.extend(self.node(Some(key), value, depth + 1, is_changed));
                    self.segments.pop();
                    self.path.truncate(length);
                }
            }
            Value::Array(items) => {
                let was_list = self.segments.last_mut().map(|last| std::mem::replace(&mut last.is_list, true));
                for (place, value) in items.iter().enumerate() {
                    // Writing to a `String` cannot fail.
                    let _ = write!(self.path, "[{place}]");
                    inside.extend(self.node(Some(&place.to_string()), value, depth + 1, is_changed));
                    self.path.truncate(length);
                }
                if let (Some(last), Some(was_list)) = (self.segments.last_mut(), was_list) {
                    last.is_list = was_list;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        self.open -= cost;
        if inside.is_empty() {
            return None;
        }
        let path = self.path_to_copy().map(str::to_owned);
        let name = name.map(|name| view! { <span class="key">{name}</span> ": " });
        let branch = view! {
            <li>
                <details open="">
                    <summary data-path=path>{name}<span class="count">{size(value)}</span></summary>
                    <ul>{inside}</ul>
                </details>
            </li>
        };
        Some(branch.into_any())
    }

    fn leaf(&mut self, key: Option<&str>, value: &Value, is_changed: bool) -> Option<AnyView> {
        let name = key.map(shown_name);
        let Shown { class, text, rest } = shown(value);
        let path = self.path_to_copy();
        // The search has the path and the value once more.
        let cost = LEAF
            + name.as_deref().map_or(0, cost::of_text)
            + path.map_or(0, |path| cost::of_text(path) + cost::in_query(path))
            + cost::of_text(&text)
            + cost::in_query(text.get(..LONGEST_SEARCH).unwrap_or(&text)).min(3 * LONGEST_SEARCH)
            + rest.as_ref().map_or(0, String::len);
        if self.has_value && self.spent.saturating_add(cost) > self.reading.budget {
            self.part += 1;
            self.spent = self.open;
        }
        self.spent += cost;
        self.has_value = true;
        self.values += 1;
        if self.part != self.wanted {
            return None;
        }
        self.shown = (if self.shown.0 == 0 { self.values } else { self.shown.0 }, self.values);
        let others = self.others(value).map(|href| {
            view! { " " <a class="find" href=href>"Find others"</a> }
        });
        let path = self.path_to_copy().filter(|path| !path.is_empty()).map(str::to_owned);
        let name = name.map(|name| view! { <span class="key">{name}</span> ": " });
        let rest = rest.map(|rest| view! { " " <span class="count" data-cut="">{rest}</span> });
        let mark = is_changed.then(|| view! { " " <span class="tag">"changed"</span> });
        let leaf = view! {
            <li class=if is_changed { "leaf is-changed" } else { "leaf" } data-path=path>
                {name}<span class=class>{text}</span>{rest}{mark}{others}
            </li>
        };
        Some(leaf.into_any())
    }

    fn others(&self, value: &Value) -> Option<String> {
        let address = self.reading.others.filter(|_| self.path.len() <= LONGEST_PATH)?;
        let is_short = value.as_str().is_none_or(|text| text.len() <= LONGEST_SEARCH);
        let search = is_short.then(|| with_value(&self.segments, value)).flatten()?.to_string();
        (search.len() <= LONGEST_SEARCH).then(|| address(&search))
    }

    fn path_to_copy(&self) -> Option<&str> {
        (self.path.len() <= LONGEST_PATH).then_some(self.path.as_str())
    }
}

fn shown_name(name: &str) -> String {
    legible(&cut(name, SHOWN_NAME))
}

/// A value as it is shown.
struct Shown {
    class: &'static str,
    text: String,
    /// What is said of a value that is not shown whole.
    rest: Option<String>,
}

fn shown(value: &Value) -> Shown {
    let whole = |class, text: String| Shown { class, text: legible(&text), rest: None };
    let of_many = |text: &str| {
        let (end, _) = text.char_indices().nth(SHOWN)?;
        let characters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        Some((text.get(..end)?.to_owned(), format!("its first {SHOWN} of {} characters", grouped(characters))))
    };
    match value {
        Value::String(text) => match of_many(text) {
            Some((first, rest)) => {
                Shown { class: "string", text: legible(&Value::String(first).to_string()), rest: Some(rest) }
            }
            None => whole("string", value.to_string()),
        },
        Value::Number(number) => match of_many(&number.to_string()) {
            Some((text, rest)) => Shown { class: "number", text, rest: Some(rest) },
            None => whole("number", number.to_string()),
        },
        Value::Null | Value::Bool(_) => whole("word", value.to_string()),
        Value::Array(items) if items.is_empty() => whole("count", "[]".to_owned()),
        Value::Object(map) if map.is_empty() => whole("count", "{}".to_owned()),
        Value::Array(_) | Value::Object(_) => {
            Shown { class: "count", text: size(value), rest: Some("too deep to be shown here".to_owned()) }
        }
    }
}

/// "3 fields", "1 item"
fn size(of: &Value) -> String {
    match of {
        Value::Array(items) => domain::text::size_in_words(items.len(), "item"),
        Value::Object(map) => domain::text::size_in_words(map.len(), "field"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
