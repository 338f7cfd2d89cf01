//! The payload of client-contact events: a snapshot of one client's relationship with one contractor.

use crate::id::{ClientId, ContractorId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One client's contractor, as in one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// `client_contact_id`
    pub id: ContractorId,
    /// `freelancer_id`: the person's profile on the whole platform.
    pub freelancer_id: Option<String>,
    /// `freelancer`; the position of names in this payload is inferred.
    pub person: ContractorPerson,
    /// `client`; inferred.
    pub client: Option<Client>,
    /// `status.registration_state`: `REGISTERED` is documented, other values are not.
    pub registration_state: Option<String>,
    /// `status.onboarding_state`: `FINISHED` is documented, other values are not.
    pub onboarding_state: Option<String>,
    /// `status.bookability_state`: this, and not the event type, decides whether they can be booked.
    pub bookability_state: Option<String>,
    /// `custom_fields[]`
    pub custom_fields: Vec<CustomField>,
    /// `url`: their directory page on YunoJuno.
    pub url: Option<String>,
}

/// The contractor as a person (`freelancer`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractorPerson {
    /// `full_name`, else first and last name.
    pub name: Option<String>,
    /// `first_name`
    pub first_name: Option<String>,
    /// `email`
    pub email: Option<String>,
}

/// The customer organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`
    pub id: Option<ClientId>,
    /// `name`
    pub name: Option<String>,
}

impl Client {
    /// Returns its name, else its id.
    pub fn called(&self) -> Option<&str> {
        self.name.as_deref().or_else(|| self.id.as_ref().map(ClientId::as_str))
    }
}

/// A field the client configured, such as a cost centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    /// `name`
    pub name: String,
    /// `value` as text: a string without its quotes, other values as JSON; `None` when null.
    pub value: Option<String>,
}

impl CustomField {
    /// Returns `Name:Value`, as filters write it; `None` without a value.
    pub fn pair(&self) -> Option<String> {
        let value = self.value.as_deref().map(str::trim).filter(|value| !value.is_empty())?;
        Some(tidy(&format!("{}:{value}", self.name)))
    }
}

/// Nullable fields that a body has as `null` or as empty text, which means "none", while an absent field means
/// "unchanged".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NulledFields(pub BTreeSet<String>);

impl NulledFields {
    /// Returns whether the field is among them.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }
}

/// Normalises white space around the colons of `Name:Value`.
pub fn tidy(pair: &str) -> String {
    pair.split(':').map(str::trim).collect::<Vec<_>>().join(":")
}
