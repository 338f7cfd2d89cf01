//! Text fields of a body: which are read, and how much of each.

use crate::text::{cut, without_direction};
use serde_json::Value;
use std::borrow::Cow;

/// JSON allows U+0000 in text, PostgreSQL does not: such a body would be refused by one database for ever.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Text that things are found by. No form is asked for, but what no database can index is no key: PostgreSQL refuses
/// index rows of more than about 2,700 bytes.
pub(super) fn key(text: &str) -> Option<String> {
    (1..=KEY_BYTES_MAX).contains(&text.len()).then(|| storable(text))
}

/// YunoJuno promises at most 40 characters for its ids.
pub(super) const KEY_BYTES_MAX: usize = 255;

/// How much of a name, a title or another short text is read, in characters. A list, a story and a calendar hold many of
/// them, and a body may be as long as one of them: what is longer is a name to nobody. The body keeps it whole.
pub(super) const LONGEST_NAME: usize = 1_000;
/// The same of the value of a custom field.
pub(super) const LONGEST_VALUE: usize = 10_000;
/// The same of a description: YunoJuno takes so many where one is made.
pub(super) const LONGEST_DESCRIPTION: usize = 100_000;
/// How many items of a list are read, for the same reason.
pub(super) const MOST_ITEMS: usize = 1_000;

/// A string without its quotes, anything else as its JSON.
pub(super) fn field_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_string()),
    };
    Some(shown(&text, LONGEST_VALUE).0)
}

/// A text as it is kept to be shown, and whether its end was left out.
pub(super) fn shown(text: &str, most: usize) -> (String, bool) {
    let whole = without_direction(text);
    let kept = cut(&whole, most);
    (storable(&kept), kept != whole)
}
