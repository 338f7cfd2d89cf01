//! Validation of log filters. The filter's own parser takes any word for a module name and then logs nothing else, so a
//! typing error would silence the log.

use tracing_subscriber::EnvFilter;

/// Crates that log: our own first, then those of interest to an operator.
const TARGETS: [&str; 16] = [
    "junoscope",
    "app",
    "axum",
    "h2",
    "hyper",
    "hyper_util",
    "leptos",
    "leptos_axum",
    "log",
    "mio",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio",
    "tower",
    "tower_http",
];

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Validates a level, or directives such as `info,junoscope::ingest=debug`. The error follows the name of the setting.
pub(super) fn check(text: &str) -> Result<(), String> {
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (target, level) = part.split_once('=').map_or((part, None), |(target, level)| (target, Some(level)));
        // A span's name and fields are in brackets, which may contain a further `=`; the parser validates them.
        let module = target.split_once('[').map_or(target, |(module, _)| module).trim();
        let is_level = level.is_none() && LEVELS.contains(&target.to_ascii_lowercase().as_str());
        let root = module.split("::").next().unwrap_or_default();
        let is_span = module.is_empty() && target.starts_with('[');
        // `sqlx::query` is a target of its own, and sqlx's drivers log under their own crate names.
        if !is_level && !is_span && !TARGETS.contains(&root) && !root.starts_with("sqlx_") {
            return Err(format!(
                "holds {module:?}, which is neither a level ({}) nor the name of something that logs, such as \
                 junoscope in junoscope=debug",
                LEVELS.join(", ")
            ));
        }
    }
    EnvFilter::try_new(text).map(drop).map_err(|_| "is not a filter such as info or junoscope=debug".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nothing_logs_under_is_refused() {
        for filter in
            ["nonsense", "info,nonsense=debug", "junoscop=debug", "verbose", "INFO!", "junoscope=loud", "a=b=c"]
        {
            assert!(check(filter).is_err(), "{filter}");
        }
        for filter in [
            "info",
            "WARN",
            "off",
            "junoscope",
            "info,junoscope::ingest=debug",
            "warn,sqlx=error",
            "[request]=debug",
            "junoscope[request{path=\"/\"}]=debug",
        ] {
            assert_eq!(check(filter), Ok(()), "{filter}");
        }
    }
}
