//! Values that are bound to a statement, on either database.

/// A value to bind. NUL characters are removed from text: JSON may contain them, `PostgreSQL` rejects them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// An integer, or an instant in milliseconds.
    Int(i64),
    /// Text or null.
    Text(Option<String>),
    /// A boolean.
    Bool(bool),
    /// The values of an `in` list, all of one type.
    List(Vec<Value>),
}

impl Value {
    /// Returns the text, if it is one.
    pub(in crate::store) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_deref(),
            Self::Int(_) | Self::Bool(_) | Self::List(_) => None,
        }
    }
}

impl Value {
    pub(super) fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// Returns the array type of such values in `PostgreSQL`.
    pub(in crate::store) fn array_type(&self) -> &'static str {
        match self {
            Self::Int(_) => "bigint[]",
            Self::Bool(_) => "boolean[]",
            Self::Text(_) | Self::List(_) => "text[]",
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Int(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bool(flag) => flag.to_sql(),
            Self::List(_) => Err(rusqlite::Error::ToSqlConversionFailure("many values have many places".into())),
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
        Self::Bool(flag)
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

/// Values of one type, as an array.
pub(super) enum Column {
    Ints(Vec<i64>),
    Texts(Vec<Option<String>>),
    Bools(Vec<bool>),
}

impl Column {
    /// Converts values to an array. The first determines the type; a value of another type is a bug and is left out,
    /// which the database reports as a missing value.
    pub(super) fn of(values: Vec<Value>) -> Self {
        match values.first() {
            Some(Value::Int(_)) => Self::Ints(values.iter().filter_map(Value::as_int).collect()),
            Some(Value::Bool(_)) => Self::Bools(values.iter().filter_map(Value::as_bool).collect()),
            _ => Self::Texts(
                values
                    .into_iter()
                    .filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None })
                    .collect(),
            ),
        }
    }
}
