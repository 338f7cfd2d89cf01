//! Rows declared once: a struct, the names of its columns, and how both databases read and write it.

use super::value::Value;
use rusqlite::Row;
use rusqlite::types::FromSql;

/// A value of one column, or of several consecutive ones.
pub(crate) trait Columns: Sized {
    /// Adds the names of the columns, in order. `name` is the field's, which a row of several columns ignores.
    fn names(name: &'static str, all: &mut Vec<&'static str>);

    /// Decodes the value of an `SQLite` row at `place`, and advances it. `name` is the column's expected name, where a
    /// field has one.
    fn read(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<Self>;
}

/// A value that is written to the same columns.
pub(crate) trait Values: Columns {
    /// Adds its values, in the order of [`Columns::names`].
    fn add_to(&self, all: &mut Vec<Value>);
}

/// A row of a table that the projector writes.
pub(crate) trait TableRow: Values {
    /// The table.
    const TABLE: &'static str;

    /// Returns the names of the columns.
    fn columns() -> Vec<&'static str> {
        let mut all = Vec::new();
        Self::names("", &mut all);
        all
    }

    /// Returns the values, in the order of the columns.
    fn values(&self) -> Vec<Value> {
        let mut all = Vec::new();
        self.add_to(&mut all);
        all
    }
}

fn one<T: FromSql>(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<T> {
    // Columns are accessed by position, which is faster; debug builds check the names.
    debug_assert!(name.is_empty() || row.as_ref().column_name(*place) == Ok(name), "{name} is not column {place}");
    let read = row.get(*place)?;
    *place += 1;
    Ok(read)
}

/// Types of one column.
macro_rules! single {
    ($($kind:ty),+) => {
        $(impl Columns for $kind {
            fn names(name: &'static str, all: &mut Vec<&'static str>) {
                all.push(name);
            }

            fn read(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<Self> {
                one(row, place, name)
            }
        })+
    };
}

single!(i64, bool, String, Vec<u8>, Option<i64>, Option<String>, Option<Vec<u8>>);

/// Types of one column that are bound as [`Value`]s.
macro_rules! written {
    ($($kind:ty: $value:expr),+) => {
        $(impl Values for $kind {
            fn add_to(&self, all: &mut Vec<Value>) {
                let value: fn(&Self) -> Value = $value;
                all.push(value(self));
            }
        })+
    };
}

written!(
    i64: |number| (*number).into(),
    bool: |flag| (*flag).into(),
    String: |text| text.into(),
    Option<String>: |text| text.into()
);

/// Rows without column names.
macro_rules! tuple {
    ($($kind:ident),+) => {
        impl<$($kind: Columns),+> Columns for ($($kind,)+) {
            fn names(_: &'static str, _: &mut Vec<&'static str>) {}

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

/// Declares a row whose fields have the names of their columns, in the order of a `select`. A field that is itself a
/// row is marked `#[sqlx(flatten)]`. With `in "table"` the row is also written to that table.
macro_rules! row {
    (
        $(#[$about:meta])*
        pub struct $row:ident in $table:literal { $($fields:tt)+ }
    ) => {
        $crate::store::statement::row! { $(#[$about])* pub struct $row { $($fields)+ } }
        $crate::store::statement::row! { @write $row $table $($fields)+ }
    };
    (
        $(#[$about:meta])*
        pub struct $row:ident { $($(#[$note:meta])* pub $field:ident: $kind:ty),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
        pub struct $row {
            $($(#[$note])* pub $field: $kind,)+
        }

        impl $crate::store::statement::Columns for $row {
            fn names(_: &'static str, all: &mut Vec<&'static str>) {
                $(<$kind as $crate::store::statement::Columns>::names(stringify!($field), all);)+
            }

            fn read(row: &rusqlite::Row<'_>, place: &mut usize, _: &str) -> rusqlite::Result<Self> {
                Ok(Self { $($field: $crate::store::statement::Columns::read(row, place, stringify!($field))?),+ })
            }
        }
    };
    (@write $row:ident $table:literal $($(#[$note:meta])* pub $field:ident: $kind:ty),+ $(,)?) => {
        impl $crate::store::statement::Values for $row {
            fn add_to(&self, all: &mut Vec<$crate::store::statement::Value>) {
                $($crate::store::statement::Values::add_to(&self.$field, all);)+
            }
        }

        impl $crate::store::statement::TableRow for $row {
            const TABLE: &'static str = $table;
        }
    };
}

pub(crate) use row;
