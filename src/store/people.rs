//! People, links, sessions.
