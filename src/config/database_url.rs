//! Parsing and redacted display of database URLs. Errors never repeat any part of the URL: a password that was not
//! percent-encoded may be anywhere in it.

use url::Url;

/// Advice appended to every error about a URL.
const ENCODED: &str = "in a password, write / as %2F, # as %23, ? as %3F, @ as %40 and % as %25";

/// Parameters that the `PostgreSQL` driver knows, besides `options[…]`. Others are rejected: the driver logs them with
/// their values, which may be the rest of a password.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// TLS modes, weakest first.
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// Validates the URL of a file or a server and returns it unchanged. The error follows the name of the setting.
pub(super) fn parse(text: &str) -> Result<String, String> {
    match text.split(':').next() {
        Some("sqlite") => sqlite(text)?,
        Some("postgres" | "postgresql") => postgres(text)?,
        _ => return Err("must begin with sqlite:// or postgres://".to_owned()),
    }
    Ok(text.to_owned())
}

fn sqlite(text: &str) -> Result<(), String> {
    if text.contains(":memory:") || text.contains("mode=memory") {
        return Err("must name a file: a database in memory forgets what was answered".to_owned());
    }
    let path = text.trim_start_matches("sqlite:");
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split_once('?').map_or(path, |(path, _)| path).trim();
    if path.is_empty() || path.ends_with('/') || path.ends_with("/.") || path == "." || path == ".." {
        // SQLite would take an empty name for a temporary file that is deleted when closed.
        return Err("must name a file after sqlite://, such as sqlite://data/junoscope.db".to_owned());
    }
    Ok(())
}

fn postgres(text: &str) -> Result<(), String> {
    let url = Url::parse(text)
        .map_err(|_| format!("is not a URL such as postgres://user:password@host:5432/database ({ENCODED})"))?;
    // After one of these characters, the rest of a password would be parsed as another part of the URL.
    if url.fragment().is_some() || url.path().contains('@') || url.query().is_some_and(|query| query.contains('@')) {
        return Err(format!("is cut by a character that ends the address ({ENCODED})"));
    }
    if url.path().trim_start_matches('/').contains('/') {
        return Err(format!("must end with the name of one database, without a further / ({ENCODED})"));
    }
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err("must have // after postgres:".to_owned());
    }
    for (key, value) in url.query_pairs() {
        if !PARAMETERS.contains(&&*key) && !key.starts_with("options[") {
            return Err(format!("has a parameter after ? that is not known; there are {}", PARAMETERS.join(", ")));
        }
        if matches!(&*key, "sslmode" | "ssl-mode") && !SSL_MODES.contains(&&*value.to_ascii_lowercase()) {
            return Err(format!("must have one of these as sslmode: {}", SSL_MODES.join(", ")));
        }
        let is_number = value.parse::<u16>().is_ok();
        if matches!(&*key, "port" | "statement-cache-capacity") && !is_number {
            return Err("must have a number as port and as statement-cache-capacity".to_owned());
        }
    }
    Ok(())
}

/// Returns the URL without its password, for display and logs.
pub(super) fn masked(database_url: &str) -> String {
    if database_url.starts_with("sqlite:") {
        return database_url.to_owned();
    }
    let Ok(mut url) = Url::parse(database_url) else { return "(not a URL)".to_owned() };
    // PostgreSQL also accepts the password as a parameter.
    let in_query = url.query_pairs().any(|(key, _)| key == "password");
    if url.password().is_none() && !in_query {
        return database_url.to_owned();
    }
    if in_query {
        url.set_query(None);
    }
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "(masked)".to_owned();
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_names_no_file_is_refused() {
        for url in ["sqlite:", "sqlite://", "sqlite://?mode=rwc", "sqlite:///", "sqlite://data/", "sqlite://."] {
            assert!(parse(url).unwrap_err().contains("must name a file"), "{url}");
        }
        for url in ["sqlite://a.db", "sqlite:a.db", "sqlite:///var/lib/junoscope/a.db?mode=rwc"] {
            assert_eq!(parse(url).as_deref(), Ok(url));
        }
    }

    #[test]
    fn a_password_that_was_not_encoded_is_refused_and_never_repeated() {
        for url in [
            "postgres://me:hunter/2secret@host/db",
            "postgres://me:hunter#2secret@host/db",
            "postgres://me:hunter?2secret@host/db",
            "postgres://me:12/secret@host/db",
            "postgres://me:12#secret@host/db",
            "postgres://me:12?secret@host/db",
            "postgres://me:12?secret=hunter&x",
            "postgres://me:12/secret/hunter",
            "postgres://me:secret@ho st/db",
            "postgres://host/db?sslmode=secret",
            "postgres:me:secret",
        ] {
            let error = parse(url).unwrap_err();
            assert!(!error.contains("secret") && !error.contains("hunter"), "{url}: {error}");
        }
        for url in [
            "postgres://me:p@ss:word@host:5432/db?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://me:%2F%23%3F@host/db",
            "postgresql:///db?host=/var/run/postgresql&user=me&password=x",
            "postgres://usual",
        ] {
            assert_eq!(parse(url).as_deref(), Ok(url));
        }
    }

    #[test]
    fn no_url_that_can_be_used_shows_its_password() {
        for (url, shown) in [
            ("postgres://me:p@ss:word@host/db", "postgres://me:***@host/db"),
            ("postgres://me@host/db?password=word", "postgres://me@host/db"),
            ("postgres://me@host/db", "postgres://me@host/db"),
            ("sqlite://a b#c.db", "sqlite://a b#c.db"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
