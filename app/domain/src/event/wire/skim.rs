//! A single-pass reader of a body's event type and mode that builds no tree.
//!
//! Every request waits for this, and a tree of the whole body took a third of the time per message. Only clear cases
//! are decided here; anything unusual is left to [`super::parse`].

use super::text::KEY_BYTES_MAX;
use super::{EventType, Family, Mode, settled};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Returns type and mode of a body that is certainly readable; `None` if it may not be.
pub(super) fn skim(body: &[u8]) -> Option<(EventType, Mode)> {
    if may_address_the_parser(body) {
        return None;
    }
    let mut found = Found::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    Object { level: Level::Envelope, found: &mut found }.deserialize(&mut json).ok()?;
    json.end().ok()?;

    let event_type = EventType::parse(&found.event_type.filter(|text| is_plain_key(text))?);
    let id = match event_type.family() {
        // It may be a ping, and which id is its own depends on all of them.
        None => return None,
        Some(Family::Contact) => found.contact_id,
        Some(Family::Contract) => found.contract_id,
        Some(Family::Spend) => found.requisition_id,
    };
    let id = id.filter(|text| is_plain_key(text))?;
    Some((event_type, settled(mode(found.mode.as_deref()), Some(&id))))
}

fn mode(word: Option<&str>) -> Mode {
    word.filter(|word| !word.is_empty()).map(Mode::parse).unwrap_or_default()
}

/// Returns whether a key may begin with a dollar: `serde_json` uses such keys internally for numbers and raw text, and
/// would parse the body differently.
fn may_address_the_parser(body: &[u8]) -> bool {
    let escaped = br"\u0024";
    body.contains(&b'$') || body.contains(&b'\\') && body.windows(escaped.len()).any(|part| part == escaped)
}

fn is_plain_key(text: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&text.len()) && !text.contains('\0')
}

/// The fields found. Of two fields of the same name the last one counts, as in a tree.
#[derive(Default)]
struct Found {
    event_type: Option<String>,
    mode: Option<String>,
    contact_id: Option<String>,
    contract_id: Option<String>,
    requisition_id: Option<String>,
}

impl Found {
    fn forget_subject(&mut self) {
        (self.contact_id, self.contract_id, self.requisition_id) = (None, None, None);
    }
}

#[derive(Clone, Copy)]
enum Level {
    Envelope,
    Data,
    Subject,
}

enum Name {
    EventType,
    Mode,
    Data,
    Object,
    ContactId,
    ContractId,
    RequisitionId,
    Other,
}

/// Consumes values that a visitor does not look for, so that invalid JSON is detected.
macro_rules! skip_others {
    ($value:ty, $nothing:expr) => {
        type Value = $value;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("any JSON")
        }

        fn visit_bool<E: Error>(self, _: bool) -> Result<$value, E> {
            Ok($nothing)
        }

        fn visit_i64<E: Error>(self, _: i64) -> Result<$value, E> {
            Ok($nothing)
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<$value, E> {
            Ok($nothing)
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<$value, E> {
            Ok($nothing)
        }

        fn visit_unit<E: Error>(self) -> Result<$value, E> {
            Ok($nothing)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<$value, A::Error> {
            while items.next_element_seed(Skip)?.is_some() {}
            Ok($nothing)
        }
    };
}

macro_rules! seed {
    ($seed:ty, $value:ty) => {
        impl<'de> DeserializeSeed<'de> for $seed {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<$value, D::Error> {
                json.deserialize_any(self)
            }
        }
    };
}

/// Skips any value.
struct Skip;
seed!(Skip, ());

impl<'de> Visitor<'de> for Skip {
    skip_others!((), ());

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while fields.next_key_seed(Skip)?.is_some() {
            fields.next_value_seed(Skip)?;
        }
        Ok(())
    }
}

/// Keeps a string, and skips other values.
struct Text;
seed!(Text, Option<String>);

impl<'de> Visitor<'de> for Text {
    skip_others!(Option<String>, None);

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Option<String>, A::Error> {
        Skip.visit_map(fields).map(|()| None)
    }
}

/// Maps a key to the field it names.
struct Key;
seed!(Key, Name);

impl<'de> Visitor<'de> for Key {
    skip_others!(Name, Name::Other);

    fn visit_str<E: Error>(self, key: &str) -> Result<Name, E> {
        Ok(match key {
            "event_type" => Name::EventType,
            "mode" => Name::Mode,
            "data" => Name::Data,
            "object" => Name::Object,
            "client_contact_id" => Name::ContactId,
            "contract_id" => Name::ContractId,
            "spend_request_id" => Name::RequisitionId,
            _ => Name::Other,
        })
    }
}

/// Searches an object, and skips other values.
struct Object<'f> {
    level: Level,
    found: &'f mut Found,
}
seed!(Object<'_>, ());

impl<'de> Visitor<'de> for Object<'_> {
    skip_others!((), ());

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let found = self.found;
        while let Some(name) = fields.next_key_seed(Key)? {
            match (self.level, name) {
                (Level::Envelope, Name::EventType) => found.event_type = fields.next_value_seed(Text)?,
                (Level::Envelope, Name::Mode) => found.mode = fields.next_value_seed(Text)?,
                (Level::Envelope, Name::Data) => {
                    found.forget_subject();
                    fields.next_value_seed(Object { level: Level::Data, found })?;
                }
                (Level::Data, Name::Object) => {
                    found.forget_subject();
                    fields.next_value_seed(Object { level: Level::Subject, found })?;
                }
                (Level::Subject, Name::ContactId) => found.contact_id = fields.next_value_seed(Text)?,
                (Level::Subject, Name::ContractId) => found.contract_id = fields.next_value_seed(Text)?,
                (Level::Subject, Name::RequisitionId) => found.requisition_id = fields.next_value_seed(Text)?,
                _ => fields.next_value_seed(Skip)?,
            }
        }
        Ok(())
    }
}
