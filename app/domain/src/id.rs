//! Ids as YunoJuno and Svix write them, each a type of its own so that they cannot be mixed up.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// Kept as text: YunoJuno documents a form for some ids, but none is refused for its form.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Returns the id as written by its issuer.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

ids! {
    /// One client's lasting relationship with one contractor: `clct_…`, on the wire `client_contact_id`.
    ContractorId;
    /// One engagement: `ct_…`, on the wire `contract_id`.
    ContractId;
    /// One funding request: `spreq_…`, on the wire `spend_request_id`.
    RequisitionId;
    /// A person (or service account) who acts for the client: `hp_…`.
    HirerId;
    /// The customer organisation on YunoJuno: `cl_…`.
    ClientId;
    /// Svix's message id, `msg_…`, from the `svix-id` header: the same on every attempt, and the idempotency key.
    MessageId;
}

/// The characters that need no percent-encoding in a path segment.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns a name as one path segment, whatever it contains.
pub fn in_path(name: &str) -> String {
    utf8_percent_encode(name, IN_PATH).to_string()
}

/// Returns the path of an id's page below its list.
fn page_at(list: &str, id: &str) -> String {
    // Browsers treat these as path steps in any encoding, so the list is searched for them instead.
    if matches!(id, "." | "..") { format!("{list}?q={id}") } else { format!("{list}/{}", in_path(id)) }
}

impl ContractorId {
    /// Returns the path of their page.
    pub fn path(&self) -> String {
        page_at("/contractors", &self.0)
    }
}

impl ContractId {
    /// Returns the path of its page.
    pub fn path(&self) -> String {
        page_at("/contracts", &self.0)
    }
}

impl RequisitionId {
    /// Returns the path of its page.
    pub fn path(&self) -> String {
        page_at("/spend", &self.0)
    }
}

/// A subject of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// A contractor of a client.
    Contractor(ContractorId),
    /// A contract.
    Contract(ContractId),
    /// A spend requisition.
    Requisition(RequisitionId),
    /// A hirer.
    Hirer(HirerId),
}

impl Subject {
    /// Returns the value in the database and in filters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Contractor(_) => "contractor",
            Self::Contract(_) => "contract",
            Self::Requisition(_) => "requisition",
            Self::Hirer(_) => "hirer",
        }
    }

    /// Returns the id alone.
    pub fn id(&self) -> &str {
        match self {
            Self::Contractor(id) => id.as_str(),
            Self::Contract(id) => id.as_str(),
            Self::Requisition(id) => id.as_str(),
            Self::Hirer(id) => id.as_str(),
        }
    }

    /// The inverse of [`Subject::kind`] and [`Subject::id`]; `None` for an unknown kind.
    pub fn from_parts(kind: &str, id: &str) -> Option<Self> {
        Some(match kind {
            "contractor" => Self::Contractor(id.into()),
            "contract" => Self::Contract(id.into()),
            "requisition" => Self::Requisition(id.into()),
            "hirer" => Self::Hirer(id.into()),
            _ => return None,
        })
    }

    /// Returns the path of its page; hirers have none.
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Contractor(id) => Some(id.path()),
            Self::Contract(id) => Some(id.path()),
            Self::Requisition(id) => Some(id.path()),
            Self::Hirer(_) => None,
        }
    }
}

/// A kind of subject that has a story of its own: hirers have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Contracts.
    Contract,
    /// Spend requisitions.
    Requisition,
    /// Contractors.
    Contractor,
}

impl SubjectKind {
    /// All of them, in the order in which filters offer them.
    pub const ALL: [Self; 3] = [Self::Contract, Self::Requisition, Self::Contractor];

    /// The kind of a subject; `None` for hirers.
    pub fn of(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Contract(_) => Some(Self::Contract),
            Subject::Contractor(_) => Some(Self::Contractor),
            Subject::Requisition(_) => Some(Self::Requisition),
            Subject::Hirer(_) => None,
        }
    }

    /// As [`Subject::kind`], which is also the word in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contractor => "contractor",
            Self::Contract => "contract",
            Self::Requisition => "requisition",
        }
    }

    /// The inverse of [`SubjectKind::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The heading of their list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contractor => "Contractors",
            Self::Contract => "Contracts",
            Self::Requisition => "Spend",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_the_whole_id_as_one_piece() {
        let path = |id: &str| ContractId::from(id).path();
        assert_eq!(path("ct_c3j7xl4ev7gf2goxh7di2icq1"), "/contracts/ct_c3j7xl4ev7gf2goxh7di2icq1");
        assert_eq!(path("a/b?c#d e%41.é\\"), "/contracts/a%2Fb%3Fc%23d%20e%2541.%C3%A9%5C");
        assert_eq!(path("..."), "/contracts/...");
        assert_eq!(path(".."), "/contracts?q=..");
    }
}
