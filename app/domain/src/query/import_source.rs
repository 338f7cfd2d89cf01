//! Where imported deliveries come from whose signature could not be checked.

use serde::{Deserialize, Serialize};

/// The kind of file that an unchecked delivery was imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportSource {
    /// An export of Junoscope, whose secrets are not known here.
    Junoscope,
    /// Lists of Svix's API, which hold neither signatures nor exact bytes.
    Svix,
}

impl ImportSource {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Junoscope, Self::Svix];

    /// The word in the database and in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Junoscope => "junoscope",
            Self::Svix => "svix",
        }
    }

    /// The inverse of [`ImportSource::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// Returns what is told of an imported delivery, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Junoscope => {
                "Imported, signature not checked: it comes from an export of Junoscope, and no secret known at its import \
                 fits."
            }
            Self::Svix => {
                "Imported, signature not checked: it comes from Svix’s API, which tells what was sent, but neither its \
                 exact bytes nor its signature."
            }
        }
    }
}
