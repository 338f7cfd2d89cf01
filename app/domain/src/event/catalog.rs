//! The event catalog as data: what each event carries and means.

#[cfg(test)]
mod agreement;
mod entries;
mod fields;
mod schema;

use super::{EventType, Family};
use serde_json::Value;

/// One of the 15 events, described.
#[derive(Debug)]
pub struct Entry {
    /// The event type.
    pub event_type: EventType,
    /// When YunoJuno sends it, in one sentence.
    pub when: &'static str,
    /// Its place in the lifecycle: what may come before and after.
    pub follows: &'static str,
    /// A sample body, from `app/domain/fixtures`.
    pub sample: &'static str,
    /// Notes for readers of the payload, of one sentence or two each; most certain first.
    pub notes: &'static [&'static str],
}

/// Returns the 15 events in the order of the catalog.
pub fn entries() -> &'static [Entry] {
    &entries::ENTRIES
}

/// Returns the entry of one event; `None` outside the catalog.
pub fn entry(event_type: &EventType) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.event_type == *event_type)
}

/// The certainty of a field's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Stated by the documentation.
    Documented,
    /// Seen in an example only.
    Example,
    /// Concluded.
    Inferred,
    /// Not known.
    Unknown,
}

impl Certainty {
    /// All of them, the surest first.
    pub const ALL: [Self; 4] = [Self::Documented, Self::Example, Self::Inferred, Self::Unknown];

    /// Returns the name of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Documented => "Documented",
            Self::Example => "From an example",
            Self::Inferred => "Inferred",
            Self::Unknown => "Not known",
        }
    }

    /// Returns the meaning of its badge, in one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Documented => "YunoJuno’s documentation states it.",
            Self::Example => "It was seen only in an example body of the documentation, not in a description.",
            Self::Inferred => {
                "We conclude it from what the documentation says elsewhere; its name or place may turn out differently."
            }
            Self::Unknown => {
                "The documentation we could read does not describe it; where our sample has it, it is a guess."
            }
        }
    }
}

/// One field of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The path from the envelope down, such as `data.object.hirers[].email`. `[]` is any item of a list, a final `.*`
    /// anything in an object whose keys are not fixed.
    pub path: &'static str,
    /// The JSON type: `string`, `integer`, `boolean`, `object`, `list`, `object or list`, `anything`.
    pub kind: &'static str,
    /// Whether the documentation marks it as required. Bodies older than the field lack it all the same.
    pub required: bool,
    /// Whether it may be null; `None` if undocumented.
    pub nullable: Option<bool>,
    /// The format or the known values: `date`, `decimal`, or a few words. Never a reason to refuse a body.
    pub format: Option<&'static str>,
    /// A value as in the samples; text without its quotes.
    pub example: Option<&'static str>,
    /// What it says, in one or two sentences.
    pub meaning: &'static str,
    /// The certainty of this description.
    pub certainty: Certainty,
}

/// Returns the fields of the envelope, which every body has.
pub fn envelope_fields() -> &'static [Field] {
    &fields::ENVELOPE
}

/// Returns the fields below `data.object` for all events of a family, parents before children. An event with only a
/// reference has just the id.
pub fn fields(family: Family) -> &'static [Field] {
    match family {
        Family::Contact => &fields::contact::FIELDS,
        Family::Contract => &fields::contract::FIELDS,
        Family::Spend => &fields::spend::FIELDS,
    }
}

/// Returns the path of the subject's id in events of the family: the only field that is required.
pub fn subject_path(family: Family) -> &'static str {
    match family {
        Family::Contact => "data.object.client_contact_id",
        Family::Contract => "data.object.contract_id",
        Family::Spend => "data.object.spend_request_id",
    }
}

/// Returns a JSON Schema (draft 2020-12) of the whole body; `None` outside the catalog. It is as tolerant as this
/// receiver: only the envelope and the subject's id are required and further fields are allowed, because fields were
/// added without a new `api_version`, and a rejected body is lost.
pub fn json_schema(event_type: &EventType) -> Option<Value> {
    schema::of(event_type)
}

/// Returns a summary of a family, in two or three sentences.
pub fn family_summary(family: Family) -> &'static str {
    match family {
        Family::Contact => {
            "A client contact is one client’s lasting relationship with one contractor. Its events tell how \
             the contractor joins: added or invited, registered, onboarded; and when the client’s own fields about \
             them change. Its id stays the same for as long as they work together."
        }
        Family::Contract => {
            "A contract is one engagement, with its dates, rate and fees. Its events follow it from approval and offer \
             through signature to its end. Each carries the contract as it stood at that moment, with the \
             contractor, the hirers and the spend requisition it draws on."
        }
        Family::Spend => {
            "A spend requisition asks for money before there is a contract, and goes through the client’s approval. \
             On the wire it keeps its earlier name, spend request. Its body never says whether it is \
             approved: only the event does."
        }
    }
}

/// Returns advice on whether an endpoint should receive a family: what it is good for, and what it lacks.
pub fn family_advice(family: Family) -> &'static str {
    match family {
        Family::Contact => {
            "Subscribe to this family to keep a directory or a supplier list in step: to create someone in your \
             systems when they join and let them be booked when they are ready. Read the states in the body rather \
             than the event’s name: someone already on YunoJuno may arrive fully onboarded, and then no further \
             event says so. Nothing is sent when someone leaves the directory."
        }
        Family::Contract => {
            "Subscribe to this family to know who works for you, from when to when and at what cost: for access, \
             headcount, purchase orders and forecasts. It is enough by itself, since every contract names its \
             contractor and its requisition. Declined or lapsed offers, rejected approvals and \
             timesheets send nothing."
        }
        Family::Spend => {
            "Subscribe to this family to mirror budgets and approvals in a finance system. Take the contract family \
             as well to see what a budget is spent on: a requisition does not name its contracts; contracts \
             name their requisition. A rejected requisition sends nothing."
        }
    }
}
