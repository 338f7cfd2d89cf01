//! One measurement: a fresh receiver with an empty database, and the load generator against it.

use crate::postgres::Cluster;
use crate::program::{Running, text};
use crate::{environment, http};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::fmt;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A signing secret used for benchmarks only.
pub const SECRET: &str = "whsec_anVub3Njb3BlLWJlbmNobWFyay1zZWNyZXQtMzJi";

/// The duration of a measurement.
pub struct Plan {
    /// The measured part, in seconds.
    pub seconds: f64,
    /// The part before it, in seconds.
    pub warm_up_seconds: f64,
}

/// A receiver under measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// Reads and verifies only, which is the upper bound.
    VerifyOnly,
    /// One transaction per request, the usual first version.
    OneTransaction,
    /// Junoscope on SQLite, with default settings.
    Sqlite,
    /// Junoscope on PostgreSQL, with default settings.
    Postgres,
}

impl Receiver {
    /// All receivers, in the order of the table.
    pub const ALL: [Self; 4] = [Self::VerifyOnly, Self::OneTransaction, Self::Sqlite, Self::Postgres];
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::VerifyOnly => "(a) only verifies",
            Self::OneTransaction => "(b) one transaction each",
            Self::Sqlite => "(c) Junoscope, SQLite",
            Self::Postgres => "(d) Junoscope, PostgreSQL",
        })
    }
}

/// The result of one measurement.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Answered messages per second.
    pub per_second: f64,
    /// Median response time, in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile of the response time, in milliseconds.
    pub p99_ms: f64,
    /// Processor time of the receiver and its database per message, in microseconds.
    pub cpu_us: f64,
    /// Peak memory of the receiver's process, in bytes.
    pub peak_memory: f64,
    /// Processor cores that other processes used.
    pub other_cores: f64,
}

impl Measured {
    /// Returns whether other processes disturbed it little enough.
    pub fn is_valid(&self) -> bool {
        self.other_cores <= 0.15
    }

    fn read(json: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(json).context("The load generator printed something else")?;
        let number = |name: &str| {
            value.get(name).and_then(Value::as_f64).with_context(|| format!("no `{name}` from the load generator"))
        };
        let (stored, refused, failed) = (number("stored")?, number("refused")?, number("failed")?);
        if stored < 1.0 || refused + failed > 0.0 {
            bail!("Of the signed requests {stored} were stored, {refused} refused, and {failed} not answered.");
        }
        Ok(Self {
            per_second: number("per_second")?,
            p50_ms: number("p50_us")? / 1000.0,
            p99_ms: number("p99_us")? / 1000.0,
            cpu_us: number("receiver_cpu_us")?,
            peak_memory: number("peak_memory")?,
            other_cores: number("other_cores")?,
        })
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7.0}/s, others used {:.0} % of a core", self.per_second, self.other_cores * 100.0)
    }
}

/// Starts a receiver, measures and stops it.
pub fn measure(receiver: Receiver, connections: u16, plan: &Plan, cluster: &Cluster) -> Result<Measured> {
    let folder = tempfile::tempdir_in(environment::ON_DISK)?;
    let address = SocketAddr::from(([127, 0, 0, 1], http::free_port()?));
    let (mut server, _) = start(receiver, address, folder.path(), cluster)?;

    let mut load = Command::new(program("junoscope-bench"));
    load.args(["load", "--target", &address.to_string(), "--secret", SECRET]);
    load.args(["--connections", &connections.to_string(), "--receiver", &server.id().to_string()]);
    load.args(["--seconds", &plan.seconds.to_string(), "--warm-up-seconds", &plan.warm_up_seconds.to_string()]);
    if receiver == Receiver::Postgres {
        load.args(["--database", &cluster.process().to_string()]);
    }
    let measured = text(&mut load).and_then(|json| Measured::read(&json));
    let measured = measured.with_context(|| format!("{receiver} at {connections} connections could not be measured"));
    match server.ended() {
        Some(status) => bail!("{receiver} ended under load: {status}."),
        None => server.stop(),
    }
    measured
}

/// Starts a receiver with an empty database in this folder; returns it and the database's URL when it is ready.
pub fn start(receiver: Receiver, address: SocketAddr, folder: &Path, cluster: &Cluster) -> Result<(Running, String)> {
    let listen = address.to_string();
    let mut command = Command::new(program(match receiver {
        Receiver::VerifyOnly | Receiver::OneTransaction => "junoscope-bench",
        Receiver::Sqlite | Receiver::Postgres => "junoscope",
    }));
    let file = folder.join("bench.db");
    let database = match receiver {
        Receiver::Postgres => {
            static NEXT: AtomicU32 = AtomicU32::new(1);
            cluster.create_database(&format!("bench_{}", NEXT.fetch_add(1, Ordering::Relaxed)))?
        }
        Receiver::VerifyOnly | Receiver::OneTransaction | Receiver::Sqlite => format!("sqlite://{}", file.display()),
    };
    match receiver {
        Receiver::VerifyOnly => command.args(["verify-only", "--listen", &listen, "--secret", SECRET]),
        Receiver::OneTransaction => {
            command.args(["one-transaction", "--listen", &listen, "--secret", SECRET]).arg("--file").arg(file)
        }
        Receiver::Sqlite | Receiver::Postgres => {
            command.args(["serve", "--listen", &listen, "--database-url", &database])
        }
    };
    let log = folder.join("log");
    // The developer's own settings, such as a slower log or a database, must not apply.
    command.env_clear().env("JUNOSCOPE_WEBHOOK_SECRET", SECRET).current_dir(folder);
    let mut server =
        Running::start(command.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?))?;
    let path = if matches!(receiver, Receiver::Sqlite | Receiver::Postgres) { "/readyz" } else { "/healthz" };
    http::wait_for(&mut server, address, path).with_context(|| {
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        format!("{receiver} does not start. It said: {}", log.trim())
    })?;
    Ok((server, database))
}

/// Returns the path of a release program.
pub fn program(name: &str) -> std::path::PathBuf {
    environment::target().join("release").join(name)
}
