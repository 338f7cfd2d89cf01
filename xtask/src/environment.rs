//! Directories, variables and programs of this machine. Only here is the environment read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The value of a variable; unset, empty and unreadable are all `None`.
pub fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Whether a switch such as `REQUIRE_POSTGRES` is on. `CI` turns every one of them on, so that nothing is skipped in
/// silence where nobody watches; `=0` turns one off.
pub fn required(name: &str) -> bool {
    let on = |name| variable(name).map(|value| value != "0" && value != "false");
    on(name).or_else(|| on("CI")).unwrap_or(false)
}

/// The variables that tell about the package cargo runs, which is this one.
pub fn told_by_cargo() -> impl Iterator<Item = OsString> {
    let about_a_package = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    std::env::vars_os().map(|(name, _)| name).filter(move |name| name.to_str().is_some_and(about_a_package))
}

/// Where the workspace is.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// For temporary files that must be on a disk: many systems keep `/tmp` in memory, where waiting for the disk is free.
pub const ON_DISK: &str = "/var/tmp";

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// Where what the browser gets is put. Not under [`target`]: the server embeds it from this place.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// The first program of these names in `PATH`.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
