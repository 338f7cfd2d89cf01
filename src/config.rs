//! What the operator decided: flags, then the environment, then a TOML file. The only place that reads the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that can be set, parsed and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people and YunoJuno use, without a final slash, such as `https://hooks.example.com`.
    pub public_url: String,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Where requests may come in; never empty, the first is the default one.
    pub endpoints: Vec<Endpoint>,
    /// Longest body taken, in bytes.
    pub max_body_bytes: usize,
    /// How many verified requests may wait for the writer before others are told 503.
    pub queue_length: usize,
    /// How many refused requests are kept per endpoint, oldest out.
    pub quarantine_requests: u32,
    /// How many bytes of refused bodies are kept per endpoint, oldest out.
    pub quarantine_bytes: u64,
    /// Text or JSON.
    pub log_format: LogFormat,
    /// A `tracing` filter such as `info` or `junoscope=debug`.
    pub log_filter: String,
    /// Where the TOML file was found, if any.
    pub file: Option<PathBuf>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// One receiving endpoint: `POST /webhooks/{name}`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Letters, digits, `-` and `_`.
    pub name: String,
    /// Signing secrets, any of which may match; empty means "use the kept one, or make it".
    pub secrets: Vec<Secret>,
    /// A second check besides the signature.
    pub lock: Option<Lock>,
}

/// A secret: never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The second lock of an endpoint (facts 1.4): compared in constant time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A header must have exactly this value.
    Header {
        /// Its name, in lower case.
        name: String,
        /// Its value.
        value: Secret,
    },
    /// HTTP Basic auth.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
}
