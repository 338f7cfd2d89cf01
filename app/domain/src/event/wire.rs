//! YunoJuno's wire format: only here are its names and shapes known.

mod objects;
mod skim;
mod text;

pub(super) use objects::is_no_end;

use super::contact::{CustomField, NulledFields};
use super::{Event, EventType, Family, Label, Mode, Payload, Unreadable};
use super::{changes, sample};
use crate::id::Subject;
use crate::money::Currency;
use crate::text::is_blank;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::cell::RefCell;
use text::{MAX_ITEMS, MAX_NAME_LENGTH, field_text, key, shown, storable};

pub(super) fn parse(body: &[u8]) -> Result<Event, Unreadable> {
    read(&tree(body)?)
}

pub(super) fn label(body: &[u8]) -> Label {
    if let Some((event_type, mode)) = skim::skim(body) {
        return Label { event_type: Some(event_type), mode: Some(mode), unreadable: None };
    }
    let value = match tree(body) {
        Ok(value) => value,
        Err(unreadable) => return Label { event_type: None, mode: None, unreadable: Some(unreadable) },
    };
    match read(&value) {
        Ok(event) => Label { event_type: Some(event.event_type), mode: Some(event.mode), unreadable: None },
        Err(unreadable) => Label { event_type: event_type(&value), mode: mode(&value), unreadable: Some(unreadable) },
    }
}

fn tree(body: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(body).map_err(|e| Unreadable::NotJson(e.to_string()))
}

fn read(value: &Value) -> Result<Event, Unreadable> {
    let envelope = value.as_object().ok_or(Unreadable::NoEnvelope("it is not a JSON object"))?;
    if let Some(event_type) = ping(value) {
        return Ok(Event {
            api_version: envelope.get("api_version").and_then(Value::as_str).map(storable),
            event_type,
            mode: Mode::Test,
            payload: Payload::Unrecognised(Vec::new()),
            changes: Vec::new(),
            skipped_fields: Vec::new(),
        });
    }
    let event_type = event_type(value).ok_or(Unreadable::NoEnvelope("event_type is missing"))?;
    let object = envelope.get("data").and_then(|data| data.get("object")).and_then(Value::as_object);

    let skipped_fields = RefCell::new(Vec::new());
    let payload = match event_type.family() {
        // An undocumented event may have its subject anywhere, or none.
        None => Payload::Unrecognised(object.map(subjects_named_in).unwrap_or_default()),
        Some(family) => {
            let map = object.ok_or(Unreadable::NoEnvelope("data.object is missing"))?;
            let fields = Fields { map, path: "data.object", skipped: &skipped_fields };
            match family {
                Family::Contact => Payload::Contact(Box::new(objects::contact(&fields)?)),
                Family::Contract => Payload::Contract(Box::new(objects::contract(&fields)?)),
                Family::Spend => Payload::Requisition(Box::new(
                    objects::requisition(&fields).ok_or(Unreadable::NoSubject("data.object.spend_request_id"))?,
                )),
            }
        }
    };
    let mut event = Event {
        api_version: envelope.get("api_version").and_then(Value::as_str).map(storable),
        mode: mode(value).unwrap_or_default(),
        changes: field_changes(&event_type, envelope),
        event_type,
        payload,
        skipped_fields: skipped_fields.into_inner(),
    };
    event.mode = settled(event.mode, event.own_id());
    Ok(event)
}

/// Returns the mode of an event about this subject: the documentation's examples claim to be live.
fn settled(mode: Mode, own_id: Option<&str>) -> Mode {
    if mode == Mode::Live && own_id.is_some_and(sample::is_documented) { Mode::Sample } else { mode }
}

/// Returns the type of a test message: Svix's portal sends `{"success": true}` without an envelope, its manual shows
/// the same inside one, and some senders name it [`EventType::PING`].
fn ping(value: &Value) -> Option<EventType> {
    let says_nothing_else = |value: &Value| {
        value.as_object().is_some_and(|map| map.len() == 1 && map.get("success").is_some_and(Value::is_boolean))
    };
    if says_nothing_else(value) {
        return Some(EventType::Unknown(EventType::PING.to_owned()));
    }
    let is_ping = |event_type: &EventType| {
        event_type.as_str() == EventType::PING
            || !event_type.is_known() && value.get("data").is_some_and(says_nothing_else)
    };
    event_type(value).filter(is_ping)
}

/// Selected by name, which includes the event of contracts that is documented but not in the catalog.
fn field_changes(event_type: &EventType, envelope: &Map<String, Value>) -> Vec<CustomField> {
    let changes = envelope.get("data").and_then(|data| data.get("changes"));
    let changes = changes.filter(|_| event_type.as_str().ends_with(".custom_fields_updated"));
    let mut found = changes.map(|changes| changes::custom_fields(changes, &field_text)).unwrap_or_default();
    found.truncate(MAX_ITEMS);
    found.retain(|field| !is_blank(&field.name));
    for field in &mut found {
        field.name = shown(&field.name, MAX_NAME_LENGTH).0;
    }
    found
}

fn event_type(value: &Value) -> Option<EventType> {
    value.get("event_type").and_then(Value::as_str).and_then(key).map(|name| EventType::parse(&name))
}

fn mode(value: &Value) -> Option<Mode> {
    value.get("mode").and_then(Value::as_str).filter(|word| !word.is_empty()).map(Mode::parse)
}

fn subjects_named_in(object: &Map<String, Value>) -> Vec<Subject> {
    [("contract_id", "contract"), ("client_contact_id", "contractor"), ("spend_request_id", "requisition")]
        .into_iter()
        .filter_map(|(name, kind)| Subject::from_parts(kind, &key(object.get(name)?.as_str()?)?))
        .collect()
}

/// An object being parsed, with its path for reports of skipped fields.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: &'a str,
    skipped: &'a RefCell<Vec<String>>,
}

impl<'a> Fields<'a> {
    fn present(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn cleared(&self, nullable: &[&str]) -> NulledFields {
        let is_nothing = |value: &Value| value.is_null() || value.as_str() == Some("");
        let is_cleared = |key: &&&str| self.map.get(**key).is_some_and(is_nothing);
        NulledFields(nullable.iter().filter(is_cleared).map(|key| (*key).to_owned()).collect())
    }

    fn skip(&self, key: &str, expected: &str) {
        self.skipped.borrow_mut().push(format!("{}.{key} is not {expected}", self.path));
    }

    fn read<T>(&self, key: &str, expected: &str, read: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let found = read(self.present(key)?);
        if found.is_none() {
            self.skip(key, expected);
        }
        found
    }

    /// Returns a short text; `None` if it is blank, so that a fallback is used. Direction controls are removed, so that
    /// no name affects the text beside it.
    fn text(&self, key: &str) -> Option<String> {
        self.text_of(key, MAX_NAME_LENGTH)
    }

    fn text_of(&self, key: &str, most: usize) -> Option<String> {
        let text = self.read(key, "text", Value::as_str).filter(|text| !is_blank(text))?;
        let (shown, is_cut) = shown(text, most);
        if is_cut {
            self.skip(key, &format!("read beyond {most} characters"));
        }
        Some(shown)
    }

    /// Returns a URL; `None` if it is too long, as a part of it would lead elsewhere.
    fn address(&self, key: &str) -> Option<String> {
        let text = self.read(key, "text", Value::as_str).filter(|text| !is_blank(text))?;
        let is_short = text.len() <= 2 * MAX_NAME_LENGTH;
        if !is_short {
            self.skip(key, "short enough to be an address");
        }
        is_short.then(|| storable(text))
    }

    fn id<T: for<'t> From<&'t str>>(&self, name: &str) -> Option<T> {
        let text = self.read(name, "text", Value::as_str).filter(|text| !text.is_empty())?;
        let id = key(text).map(|id| T::from(&id));
        if id.is_none() {
            self.skip(name, "short enough to be an id");
        }
        id
    }

    fn date(&self, key: &str) -> Option<Date> {
        // Some serialisers write a midnight timestamp for a date.
        self.read(key, "a date", |value| {
            let (day, rest) = value.as_str()?.split_at_checked(10)?;
            if rest.is_empty() || rest.starts_with(['T', 't', ' ']) { day.parse().ok() } else { None }
        })
    }

    fn decimal(&self, key: &str) -> Option<Decimal> {
        self.read(key, "a decimal", decimal)
    }

    fn whole(&self, key: &str) -> Option<u32> {
        self.read(key, "a whole number", |value| match value {
            Value::Number(number) => number.as_u64()?.try_into().ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.read(key, "true or false", Value::as_bool)
    }

    fn currency(&self, key: &str) -> Option<Currency> {
        self.read(key, "a currency", |value| Currency::parse(&storable(value.as_str()?)))
    }

    fn inside<T>(&self, key: &str, read: impl Fn(&Fields<'_>) -> T) -> Option<T> {
        let map = self.read(key, "an object", Value::as_object)?;
        let path = format!("{}.{key}", self.path);
        Some(read(&Fields { map, path: &path, skipped: self.skipped }))
    }

    fn each<T>(&self, key: &str, read: impl Fn(&Fields<'_>) -> Option<T>) -> Vec<T> {
        let Some(list) = self.read(key, "a list", Value::as_array) else { return Vec::new() };
        if list.len() > MAX_ITEMS {
            self.skip(key, &format!("read beyond {MAX_ITEMS} items"));
        }
        list.iter()
            .take(MAX_ITEMS)
            .enumerate()
            .filter_map(|(place, value)| {
                let Some(map) = value.as_object() else {
                    self.skip(&format!("{key}[{place}]"), "an object");
                    return None;
                };
                let path = format!("{}.{key}[{place}]", self.path);
                read(&Fields { map, path: &path, skipped: self.skipped })
            })
            .collect()
    }
}

pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    // A JSON number keeps its notation (`arbitrary_precision`), so no float is involved.
    match value {
        Value::String(text) => exact(text.trim()),
        Value::Number(number) => exact(&number.to_string()),
        _ => None,
    }
}

/// Parses a number exactly; `None` if it has more digits than fit, instead of rounding it.
fn exact(text: &str) -> Option<Decimal> {
    // Decimal parses `1_000` as a thousand; in a body that may as well be a typing error for 1.000.
    if text.contains('_') {
        return None;
    }
    let Some((digits, power)) = text.split_once(['e', 'E']) else { return Decimal::from_str_exact(text).ok() };
    let digits = Decimal::from_str_exact(digits).ok()?;
    let places = i64::from(digits.scale()).checked_sub(power.parse().ok()?)?;
    if let Ok(scale) = u32::try_from(places) {
        return Decimal::try_from_i128_with_scale(digits.mantissa(), scale).ok();
    }
    let zeros = u32::try_from(places.checked_neg()?).ok()?;
    Decimal::try_from_i128_with_scale(digits.mantissa().checked_mul(10_i128.checked_pow(zeros)?)?, 0).ok()
}
