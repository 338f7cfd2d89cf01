//! The migrations of the log, and what those applied to a database say of its version.

use super::Dialect;
use sqlx::migrate::Migrator;
use std::collections::BTreeMap;
use std::fmt;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// Returns the migrations of a database. The first one is the baseline.
pub(super) fn migrations(dialect: Dialect) -> &'static Migrator {
    match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    }
}

/// The schema version of a database relative to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The same version.
    Current,
    /// No tables yet.
    Empty,
    /// An earlier version.
    Older,
    /// An earlier version that cannot be taken over, or the tables of another program.
    TooOld,
    /// A later version.
    Newer,
}

impl fmt::Display for SchemaState {
    /// Writes what to do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "its tables are those of this version of Junoscope",
            Self::Empty => "it has no tables of Junoscope yet: `junoscope serve` or `junoscope migrate` makes them",
            Self::Older => {
                "its tables are of an older version of Junoscope: stop the server, then let `junoscope migrate` or \
                 `junoscope serve` of this version bring them up to date"
            }
            Self::TooOld => {
                "its tables are of a version of Junoscope that is too old to be taken over, or of another program: let \
                 `junoscope migrate` of the version of 30 November 2026 bring them up to date first"
            }
            Self::Newer => "its tables are of a newer version of Junoscope: use that version, or a newer one",
        })
    }
}

/// Compares the migrations applied to a database, with their descriptions, with those of this program.
pub(super) fn compare(dialect: Dialect, applied: &BTreeMap<i64, String>) -> SchemaState {
    let known: BTreeMap<i64, &str> =
        migrations(dialect).iter().map(|migration| (migration.version, &*migration.description)).collect();
    let Some((last, _)) = applied.last_key_value() else { return SchemaState::Empty };
    if applied.get(&1).map(String::as_str) != known.get(&1).copied() {
        // The last steps of those databases of the numbered series before the baseline that can be taken over.
        let numbered = match dialect {
            Dialect::Sqlite => 13..=16,
            Dialect::Postgres => 21..=30,
        };
        return if applied.get(&1).is_none_or(|first| first != "log") || last < numbered.start() {
            SchemaState::TooOld
        } else if numbered.contains(last) {
            SchemaState::Older
        } else {
            SchemaState::Newer
        };
    }
    if applied.keys().any(|version| !known.contains_key(version)) {
        SchemaState::Newer
    } else if applied.len() == known.len() {
        SchemaState::Current
    } else {
        SchemaState::Older
    }
}
