//! The log: written by one writer.
