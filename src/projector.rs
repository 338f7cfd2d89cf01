//! Follows the log, folds, writes list rows.
