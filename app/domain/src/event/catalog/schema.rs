//! JSON Schemas of event bodies, generated from the field tables.

use super::{Certainty, Field, entry, envelope_fields, fields, subject_path};
use crate::event::EventType;
use serde_json::{Map, Value, json};

pub(super) fn of(event_type: &EventType) -> Option<Value> {
    let entry = entry(event_type)?;
    let family = event_type.family()?;
    let has_changes = *event_type == EventType::ContactCustomFieldsUpdated;

    let mut root = Node::default();
    for field in envelope_fields().iter().filter(|field| has_changes || !field.path.starts_with("data.changes")) {
        root.at(field.path).field = Some(field);
    }
    for field in fields(family) {
        root.at(field.path).field = Some(field);
    }
    for path in ["api_version", "event_type", "data", "data.object", "mode", subject_path(family)] {
        root.at(path).required = true;
    }

    let mut schema = root.schema();
    let map = schema.as_object_mut()?;
    map.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    map.insert("title".to_owned(), json!(event_type.as_str()));
    map.insert("description".to_owned(), json!(entry.when));
    map.insert("type".to_owned(), json!("object"));
    map["properties"]["event_type"]["const"] = json!(event_type.as_str());
    Some(schema)
}

/// A node of the body's tree: its table row, and its children.
#[derive(Default)]
struct Node {
    field: Option<&'static Field>,
    required: bool,
    properties: Vec<(&'static str, Node)>,
    items: Option<Box<Node>>,
}

impl Node {
    fn at(&mut self, path: &'static str) -> &mut Self {
        let mut node = self;
        for step in path.split('.') {
            let key = step.trim_end_matches("[]");
            let place = node.properties.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
                node.properties.push((key, Self::default()));
                node.properties.len() - 1
            });
            node = &mut node.properties[place].1;
            if step.ends_with("[]") {
                node = node.items.get_or_insert_default();
            }
        }
        node
    }

    fn schema(&self) -> Value {
        let mut schema = Map::new();
        if let Some(field) = self.field {
            describe(field, &mut schema);
        }
        let named: Map<String, Value> = self
            .properties
            .iter()
            .filter(|(key, _)| *key != "*")
            .map(|(key, node)| ((*key).to_owned(), node.schema()))
            .collect();
        if !named.is_empty() {
            schema.insert("properties".to_owned(), Value::Object(named));
        }
        let required: Vec<&str> =
            self.properties.iter().filter(|(_, node)| node.required).map(|(key, _)| *key).collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if let Some(items) = &self.items {
            let mut inside = items.schema();
            if let Some(map) = inside.as_object_mut() {
                map.insert("type".to_owned(), json!("object"));
            }
            schema.insert("items".to_owned(), inside);
        }
        Value::Object(schema)
    }
}

fn describe(field: &Field, schema: &mut Map<String, Value>) {
    // Of an undocumented field only the name is known: a wrong guess would reject a good body.
    if field.certainty != Certainty::Unknown {
        let mut types: Vec<&str> = match field.kind {
            "list" => vec!["array"],
            "object or list" => vec!["object", "array"],
            "anything" => Vec::new(),
            other => vec![other],
        };
        if field.nullable != Some(false) {
            types.push("null");
        }
        schema.insert("type".to_owned(), if let [one] = types[..] { json!(one) } else { json!(types) });
        match field.format {
            Some("date") => schema.insert("format".to_owned(), json!("date")),
            Some("decimal") => schema.insert("pattern".to_owned(), json!(r"^-?[0-9]+(\.[0-9]+)?$")),
            _ => None,
        };
    }
    let mut description = field.meaning.to_owned();
    if let Some(form) = field.format.filter(|form| !matches!(*form, "date" | "decimal")) {
        description.push_str(" Form: ");
        description.push_str(form);
        description.push('.');
    }
    if field.required {
        description.push_str(" The documentation marks it as always there.");
    }
    if field.certainty != Certainty::Documented {
        description.push(' ');
        description.push_str(field.certainty.explanation());
    }
    schema.insert("description".to_owned(), json!(description));
    if let Some(example) = field.example {
        let typed =
            if field.kind == "string" { json!(example) } else { example.parse().unwrap_or_else(|_| json!(example)) };
        schema.insert("examples".to_owned(), json!([typed]));
    }
}
