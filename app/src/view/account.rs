//! The view of a person's own account.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One browser in which a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// The public id in the form that ends it; it is no credential.
    pub id: String,
    /// Browser and system, such as "Firefox on Linux"; empty for sessions older than this field.
    pub device: String,
    /// The last address it was used from.
    pub address: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub seen_at: Timestamp,
}

/// The session of the request itself. Put into context beside the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThisSession(pub String);

/// The e-mail address of a failed sign-in. Put into context on the sign-in page, so that it need not be typed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedEmail(pub String);
