//! Logging: text or JSON lines to standard error, which never contain a body or a secret.

pub mod request;

use crate::config::LogFormat;
use std::io::IsTerminal as _;
use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, ParseError, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

/// Installs the logger. A second call changes nothing, so that several tests may start a server in one process.
pub fn start(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let subscriber = subscriber(format, filter, std::io::stderr, std::io::stderr().is_terminal())?;
    // This fails only when there is one already.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
    colours: bool,
) -> Result<Box<dyn Subscriber + Send + Sync>, ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter)?;
    // At finer levels these log frames, headers and statements, with signatures, cookies and personal data. Whatever
    // the filter says, they are limited to what an operator needs.
    let discreet = Targets::new().with_default(LevelFilter::TRACE).with_targets(
        ["h2", "hyper", "hyper_util", "rustls", "sqlx", "tower_http"].map(|name| (name, LevelFilter::INFO)),
    );
    // Its warning of a slow statement logs the statement, which for a batch fills the screen.
    let discreet = discreet.with_target("sqlx::query", LevelFilter::ERROR);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Ok(Box::new(Registry::default().with(lines.with_filter(discreet).with_filter(filter))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex, Once};

    #[derive(Clone, Default)]
    pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

    impl Written {
        /// Returns what was logged so far.
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    /// Collects what this thread logs, until the guard is dropped.
    pub(crate) fn collect(filter: &str) -> (Written, tracing::subscriber::DefaultGuard) {
        // `tracing` caches that a callsite is disabled when a thread without a subscriber reaches it first; a global
        // subscriber interested in everything prevents that.
        static INTERESTED: Once = Once::new();
        let written = Written::default();
        let writer = written.clone();
        let subscriber = subscriber(LogFormat::Text, filter, move || writer.clone(), false).unwrap();
        INTERESTED.call_once(|| drop(tracing::subscriber::set_global_default(tracing_subscriber::registry())));
        (written, tracing::subscriber::set_default(subscriber))
    }

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = subscriber(format, filter, move || writer.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, act);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_is_one_json_object() {
        let text = lines(LogFormat::Json, "info", || {
            let span = tracing::error_span!("request", request_id = "r1", message_id = tracing::field::Empty);
            span.record("message_id", "msg_1");
            span.in_scope(|| tracing::info!(endpoint = "yunojuno", "stored"));
        });
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!(line["message"], "stored");
        assert_eq!(line["endpoint"], "yunojuno");
        assert_eq!(line["level"], "INFO");
        let span = serde_json::json!({ "name": "request", "request_id": "r1", "message_id": "msg_1" });
        assert_eq!((&line["span"], line.get("spans")), (&span, None));
    }

    #[test]
    fn the_filter_decides_except_about_what_prints_headers() {
        let text = lines(LogFormat::Text, "trace", || {
            tracing::debug!("our own detail");
            tracing::debug!(target: "h2::codec", "a frame");
            tracing::trace!(target: "hyper::proto", "a header");
            tracing::debug!(target: "sqlx::query", "a statement");
            tracing::warn!(target: "sqlx::query", "a slow statement");
            tracing::error!(target: "sqlx::query", "a broken statement");
        });
        assert!(text.contains("our own detail") && text.contains("a broken statement"), "{text}");
        for secret in ["a frame", "a header", "a statement", "a slow statement"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert_eq!(lines(LogFormat::Text, "warn", || tracing::info!("quiet")), "");
    }
}
