//! The sources of configuration values, and errors that name them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A configuration error: one sentence that names the key and its source, and never repeats a secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    pub(super) fn new(sentence: String) -> Self {
        Self(sentence)
    }
}

/// The environment of the process, injected so that tests control it.
pub struct Environment {
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// The folder of `junoscope.toml`, and the base of relative paths.
    pub folder: PathBuf,
}

impl Environment {
    /// Reads those of this process.
    pub fn of_process() -> Self {
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| name.starts_with("JUNOSCOPE_") || name == "DATABASE_URL" || name == "DATABASE_URL_FILE")
            .collect();
        Self { environment, folder: PathBuf::from(".") }
    }
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, such as `--listen`.
    Flag(String),
    /// An environment variable, such as `JUNOSCOPE_LISTEN`.
    Environment(String),
    /// A key of the file, such as `listen in junoscope.toml`.
    File {
        /// The key.
        key: String,
        /// The file.
        path: PathBuf,
    },
    /// The default, as no source had a value.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::File { key, path } => write!(f, "{key} in {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}
