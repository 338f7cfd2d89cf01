//! Decoding of `SQLite` rows into structs, column by column in the order of the fields.

use rusqlite::Row;
use rusqlite::types::FromSql;

/// A value decoded from one column, or from several consecutive ones.
pub(crate) trait Columns: Sized {
    /// Decodes the value at `place`, and advances it. `name` is the column's expected name, where a field has one.
    fn read(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<Self>;
}

fn one<T: FromSql>(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<T> {
    // Columns are accessed by position, which is faster; debug builds check the names.
    debug_assert!(name.is_empty() || row.as_ref().column_name(*place) == Ok(name), "{name} is not column {place}");
    let read = row.get(*place)?;
    *place += 1;
    Ok(read)
}

/// Types decoded from one column.
macro_rules! single {
    ($($kind:ty),+) => {
        $(impl Columns for $kind {
            fn read(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<Self> {
                one(row, place, name)
            }
        })+
    };
}

single!(i64, bool, String, Vec<u8>, Option<i64>, Option<String>);

/// Rows without column names.
macro_rules! tuple {
    ($($kind:ident),+) => {
        impl<$($kind: Columns),+> Columns for ($($kind,)+) {
            fn read(row: &Row<'_>, place: &mut usize, _: &str) -> rusqlite::Result<Self> {
                Ok(($($kind::read(row, place, "")?,)+))
            }
        }
    };
}

tuple!(A);
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);

/// Declares the order of a struct's fields in a row; they have the names of their columns.
macro_rules! columns {
    ($row:ty: $($field:ident),+ $(,)?) => {
        impl $crate::store::columns::Columns for $row {
            fn read(row: &rusqlite::Row<'_>, place: &mut usize, _: &str) -> rusqlite::Result<Self> {
                Ok(Self { $($field: $crate::store::columns::Columns::read(row, place, stringify!($field))?),+ })
            }
        }
    };
}

pub(crate) use columns;
