//! Backup and restore on PostgreSQL: prints the `pg_dump` and `pg_restore` commands to run, and checks their result.

use super::contents::contents;
use super::{Failure, open_existing_store};
use crate::config::Config;
use crate::store::connected::{drop_lists, others_connected};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use url::Url;

/// Tables that cannot be made again: a dump without the rows of one of them is no backup. The lists are derived from
/// these, and are left out.
const TABLES: [&str; 10] = [
    "_sqlx_migrations",
    "attempts",
    "dismissals",
    "feeds",
    "kept_secrets",
    "log_head",
    "messages",
    "people",
    "quarantine",
    "sessions",
];

/// Further ones, which dumps of earlier versions do not have.
const ADDED: [&str; 3] = ["default_views", "refusal_hours", "saved_views"];

/// Returns whether the file is a dump in PostgreSQL's custom format.
pub(super) fn is_dump(file: &Path) -> bool {
    let mut beginning = [0; 5];
    File::open(file).and_then(|mut file| file.read_exact(&mut beginning)).is_ok() && &beginning == b"PGDMP"
}

/// Prints how to make the dump, or that an existing one is complete.
pub(super) async fn backup(config: &Config, to: &Path) -> Result<(), Failure> {
    let store = open_existing_store(config).await?;
    let counts = store.count_stored().await;
    store.close().await;
    if to.is_file() {
        println!("{}", check_dump(to)?);
        println!("The database holds {} now.", contents(&counts?));
        return Ok(());
    }
    let database = for_libpq(&config.database_url);
    Err(Failure(format!(
        "No backup was made: on PostgreSQL run this (the server may go on running), then the same command again, which \
         checks the dump:\n\n  pg_dump --format=custom --no-owner --no-privileges --exclude-schema='lists_*' \
         --file={} --dbname={}\n{}",
        quoted(&to.to_string_lossy()),
        quoted(&database.url),
        database.password()
    )))
}

/// Checks the dump and prints how to restore it.
pub(super) async fn restore(config: &Config, from: &Path) -> Result<(), Failure> {
    let found = check_dump(from)?;
    // The state of its tables does not matter, as they will be replaced.
    let cannot = |error| Failure(format!("The database {} cannot be opened: {error}.", config.database_url_masked()));
    let others = others_connected(&config.database_url).await.map_err(cannot)?;
    if others > 0 {
        return Err(Failure(format!(
            "Nothing was restored: {others} connections of Junoscope are open on this database. Stop every server first."
        )));
    }
    drop_lists(&config.database_url).await.map_err(cannot)?;
    println!("{found}");
    let database = for_libpq(&config.database_url);
    Err(Failure(format!(
        "Nothing was restored yet: no server is running on this database, so run this, then `junoscope verify`. The \
         database as it is now is gone afterwards; `junoscope backup` says how to keep it.\n\n  pg_restore --clean \
         --if-exists --no-owner --no-privileges --single-transaction --dbname={} {}\n{}",
        quoted(&database.url),
        quoted(&from.to_string_lossy()),
        database.password()
    )))
}

/// Checks a dump with `pg_restore`: returns a sentence if every table that cannot be rebuilt is in it with its rows.
pub(super) fn check_dump(file: &Path) -> Result<String, Failure> {
    if !is_dump(file) {
        return Err(Failure(format!(
            "{} is no dump in PostgreSQL's custom format: make it with pg_dump --format=custom.",
            file.display()
        )));
    }
    let listed = Command::new("pg_restore").arg("--list").arg(file).output().map_err(|error| {
        Failure(format!("{} cannot be checked: pg_restore cannot be run: {error}.", file.display()))
    })?;
    // Reading all rows detects a truncated dump, which its table of contents does not show.
    let read = Command::new("pg_restore")
        .args(["--data-only", "--file=/dev/null"])
        .arg(file)
        .output()
        .map_err(|error| Failure(format!("{} cannot be checked: {error}.", file.display())))?;
    for output in [&listed, &read] {
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
            return Err(Failure(format!("{} cannot be restored: {why}.", file.display())));
        }
    }
    let missing = missing(&String::from_utf8_lossy(&listed.stdout));
    if missing.is_empty() {
        return Ok(format!("{}: the dump can be read to its end, and every table is in it.", file.display()));
    }
    Err(Failure(format!(
        "{} is no backup of Junoscope: the rows of {} are not in it.",
        file.display(),
        missing.join(", ")
    )))
}

/// Returns the tables whose rows a table of contents does not list.
fn missing(list: &str) -> Vec<&'static str> {
    let has = |what: &str, table: &str| {
        list.lines().any(|line| {
            let words = line.split_once(what).map(|(_, rest)| rest.split_whitespace().nth(1));
            words == Some(Some(table))
        })
    };
    let added = ADDED.into_iter().filter(|table| has(" TABLE ", table));
    TABLES.into_iter().chain(added).filter(|table| !has(" TABLE DATA ", table)).collect()
}

/// A URL for PostgreSQL's programs.
struct ForLibpq {
    url: String,
    has_password: bool,
}

impl ForLibpq {
    /// Returns a hint about the password, which no printed command contains.
    fn password(&self) -> &'static str {
        if self.has_password { "\nIt asks for the password, or takes it from PGPASSWORD or ~/.pgpass." } else { "" }
    }
}

/// Removes the password, and renames parameters to those of `libpq`.
fn for_libpq(database_url: &str) -> ForLibpq {
    let Ok(mut url) = Url::parse(database_url) else {
        return ForLibpq { url: "postgres://…".to_owned(), has_password: true };
    };
    let mut has_password = url.password().is_some();
    // This fails only for URLs that cannot have one.
    let _ = url.set_password(None);
    let mut parameters = Vec::new();
    for (key, value) in url.query_pairs() {
        let key = match &*key {
            "password" => {
                has_password = true;
                continue;
            }
            "statement-cache-capacity" => continue,
            "ssl-mode" => "sslmode",
            "ssl-root-cert" | "ssl-ca" => "sslrootcert",
            "ssl-cert" => "sslcert",
            "ssl-key" => "sslkey",
            other => other,
        };
        parameters.push((key.to_owned(), value.into_owned()));
    }
    url.set_query(None);
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    ForLibpq { url: url.to_string(), has_password }
}

/// Quotes text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_shows_no_password_and_speaks_as_libpq_does() {
        let database =
            for_libpq("postgres://me:word@host/db?ssl-mode=require&password=word&statement-cache-capacity=9");
        assert_eq!((database.url.as_str(), database.has_password), ("postgres://me@host/db?sslmode=require", true));
        let database = for_libpq("postgres://me@host/db");
        assert_eq!((database.url.as_str(), database.has_password), ("postgres://me@host/db", false));
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    #[test]
    fn a_dump_without_the_rows_of_a_table_is_found_out() {
        let line = |table: &&str| format!("3405; 0 16386 TABLE DATA public {table} postgres\n");
        let whole: String = TABLES.iter().map(line).collect();
        assert!(missing(&whole).is_empty());
        let without = whole.replace("public messages", "public messages_of_others");
        assert_eq!(missing(&without), ["messages"]);
        assert_eq!(missing("").len(), TABLES.len());
        // A table of a later version is missed where the dump has it without its rows.
        let added = format!("{whole}3406; 1259 16387 TABLE public saved_views postgres\n");
        assert_eq!(missing(&added), ["saved_views"]);
        assert!(missing(&(added + &line(&"saved_views"))).is_empty());
    }
}
