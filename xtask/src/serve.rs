//! `cargo xtask serve`: builds Junoscope and runs it.

use crate::program::{Running, cargo, run as run_program, stopping, text, with_progress};
use crate::{environment, http, site};
use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The options of `cargo xtask serve`.
#[derive(clap::Args)]
pub struct Options {
    /// Add 18 months of made-up contractors and live events
    #[arg(long)]
    demo: bool,
    /// Build optimised
    #[arg(long)]
    release: bool,
    /// Options of `junoscope serve`
    #[arg(last = true, value_name = "ARGS")]
    server: Vec<String>,
}

/// Builds, and runs the server until it or xtask is stopped.
pub fn run(options: &Options) -> Result<()> {
    let Options { demo, release, server: theirs } = options;
    site::build()?;
    let junoscope = build(*release)?;
    let mut command = Command::new(&junoscope);
    command.arg("serve").args(theirs);
    if *demo && option(theirs, "--listen").is_none() {
        // Given explicitly, so that no configuration file overrides it: the simulator must know the address.
        command.args(["--listen", &listen(theirs)]);
    }
    let mut server = Running::start(&mut command)?;
    let simulator = if *demo { Some(play(&mut server, &junoscope, theirs)?) } else { None };
    let status = server.wait();
    drop(simulator);
    match status {
        Ok(status) if !status.success() => bail!("The server ended: {status}."),
        Err(_) if stopping() => Ok(()),
        other => other.map(drop),
    }
}

/// Builds the server; returns the path of the program.
pub fn build(release: bool) -> Result<PathBuf> {
    let what = if release {
        "Building the server, optimised (several minutes the first time)"
    } else {
        "Building the server (two to three minutes the first time)"
    };
    with_progress(what, || {
        let mut command = cargo(["build", "--bin", "junoscope"]);
        if release {
            site_is_embedded_anew()?;
            command.arg("--release");
        } else {
            // As the tests build it: with the same features of dependencies, so that both share one build.
            command.arg("--workspace");
        }
        run_program(&mut command)
    })?;
    Ok(environment::target().join(if release { "release/junoscope" } else { "debug/junoscope" }))
}

/// Touches the embedding source, as cargo notices a changed embedded file, but not a new one.
pub fn site_is_embedded_anew() -> Result<()> {
    let embedding = environment::root().join("src/http/assets.rs");
    let manifest = environment::site().join("manifest.json");
    if let (Ok(source), Ok(site)) = (embedding.metadata(), manifest.metadata())
        && source.modified()? < site.modified()?
    {
        fs::File::options().append(true).open(&embedding)?.set_modified(site.modified()?)?;
    }
    Ok(())
}

/// Starts the simulator against the running server: a history first, then a few live events a minute.
fn play(server: &mut Running, junoscope: &Path, args: &[String]) -> Result<Running> {
    let address = address(args)?;
    http::wait_for(server, address, "/readyz")?;
    let secret = text(Command::new(junoscope).args(["endpoint", "secret"]).args(where_it_is_kept(args)))
        .context("The simulator needs the signing secret of the server")?;
    eprintln!("→ Playing 18 months of 60 contractors, then a few live events a minute");
    let mut command = Command::new(junoscope);
    command.args(["simulate", "--target", &format!("http://{address}/webhooks/yunojuno")]);
    command.args(["--contractors", "60", "--months", "18", "--until", &end_of_history()?, "--live"]);
    // Not as an argument, which every user of the machine could read.
    Running::start_ending_on(Signal::INT, command.env("JUNOSCOPE_WEBHOOK_SECRET", secret))
}

/// Returns the end of the history, stored beside the database: the next demo then sends the same messages again, which
/// change nothing, instead of a second history about other people.
fn end_of_history() -> Result<String> {
    let kept = Path::new("data/demo-until");
    if let Ok(end) = fs::read_to_string(kept) {
        return Ok(end);
    }
    let end = text(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]))?;
    fs::create_dir_all("data")?;
    fs::write(kept, &end)?;
    Ok(end)
}

/// Returns the address the server listens on.
fn listen(args: &[String]) -> String {
    let given = option(args, "--listen").or_else(|| environment::variable("JUNOSCOPE_LISTEN"));
    given.unwrap_or_else(|| "127.0.0.1:3000".to_owned())
}

/// Returns the address it can be reached at.
fn address(args: &[String]) -> Result<SocketAddr> {
    let listen = listen(args);
    let mut address: SocketAddr = listen.parse().with_context(|| format!("`--listen {listen}` is not ADDRESS:PORT"))?;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    Ok(address)
}

/// Returns the server's options that determine its secret.
fn where_it_is_kept(args: &[String]) -> Vec<String> {
    ["--config", "--database-url", "--webhook-secret"]
        .iter()
        .filter_map(|name| option(args, name).map(|value| format!("{name}={value}")))
        .collect()
}

/// Returns the value of `--name value` or `--name=value`.
fn option(args: &[String], name: &str) -> Option<String> {
    args.iter().enumerate().find_map(|(at, arg)| {
        let rest = arg.strip_prefix(name)?;
        rest.strip_prefix('=')
            .or_else(|| args.get(at + 1).map(String::as_str).filter(|_| rest.is_empty()))
            .map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn an_option_is_found_in_both_spellings() {
        assert_eq!(option(&args("--listen 1.2.3.4:5"), "--listen").as_deref(), Some("1.2.3.4:5"));
        assert_eq!(option(&args("-v --listen=1.2.3.4:5"), "--listen").as_deref(), Some("1.2.3.4:5"));
        assert_eq!(option(&args("--listener=x --listen"), "--listen"), None);
    }

    #[test]
    fn a_server_on_every_address_is_reached_on_this_machine() {
        assert_eq!(address(&args("--listen 0.0.0.0:8080")).unwrap().to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn the_secret_is_asked_for_where_the_server_keeps_it() {
        let args = args("--listen=[::1]:1 --database-url sqlite://x.db --webhook-secret=whsec_a");
        assert_eq!(where_it_is_kept(&args), ["--database-url=sqlite://x.db", "--webhook-secret=whsec_a"]);
    }
}
