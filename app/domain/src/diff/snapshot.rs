//! The subject's snapshot in one body, prepared for comparison.

use crate::event::Family;
use crate::event::catalog::subject_path;
use serde_json::{Map, Value};

/// `data.object` of one body, with `data.changes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub(super) family: Option<Family>,
    pub(super) object: Map<String, Value>,
    pub(super) changes: Option<Value>,
}

impl Snapshot {
    /// Parses a body; `None` for invalid JSON or without `data.object`.
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut body: Value = serde_json::from_slice(body).ok()?;
        let data = body.get_mut("data")?;
        let Value::Object(object) = data.get_mut("object")?.take() else { return None };
        let changes = data.get_mut("changes").map(Value::take).filter(|changes| !changes.is_null());
        let is_named = |family: &Family| object.contains_key(id_key(*family));
        // A contract nests the ids of its contact and requisition, so the first id at the top is its own.
        let family = [Family::Contract, Family::Spend, Family::Contact].into_iter().find(is_named);
        Some(Self { family, object, changes })
    }

    /// Returns whether it contains only ids: such an event says nothing about other fields, least of all that they are
    /// gone.
    pub fn is_reference(&self) -> bool {
        self.object.iter().all(|(key, value)| value.is_null() || Family::ALL.iter().any(|of| id_key(*of) == key))
    }
}

fn id_key(of: Family) -> &'static str {
    subject_path(of).rsplit('.').next().unwrap_or_default()
}
