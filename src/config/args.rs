//! The command-line flags and their environment variables. Values stay text here: they are parsed in one place,
//! wherever they came from, so that all three sources give the same errors.
#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "these texts are the help of the command, read in a terminal"
)]

use clap::Args;
use std::path::PathBuf;

/// Every setting of the server. What is not given is looked up in the environment, then in the file.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Settings")]
pub struct ServeArgs {
    /// TOML file with settings [default: junoscope.toml in this folder, if it is there] [env: JUNOSCOPE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:3000] [env: JUNOSCOPE_LISTEN]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Address that people and YunoJuno use [default: http:// and the listening address] [env: JUNOSCOPE_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Reverse proxies whose X-Forwarded-For header names the client: networks or addresses with a comma or space
    /// between them, or none [default: 127.0.0.0/8 ::1/128] [env: JUNOSCOPE_TRUSTED_PROXIES]
    #[arg(long, value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,
    /// Days after which a person must sign in again, however often they came [default: 30]
    /// [env: JUNOSCOPE_SESSION_DAYS]
    #[arg(long, value_name = "DAYS")]
    pub session_days: Option<String>,
    /// Hours without a request after which a person must sign in again [default: 168]
    /// [env: JUNOSCOPE_SESSION_IDLE_HOURS]
    #[arg(long, value_name = "HOURS")]
    pub session_idle_hours: Option<String>,
    /// sqlite://… or postgres://… [default: sqlite://data/junoscope.db] [env: JUNOSCOPE_DATABASE_URL, DATABASE_URL]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Signing secret from the YunoJuno portal, or several with a comma or space between them
    /// [default: one made here and kept] [env: JUNOSCOPE_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRET")]
    pub webhook_secret: Option<String>,
    /// Header that every webhook must also carry, as "Name: value" [env: JUNOSCOPE_WEBHOOK_HEADER]
    #[arg(long, value_name = "HEADER")]
    pub webhook_header: Option<String>,
    /// Basic authentication that every webhook must also carry, as "user:password" [env: JUNOSCOPE_WEBHOOK_BASIC]
    #[arg(long, value_name = "USER:PASSWORD")]
    pub webhook_basic: Option<String>,
    /// Longest body taken [default: 1048576] [env: JUNOSCOPE_MAX_BODY_BYTES]
    #[arg(long, value_name = "BYTES")]
    pub max_body_bytes: Option<String>,
    /// How many connections may be open at once; one more closes the longest idle one
    /// [default: what the limit on open files allows, at most 4096] [env: JUNOSCOPE_MAX_CONNECTIONS]
    #[arg(long, value_name = "NUMBER")]
    pub max_connections: Option<String>,
    /// How many requests may wait for the database [default: 4096] [env: JUNOSCOPE_QUEUE_LENGTH]
    #[arg(long, value_name = "NUMBER")]
    pub queue_length: Option<String>,
    /// How many refused requests are kept per endpoint [default: 1000] [env: JUNOSCOPE_QUARANTINE_REQUESTS]
    #[arg(long, value_name = "NUMBER")]
    pub quarantine_requests: Option<String>,
    /// How many bytes of refused requests are kept per endpoint [default: 16777216] [env: JUNOSCOPE_QUARANTINE_BYTES]
    #[arg(long, value_name = "BYTES")]
    pub quarantine_bytes: Option<String>,
    /// Days that findings depend on.
    #[command(flatten)]
    pub days: DaysArgs,
    /// Hosts that links out of events may lead to, with their subdomains, a comma or space between them
    /// [default: yunojuno.com] [env: JUNOSCOPE_LINK_HOSTS]
    #[arg(long, value_name = "HOSTS")]
    pub link_hosts: Option<String>,
    /// Days for which YunoJuno keeps what it sent, 1 to 90: so long "Replay Missing" can bring it again
    /// [default: 90] [env: JUNOSCOPE_REPLAY_DAYS]
    #[arg(long, value_name = "DAYS")]
    pub replay_days: Option<String>,
    /// text or json [default: text] [env: JUNOSCOPE_LOG_FORMAT]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// What to log, such as info or junoscope=debug [default: info] [env: JUNOSCOPE_LOG]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,
}

/// Days that findings depend on; lists that were made with others are made anew at the start.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Settings")]
#[expect(clippy::struct_field_names, reason = "each is named as its flag")]
pub struct DaysArgs {
    /// Days after which an open offer is a finding [default: 7] [env: JUNOSCOPE_FINDING_OFFER_DAYS]
    #[arg(long, value_name = "DAYS")]
    pub finding_offer_days: Option<String>,
    /// Days before its end in which a contract that is not renewed is a finding [default: 14]
    /// [env: JUNOSCOPE_FINDING_ENDING_DAYS]
    #[arg(long, value_name = "DAYS")]
    pub finding_ending_days: Option<String>,
    /// Days after which approved spend that no contract draws on is a finding [default: 30]
    /// [env: JUNOSCOPE_FINDING_UNUSED_DAYS]
    #[arg(long, value_name = "DAYS")]
    pub finding_unused_days: Option<String>,
}

/// The settings of commands that open the database but serve nothing.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Settings")]
pub struct StoreArgs {
    /// TOML file with settings [default: junoscope.toml in this folder, if it is there] [env: JUNOSCOPE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite://… or postgres://… [default: sqlite://data/junoscope.db] [env: JUNOSCOPE_DATABASE_URL, DATABASE_URL]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Address that people and YunoJuno use [default: http:// and the listening address] [env: JUNOSCOPE_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// text or json [default: text] [env: JUNOSCOPE_LOG_FORMAT]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// What to log, such as info or junoscope=debug [default: info] [env: JUNOSCOPE_LOG]
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,
}

impl From<StoreArgs> for ServeArgs {
    fn from(args: StoreArgs) -> Self {
        let StoreArgs { config, database_url, public_url, log_format, log } = args;
        Self { config, public_url, database_url, log_format, log, ..Self::default() }
    }
}
