//! A faithful sender.
