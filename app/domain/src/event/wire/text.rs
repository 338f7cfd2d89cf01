//! Text fields of a body: which are read, and how much of each.

use crate::text::{cut, size_in_words, without_direction};
use serde_json::Value;
use std::borrow::Cow;

/// Replaces U+0000, which JSON allows in text and PostgreSQL rejects.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Returns text that can be a key. Its format is not checked, but its length is: PostgreSQL rejects index rows of more
/// than about 2,700 bytes.
pub(super) fn key(text: &str) -> Option<String> {
    (1..=KEY_BYTES_MAX).contains(&text.len()).then(|| storable(text))
}

/// YunoJuno promises at most 40 characters for ids.
pub(super) const KEY_BYTES_MAX: usize = 255;

/// Maximum length of a name, title or other short text, in characters, as lists, stories and calendars contain many of
/// them. The body keeps it in full.
pub(super) const MAX_NAME_LENGTH: usize = 1_000;
/// The same for the value of a custom field.
pub(super) const MAX_VALUE_LENGTH: usize = 10_000;
/// The same for a description, which is YunoJuno's own limit.
pub(super) const MAX_DESCRIPTION_LENGTH: usize = 100_000;
/// Maximum number of items read from a list.
pub(super) const MAX_ITEMS: usize = 1_000;

/// Returns the text of a custom field's value. Of a list or an object only the size: the catalog describes a text, and
/// what lies deeper is for those who may see payloads.
pub(super) fn field_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Bool(_) | Value::Number(_) => Cow::Owned(value.to_string()),
        Value::Array(items) => Cow::Owned(size_in_words(items.len(), "item")),
        Value::Object(fields) => Cow::Owned(size_in_words(fields.len(), "field")),
    };
    Some(shown(&text, MAX_VALUE_LENGTH).0)
}

/// Returns a text as stored for display, and whether it was cut.
pub(super) fn shown(text: &str, most: usize) -> (String, bool) {
    let whole = without_direction(text);
    let kept = cut(&whole, most);
    (storable(&kept), kept != whole)
}
