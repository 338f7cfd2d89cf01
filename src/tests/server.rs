//! A server under test: a child process on a free port, with a database of its own.

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::str::FromStr as _;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The signing secret of the servers' endpoint.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const PROGRAM: &str = env!("CARGO_BIN_EXE_junoscope");

/// The log file in a server's folder.
const LOG: &str = "log.txt";

/// Time limit for expected events.
pub const TIMEOUT: Duration = Duration::from_mins(2);

/// A running server, with its database.
pub struct Server {
    pub child: Child,
    address: String,
    log: std::path::PathBuf,
}

impl Server {
    /// Starts a server; returns when it is ready.
    pub async fn start(database_url: &str, folder: &std::path::Path) -> Self {
        Self::start_with(database_url, folder, None, &[]).await
    }

    /// The same as a server whose lists are of this version: ten hexadecimal digits.
    pub async fn start_version(database_url: &str, folder: &std::path::Path, version: &str) -> Self {
        Self::run(database_url, folder, Command::new(PROGRAM), &[("TEST_LISTS_VERSION", version)], &[]).await
    }

    /// The same with further flags and, if given, a limit on open files. Its log is in `log.txt` of the folder.
    pub async fn start_with(database_url: &str, folder: &std::path::Path, files: Option<u32>, flags: &[&str]) -> Self {
        let command = match files {
            Some(files) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\""), PROGRAM]);
                shell
            }
            None => Command::new(PROGRAM),
        };
        Self::run(database_url, folder, command, &[], flags).await
    }

    async fn run(
        database_url: &str,
        folder: &std::path::Path,
        mut command: Command,
        environment: &[(&str, &str)],
        flags: &[&str],
    ) -> Self {
        // The port is free when the server binds it a moment later.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::options().create(true).append(true).open(folder.join(LOG)).unwrap();
        let child = command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--database-url", database_url])
            .args(flags)
            .env("JUNOSCOPE_WEBHOOK_SECRET", SECRET)
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let server = Self { child, address: format!("127.0.0.1:{port}"), log: folder.join(LOG) };
        let ready = async {
            while !matches!(client().get(server.url("/readyz")).send().await, Ok(answer) if answer.status() == 200) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TIMEOUT, ready)
            .await
            .unwrap_or_else(|_| panic!("the server did not get ready: {}", server.logged()));
        server
    }

    /// Returns a URL on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns what it has logged so far.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Sends SIGTERM, which stops it gracefully.
    pub fn terminate(&self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }
}

/// Creates a client of its own for each sender, so that connections are not shared.
pub fn client() -> reqwest::Client {
    // The client requires a TLS provider, though it uses plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Runs the test with the URL of an empty database on `SQLite`.
pub async fn on_sqlite(test: impl AsyncFn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    test(&format!("sqlite://{}/log.db", folder.path().display())).await;
}

/// Runs the test with the URL of an empty database on `PostgreSQL`; without `TEST_POSTGRES_URL` it is skipped with a
/// message, or fails if `REQUIRE_POSTGRES` is set.
#[expect(clippy::disallowed_methods, reason = "the test run is told by its environment which cluster it may use")]
pub async fn on_postgres(test: impl AsyncFn(&str)) {
    let Ok(cluster) = std::env::var("TEST_POSTGRES_URL") else {
        assert!(std::env::var("REQUIRE_POSTGRES").is_err(), "REQUIRE_POSTGRES is set, but TEST_POSTGRES_URL is not");
        eprintln!("PostgreSQL was skipped: TEST_POSTGRES_URL is not set");
        return;
    };
    let name = format!("junoscope_process_{:016x}", rand::random::<u64>());
    let options = sqlx::postgres::PgConnectOptions::from_str(&cluster).unwrap();
    let mut admin: sqlx::PgConnection = options.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name} template template0"))).execute(&mut admin).await.unwrap();
    let mut url = url::Url::parse(&cluster).unwrap();
    url.set_path(&name);
    test(url.as_str()).await;
    sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
}
