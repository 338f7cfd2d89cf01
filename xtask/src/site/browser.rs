//! Builds the WASM with plain cargo and binds it to JavaScript with wasm-bindgen as a library.
//!
//! Cargo.lock ties the library's version to `wasm-bindgen` itself, and no other tool has to be installed.

use super::compress::write_all;
use super::{remove_others, stamp};
use crate::environment;
use crate::program::{cargo, run, text};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles, binds and compresses into this folder; returns the name without extension.
pub fn build(pkg: &Path) -> Result<String> {
    add_target()?;
    run(&mut cargo(["build", "--package", "frontend", "--target", TARGET, "--profile", "wasm-release"]))?;
    let wasm = environment::target().join(TARGET).join("wasm-release/frontend.wasm");

    let folder = tempfile::tempdir()?;
    Bindgen::new()
        .input_path(&wasm)
        .out_name("bound")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder.path())
        .context("wasm-bindgen could not bind the WASM")?;
    if folder.path().join("snippets").exists() {
        bail!(
            "A dependency of the browser side brings JavaScript files of its own. Site and size budget know nothing of them yet."
        );
    }
    let js = fs::read_to_string(folder.path().join("bound.js"))?;
    let wasm = fs::read(folder.path().join("bound_bg.wasm"))?;

    // One hash for both, as Leptos requests `<output name>.js` and `<output name>.wasm`.
    let name = format!("junoscope-{}", stamp::short_hex(Sha256::new_with_prefix(&js).chain_update(&wasm)));
    let own_name = js.replace("bound_bg.wasm", &format!("{name}.wasm"));
    if own_name == js {
        bail!("The JavaScript of wasm-bindgen names its WASM in a way this build does not know.");
    }
    write_all(&pkg.join(&name).with_extension("js"), own_name.as_bytes())?;
    write_all(&pkg.join(&name).with_extension("wasm"), &wasm)?;
    remove_others(pkg, ".js", &name)?;
    remove_others(pkg, ".wasm", &name)?;
    Ok(name)
}

/// Installs Rust's WASM target, unless it is there; no network is needed then.
pub fn add_target() -> Result<()> {
    let library = text(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(&library).is_dir() {
        return Ok(());
    }
    eprintln!("→ Adding Rust's {TARGET} target: rustup target add {TARGET}");
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .context("Without rustup, install the wasm32-unknown-unknown target the way your Rust was installed")
}
