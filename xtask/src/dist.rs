//! `cargo xtask dist`: the release binary, tested to need no other file; linked once against the system's C library,
//! and once statically for every other Linux.

use crate::program::{Running, cargo, install_debian_packages, run as run_program, stopping, with_progress};
use crate::{environment, http, serve, site};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The options of `cargo xtask dist`.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out junoscope-static, which needs no library of the system
    #[arg(long)]
    no_musl: bool,
}

/// Builds `target/dist/junoscope` and, if wanted and possible, `target/dist/junoscope-static`. Starts each in an empty
/// folder, and prints what it needs.
pub fn run(options: &Options) -> Result<()> {
    let site = site::build()?;
    let file = placed(&serve::build(true)?, "junoscope", &site)?;
    let needs = match newest_glibc(&fs::read(&file)?) {
        Some((major, minor)) => format!("for Linux with glibc {major}.{minor} or newer"),
        None => "for this system".to_owned(),
    };
    println!("{}: {}, {needs}", file.display(), size(&file)?);
    if options.no_musl {
        return Ok(());
    }
    match build_static() {
        Ok(built) => {
            let file = placed(&built, "junoscope-static", &site)?;
            println!("{}: {}, for any Linux: its C library (musl) is inside", file.display(), size(&file)?);
            Ok(())
        }
        Err(error) if stopping() => Err(error),
        Err(error) => {
            eprintln!("target/dist/junoscope-static was not built: {error:#}");
            Ok(())
        }
    }
}

/// Copies a program to `target/dist`, and starts it there once.
fn placed(built: &Path, name: &str, site: &site::Site) -> Result<PathBuf> {
    let folder = environment::target().join("dist");
    let file = folder.join(name);
    fs::create_dir_all(&folder)?;
    fs::copy(built, &file)?;
    starts_alone(&file, site)?;
    Ok(file)
}

fn size(file: &Path) -> Result<String> {
    let bytes = fs::metadata(file)?.len();
    Ok(format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000))
}

/// Builds with musl: Rust's target is installed by rustup, the C compiler from Debian.
fn build_static() -> Result<PathBuf> {
    if std::env::consts::OS != "linux" {
        bail!("only Linux has musl.");
    }
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    run_program(Command::new("rustup").args(["target", "add", &target]))?;
    if environment::find_program(&["musl-gcc"]).is_none() {
        install_debian_packages(&["musl-tools"])?;
    }
    with_progress("Building the server with musl, optimised (several minutes the first time)", || {
        serve::site_is_embedded_anew()?;
        let mut command = cargo(["build", "--bin", "junoscope", "--release", "--target", &target]);
        run_program(command.env(format!("CC_{}", target.replace('-', "_")), "musl-gcc"))
    })?;
    Ok(environment::target().join(target).join("release/junoscope"))
}

/// Returns the newest glibc version that a program requires.
fn newest_glibc(program: &[u8]) -> Option<(u32, u32)> {
    const NAME: &[u8] = b"GLIBC_";
    let versions = program.windows(NAME.len()).enumerate().filter(|(_, bytes)| *bytes == NAME);
    versions
        .filter_map(|(at, _)| {
            let rest = &program[at + NAME.len()..];
            let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
            let mut parts = std::str::from_utf8(&rest[..end]).ok()?.split('.');
            Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
        })
        .max()
}

/// Starts a copy without the sources around it, which fails if a file was not embedded.
fn starts_alone(file: &Path, site: &site::Site) -> Result<()> {
    let empty = tempfile::tempdir()?;
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let mut command = Command::new(file);
    // Without the developer's variables, one of which may name a real database.
    command.args(["serve", "--listen", &address.to_string()]).env_clear().current_dir(empty.path());
    let mut server = Running::start(&mut command)?;
    http::wait_for(&mut server, address, "/healthz").context("The binary does not run in an empty folder")?;
    for path in [&site.css, &site.js(), &site.wasm()] {
        let (status, answer) = http::get(address, path)?;
        if status != 200 || !answer.to_lowercase().contains("immutable") {
            bail!("The binary answers {status} for {path}, or not as something to be cached for ever.");
        }
    }
    server.stop();
    if stopping() {
        bail!("stopped")
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_glibc_is_found_by_number_not_by_spelling() {
        let program = b"\0GLIBC_2.2.5\0xGLIBC_2.34\0GLIBC_PRIVATE\0GLIBC_2.4\0GLIBC_2.9\0";
        assert_eq!(newest_glibc(program), Some((2, 34)));
        assert_eq!(newest_glibc(b"GLIBC_"), None);
    }
}
