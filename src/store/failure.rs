//! Reasons why a request could not be stored, in a few plain words. Full causes go to the process log only.

use super::StoreError;

impl StoreError {
    /// Returns the reason, as the end of "cannot store: …". It discloses no name, address or value.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Replaced { .. } => "the database file was moved, replaced or deleted",
            Self::Damaged { .. } => "the database file is damaged",
            Self::Log(error) => sqlite_reason(code_of(error)),
            Self::Database(sqlx::Error::Database(error)) => match error.code().as_deref() {
                // PostgreSQL's codes have five characters, SQLite's numbers are shorter.
                Some(code) if code.len() == 5 => postgres_reason(code),
                Some(code) => sqlite_reason(code.parse().unwrap_or_default()),
                None => OTHER,
            },
            Self::Database(sqlx::Error::PoolClosed) => "the database is closed",
            Self::Database(_) => "the database does not answer",
            Self::UnknownScheme(_)
            | Self::BadUrl(_)
            | Self::Migration(_)
            | Self::ListsInUse { .. }
            | Self::File { .. }
            | Self::Missing(_)
            | Self::OtherVersion(_)
            | Self::Corrupt(_) => OTHER,
        }
    }

    /// Returns whether the file is damaged, or no database at all.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Log(error) => is_damage(code_of(error)),
            Self::Database(error) => is_damaged(error),
            Self::UnknownScheme(_)
            | Self::BadUrl(_)
            | Self::Migration(_)
            | Self::Replaced { .. }
            | Self::ListsInUse { .. }
            | Self::File { .. }
            | Self::Missing(_)
            | Self::OtherVersion(_)
            | Self::Corrupt(_) => false,
        }
    }
}

/// Returns whether SQLite reports a damaged file, or no database at all.
pub(super) fn is_damaged(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().as_deref().filter(|code| code.len() < 5).and_then(|code| code.parse().ok()).is_some_and(is_damage)
}

const OTHER: &str = "the database did not take it";

/// Returns SQLite's extended error code; 0 for other errors.
pub(super) fn code_of(error: &rusqlite::Error) -> i32 {
    error.sqlite_error().map_or(0, |error| error.extended_code)
}

/// Returns whether the code is `SQLITE_CORRUPT` or `SQLITE_NOTADB`.
pub(super) fn is_damage(code: i32) -> bool {
    matches!(code & 0xff, 11 | 26)
}

fn sqlite_reason(code: i32) -> &'static str {
    /// The index of the write-ahead log cannot grow.
    const IOERR_SHMSIZE: i32 = 4_874;
    match code & 0xff {
        13 => "the disk is full",
        10 if code == IOERR_SHMSIZE => "the disk is full",
        10 => "the disk reports errors",
        8 => "the database file or its disk is read-only",
        14 => "the database file cannot be opened",
        5 | 6 => "another program holds the database",
        _ if is_damage(code) => "the database file is damaged",
        _ => OTHER,
    }
}

fn postgres_reason(code: &str) -> &'static str {
    match code {
        "53100" => "the disk of the database server is full",
        "53300" => "the database server takes no more connections",
        "25006" => "the database is read-only",
        "57P01" | "57P02" | "57P03" => "the database server is starting or stopping",
        "XX001" | "XX002" => "the database is damaged",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_has_words_of_its_own() {
        let failure = |code| StoreError::Log(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
        for (code, reason) in [
            (13, "the disk is full"),
            (4_874, "the disk is full"),
            (778, "the disk reports errors"),
            (264, "the database file or its disk is read-only"),
            (11, "the database file is damaged"),
            (26, "the database file is damaged"),
            (779, "the database file is damaged"),
            (5, "another program holds the database"),
            (1, OTHER),
        ] {
            assert_eq!(failure(code).reason(), reason, "{code}");
        }
        assert!(failure(267).is_damage() && !failure(13).is_damage());
        assert_eq!(StoreError::Database(sqlx::Error::PoolTimedOut).reason(), "the database does not answer");
        assert_eq!(postgres_reason("53100"), "the disk of the database server is full");
    }
}
