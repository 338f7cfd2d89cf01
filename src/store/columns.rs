//! Decoding of `SQLite` rows into structs, column by column in the order of the fields.

use rusqlite::Row;
use rusqlite::types::FromSql;

/// What is read from one column, or from several that follow one another.
pub(crate) trait Columns: Sized {
    /// Reads on from `place`, and leaves it behind what it read. `name` is the column's, where a field bears it.
    fn read(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<Self>;
}

fn one<T: FromSql>(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<T> {
    // Columns are looked up by their places, which is faster; tests see that the names say the same.
    debug_assert!(name.is_empty() || row.as_ref().column_name(*place) == Ok(name), "{name} is not column {place}");
    let read = row.get(*place)?;
    *place += 1;
    Ok(read)
}

/// Types that fill one column.
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

/// Rows that have no names for their columns.
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

/// Says in which order a struct's fields stand in a row; they are named as the columns are.
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
