//! The junoscope command.
fn main() {}
