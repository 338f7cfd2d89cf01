//! List rows.
