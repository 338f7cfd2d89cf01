//! The parser of keys and their values.

use super::lexical::{Input, Parsed, Value, count, expected, fail, list, pattern, space, value};
use super::words;
use crate::event::{Family, Mode};
use crate::id::SubjectKind;
use crate::query::outcome::Outcome;
use crate::query::search::ast::{Age, Operator, Term, When};
use crate::query::search::keys::{KEYS, Key};
use crate::text::cut;
use crate::timeline::words::listed;
use winnow::Parser;
use winnow::combinator::{alt, not, opt, terminated};
use winnow::token::{literal, take_while};

const OUTCOMES: [(&str, Outcome); 5] = [
    ("stored", Outcome::Stored),
    ("unreadable", Outcome::Unreadable),
    ("repeat", Outcome::Duplicate),
    ("duplicate", Outcome::Duplicate),
    ("refused", Outcome::Refused),
];

/// Parses the name of a key, with its colon; `None` if something else stands here. An address such as `https://…` is
/// text.
pub(super) fn name(input: &mut Input<'_>) -> Parsed<Option<Key>> {
    let letters = take_while(1.., |letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let Some((name, span)) = opt(terminated(letters, (':', not("//"))).with_span()).parse_next(input)? else {
        return Ok(None);
    };
    if let Some(key) = Key::parse(name) {
        return Ok(Some(key));
    }
    let all: Vec<&str> = KEYS.iter().map(|help| help.name).collect();
    let advice = Key::nearest(name).map_or_else(
        || format!("There are {}; text with a colon needs quotation marks.", listed(&all, "and")),
        |key| format!("Did you mean “{}:”?", key.as_str()),
    );
    fail(span, "a key", format!("There is no key “{}:”. {advice}", cut(name, 40)))
}

/// Parses the value of a key.
pub(super) fn term(input: &mut Input<'_>, key: Key) -> Parsed<Term> {
    let after = |what: &str| format!("{what} after “{}:”", key.as_str());
    let texts = |input: &mut Input<'_>, what: &str| list(input, |input, in_list| words(input, &after(what), in_list));
    let subjects = |input: &mut Input<'_>, kind| texts(input, "an id or a name").map(|all| Term::Subject(kind, all));
    let whole = |input: &mut Input<'_>, what: &str| {
        list(input, |input, in_list| value(input, &after(what), in_list).and_then(filled))
    };
    match key {
        Key::Type => list(input, |input, in_list| {
            let (pattern, span) = pattern(input, &after("an event type"), in_list)?;
            if pattern.text.is_empty() && !pattern.is_prefix { blank(span) } else { Ok(pattern) }
        })
        .map(Term::Type),
        Key::Family => choices(input, "a family", &Family::ALL.map(|one| (one.as_str(), one))).map(Term::Family),
        Key::Outcome => choices(input, "an outcome", &OUTCOMES).map(Term::Outcome),
        Key::Mode => choices(input, "a mode", &[Mode::Live, Mode::Test, Mode::Sample].map(|one| (one.as_str(), one)))
            .map(Term::Mode),
        Key::Endpoint => whole(input, "the name of an endpoint").map(Term::Endpoint),
        Key::Id => whole(input, "an id").map(Term::Id),
        Key::Contractor => subjects(input, SubjectKind::Contractor),
        Key::Contract => subjects(input, SubjectKind::Contract),
        Key::Requisition => subjects(input, SubjectKind::Requisition),
        Key::After => when(input, &after("a day, an instant or a time such as 3d")).map(Term::After),
        Key::Before => when(input, &after("a day, an instant or a time such as 3d")).map(Term::Before),
        Key::Attempts => {
            let operator = operator(input)?.unwrap_or(Operator::Equal);
            let count = one(input, &after("a whole number"), |text| text.parse().ok())?;
            Ok(Term::Attempts(operator, count))
        }
        Key::Late => {
            let operator = operator(input)?.unwrap_or(Operator::AtLeast);
            Ok(Term::Late(operator, one(input, &after("a time such as 30s, 5m, 2h or 1d"), Age::parse)?))
        }
        Key::Reason => texts(input, "a word of the reason").map(Term::Reason),
        Key::Header => header(input, &after("the name of a header")),
    }
}

/// Parses the sign of a comparison, and the space after it.
pub(super) fn operator(input: &mut Input<'_>) -> Parsed<Option<Operator>> {
    let signs = Operator::ALL.map(|operator| literal(operator.as_str()).value(operator));
    let found = opt(alt(signs)).parse_next(input)?;
    space(input)?;
    Ok(found)
}

/// Parses a value of its own form.
fn one<T>(input: &mut Input<'_>, what: &str, read: impl Fn(&str) -> Option<T>) -> Parsed<T> {
    let Value { text, span, .. } = value(input, what, false)?;
    match read(&text) {
        Some(found) => Ok(found),
        None => fail(span, what, format!("Here {what} is expected, not “{}”.", cut(&text, 40))),
    }
}

fn when(input: &mut Input<'_>, what: &str) -> Parsed<When> {
    one(input, what, When::parse)
}

/// Parses words of a closed list.
fn choices<T: Copy>(input: &mut Input<'_>, what: &str, all: &[(&str, T)]) -> Parsed<Vec<T>> {
    list(input, |input, in_list| {
        let Value { text, span, .. } = value(input, what, in_list)?;
        if let Some((_, found)) = all.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)) {
            return Ok(*found);
        }
        let names: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        fail(span, what, format!("“{}” is not {what}: there are {}.", cut(&text, 40), listed(&names, "and")))
    })
}

/// Returns the text, which may not be empty.
pub(super) fn filled(value: Value) -> Parsed<String> {
    if value.text.is_empty() { blank(value.span) } else { Ok(value.text) }
}

fn blank<T>(span: std::ops::Range<usize>) -> Parsed<T> {
    fail(span, "text", "There is no text between the quotation marks.".to_owned())
}

/// Parses `name` or `name=words`.
fn header(input: &mut Input<'_>, what: &str) -> Parsed<Term> {
    let is_in_name = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'+.^_`|~-".contains(letter);
    let Some((name, span)) = opt(take_while(1.., is_in_name).with_span()).parse_next(input)? else {
        return expected(input, what);
    };
    count(input, &span)?;
    let name = name.to_ascii_lowercase();
    let is_compared = opt((space, '=')).parse_next(input)?.is_some();
    space(input)?;
    let words = if is_compared { Some(words(input, "a word of the header", false)?) } else { None };
    Ok(Term::Header(name, words))
}
