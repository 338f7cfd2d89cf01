//! The text of a search in its one spelling, which is parsed back to the same search.

use super::ast::{Age, Expr, Field, Literal, Operator, Pattern, Query, Segment, Term, Test, When};
use super::keys::{Key, is_keyword};
use crate::id::SubjectKind;
use crate::query::outcome::Outcome;
use std::fmt::{self, Display, Formatter};

fn is_plain(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_.@-+/&'#%".contains(letter);
    text.starts_with(char::is_alphanumeric) && text.chars().all(is_plain) && !is_keyword(text)
}

struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) { f.write_str(self.0) } else { Quoted(self.0).fmt(f) }
    }
}

/// Writes a key with one value, or with several in brackets.
fn values<T>(f: &mut Formatter<'_>, key: Key, all: &[T], text: impl Fn(&T) -> String) -> fmt::Result {
    let all: Vec<String> = all.iter().map(text).collect();
    match all.as_slice() {
        [only] => write!(f, "{}:{only}", key.as_str()),
        all => write!(f, "{}:({})", key.as_str(), all.join(" or ")),
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(f))
    }
}

impl Expr {
    fn write(&self, f: &mut Formatter<'_>, separator: &str, parts: &[Self]) -> fmt::Result {
        for (place, part) in parts.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { separator })?;
            let is_grouped =
                matches!((self, part), (Self::Not(_), Self::All(_)) | (Self::Not(_) | Self::All(_), Self::Any(_)));
            if is_grouped { write!(f, "({part})") } else { part.fmt(f) }?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => self.write(f, " ", parts),
            Self::Any(parts) => self.write(f, " or ", parts),
            Self::Not(part) => {
                f.write_str("-")?;
                self.write(f, "", std::slice::from_ref(part))
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => words.fmt(f),
            Self::Type(types) => values(f, Key::Type, types, Pattern::to_string),
            Self::Family(families) => values(f, Key::Family, families, |family| family.as_str().to_owned()),
            Self::Outcome(outcomes) => values(f, Key::Outcome, outcomes, |outcome| outcome_word(*outcome).to_owned()),
            Self::Endpoint(names) => values(f, Key::Endpoint, names, |name| Text(name).to_string()),
            Self::Mode(modes) => values(f, Key::Mode, modes, |mode| mode.as_str().to_owned()),
            Self::Id(ids) => values(f, Key::Id, ids, |id| Text(id).to_string()),
            Self::Subject(kind, patterns) => values(f, key_of(*kind), patterns, Pattern::to_string),
            Self::After(when) => write!(f, "{}:{when}", Key::After.as_str()),
            Self::Before(when) => write!(f, "{}:{when}", Key::Before.as_str()),
            Self::Attempts(Operator::Equal, count) => write!(f, "{}:{count}", Key::Attempts.as_str()),
            Self::Attempts(operator, count) => write!(f, "{}:{}{count}", Key::Attempts.as_str(), operator.as_str()),
            Self::Late(Operator::AtLeast, age) => write!(f, "{}:{age}", Key::Late.as_str()),
            Self::Late(operator, age) => write!(f, "{}:{}{age}", Key::Late.as_str(), operator.as_str()),
            Self::Reason(patterns) => values(f, Key::Reason, patterns, Pattern::to_string),
            Self::Header(name, None) => write!(f, "{}:{name}", Key::Header.as_str()),
            Self::Header(name, Some(value)) => write!(f, "{}:{name}={value}", Key::Header.as_str()),
            Self::Field(field, Test::Compare(operator, literal)) => {
                write!(f, "{field} {} {literal}", operator.as_str())
            }
            Self::Field(field, Test::Contains(text)) => write!(f, "{field} ~ {}", Text(text)),
            Self::Field(field, Test::In(all)) => {
                let all: Vec<String> = all.iter().map(Literal::to_string).collect();
                write!(f, "{field} in ({})", all.join(", "))
            }
            Self::Field(field, Test::Exists) => write!(f, "{field} exists"),
        }
    }
}

/// The key that asks for subjects of a kind.
fn key_of(kind: SubjectKind) -> Key {
    match kind {
        SubjectKind::Contractor => Key::Contractor,
        SubjectKind::Contract => Key::Contract,
        SubjectKind::Requisition => Key::Requisition,
    }
}

/// The word for an outcome: pages say repeat where the database says duplicate.
fn outcome_word(outcome: Outcome) -> &'static str {
    if outcome == Outcome::Duplicate { "repeat" } else { outcome.as_str() }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Text(&self.text), if self.is_prefix { "*" } else { "" })
    }
}

impl Display for When {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::At(at) => at.fmt(f),
            Self::Ago(age) => age.fmt(f),
        }
    }
}

impl Display for Age {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "." })?;
            let is_name = Segment::is_name(&segment.name);
            if is_name { f.write_str(&segment.name) } else { Quoted(&segment.name).fmt(f) }?;
            f.write_str(if segment.is_list { "[]" } else { "" })?;
        }
        Ok(())
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => f.write_str(number),
            Self::Day(day) => day.fmt(f),
            Self::At(at) => at.fmt(f),
            Self::Text(text) if Self::parse(text) == *self => Text(text).fmt(f),
            Self::Text(text) => Quoted(text).fmt(f),
        }
    }
}
