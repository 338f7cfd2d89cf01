//! The server holds all migrations; a new file among them has to make it anew, and Cargo looks at Rust files alone.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
