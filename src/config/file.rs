//! The TOML file. Values stay unparsed (see `load`), and an error names the key and the line, never the value, which
//! may be a secret.

use super::environment::nearest;
use super::source::ConfigError;
use serde::Deserialize;
use std::path::Path;
use toml::Value;

/// The TOML file as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<Value>,
    pub(super) public_url: Option<Value>,
    pub(super) trusted_proxies: Option<Value>,
    pub(super) session_days: Option<Value>,
    pub(super) session_idle_hours: Option<Value>,
    pub(super) database_url: Option<Value>,
    pub(super) max_body_bytes: Option<Value>,
    pub(super) max_connections: Option<Value>,
    pub(super) queue_length: Option<Value>,
    pub(super) quarantine_requests: Option<Value>,
    pub(super) quarantine_bytes: Option<Value>,
    pub(super) finding_offer_days: Option<Value>,
    pub(super) finding_ending_days: Option<Value>,
    pub(super) finding_unused_days: Option<Value>,
    pub(super) link_hosts: Option<Value>,
    pub(super) replay_days: Option<Value>,
    pub(super) log_format: Option<Value>,
    pub(super) log: Option<Value>,
    #[serde(default)]
    pub(super) endpoint: Vec<FileEndpoint>,
}

/// One `[[endpoint]]` table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEndpoint {
    pub(super) name: Option<Value>,
    pub(super) secrets: Option<Value>,
    pub(super) header: Option<Value>,
    pub(super) basic: Option<Value>,
}

/// Reads and parses the file at `path`.
pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(format!("{} cannot be read: {error}.", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or(&text).matches('\n').count() + 1);
        // The message may quote a value where a table was expected, as in `endpoint = "whsec_…"`; only key names are
        // safe to repeat.
        let told = error.message().lines().next().unwrap_or_default();
        let told = match unknown_key(told) {
            Some(told) => told,
            None if told.starts_with("invalid type") => "this is not of the expected kind".to_owned(),
            None => told.to_owned(),
        };
        let end = if told.ends_with('?') { "" } else { "." };
        ConfigError::new(format!("{}, line {line}: {told}{end}", path.display()))
    })
}

/// Rewrites serde's message about an unknown key, in which the key is quoted first and then all valid keys.
fn unknown_key(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    let there_are: Vec<&str> = quoted.collect();
    Some(match nearest(unknown, there_are.iter().copied()) {
        Some(meant) => format!("`{unknown}` is not a setting; did you mean `{meant}`?"),
        None => format!("`{unknown}` is not a setting; there are {}", there_are.join(", ")),
    })
}

/// Returns a scalar as text, and `None` for other values.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

/// Returns a string or a list of strings.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value.as_array() {
        Some(values) => values.iter().map(text).collect(),
        None => text(value).map(|text| vec![text]),
    }
}
