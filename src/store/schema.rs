//! The migrations of each database, and what those applied to a database say of its version.

use sqlx::migrate::Migrator;
use std::collections::BTreeSet;
use std::fmt;

/// Migrations of a `PostgreSQL` database.
pub(super) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
/// Migrations of the log's file.
pub(super) static LOG_TABLES: Migrator = sqlx::migrate!("migrations/sqlite");
/// Migrations of the lists' file.
pub(super) static LISTS_TABLES: Migrator = sqlx::migrate!("migrations/sqlite-lists");

/// The schema version of a database relative to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// The same version.
    Current,
    /// No tables yet.
    Empty,
    /// An earlier version.
    Older,
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
            Self::Newer => "its tables are of a newer version of Junoscope: use that version, or a newer one",
        })
    }
}

/// Compares the migrations applied to a database with those of this program.
pub(super) fn compare(ours: &Migrator, applied: &BTreeSet<i64>) -> SchemaState {
    let known: BTreeSet<i64> = ours.iter().map(|migration| migration.version).collect();
    if applied.is_empty() {
        SchemaState::Empty
    } else if !applied.is_subset(&known) {
        SchemaState::Newer
    } else if *applied == known {
        SchemaState::Current
    } else {
        SchemaState::Older
    }
}
