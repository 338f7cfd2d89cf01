//! Values that are bound to a statement, on either database.

/// A value to bind. Text loses its NUL characters: JSON may hold them, `PostgreSQL` cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A number or an instant in milliseconds.
    Int(i64),
    /// Text or null.
    Text(Option<String>),
    /// True or false.
    Flag(bool),
    /// What one value is looked for among; all of one kind.
    Many(Vec<Value>),
}

impl Value {
    /// The text, if it is one.
    pub(in crate::store::projections) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_deref(),
            Self::Int(_) | Self::Flag(_) | Self::Many(_) => None,
        }
    }
}

impl Value {
    pub(super) fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    pub(super) fn as_flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    /// The type of a column of such values, to `PostgreSQL`.
    pub(in crate::store::projections) fn array_type(&self) -> &'static str {
        match self {
            Self::Int(_) => "bigint[]",
            Self::Flag(_) => "boolean[]",
            Self::Text(_) | Self::Many(_) => "text[]",
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Int(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Flag(flag) => flag.to_sql(),
            Self::Many(_) => Err(rusqlite::Error::ToSqlConversionFailure("many values have many places".into())),
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

/// Values of one kind, as an array.
pub(super) enum Column {
    Ints(Vec<i64>),
    Texts(Vec<Option<String>>),
    Flags(Vec<bool>),
}

impl Column {
    /// The first value says what they are; another kind among them would be a mistake of ours, and the database says so
    /// when it misses one.
    pub(super) fn of(values: Vec<Value>) -> Self {
        match values.first() {
            Some(Value::Int(_)) => Self::Ints(values.iter().filter_map(Value::as_int).collect()),
            Some(Value::Flag(_)) => Self::Flags(values.iter().filter_map(Value::as_flag).collect()),
            _ => Self::Texts(
                values
                    .into_iter()
                    .filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None })
                    .collect(),
            ),
        }
    }
}
