//! The events of webhook bodies, parsed tolerantly. The raw bytes stay authoritative; this is a reading of them.

pub mod catalog;
pub(crate) mod changes;
pub mod contact;
pub mod contract;
#[cfg(test)]
mod probe;
pub mod sample;
pub mod spend;
#[cfg(test)]
mod tolerance;
mod wire;

use crate::id::Subject;
use contact::{Contact, CustomField};
use contract::Contract;
use serde::{Deserialize, Serialize};
use spend::Requisition;
use std::fmt;

/// The families of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Client contacts: a client's relationship with a contractor.
    Contact,
    /// Contracts.
    Contract,
    /// Spend requisitions, on the wire `spend_request`.
    Spend,
}

impl Family {
    /// All three, in the order of the catalog.
    pub const ALL: [Self; 3] = [Self::Contact, Self::Contract, Self::Spend];

    /// Returns the value in URLs and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Contract => "contract",
            Self::Spend => "spend",
        }
    }

    /// The inverse of [`Family::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == text)
    }

    /// Returns the name as a heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contact => "Client contacts",
            Self::Contract => "Contracts",
            Self::Spend => "Spend requisitions",
        }
    }
}

/// The contact events, as a pattern: for matches that decide about another family event by event.
macro_rules! any_contact_event {
    () => {
        EventType::ContactCreated
            | EventType::ContactRegistered
            | EventType::ContactOnboardingCompleted
            | EventType::ContactCustomFieldsUpdated
    };
}

/// The contract events, as a pattern: see [`any_contact_event`].
macro_rules! any_contract_event {
    () => {
        EventType::ContractApproved
            | EventType::ContractOffered
            | EventType::ContractRevoked
            | EventType::ContractAccepted
            | EventType::ContractCancelled
            | EventType::ContractNoticeServed
            | EventType::ContractCompleted
            | EventType::ContractDeleted
    };
}

/// The spend events, as a pattern: see [`any_contact_event`].
macro_rules! any_spend_event {
    () => {
        EventType::SpendCreated | EventType::SpendUpdated | EventType::SpendApproved
    };
}

pub(crate) use {any_contact_event, any_contract_event, any_spend_event};

macro_rules! event_types {
    ($($name:ident, $wire:literal, $family:ident, $label:literal;)*) => {
        /// An event type: one of the 15 of the catalog, or another name.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum EventType {
            $(
                #[doc = concat!("`", $wire, "`")]
                $name,
            )*
            /// A name outside the catalog: stored and shown, but not interpreted.
            Unknown(String),
        }

        impl EventType {
            /// The 15 events of YunoJuno's catalog, in its order.
            pub const KNOWN: [Self; 15] = [$(Self::$name),*];

            /// Parses any name; one outside the catalog becomes [`EventType::Unknown`].
            pub fn parse(text: &str) -> Self {
                match text {
                    $($wire => Self::$name,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }

            /// Returns the name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $wire,)*
                    Self::Unknown(name) => name,
                }
            }

            /// Returns the family; `None` outside the catalog.
            pub fn family(&self) -> Option<Family> {
                match self {
                    $(Self::$name => Some(Family::$family),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Returns a label of two or three words; the wire name of an unknown type.
            pub fn label(&self) -> &str {
                match self {
                    $(Self::$name => $label,)*
                    Self::Unknown(name) if name == Self::PING => "Test message from the portal",
                    Self::Unknown(name) => name,
                }
            }
        }
    };
}

event_types! {
    ContactCreated, "client.client_contact.created", Contact, "Contractor added";
    ContactRegistered, "client.client_contact.registered", Contact, "Contractor registered";
    ContactOnboardingCompleted, "client.client_contact.onboarding_completed", Contact, "Onboarding completed";
    ContactCustomFieldsUpdated, "client.client_contact.custom_fields_updated", Contact, "Contractor fields updated";
    ContractApproved, "client.contract.approved", Contract, "Contract approved";
    ContractOffered, "client.contract.offered", Contract, "Contract offered";
    ContractRevoked, "client.contract.revoked", Contract, "Offer revoked";
    ContractAccepted, "client.contract.accepted", Contract, "Contract signed";
    ContractCancelled, "client.contract.cancelled", Contract, "Contract cancelled";
    ContractNoticeServed, "client.contract.notice_served", Contract, "Notice served";
    ContractCompleted, "client.contract.completed", Contract, "End date settled";
    ContractDeleted, "client.contract.deleted", Contract, "Contract deleted";
    SpendCreated, "client.spend_request.created", Spend, "Spend requested";
    SpendUpdated, "client.spend_request.updated", Spend, "Spend request updated";
    SpendApproved, "client.spend_request.approved", Spend, "Spend approved";
}

impl EventType {
    /// Documented, and not among the 15 of the catalog: fields of a contract were updated.
    pub const CONTRACT_FIELDS_UPDATED: &'static str = "client.contract.custom_fields_updated";

    /// Svix's name for the portal's test message. Its body, `{"success": true}`, has no envelope and so no type; it is
    /// stored under this one.
    pub const PING: &'static str = "svix.ping";

    /// Returns whether it is one of the 15 of the catalog.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// Returns whether it carries a version of a requisition: its creation, or an update.
    pub fn is_requisition_version(&self) -> bool {
        match self {
            Self::SpendCreated | Self::SpendUpdated => true,
            Self::SpendApproved | any_contact_event!() | any_contract_event!() | Self::Unknown(_) => false,
        }
    }
}

impl From<String> for EventType {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<EventType> for String {
    fn from(event_type: EventType) -> Self {
        event_type.as_str().to_owned()
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Live or test traffic (`mode` of the envelope). Only live events enter totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Live traffic, and bodies without `mode`: the field is documented as required, so its absence is an error, and
    /// hiding a real contract is worse than showing a test one.
    #[default]
    Live,
    /// Test traffic: `test`, any other undocumented value, and the portal's ping.
    Test,
    /// One of the documentation's own examples, sent as live: see [`sample`].
    Sample,
}

impl Mode {
    /// Returns the value on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
            Self::Sample => "sample",
        }
    }

    /// Parses any value; see the variants. `sample` is undocumented on the wire; a body with it is kept out of totals
    /// as well.
    pub fn parse(text: &str) -> Self {
        match text {
            "live" => Self::Live,
            "sample" => Self::Sample,
            _ => Self::Test,
        }
    }

    /// Returns the mode of a subject: whether one of its events was live, and whether its id is a documented sample.
    pub fn of_subject(is_test: bool, id: &str) -> Self {
        match (is_test, sample::is_documented(id)) {
            (false, _) => Self::Live,
            (true, false) => Self::Test,
            (true, true) => Self::Sample,
        }
    }
}

/// A parsed body.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The envelope's `api_version`, if it had one.
    pub api_version: Option<String>,
    /// The envelope's `event_type`.
    pub event_type: EventType,
    /// The envelope's `mode`.
    pub mode: Mode,
    /// The content of `data.object`.
    pub payload: Payload,
    /// `data.changes` of a custom-fields event: each changed field with its new value, `None` where it was cleared.
    /// Such an event may carry nothing else but its subject's id.
    pub changes: Vec<CustomField>,
    /// Paths of fields skipped because of an unexpected type. The event still counts.
    pub skipped_fields: Vec<String>,
}

/// The snapshot of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A client contact.
    Contact(Box<Contact>),
    /// A contract.
    Contract(Box<Contract>),
    /// A spend requisition.
    Requisition(Box<Requisition>),
    /// An event outside the catalog: only ids at the top of `data.object` are read.
    Unrecognised(Vec<Subject>),
}

/// The reason why a genuine body could not be parsed. It is stored all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The body is not JSON at all.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but not YunoJuno's envelope.
    #[error("the body is not a YunoJuno event: {0}")]
    NoEnvelope(&'static str),
    /// The envelope names a catalogued event, but the subject's id is missing.
    #[error("the event does not say what it is about: {0} is missing")]
    NoSubject(&'static str),
}

/// Parses a body. Unknown fields are ignored, missing and null ones accepted; a field of the wrong type is skipped and
/// reported in [`Event::skipped_fields`]. Only a missing envelope or subject id is an error.
pub fn parse(body: &[u8]) -> Result<Event, Unreadable> {
    wire::parse(body)
}

/// The classification of a body, readable or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its event type, if it has an envelope.
    pub event_type: Option<EventType>,
    /// Its mode; `None` only for an unreadable body without one.
    pub mode: Option<Mode>,
    /// The error of [`parse`], if any.
    pub unreadable: Option<Unreadable>,
}

/// Returns the classification that [`parse`] would give, at a fraction of its cost for nearly every body.
pub fn label(body: &[u8]) -> Label {
    wire::label(body)
}

/// Parses a decimal from a JSON string or number; `None` if it would have to be rounded.
pub fn decimal(value: &serde_json::Value) -> Option<rust_decimal::Decimal> {
    wire::decimal(value)
}

/// Returns whether a last day means "no end given".
pub fn is_no_end(day: jiff::civil::Date) -> bool {
    wire::is_no_end(day)
}

impl Event {
    /// Returns the id of the event's own subject.
    pub fn own_id(&self) -> Option<&str> {
        match &self.payload {
            Payload::Contact(contact) => Some(contact.id.as_str()),
            Payload::Contract(contract) => Some(contract.id.as_str()),
            Payload::Requisition(requisition) => Some(requisition.id.as_str()),
            Payload::Unrecognised(subjects) => subjects.first().map(Subject::id),
        }
    }

    /// Returns all subjects of this event, deduplicated: its own first, then those it mentions.
    pub fn about(&self) -> Vec<Subject> {
        let mut subjects = match &self.payload {
            Payload::Contact(contact) => vec![Subject::Contractor(contact.id.clone())],
            Payload::Requisition(requisition) => vec![Subject::Requisition(requisition.id.clone())],
            Payload::Unrecognised(subjects) => subjects.clone(),
            Payload::Contract(contract) => {
                let mut all = vec![Subject::Contract(contract.id.clone())];
                all.extend(contract.contractor_id.clone().map(Subject::Contractor));
                all.extend(contract.requisition.as_ref().map(|r| Subject::Requisition(r.id.clone())));
                all.extend(contract.hirers.iter().filter_map(|h| h.id.clone()).map(Subject::Hirer));
                all
            }
        };
        let mut seen = std::collections::BTreeSet::new();
        subjects.retain(|subject| seen.insert(subject.clone()));
        subjects
    }
}
