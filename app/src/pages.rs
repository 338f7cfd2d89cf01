//! One route a file.
