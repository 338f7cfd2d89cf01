//! People, what they may do, and the sessions in which they are signed in.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a person may do. What each role sees is told by [`sight`](crate::policy::sight).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs Junoscope, and sees everything.
    Admin,
    /// Hires, and sees what contractors, contracts and spend are about.
    Hirer,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Hirer];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Hirer => "hirer",
        }
    }

    /// The inverse of [`Role::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Returns the role in words, for the person who has it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Admin => "Admin: sees everything",
            Self::Hirer => "Hirer: sees contractors, contracts, spend and the catalog",
        }
    }
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Shown in the corner.
    pub name: String,
    /// Their sign-in name.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// One browser in which a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Names it in the form that ends it; it opens nothing.
    pub id: String,
    /// In words, such as "Firefox on Linux"; empty where it began before that was kept.
    pub device: String,
    /// Where it was last used from.
    pub address: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub seen_at: Timestamp,
}

/// Default absolute lifetime of a session.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Default idle timeout of a session.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The limits of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Absolute lifetime, from sign-in.
    pub lifetime: SignedDuration,
    /// Idle timeout, from the last use.
    pub idle: SignedDuration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { lifetime: SESSION_LIFETIME, idle: SESSION_IDLE }
    }
}

impl SessionLimits {
    /// Creates limits from the units of the configuration.
    pub fn new(days: u16, idle_hours: u16) -> Self {
        Self {
            lifetime: SignedDuration::from_hours(i64::from(days) * 24),
            idle: SignedDuration::from_hours(i64::from(idle_hours)),
        }
    }
}
