//! Merges flags, environment and file, in this order of precedence, and parses each value with its source.

use super::args::ServeArgs;
use super::source::{ConfigError, Environment, Origin};
use super::{Config, LinkHosts, LogFormat, database_url, default_public_url, environment, file, log_filter};
use crate::client_address::TrustedProxies;
use domain::account::SessionLimits;
use domain::lifecycle::rules::Limits;
use domain::replay::USUAL_DAYS;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One setting, as a line of `junoscope config check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// The value, with secrets masked.
    pub value: String,
    /// The source of the value.
    pub origin: Origin,
}

/// Loads the configuration.
pub fn load(args: &ServeArgs, around: &Environment) -> Result<Config, ConfigError> {
    explain(args, around).map(|(config, _)| config)
}

/// Loads the configuration, with the source of each setting.
pub fn explain(args: &ServeArgs, around: &Environment) -> Result<(Config, Vec<Setting>), ConfigError> {
    environment::check_names(&around.environment)?;
    let path = file_path(args, around)?;
    let file = path.as_deref().map(file::read).transpose()?.unwrap_or_default();
    let mut reader = SettingsReader { around, path: path.as_deref(), settings: Vec::new() };

    let listen =
        reader.setting("listen", args.listen.as_ref(), file.listen.as_ref(), "127.0.0.1:3000", parse_listen)?;
    let public_url = reader.setting(
        "public_url",
        args.public_url.as_ref(),
        file.public_url.as_ref(),
        &default_public_url(listen),
        parse_public_url,
    )?;
    // In the file it may also be a TOML array.
    let listed = file.trusted_proxies.as_ref().and_then(file::texts).map(|all| toml::Value::String(all.join(" ")));
    let trusted_proxies = reader.setting(
        "trusted_proxies",
        args.trusted_proxies.as_ref(),
        listed.as_ref().or(file.trusted_proxies.as_ref()),
        TrustedProxies::DEFAULT,
        TrustedProxies::parse,
    )?;
    // Browsers keep no cookie for longer than 400 days.
    let session_limits = SessionLimits::new(
        reader.setting("session_days", args.session_days.as_ref(), file.session_days.as_ref(), "30", |text| {
            number(text, 1, 400)
        })?,
        reader.setting(
            "session_idle_hours",
            args.session_idle_hours.as_ref(),
            file.session_idle_hours.as_ref(),
            "168",
            |text| number(text, 1, 9_600),
        )?,
    );
    let database_url = reader.setting(
        "database_url",
        args.database_url.as_ref(),
        file.database_url.as_ref(),
        "sqlite://data/junoscope.db",
        database_url::parse,
    )?;
    let max_body_bytes = reader.setting(
        "max_body_bytes",
        args.max_body_bytes.as_ref(),
        file.max_body_bytes.as_ref(),
        "1048576",
        |text| number(text, 1, 104_857_600),
    )?;
    let max_connections = reader.setting(
        "max_connections",
        args.max_connections.as_ref(),
        file.max_connections.as_ref(),
        &crate::serve::default_max_connections().to_string(),
        |text| number(text, 8, 1_000_000),
    )?;
    let queue_length =
        reader.setting("queue_length", args.queue_length.as_ref(), file.queue_length.as_ref(), "4096", |text| {
            number(text, 1, 1_000_000)
        })?;
    let quarantine_requests = reader.setting(
        "quarantine_requests",
        args.quarantine_requests.as_ref(),
        file.quarantine_requests.as_ref(),
        "1000",
        |text| number(text, 0, u32::MAX),
    )?;
    let quarantine_bytes = reader.setting(
        "quarantine_bytes",
        args.quarantine_bytes.as_ref(),
        file.quarantine_bytes.as_ref(),
        "16777216",
        // The limit keeps sums within the range of the databases' integers.
        |text| number(text, 0, 1 << 50),
    )?;
    let usual = Limits::default();
    let mut days = |key, flag: &Option<String>, in_file: &Option<toml::Value>, usual: u16| {
        reader.setting(key, flag.as_ref(), in_file.as_ref(), &usual.to_string(), |text| number(text, 0, 3_650))
    };
    let limits = Limits {
        offer_days: days(
            "finding_offer_days",
            &args.days.finding_offer_days,
            &file.finding_offer_days,
            usual.offer_days,
        )?,
        ending_days: days(
            "finding_ending_days",
            &args.days.finding_ending_days,
            &file.finding_ending_days,
            usual.ending_days,
        )?,
        unused_days: days(
            "finding_unused_days",
            &args.days.finding_unused_days,
            &file.finding_unused_days,
            usual.unused_days,
        )?,
    };
    // In the file it may also be a TOML array.
    let hosts = file.link_hosts.as_ref().map(|value| match file::texts(value) {
        Some(hosts) => toml::Value::String(hosts.join(" ")),
        None => value.clone(),
    });
    let link_hosts =
        reader.setting("link_hosts", args.link_hosts.as_ref(), hosts.as_ref(), "yunojuno.com", LinkHosts::parse)?;
    let replay_days = reader.setting(
        "replay_days",
        args.replay_days.as_ref(),
        file.replay_days.as_ref(),
        &USUAL_DAYS.to_string(),
        |text| number(text, 1, USUAL_DAYS),
    )?;
    let log_format = reader.setting(
        "log_format",
        args.log_format.as_ref(),
        file.log_format.as_ref(),
        "text",
        |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be text or json".to_owned()),
        },
    )?;
    let filter = reader.setting("log", args.log.as_ref(), file.log.as_ref(), "info", |text| {
        log_filter::check(text).map(|()| text.to_owned())
    })?;
    let endpoints = reader.endpoints(args, &file)?;

    let settings = reader.settings;
    let config = Config {
        listen,
        public_url,
        trusted_proxies,
        session_limits,
        database_url,
        endpoints,
        max_body_bytes,
        max_connections,
        queue_length,
        quarantine_requests,
        quarantine_bytes,
        limits,
        link_hosts,
        replay_days,
        log_format,
        log_filter: filter,
        file: path,
    };
    // The database URL is the only setting that may contain a secret without being one.
    let settings = settings
        .into_iter()
        .map(|setting| match setting.key {
            "database_url" => Setting { value: config.database_url_masked(), ..setting },
            _ => setting,
        })
        .collect();
    Ok((config, settings))
}

fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("must be an IP address and a port, such as 127.0.0.1:3000, not {text:?}"))
}

fn parse_public_url(text: &str) -> Result<String, String> {
    let url =
        url::Url::parse(text).map_err(|_| format!("must be a URL such as https://hooks.example.com, not {text:?}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("must begin with https:// or http:// and name a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user or a password".to_owned());
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("must end after the host and port: Junoscope's pages cannot live under a path".to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

fn number<N: FromStr + PartialOrd + fmt::Display>(text: &str, least: N, most: N) -> Result<N, String> {
    match text.parse::<N>() {
        Ok(number) if number >= least && number <= most => Ok(number),
        _ => Err(format!("must be a whole number from {least} to {most}, not {text:?}")),
    }
}

fn file_path(args: &ServeArgs, around: &Environment) -> Result<Option<PathBuf>, ConfigError> {
    let named = match (&args.config, around.variable("JUNOSCOPE_CONFIG")) {
        (Some(path), _) => Some((path.clone(), "--config")),
        (None, Some(path)) => Some((PathBuf::from(path), "JUNOSCOPE_CONFIG")),
        (None, None) => None,
    };
    if let Some((path, key)) = named {
        let path = around.folder.join(path);
        return if path.is_file() {
            Ok(Some(path))
        } else {
            Err(ConfigError::new(format!("{key} names {}, and there is no such file.", path.display())))
        };
    }
    let usual = if around.folder == Path::new(".") {
        PathBuf::from("junoscope.toml")
    } else {
        around.folder.join("junoscope.toml")
    };
    Ok(usual.is_file().then_some(usual))
}

/// The settings read so far, and the sources to read others from.
pub(super) struct SettingsReader<'a> {
    around: &'a Environment,
    path: Option<&'a Path>,
    pub(super) settings: Vec<Setting>,
}

impl SettingsReader<'_> {
    /// Returns the first of the flag `--a-key`, the variable `JUNOSCOPE_A_KEY`, and the key `a_key` of the file.
    fn find(
        &self,
        key: &str,
        flag: Option<&String>,
        in_file: Option<&toml::Value>,
    ) -> Result<Option<(String, Origin)>, ConfigError> {
        if let Some(found) = Self::flag(key, flag) {
            return Ok(Some(found));
        }
        if let Some(found) = self.variable(key)? {
            return Ok(Some(found));
        }
        let Some(value) = in_file else { return Ok(None) };
        let origin = self.in_file(key.to_owned());
        match file::text(value) {
            Some(text) => Ok(Some((text, origin))),
            None => Err(ConfigError::new(format!("{origin} must be a text or a whole number."))),
        }
    }

    pub(super) fn flag(key: &str, flag: Option<&String>) -> Option<(String, Origin)> {
        flag.map(|text| (text.clone(), Origin::Flag(format!("--{}", key.replace('_', "-")))))
    }

    pub(super) fn variable(&self, key: &str) -> Result<Option<(String, Origin)>, ConfigError> {
        self.around.setting(key)
    }

    pub(super) fn in_file(&self, key: String) -> Origin {
        Origin::File { key, path: self.path.map(Path::to_path_buf).unwrap_or_default() }
    }

    fn setting<T>(
        &mut self,
        key: &'static str,
        flag: Option<&String>,
        in_file: Option<&toml::Value>,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let (text, origin) = self.find(key, flag, in_file)?.unwrap_or_else(|| (default.to_owned(), Origin::Default));
        let value = parse(&text).map_err(|wrong| ConfigError::new(format!("{origin} {wrong}.")))?;
        self.settings.push(Setting { key, value: text, origin });
        Ok(value)
    }
}
