//! Temporary `PostgreSQL` clusters: each in a temporary folder, on a free port, stopped when dropped.

use crate::program::{Running, install_debian_packages, stopping, text};
use crate::{environment, http};
use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The durability of commits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// None: the cluster is deleted after the tests anyway, and without syncing they are much faster.
    None,
    /// Full, as in production.
    Full,
}

/// A running cluster, stopped and deleted on drop.
pub struct Cluster {
    // Dropped in this order: the server ends before its folder is deleted.
    server: Running,
    port: u16,
    password: String,
    programs: PathBuf,
    _folder: TempDir,
}

impl Cluster {
    /// Starts a cluster from the installed binaries, else from Debian's package.
    pub fn start(durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let mut folder = tempfile::Builder::new();
        let folder = folder.prefix("junoscope-postgres-");
        let folder = match durability {
            Durability::None => folder.tempdir()?,
            Durability::Full => folder.tempdir_in(environment::ON_DISK)?,
        };
        let user = User::to_run_as()?;
        user.own(folder.path())?;

        let password = random_text()?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;
        user.own(&password_file)?;
        let mut initdb = user.command(&programs.join("initdb"), folder.path());
        initdb.args(["--username=junoscope", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        text(initdb.arg("--pwfile").arg(&password_file).arg("--pgdata").arg(folder.path().join("data")))?;

        let port = http::free_port()?;
        let mut postgres = user.command(&programs.join("postgres"), folder.path());
        postgres.arg("-D").arg(folder.path().join("data")).args(["-p", &port.to_string()]);
        let mut settings = vec!["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
        settings.extend(match durability {
            Durability::None => ["fsync=off", "synchronous_commit=off", "full_page_writes=off"].as_slice(),
            Durability::Full => &["fsync=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=8GB"],
        });
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        let log = folder.path().join("log");
        // On SIGINT PostgreSQL closes its connections; on SIGTERM it would wait for them.
        let mut server =
            Running::start_ending_on(Signal::INT, postgres.stdout(File::create(&log)?).stderr(File::create(&log)?))?;
        wait_until_ready(&mut server, folder.path())?;
        Ok(Self { server, port, password, programs, _folder: folder })
    }

    /// Returns the URL of a database, for `TEST_POSTGRES_URL` and `--database-url`.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://junoscope:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Creates an empty database; returns its URL.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--command", &format!("create database {name}"), &self.url("postgres")]);
        text(&mut psql)?;
        Ok(self.url(name))
    }

    /// Returns the id of the process that is the parent of all others in the cluster.
    pub fn process(&self) -> u32 {
        self.server.id()
    }
}

fn wait_until_ready(server: &mut Running, folder: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    // The last line of this file is the server's own status.
    while !fs::read_to_string(folder.join("data/postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
        if server.ended().is_some() || stopping() || Instant::now() > deadline {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            bail!("The throw-away PostgreSQL did not start: {}", log.trim());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Returns the folder of `initdb` and `postgres`.
fn programs() -> Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    install_debian_packages(&["postgresql"]).context("PostgreSQL is not installed")?;
    installed().context("Debian's package is installed, but its `initdb` was not found")
}

fn installed() -> Option<PathBuf> {
    // A name in PATH may be a symbolic link; PostgreSQL searches its files beside the real one.
    let in_path = environment::find_program(&["initdb"])
        .and_then(|program| program.canonicalize().ok())
        .and_then(|program| program.parent().map(Path::to_owned));
    let elsewhere = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr"].iter().flat_map(|parent| {
        let mut folders: Vec<PathBuf> =
            fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
        folders.into_iter().filter(|folder| version(folder).is_some()).map(|folder| folder.join("bin"))
    });
    in_path
        .into_iter()
        .chain(elsewhere)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// Returns the version, such as 17 of `/usr/lib/postgresql/17`, Homebrew's `postgresql@17` or Red Hat's `pgsql-17`.
fn version(folder: &Path) -> Option<u32> {
    let name = folder.file_name()?.to_str()?;
    let digits = name.strip_prefix("postgresql@").or_else(|| name.strip_prefix("pgsql-")).unwrap_or(name);
    digits.parse().ok()
}

/// The owner of the cluster: `PostgreSQL` refuses to run as root.
enum User {
    Us,
    Another { id: u32, group: u32 },
}

impl User {
    fn to_run_as() -> Result<Self> {
        if !environment::is_root() {
            return Ok(Self::Us);
        }
        let number = |flag, name| text(Command::new("id").args([flag, name])).ok()?.parse().ok();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Some(Self::Another { id: number("-u", name)?, group: number("-g", name)? }))
            .context("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as.")
    }

    fn own(&self, path: &Path) -> Result<()> {
        if let Self::Another { id, group } = self {
            std::os::unix::fs::chown(path, Some(*id), Some(*group))?;
        }
        Ok(())
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Self::Another { id, group } = self {
            command.uid(*id).gid(*group);
        }
        command
    }
}

/// Returns a random password: a superuser of the cluster can run programs as its owner, so other users must not get in.
fn random_text() -> Result<String> {
    use std::fmt::Write as _;
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_folder_of_every_distribution() {
        let versions = ["/usr/lib/postgresql/17", "/opt/homebrew/opt/postgresql@16", "/usr/pgsql-15", "/usr/lib"];
        assert_eq!(versions.map(|folder| version(Path::new(folder))), [Some(17), Some(16), Some(15), None]);
    }
}
