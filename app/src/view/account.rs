//! The view of a person's own account.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// The session by which the page itself was asked for. Put into context beside the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThisSession(pub String);

/// What was typed as the e-mail address of the sign-in that just failed. Put into context on the sign-in page, so that
/// it need not be typed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedEmail(pub String);
