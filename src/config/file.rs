//! What does the TOML file say? Values stay unparsed (see `load`), and an error names the key and the line, never the
//! value: the value may be a secret.

use super::load::ConfigError;
use serde::Deserialize;
use std::path::Path;
use toml::Value;

/// The file as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<Value>,
    pub(super) public_url: Option<Value>,
    pub(super) database_url: Option<Value>,
    pub(super) max_body_bytes: Option<Value>,
    pub(super) queue_length: Option<Value>,
    pub(super) quarantine_requests: Option<Value>,
    pub(super) quarantine_bytes: Option<Value>,
    pub(super) finding_offer_days: Option<Value>,
    pub(super) finding_ending_days: Option<Value>,
    pub(super) finding_unused_days: Option<Value>,
    pub(super) log_format: Option<Value>,
    pub(super) log: Option<Value>,
    #[serde(default)]
    pub(super) endpoint: Vec<FileEndpoint>,
}

/// One `[[endpoint]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEndpoint {
    pub(super) name: Option<Value>,
    pub(super) secrets: Option<Value>,
    pub(super) header: Option<Value>,
    pub(super) basic: Option<Value>,
}

/// Reads and takes apart the file at `path`.
pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new(format!("{} cannot be read: {error}.", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| text.get(..span.start).unwrap_or(&text).matches('\n').count() + 1);
        // The message may quote a value where a table was expected, as in `endpoint = "whsec_…"`; a name of a key is
        // all that is safe to repeat.
        let told = error.message().lines().next().unwrap_or_default();
        let told = if told.starts_with("invalid type") { "this is not of the expected kind" } else { told };
        ConfigError::new(format!("{}, line {line}: {told}.", path.display()))
    })
}

/// A single value as text, and `None` for what is no single value.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// One text or a list of them.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        single => text(single).map(|text| vec![text]),
    }
}
