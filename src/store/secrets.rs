//! Kept secrets.
