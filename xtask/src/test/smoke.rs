//! Runs the tests in `end2end/smoke/`: every kind of page in Firefox and in `WebKit`.
//!
//! They are given the browsers by `FIREFOX_PATH`, `WEBKIT_DRIVER_PATH`, `WEBKIT_BROWSER_PATH` and `XVFB_PATH`.

use super::Outcome;
use super::browser::install_packages;
use crate::program::{cargo, install_debian_packages, run, stopping};
use crate::{environment, site};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Runs the tests; skipped only if browsers or npm are unavailable and `REQUIRE_SMOKE` is off.
pub fn check() -> Result<Outcome> {
    let folder = environment::root().join("end2end");
    let found = install_packages(&folder).and_then(|()| programs());
    let programs = match found {
        Ok(programs) => programs,
        Err(error) if environment::required("REQUIRE_SMOKE") || stopping() => return Err(error),
        Err(error) => return Ok(Outcome::Skipped(format!("{error:#}"))),
    };
    site::build()?;
    run(&mut cargo(["build", "--workspace", "--bins"]))?;
    let mut tests = Command::new("npm");
    tests.args(["run", "--silent", "smoke"]).current_dir(&folder);
    tests.env("JUNOSCOPE_BIN", environment::target().join("debug/junoscope"));
    run(tests.envs(programs))?;
    Ok(Outcome::Passed(String::new()))
}

/// Returns the path of each program; root installs Debian's packages if one is missing.
fn programs() -> Result<Vec<(&'static str, PathBuf)>> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install_debian_packages(&["firefox-esr", "webkit2gtk-driver", "xvfb"])
        .context("Firefox, WebKit or a display for it is not installed")?;
    find().context("Debian's firefox-esr, webkit2gtk-driver and xvfb are installed, but not where they were looked for")
}

fn find() -> Option<Vec<(&'static str, PathBuf)>> {
    let chosen = |name: &str| environment::variable(name).map(PathBuf::from);
    let program =
        |name: &'static str, names: &[&str]| Some((name, chosen(name).or_else(|| environment::find_program(names))?));
    let browser = chosen("WEBKIT_BROWSER_PATH").or_else(mini_browser)?;
    Some(vec![
        program("FIREFOX_PATH", &["firefox-esr", "firefox"])?,
        program("WEBKIT_DRIVER_PATH", &["WebKitWebDriver"])?,
        program("XVFB_PATH", &["Xvfb"])?,
        ("WEBKIT_BROWSER_PATH", browser),
    ])
}

/// Returns `WebKit`'s test browser, which its library brings outside `PATH`:
/// `/usr/lib/<machine>/webkit2gtk-4.1/MiniBrowser`.
fn mini_browser() -> Option<PathBuf> {
    let below = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let libraries = ["/usr/lib", "/usr/libexec"].into_iter().flat_map(|root| below(root.into()));
    let mut found: Vec<PathBuf> = libraries
        .flat_map(|folder| below(folder.clone()).chain([folder]))
        .filter(|folder| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("webkit2gtk-4")))
        .map(|folder| folder.join("MiniBrowser"))
        .filter(|file| file.is_file())
        .collect();
    found.sort();
    found.pop()
}
