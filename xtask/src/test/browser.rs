//! Runs the tests in `end2end/`: Playwright, with a real Chromium against the real server.
//!
//! They are given `JUNOSCOPE_BIN`, the server to start, and `CHROMIUM_PATH` unless Chromium is Playwright's own.

use super::Outcome;
use crate::program::{cargo, install_debian_packages, run, stopping, succeeds_within, with_progress};
use crate::{environment, site};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Runs the tests; skipped only if browser or npm is unavailable and `REQUIRE_BROWSER` is off.
pub fn check() -> Result<Outcome> {
    let folder = environment::root().join("end2end");
    if !folder.join("package.json").is_file() {
        return Ok(Outcome::Skipped("there is no end2end/package.json yet".to_owned()));
    }
    let chromium = match install_packages(&folder).and_then(|()| chromium(&folder)) {
        Ok(chromium) => chromium,
        Err(error) if environment::required("REQUIRE_BROWSER") || stopping() => return Err(error),
        Err(error) => return Ok(Outcome::Skipped(format!("{error:#}"))),
    };

    site::build()?;
    // The same packages as in the tests step, as others would rebuild dependencies with different features.
    run(&mut cargo(["build", "--workspace", "--bins"]))?;
    let mut tests = Command::new("npm");
    tests.args(["test"]).current_dir(&folder);
    tests.env("JUNOSCOPE_BIN", environment::target().join("debug/junoscope"));
    match chromium {
        Chromium::Playwrights => run(&mut tests)?,
        Chromium::At(path) => run(tests.env("CHROMIUM_PATH", path))?,
    }
    Ok(Outcome::Passed(String::new()))
}

enum Chromium {
    Playwrights,
    At(PathBuf),
}

/// Installs the npm packages of `end2end/` by its lock file.
pub(super) fn install_packages(folder: &Path) -> Result<()> {
    if environment::find_program(&["npm"]).is_none() {
        bail!("Node.js with npm is not installed.");
    }
    // npm rewrites its own copy of the lock file, so another copy is compared by content.
    let (wanted, installed) = (folder.join("package-lock.json"), folder.join("node_modules/.junoscope-installed"));
    let wanted = std::fs::read(&wanted).with_context(|| format!("{} cannot be read", wanted.display()))?;
    if std::fs::read(&installed).ok().as_ref() == Some(&wanted) {
        return Ok(());
    }
    with_progress("Installing the npm packages of end2end/: npm ci", || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(&mut npm)?;
        Ok(std::fs::write(&installed, wanted)?)
    })
}

/// Finds Chromium: Playwright's own if it can be downloaded and starts, else the system's, else Debian's package.
fn chromium(folder: &Path) -> Result<Chromium> {
    if let Some(chosen) = environment::variable("CHROMIUM_PATH") {
        return Ok(Chromium::At(chosen.into()));
    }
    if playwrights_starts(folder) {
        return Ok(Chromium::Playwrights);
    }
    let got = with_progress("Looking for Playwright's own Chromium: npx playwright install chromium", || {
        let mut install = Command::new("npx");
        install.args(["--no-install", "playwright", "install", "chromium"]).current_dir(folder);
        // Blocked hosts may not refuse connections, but never answer.
        install.env("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT", "10000");
        Ok(succeeds_within(&mut install, Duration::from_mins(5)) && playwrights_starts(folder))
    })?;
    if got {
        return Ok(Chromium::Playwrights);
    }
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    if let Some(path) = environment::find_program(&names) {
        eprintln!("  it cannot be had or does not start here; using the system's {}", path.display());
        return Ok(Chromium::At(path));
    }
    eprintln!("  it cannot be had or does not start here, and the system has none");
    install_debian_packages(&["chromium"]).context("Chromium is not installed")?;
    environment::find_program(&names).map(Chromium::At).context("Debian's chromium is installed, but not in PATH")
}

/// Returns whether Playwright's Chromium starts: it may lack system libraries.
fn playwrights_starts(folder: &Path) -> bool {
    let script = "require('@playwright/test').chromium.launch().then(b => b.close()).catch(() => process.exit(1))";
    succeeds_within(Command::new("node").args(["-e", script]).current_dir(folder), Duration::from_mins(1))
}
