//! Configuration from flags, environment and a TOML file, in this precedence. Only here is the environment read.

mod args;
mod database_url;
mod endpoints;
mod environment;
mod file;
mod links;
mod load;
mod log_filter;
mod secret;

pub use args::{DaysArgs, ServeArgs, StoreArgs};
pub use endpoints::first_secret;
pub use links::LinkHosts;
pub use load::{ConfigError, Origin, Setting, Surroundings, explain, load};

use crate::client_address::TrustedProxies;
use crate::store::people::sessions::SessionLimits;
use app::lifecycle::rules::Limits;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Everything that can be set, parsed and checked.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people and YunoJuno use, without a final slash, such as `https://hooks.example.com`.
    pub public_url: String,
    /// Which machines are believed about the address of a client.
    pub trusted_proxies: TrustedProxies,
    /// How long a person stays signed in.
    pub session_limits: SessionLimits,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Where requests may come in; never empty, the first is the default one.
    pub endpoints: Vec<Endpoint>,
    /// Longest body taken, in bytes.
    pub max_body_bytes: usize,
    /// How many connections may be open at once; at the bound the longest idle one is closed for the next.
    pub max_connections: usize,
    /// How many verified requests may wait for the writer before others are told 503.
    pub queue_length: usize,
    /// How many refused requests are kept per endpoint, oldest out.
    pub quarantine_requests: u32,
    /// How many bytes of refused bodies are kept per endpoint, oldest out.
    pub quarantine_bytes: u64,
    /// After how many days a person is told of an open offer, a contract that ends and spend nobody uses.
    pub limits: Limits,
    /// Where links that come from bodies may lead.
    pub link_hosts: LinkHosts,
    /// How many days the sender keeps payloads: so long a message can be replayed.
    pub replay_days: u16,
    /// Text or JSON.
    pub log_format: LogFormat,
    /// A `tracing` filter such as `info` or `junoscope=debug`.
    pub log_filter: String,
    /// Where the TOML file was found, if any.
    pub file: Option<PathBuf>,
}

impl Config {
    /// What works but should be looked at: whole sentences, for the log and for the overview.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.listen.ip().is_loopback() && !self.public_url.starts_with("https://") {
            warnings.push(format!(
                "Junoscope listens on {}, which other machines can reach, but its public URL does not begin with \
                 https: passwords and events would travel unencrypted. Put it behind HTTPS and set the public URL, \
                 or listen on 127.0.0.1.",
                self.listen
            ));
        }
        if let Some(allowed) = crate::serve::connections_files_allow()
            && self.max_connections > allowed
        {
            warnings.push(format!(
                "max_connections is {}, but the limit on open files leaves room for {allowed}. Raise that limit \
                 (LimitNOFILE of a systemd service, ulimit -n), or lower max_connections.",
                self.max_connections
            ));
        }
        warnings
    }

    /// The address to paste into the YunoJuno portal.
    pub fn webhook_url(&self, endpoint: &Endpoint) -> String {
        format!("{}/webhooks/{}", self.public_url, endpoint.name)
    }

    /// The database URL without its password, for people and logs.
    pub fn database_url_masked(&self) -> String {
        database_url::masked(&self.database_url)
    }
}

// By hand, because the database URL may carry a password.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("session_limits", &self.session_limits)
            .field("database_url", &self.database_url_masked())
            .field("endpoints", &self.endpoints)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("max_connections", &self.max_connections)
            .field("queue_length", &self.queue_length)
            .field("quarantine_requests", &self.quarantine_requests)
            .field("quarantine_bytes", &self.quarantine_bytes)
            .field("limits", &self.limits)
            .field("link_hosts", &self.link_hosts)
            .field("replay_days", &self.replay_days)
            .field("log_format", &self.log_format)
            .field("log_filter", &self.log_filter)
            .field("file", &self.file)
            .finish()
    }
}

/// What a browser on this machine types when nothing else was said.
pub fn default_public_url(listen: SocketAddr) -> String {
    // "Every address" is where to listen, not where to go.
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", listen.port())
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

#[cfg(test)]
mod tests;
