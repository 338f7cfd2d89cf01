//! How one SQL text and its values are put together once and run on either database.

use crate::store::Dialect;
use app::view::moment::{AsOf, Meaning, Moment};
use sqlx::AssertSqlSafe;

/// In milliseconds: an event's time is at most five minutes past its request's timestamp, and that at most five minutes
/// past its arrival.
const CLOCKS_APART: i64 = 10 * 60 * 1_000;

/// A value to bind. Text loses its NUL characters: JSON may hold them, `PostgreSQL` cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A number or an instant in milliseconds.
    Int(i64),
    /// Text or null.
    Text(Option<String>),
    /// True or false.
    Flag(bool),
}

impl Value {
    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_deref(),
            Self::Int(_) | Self::Flag(_) => None,
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Int(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Flag(flag) => flag.to_sql(),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(|text| text.replace('\0', "\u{fffd}")))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Some(text).into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Some(text.as_str()).into()
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        text.as_deref().into()
    }
}

/// SQL made of literals of this crate, with every value bound: nothing that came from outside is ever in the text.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    text: String,
    pub(crate) values: Vec<Value>,
    /// Whether the text will be met again, so that keeping it prepared pays.
    pub(crate) is_reused: bool,
}

impl Statement {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new(), is_reused: true }
    }

    /// For a text put together of literals, of names of tables and columns.
    pub(super) fn composed(text: String) -> Self {
        Self { text, values: Vec::new(), is_reused: true }
    }

    /// The same statement, asked about a moment: in the past, `contracts` is not the table of that name but the version
    /// of each contract that was in force then, under the same name and with the same columns.
    pub(crate) fn told(moment: Moment, text: &'static str) -> Self {
        let mut statement = Self::new("");
        if let Some(versions) = Self::versions(moment) {
            statement.push("with ").append(&versions).push(" ");
        }
        statement.push(text);
        statement
    }

    /// What stands behind `with` for a moment in the past; `None` for now.
    pub(crate) fn versions(moment: Moment) -> Option<Self> {
        let AsOf { at, meaning } = moment.as_of?;
        let is_known = meaning == Meaning::Known;
        let at = at.as_millisecond();
        let mut statement =
            Self::new("contracts as not materialized (select v.* from contract_versions v where v.is_known = ");
        statement.bind(is_known).push(" and v.from_at <= ").bind(at);
        // No more than this can an event have happened after it arrived. It is said so that an index by the last event
        // is entered near the moment, and not at its end.
        statement.push(" and v.last_at <= ").bind(at.saturating_add(CLOCKS_APART));
        statement.push(" and not exists (select 1 from contract_versions n where n.is_known = ").bind(is_known);
        statement.push(" and n.id = v.id and n.from_at > v.from_at and n.from_at <= ").bind(at).push("))");
        Some(statement)
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes another statement, or a piece of one, with its values.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self.is_reused &= other.is_reused;
        self
    }

    /// Writes a place for the value, and keeps it.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('?');
        self
    }

    /// Writes `(…, …)`. Lists differ in length, so the text is not worth keeping prepared.
    pub(crate) fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.is_reused = false;
        for (place, value) in values.into_iter().enumerate() {
            self.push(if place == 0 { "(" } else { ", " }).bind(value);
        }
        self.push(")")
    }

    /// Writes one `(…)` per row, for `insert … values`.
    pub(crate) fn rows<R: IntoIterator<Item = Value>>(&mut self, rows: impl IntoIterator<Item = R>) -> &mut Self {
        for (place, row) in rows.into_iter().enumerate() {
            if place > 0 {
                self.push(", ");
            }
            self.list(row);
        }
        self
    }

    /// The text with a plain `?` for each value, as SQLite takes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// `PostgreSQL` wants places numbered, `$1`. To SQLite that is a name, and it compares every name with every other:
    /// with the thousand values of a batch, that took longer than the batch itself. It gets a plain `?`.
    pub(crate) fn sql(&self, dialect: Dialect) -> AssertSqlSafe<String> {
        AssertSqlSafe(match dialect {
            Dialect::Sqlite => self.text.clone(),
            // The one function the two call by different names.
            Dialect::Postgres => numbered(&self.text).replace("instr(", "strpos("),
        })
    }
}

/// The same text with `$1`, `$2`, … for each `?` in turn; no literal of this crate holds a question mark.
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

/// Binds every value of a statement to a query of either driver.
macro_rules! bound {
    ($query:expr, $statement:expr) => {{
        let mut query = $query.persistent($statement.is_reused);
        for value in $statement.values {
            query = match value {
                $crate::store::projections::statement::Value::Int(number) => query.bind(number),
                $crate::store::projections::statement::Value::Text(text) => query.bind(text),
                $crate::store::projections::statement::Value::Flag(flag) => query.bind(flag),
            };
        }
        query
    }};
}

/// Every row a statement finds, read from the pool for reading.
macro_rules! fetch_all {
    ($store:expr, $row:ty, $statement:expr) => {{
        let statement = $statement;
        $crate::store::with_reader!($store, |pool| {
            $crate::store::projections::statement::bound!(
                sqlx::query_as::<_, $row>(statement.sql($store.dialect())),
                statement
            )
            .fetch_all(pool)
            .await
        })
    }};
}

pub(crate) use {bound, fetch_all};
