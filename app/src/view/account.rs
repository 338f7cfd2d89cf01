//! The view of a person's own account.

/// The session by which the page itself was asked for. Put into context beside the viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThisSession(pub String);

/// The e-mail address of a failed sign-in. Put into context on the sign-in page, so that it need not be typed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedEmail(pub String);
