//! Rebuilds the server when a migration is added: it embeds all of them, and Cargo watches Rust files only.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
