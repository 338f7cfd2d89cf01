//! Environment variables: the names of settings, and their values, read directly or from the file they name.

use super::args::ServeArgs;
use super::source::{ConfigError, Environment, Origin};
use clap::Args as _;
use std::collections::BTreeMap;

const PREFIX: &str = "JUNOSCOPE_";

/// Settings whose value may be in a file named by a variable ending in `_FILE`: secrets, and URLs that may contain one.
const FILE_SETTINGS: [&str; 5] = ["database_url", "public_url", "webhook_basic", "webhook_header", "webhook_secret"];

/// Minimum Jaro-Winkler similarity at which a name is suggested for another.
const MIN_SIMILARITY: f64 = 0.8;

/// Returns the name of a setting's environment variable.
fn name_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

/// Returns the names of all known variables, one for each flag of the server.
fn known() -> Vec<String> {
    let flags = ServeArgs::augment_args(clap::Command::new("serve"));
    let mut names: Vec<String> =
        flags.get_arguments().filter_map(clap::Arg::get_long).map(|flag| name_of(&flag.replace('-', "_"))).collect();
    names.extend(FILE_SETTINGS.map(|key| format!("{}_FILE", name_of(key))));
    names
}

/// Returns the most similar candidate, if one is similar enough.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let rated = candidates.into_iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    rated
        .filter(|(alike, _)| *alike >= MIN_SIMILARITY)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// Returns whether Kubernetes set this variable: it does so in every container beside a service called `junoscope`.
fn is_of_a_service(name: &str, value: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    rest.starts_with("SERVICE_HOST")
        || rest.starts_with("SERVICE_PORT")
        || rest.starts_with("PORT_")
        || (rest == "PORT" && value.contains("://"))
}

/// Rejects unknown variables with the prefix, as ignoring a misspelt setting would be misleading.
pub(super) fn check_names(environment: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    let known = known();
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if known.contains(name) || is_of_a_service(name, value) {
            continue;
        }
        // Names ending in `_FILE` are suggested only for names that contain `_F`.
        let may_be_meant = |meant: &&str| rest.contains("_F") || !meant.ends_with("_FILE");
        let without_prefix = known.iter().map(|name| name.trim_start_matches(PREFIX)).filter(may_be_meant);
        return Err(ConfigError::new(match nearest(rest, without_prefix) {
            Some(meant) => format!("{name} is not a setting; did you mean {PREFIX}{meant}?"),
            None => format!("{name} is not a setting; `junoscope serve --help` shows the names of all."),
        }));
    }
    Ok(())
}

impl Environment {
    /// Returns a variable; an empty value counts as unset, because compose files cannot omit a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&String> {
        self.environment.get(name).filter(|value| !value.trim().is_empty())
    }

    /// Returns the value of a setting and its variable: `JUNOSCOPE_A_KEY`, or the content of the file that
    /// `JUNOSCOPE_A_KEY_FILE` names.
    pub(super) fn setting(&self, key: &str) -> Result<Option<(String, Origin)>, ConfigError> {
        // Hosting services set `DATABASE_URL` by themselves.
        let usual = (key == "database_url").then(|| "DATABASE_URL".to_owned());
        for name in [Some(name_of(key)), usual].into_iter().flatten() {
            let file_name = format!("{name}_FILE");
            let named = if FILE_SETTINGS.contains(&key) { self.variable(&file_name) } else { None };
            let (text, name) = match (self.variable(&name), named) {
                (None, None) => continue,
                (Some(_), Some(_)) => {
                    return Err(ConfigError::new(format!(
                        "{name} and {file_name} exclude each other: give one of them."
                    )));
                }
                (Some(text), None) => (text.trim().to_owned(), name),
                (None, Some(path)) => (self.content(path, &file_name)?, file_name),
            };
            if is_quoted(&text) {
                return Err(ConfigError::new(format!(
                    "{name} begins and ends with a quotation mark, which is taken for a part of the value: files for \
                     --env-file are read without a shell, so write the value without quotation marks."
                )));
            }
            return Ok(Some((text, Origin::Environment(name))));
        }
        Ok(None)
    }

    /// Reads a file. Errors do not repeat the path: it may be the secret itself, set in the wrong variable.
    fn content(&self, path: &str, name: &str) -> Result<String, ConfigError> {
        let text = std::fs::read_to_string(self.folder.join(path.trim()))
            .map_err(|error| ConfigError::new(format!("{name} names a file that cannot be read: {error}.")))?;
        // Editors end a file with a line break, which is no part of the value.
        let text = text.trim();
        if text.is_empty() {
            return Err(ConfigError::new(format!("{name} names a file that is empty.")));
        }
        Ok(text.to_owned())
    }
}

fn is_quoted(text: &str) -> bool {
    ['"', '\''].iter().any(|quote| text.len() >= 2 && text.starts_with(*quote) && text.ends_with(*quote))
}
