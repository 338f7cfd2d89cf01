//! Directories, variables and programs of this machine. Only here is the environment read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Returns the value of a variable; `None` for unset, empty and unreadable ones.
pub fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Returns whether a switch such as `REQUIRE_POSTGRES` is on. `CI` turns all of them on, so that nothing is skipped
/// unnoticed; `=0` turns one off.
pub fn required(name: &str) -> bool {
    let on = |name| variable(name).map(|value| value != "0" && value != "false");
    on(name).or_else(|| on("CI")).unwrap_or(false)
}

/// Returns the variables that cargo sets for the running package, which is this one.
pub fn cargo_package_variables() -> impl Iterator<Item = OsString> {
    let about_a_package = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    std::env::vars_os().map(|(name, _)| name).filter(move |name| name.to_str().is_some_and(about_a_package))
}

/// Returns the root of the workspace.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The folder of temporary files that must be on a disk: many systems keep `/tmp` in memory, where syncing is free.
pub const ON_DISK: &str = "/var/tmp";

/// Returns cargo's target folder.
pub fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// Returns the folder of the browser's files. Not under [`target`]: the server embeds it from here.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// Returns the first program of these names in `PATH`.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Returns whether this process runs as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
