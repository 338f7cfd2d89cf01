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
mod source;

pub use args::{DaysArgs, ServeArgs, StoreArgs};
pub use endpoints::first_secret;
pub use links::LinkHosts;
pub use load::{Setting, explain, load};
pub use source::{ConfigError, Environment, Origin};

use crate::client_address::TrustedProxies;
use domain::account::SessionLimits;
use domain::lifecycle::rules::Limits;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The complete configuration, parsed and validated.
#[derive(Clone)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address people and YunoJuno use, without a final slash, such as `https://hooks.example.com`.
    pub public_url: String,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    /// When sessions expire.
    pub session_limits: SessionLimits,
    /// The database URL, `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// The endpoints that receive webhooks; never empty, the first is the default one.
    pub endpoints: Vec<Endpoint>,
    /// Maximum length of a request body, in bytes.
    pub max_body_bytes: usize,
    /// Maximum number of open connections; at the bound the longest idle one is closed for the next.
    pub max_connections: usize,
    /// Capacity of the writer's queue of verified requests; beyond it, requests are answered 503.
    pub queue_length: usize,
    /// Maximum number of refused requests kept per endpoint; those least like genuine ones are dropped first.
    pub quarantine_requests: u32,
    /// Maximum size of refused requests kept per endpoint, in bytes of bodies and headers.
    pub quarantine_bytes: u64,
    /// The day limits of the findings about open offers, contracts that end, and unused spend.
    pub limits: Limits,
    /// The hosts that links from event bodies may lead to.
    pub link_hosts: LinkHosts,
    /// The number of days for which the sender keeps payloads and can replay a message.
    pub replay_days: u16,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// A `tracing` filter such as `info` or `junoscope=debug`.
    pub log_filter: String,
    /// The path of the TOML file, if one was found.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Returns warnings about valid but questionable settings: whole sentences, for the log and the overview.
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

    /// Returns the URL of an endpoint, as entered in the YunoJuno portal.
    pub fn webhook_url(&self, endpoint: &Endpoint) -> String {
        format!("{}/webhooks/{}", self.public_url, endpoint.name)
    }

    /// Returns the database URL without its password, for display and logs.
    pub fn database_url_masked(&self) -> String {
        database_url::masked(&self.database_url)
    }
}

// Not derived, because the database URL may contain a password.
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

/// Returns the default public URL: the address under which a browser on this machine reaches the server.
pub fn default_public_url(listen: SocketAddr) -> String {
    // An unspecified address can be listened on but not connected to.
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", listen.port())
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Readable text.
    Text,
    /// One JSON object per line.
    Json,
}

/// One receiving endpoint: `POST /webhooks/{name}`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The name: letters, digits, `-` and `_`.
    pub name: String,
    /// Signing secrets, any of which may match; if empty, the stored one is used, or generated.
    pub secrets: Vec<Secret>,
    /// An additional check besides the signature.
    pub additional_check: Option<AdditionalCheck>,
}

/// A secret value, which `Debug` never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What an endpoint checks besides the signature, in constant time: see `docs/yunojuno.md`, Endpoint authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdditionalCheck {
    /// A header must have exactly this value.
    Header {
        /// The name, in lower case.
        name: String,
        /// The value.
        value: Secret,
    },
    /// HTTP Basic auth.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
}

#[cfg(test)]
mod tests;
