//! A builder of SQL statements with bound values that run on either database.

mod columns;
mod value;

pub(crate) use columns::{Columns, TableRow, Values, row};
pub(crate) use value::Value;

use crate::store::Dialect;
use domain::query::moment::{AsOf, Meaning, Moment};
use sqlx::{Arguments, AssertSqlSafe, Database, Postgres, Sqlite};

/// Maximum number of values in one `in (…)`: well below either database's limit.
pub(crate) const MAX_IN_VALUES: usize = 1_000;

/// Maximum time by which an event may be after its arrival, in milliseconds: five minutes to its request's timestamp,
/// and five more to the arrival.
const CLOCKS_APART: i64 = 10 * 60 * 1_000;

/// An SQL statement of literals in this crate, with every value bound: no input is ever part of the text.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    text: String,
    pub(crate) values: Vec<Value>,
    /// Whether the text is used repeatedly, so that it should stay prepared.
    pub(crate) is_reused: bool,
}

impl Statement {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), is_reused: true }
    }

    /// Begins a `select` of a row's columns from a table that has all of them.
    pub(crate) fn select<R: Columns>(table: &'static str) -> Self {
        let mut select = Self::new("select ");
        select.columns::<R>("").push(" from ").push(table);
        select
    }

    /// Begins a statement at a moment. For the past, `contracts` is a common table expression with the version of each
    /// contract in force then, with the columns of the table.
    pub(crate) fn as_of(moment: Moment, text: &'static str) -> Self {
        let mut statement = Self::new("");
        if let Some(versions) = Self::versions(moment) {
            statement.push("with ").append(&versions).push(" ");
        }
        statement.push(text);
        statement
    }

    /// Returns the common table expression of a past moment; `None` for now.
    pub(crate) fn versions(moment: Moment) -> Option<Self> {
        let AsOf { at, meaning } = moment.as_of?;
        let is_known = meaning == Meaning::Known;
        let at = at.as_millisecond();
        let mut statement =
            Self::new("contracts as not materialized (select v.* from contract_versions v where v.is_known = ");
        statement.bind(is_known).push(" and v.from_at <= ").bind(at);
        // No event is further after its arrival. The condition lets the scan of an index by last event start near the
        // moment instead of at its end.
        statement.push(" and v.last_at <= ").bind(at.saturating_add(CLOCKS_APART));
        statement.push(" and not exists (select 1 from contract_versions n where n.is_known = ").bind(is_known);
        statement.push(" and n.id = v.id and n.from_at > v.from_at and n.from_at <= ").bind(at).push("))");
        Some(statement)
    }

    /// The same for the ids of `chosen`, a preceding table expression: each is looked up by its id, and nothing else is
    /// read.
    pub(crate) fn versions_of_chosen(moment: Moment) -> Option<Self> {
        let AsOf { at, meaning } = moment.as_of?;
        let is_known = meaning == Meaning::Known;
        let mut statement = Self::new(
            "contracts as not materialized (select v.* from chosen cross join contract_versions v where v.id = chosen.id \
             and v.is_known = ",
        );
        statement.bind(is_known).push(" and v.from_at = (select max(n.from_at) from contract_versions n where ");
        statement.push("n.id = chosen.id and n.is_known = ").bind(is_known);
        statement.push(" and n.from_at <= ").bind(at.as_millisecond()).push("))");
        Some(statement)
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends the names of a row's columns, each preceded by `table`, which ends with a full stop or is empty.
    pub(crate) fn columns<R: Columns>(&mut self, table: &'static str) -> &mut Self {
        let mut names = Vec::new();
        R::names("", &mut names);
        for (place, name) in names.into_iter().enumerate() {
            self.push(if place == 0 { "" } else { ", " }).push(table).push(name);
        }
        self
    }

    /// Appends another statement, or a fragment, with its values.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self.is_reused &= other.is_reused;
        self
    }

    /// Appends a placeholder, and binds its value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('?');
        self
    }

    /// Appends `(…, …)`. As lengths differ, the text is not kept prepared.
    pub(crate) fn push_values<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.is_reused = false;
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "(" } else { ", " }).bind(value);
        }
        self.push(")")
    }

    /// Appends ` in (…)` for any number of values of one type. `PostgreSQL` gets one array, so that text and plan can
    /// be reused; SQLite, which parses text faster than it opens an array, gets a list.
    pub(crate) fn push_in<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push(IN);
        self.bind(Value::List(values.into_iter().map(Into::into).collect()))
    }

    /// Appends a one-column table of any number of values of one type, for use after `from` in brackets. `PostgreSQL`
    /// gets one array.
    pub(crate) fn table_of<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push(TABLE_OF);
        self.bind(Value::List(values.into_iter().map(Into::into).collect()))
    }

    /// Returns the text in a dialect. `PostgreSQL` needs numbered placeholders, `$1`. SQLite takes these for names, and
    /// compares each with all others, which for a thousand values takes longer than the batch itself, so it gets `?`.
    fn text(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => {
                let mut pieces = self.text.split('?');
                let mut all = pieces.next().unwrap_or_default().to_owned();
                for (value, piece) in self.values.iter().zip(pieces) {
                    match value {
                        Value::List(values) if all.ends_with(TABLE_OF) => {
                            all.push_str(&vec!["(?)"; values.len()].join(", "));
                        }
                        Value::List(values) => {
                            all.push('(');
                            all.push_str(&vec!["?"; values.len()].join(", "));
                            all.push(')');
                        }
                        Value::Int(_) | Value::Text(_) | Value::Bool(_) => all.push('?'),
                    }
                    all.push_str(piece);
                }
                all
            }
            // The only function whose name differs.
            Dialect::Postgres => numbered(&arrays(&self.text, &self.values)).replace("instr(", "strpos("),
        }
    }

    /// Returns whether the text should stay prepared: with a list of many values it hardly recurs.
    fn is_kept(&self, dialect: Dialect) -> bool {
        let has_list = || self.values.iter().any(|value| matches!(value, Value::List(_)));
        self.is_reused && !(dialect == Dialect::Sqlite && has_list())
    }

    /// Returns text, values and whether to keep it prepared, for `rusqlite`.
    pub(crate) fn into_sqlite(self) -> (String, Vec<Value>, bool) {
        let (sql, is_reused) = (self.text(Dialect::Sqlite), self.is_kept(Dialect::Sqlite));
        let one_by_one = |value| if let Value::List(values) = value { values } else { vec![value] };
        (sql, self.values.into_iter().flat_map(one_by_one).collect(), is_reused)
    }

    /// Returns text, arguments and whether to keep it prepared, for sqlx.
    pub(crate) fn into_query<D: SqlDriver>(
        self,
        _: &sqlx::Pool<D>,
    ) -> Result<(AssertSqlSafe<String>, D::Arguments, bool), sqlx::Error> {
        let (sql, is_reused) = (self.text(D::DIALECT), self.is_kept(D::DIALECT));
        let mut arguments = D::Arguments::default();
        for value in self.values {
            D::add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
        }
        Ok((AssertSqlSafe(sql), arguments, is_reused))
    }
}

/// Precedes the placeholder of [`Value::List`].
const IN: &str = " in ";

/// Precedes the placeholder of [`Statement::table_of`], in SQLite's syntax.
const TABLE_OF: &str = "values ";

/// Replaces ` in ?` by ` = any(?)` where the value is an array, and `values ?` by its rows.
fn arrays(text: &str, values: &[Value]) -> String {
    let mut pieces = text.split('?');
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for (value, piece) in values.iter().zip(pieces) {
        match (value, all.strip_suffix(IN)) {
            (Value::List(_), Some(before)) => all = format!("{before} = any(?)"),
            (Value::List(_), None) if all.ends_with(TABLE_OF) => {
                all.truncate(all.len() - TABLE_OF.len());
                all.push_str("select unnest(?)");
            }
            _ => all.push('?'),
        }
        all.push_str(piece);
    }
    all
}

/// A database that a [`Statement`] can run on.
pub(crate) trait SqlDriver: Database {
    /// Its SQL dialect.
    const DIALECT: Dialect;

    /// Binds a value to its placeholders.
    fn add(arguments: &mut Self::Arguments, value: Value) -> Result<(), sqlx::error::BoxDynError>;
}

impl SqlDriver for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn add(arguments: &mut Self::Arguments, value: Value) -> Result<(), sqlx::error::BoxDynError> {
        match value {
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
            Value::Bool(flag) => arguments.add(flag),
            Value::List(values) => values.into_iter().try_for_each(|value| Self::add(arguments, value)),
        }
    }
}

impl SqlDriver for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;

    fn add(arguments: &mut Self::Arguments, value: Value) -> Result<(), sqlx::error::BoxDynError> {
        match value {
            Value::Int(number) => arguments.add(number),
            Value::Text(text) => arguments.add(text),
            Value::Bool(flag) => arguments.add(flag),
            Value::List(values) => match value::Column::of(values) {
                value::Column::Ints(numbers) => arguments.add(numbers),
                value::Column::Texts(texts) => arguments.add(texts),
                value::Column::Bools(flags) => arguments.add(flags),
            },
        }
    }
}

/// Returns the pattern of `like … escape '\'` for texts that contain this one.
pub(crate) fn containing(text: &str) -> String {
    let escaped = |character| matches!(character, '%' | '_' | '\\').then_some('\\').into_iter().chain([character]);
    let pattern: String = text.chars().flat_map(escaped).collect();
    format!("%{pattern}%")
}

/// Numbers the placeholders, `$1`, `$2`, …; no literal in this crate contains a question mark.
pub(crate) fn numbered(text: &str) -> String {
    let mut pieces = text.split('?');
    let mut all = pieces.next().unwrap_or_default().to_owned();
    for (place, piece) in (1_usize..).zip(pieces) {
        all.push('$');
        all.push_str(&place.to_string());
        all.push_str(piece);
    }
    all
}

/// Executes a statement without a result, on a pool of either driver.
macro_rules! execute {
    ($pool:expr, $statement:expr) => {
        match $statement.into_query($pool) {
            Ok((sql, arguments, is_reused)) => {
                sqlx::query_with(sql, arguments).persistent(is_reused).execute($pool).await.map(drop)
            }
            Err(error) => Err(error),
        }
    };
}

/// Returns every row of a statement.
macro_rules! fetch_all {
    ($store:expr, $row:ty, $statement:expr) => {{
        let statement = $statement;
        match &$store.pool {
            $crate::store::Pool::Sqlite { rows, .. } => rows.fetch_all::<$row>(statement).await,
            $crate::store::Pool::Postgres(pool) => match statement.into_query(pool) {
                Ok((sql, arguments, is_reused)) => {
                    sqlx::query_as_with::<_, $row, _>(sql, arguments).persistent(is_reused).fetch_all(pool).await
                }
                Err(error) => Err(error),
            }
            .map_err($crate::store::StoreError::from),
        }
    }};
}

pub(crate) use {execute, fetch_all};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_values_is_rows_or_an_array() {
        let mut select = Statement::new("with chosen (id) as (");
        select.table_of(["a", "b"]).push(") select id from chosen where n = ").bind(1);
        assert_eq!(
            select.text(Dialect::Sqlite),
            "with chosen (id) as (values (?), (?)) select id from chosen where n = ?"
        );
        assert_eq!(
            select.text(Dialect::Postgres),
            "with chosen (id) as (select unnest($1)) select id from chosen where n = $2"
        );
    }

    #[test]
    fn many_values_are_an_array_or_a_list_each_in_its_place() {
        let mut select = Statement::new("select instr(a, ");
        select.bind("x").push(") from t where kind = ").bind("k").push(" and id").push_in(["1", "2", "3"]);
        select.push(" and seq").push_in([7, 8]).push(" and b in ").push_values([5, 6]).push(" limit ").bind(9);
        assert_eq!(
            select.text(Dialect::Sqlite),
            "select instr(a, ?) from t where kind = ? and id in (?, ?, ?) and seq in (?, ?) and b in (?, ?) limit ?"
        );
        assert_eq!(
            select.text(Dialect::Postgres),
            "select strpos(a, $1) from t where kind = $2 and id = any($3) and seq = any($4) and b in ($5, $6) limit $7"
        );
    }
}
