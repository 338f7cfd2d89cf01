//! The tables that lists are read from: their SQL, and the version that follows from it.

use crate::store::Dialect;
use domain::query::search::TERMS_VERSION;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The version of the fold. Raise it whenever stored messages give other rows than before: another state, finding or
/// sentence. The next start then makes the lists again. `src/tests/golden.rs` fails when this is forgotten.
pub(crate) const FOLD_VERSION: u32 = 3;

/// Divides the tables, with the indexes that the fold itself reads, from the indexes that are made after it.
const MARKER: &str = "-- Indexes made once the log is folded.";

fn text(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => include_str!("../../../migrations/projections/sqlite.sql"),
        Dialect::Postgres => include_str!("../../../migrations/projections/postgres.sql"),
    }
}

/// Returns the statements that create the tables, and those that create the remaining indexes.
pub(super) fn statements(dialect: Dialect) -> (&'static str, &'static str) {
    text(dialect).split_once(MARKER).unwrap_or((text(dialect), ""))
}

/// Returns the names of the tables, with the virtual ones of SQLite, in the order in which they are created.
pub(crate) fn names(dialect: Dialect) -> Vec<&'static str> {
    let created =
        |line: &'static str| line.strip_prefix("create table ").or(line.strip_prefix("create virtual table "));
    text(dialect).lines().filter_map(created).filter_map(|rest| rest.split(' ').next()).collect()
}

/// Returns the version of the lists, ten hexadecimal digits: lists of another version are never read.
pub(crate) fn version(dialect: Dialect) -> String {
    // Two versions side by side are tested with one program.
    #[cfg(debug_assertions)]
    #[expect(clippy::disallowed_methods, reason = "a process test gives it, and no release has it")]
    if let Ok(other) = std::env::var("TEST_LISTS_VERSION") {
        return other;
    }
    let digest = Sha256::new_with_prefix(text(dialect))
        .chain_update(FOLD_VERSION.to_be_bytes())
        .chain_update(TERMS_VERSION.to_be_bytes())
        .finalize();
    hex(digest.get(..5).unwrap_or_default())
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the schema of the lists on PostgreSQL.
pub(crate) fn schema() -> String {
    format!("lists_{}", version(Dialect::Postgres))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_have_the_same_tables_and_indexes_apart() {
        let tables = |dialect| names(dialect).into_iter().filter(|name| !name.ends_with("_grams")).collect::<Vec<_>>();
        assert_eq!(tables(Dialect::Sqlite), tables(Dialect::Postgres));
        assert_eq!(tables(Dialect::Sqlite).first(), Some(&"projector"));
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let (tables, indexes) = statements(dialect);
            assert!(!indexes.contains("create table") && tables.matches("create index").count() == 5);
            let made = |line: &&str| line.starts_with("create index");
            assert!(indexes.lines().filter(made).all(|line| line.starts_with("create index if not exists")));
            assert!(indexes.lines().all(|line| line.ends_with(';') || !line.contains(';')), "it is divided there");
            assert!(version(dialect).len() == 10 && version(dialect).bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
    }
}
