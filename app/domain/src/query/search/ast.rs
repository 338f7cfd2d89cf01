//! The syntax tree of a search.

use crate::event::{Family, Mode};
use crate::id::SubjectKind;
use crate::number;
use crate::query::moment::instant;
use crate::query::outcome::Outcome;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Ordering;

/// A search. [`super::parse`] is the inverse of its `Display`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The condition; `None` matches everything.
    pub root: Option<Expr>,
}

/// A condition. [`Expr::all`] and [`Expr::any`] keep it in the form that has one text: no group directly inside a group
/// of its kind, and no group of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Every one of them, at least two.
    All(Vec<Expr>),
    /// At least one of them, of at least two.
    Any(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// A condition without parts.
    Term(Term),
}

impl Expr {
    /// Joins conditions of which every one must be met.
    pub fn all(parts: Vec<Self>) -> Self {
        let inner = |part| if let Self::All(inner) = part { inner } else { vec![part] };
        let mut flat: Vec<Self> = parts.into_iter().flat_map(inner).collect();
        if flat.len() == 1 { flat.swap_remove(0) } else { Self::All(flat) }
    }

    /// Joins conditions of which one must be met.
    pub fn any(parts: Vec<Self>) -> Self {
        let inner = |part| if let Self::Any(inner) = part { inner } else { vec![part] };
        let mut flat: Vec<Self> = parts.into_iter().flat_map(inner).collect();
        if flat.len() == 1 { flat.swap_remove(0) } else { Self::Any(flat) }
    }

    /// Negates a condition.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// A condition without parts. Of several values one must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A payload value or identifier with these words.
    Words(Pattern),
    /// `type:`, by the name on the wire, with or without its `client.`.
    Type(Vec<Pattern>),
    /// `family:`
    Family(Vec<Family>),
    /// `outcome:`
    Outcome(Vec<Outcome>),
    /// `endpoint:`
    Endpoint(Vec<String>),
    /// `mode:`; a genuine message that states none is live.
    Mode(Vec<Mode>),
    /// `id:`, of the message or of any subject, whole.
    Id(Vec<String>),
    /// `contractor:`, `contract:`, `requisition:`, by id or by words of the name or title. What has the form of an id
    /// ([`Pattern::is_id_of`]) is only compared with ids.
    Subject(SubjectKind, Vec<Pattern>),
    /// `after:`, inclusive.
    After(When),
    /// `before:`, exclusive.
    Before(When),
    /// `attempts:`
    Attempts(Operator, u32),
    /// `late:`, the time from the event to its arrival.
    Late(Operator, Age),
    /// `reason:`, by its words.
    Reason(Vec<Pattern>),
    /// `header:`, by its name in lower case, and words of its value.
    Header(String, Option<Pattern>),
    /// A field of the payload.
    Field(Field, Test),
}

/// Text to be found, or the beginning of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As it was typed, without quotation marks.
    pub text: String,
    /// Whether a `*` follows.
    pub is_prefix: bool,
}

impl Pattern {
    /// Returns whether this is the text, or begins it; nothing is folded.
    pub fn is(&self, text: &str) -> bool {
        if self.is_prefix { text.starts_with(&self.text) } else { text == self.text }
    }

    /// Returns whether it is an id of subjects of this kind by its form. Other texts may be an id as well: no form is
    /// promised.
    pub fn is_id_of(&self, kind: SubjectKind) -> bool {
        let prefix = match kind {
            SubjectKind::Contractor => "clct_",
            SubjectKind::Contract => "ct_",
            SubjectKind::Requisition => "spreq_",
        };
        self.text.strip_prefix(prefix).is_some_and(|rest| rest.chars().all(|letter| letter.is_ascii_alphanumeric()))
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The beginning of a day, UTC.
    Day(Date),
    /// An instant.
    At(Timestamp),
    /// So long before now.
    Ago(Age),
}

impl When {
    /// Parses a day, an instant, or an age such as `3d`.
    pub fn parse(text: &str) -> Option<Self> {
        let age = || Age::parse(text).map(Self::Ago);
        day(text).map(Self::Day).or_else(age).or_else(|| time(text).map(Self::At))
    }

    /// Returns the instant.
    pub fn instant(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day(day) => TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN),
            Self::At(at) => at,
            Self::Ago(age) => now.checked_sub(age.duration()).unwrap_or(Timestamp::MIN),
        }
    }
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Second, Self::Minute, Self::Hour, Self::Day, Self::Week];

    /// Returns the letter, the word, and the length in seconds.
    fn parts(self) -> (char, &'static str, i64) {
        match self {
            Self::Second => ('s', "second", 1),
            Self::Minute => ('m', "minute", 60),
            Self::Hour => ('h', "hour", 3_600),
            Self::Day => ('d', "day", 86_400),
            Self::Week => ('w', "week", 604_800),
        }
    }

    /// Returns the letter after the number.
    pub fn letter(self) -> char {
        self.parts().0
    }

    /// Returns the word.
    pub fn name(self) -> &'static str {
        self.parts().1
    }
}

impl Age {
    /// Parses `3d`, `12h`, `90s`.
    pub fn parse(text: &str) -> Option<Self> {
        let letter = text.chars().next_back()?;
        let count = text.strip_suffix(letter).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
        let unit = Unit::ALL.into_iter().find(|unit| unit.letter() == letter.to_ascii_lowercase())?;
        Some(Self { count: count.parse().ok()?, unit })
    }

    /// Returns the length.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.count) * self.unit.parts().2)
    }
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

impl Operator {
    /// All of them; of two that begin alike the longer one is first.
    pub const ALL: [Self; 6] = [Self::NotEqual, Self::AtLeast, Self::AtMost, Self::Equal, Self::Greater, Self::Less];

    /// Returns the sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::AtMost => "<=",
        }
    }

    /// Returns whether two values in this order fit.
    pub fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
        }
    }

    /// Returns whether it needs values that have an order.
    pub fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// The path of a field, from the top of the body or from `data.object`: what is found at either place counts. At a list it goes on in every element; a segment with `[]` goes on only if it is a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field(pub Vec<Segment>);

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The name of the field.
    pub name: String,
    /// Whether `[]` follows.
    pub is_list: bool,
}

impl Segment {
    /// Returns whether a name needs no quotation marks.
    pub(super) fn is_name(name: &str) -> bool {
        name.starts_with(|first: char| first.is_alphabetic() || first == '_') && name.chars().all(Self::is_in_name)
    }

    /// Returns whether a character needs no quotation marks in a name.
    pub(super) fn is_in_name(letter: char) -> bool {
        letter.is_alphanumeric() || matches!(letter, '_' | '-')
    }
}

/// What is asked of the values of a field. One of several must fit. A null value is one only for `= null` and for a list
/// with `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Compared with a literal of the same kind. `!=` fits every other text, number or truth value, of any kind.
    Compare(Operator, Literal),
    /// `~`: its text, folded, contains this.
    Contains(String),
    /// Equals one of these.
    In(Vec<Literal>),
    /// There is a value, or an object.
    Exists,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` and `false`
    Bool(bool),
    /// A number as it was typed. It equals numbers and numeric texts in any notation.
    Number(String),
    /// A day. It is compared with days, and with the UTC days of instants.
    Day(Date),
    /// An instant, compared with instants.
    At(Timestamp),
    /// Text, equal when it is the same folded.
    Text(String),
}

impl Literal {
    /// Parses text without quotation marks; with them it is [`Literal::Text`].
    pub fn parse(text: &str) -> Self {
        if let Some(constant) = [("null", Self::Null), ("true", Self::Bool(true)), ("false", Self::Bool(false))]
            .into_iter()
            .find_map(|(word, literal)| text.eq_ignore_ascii_case(word).then_some(literal))
        {
            return constant;
        }
        if number::read(text).is_some() {
            return Self::Number(text.to_owned());
        }
        day(text).map(Self::Day).or_else(|| time(text).map(Self::At)).unwrap_or_else(|| Self::Text(text.to_owned()))
    }

    /// Returns whether it comes before and after others of its kind.
    pub fn has_order(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Day(_) | Self::At(_))
    }
}

/// Parses a day such as `2026-03-01`.
pub(super) fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// Parses a day with a time; without a zone it is in UTC. Years before 0 are no times of deliveries.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let has_day = text.get(..10).and_then(day).is_some() && text[10..].starts_with(['T', 't', ' ']);
    let at = has_day.then(|| instant(text)).flatten()?;
    (TimeZone::UTC.to_datetime(at).year() >= 0).then_some(at)
}
