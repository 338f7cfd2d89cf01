//! The parser of conditions on fields of the payload.

use super::key::{filled, operator};
use super::lexical::{Input, Parsed, Value, count, fail, keyword, list, quoted, space, value};
use crate::query::search::ast::{Field, Literal, Operator, Segment, Term, Test};
use crate::query::search::keys::{Key, is_keyword};
use crate::text::cut;
use std::ops::Range;
use winnow::Parser;
use winnow::combinator::{alt, not, opt, peek, preceded, separated, terminated};
use winnow::token::{one_of, take_while};

fn path(input: &mut Input<'_>) -> Parsed<Field> {
    let name = take_while(1.., Segment::is_in_name).verify(|name: &str| Segment::is_name(name)).map(str::to_owned);
    let segment =
        (alt((name, quoted)), opt("[]")).map(|(name, brackets)| Segment { name, is_list: brackets.is_some() });
    // A quotation mark at the beginning begins a phrase.
    preceded(peek(one_of(Segment::is_in_name)), separated(1.., segment, '.')).map(Field).parse_next(input)
}

/// Parses a path that a comparison follows, with its place; what is none is a word.
pub(super) fn compared(input: &mut Input<'_>) -> Parsed<(Field, Range<usize>)> {
    let sign = alt((one_of(['=', '<', '>', '~']).void(), "!=".void()));
    let test =
        alt((preceded(space, sign), preceded(space, keyword("exists")), (space, keyword("in"), space, '(').void()));
    let colon = (':', not("//")).void();
    // A word of the language followed by a sign could be either.
    let path = path.verify(|path| !matches!(path.0.as_slice(), [only] if !only.is_list && is_keyword(&only.name)));
    terminated(path.with_span(), peek(alt((test, colon)))).parse_next(input)
}

/// Parses the comparison.
pub(super) fn term(input: &mut Input<'_>, field: Field, span: Range<usize>) -> Parsed<Term> {
    if let Some(key) = field.0.first().and_then(|first| Key::parse(&first.name)) {
        let name = key.as_str();
        let message = format!("“{name}” is a key: write {name}:…, or data.object.{field} for the field of this name.");
        return fail(span, "a key with a colon", message);
    }
    if peek(opt(':')).parse_next(input)?.is_some() {
        let message =
            format!("A field is compared by a sign: write {field} = …, or put text with a colon in quotation marks.");
        return fail(span, "a sign such as =", message);
    }
    space(input)?;
    if opt(keyword("exists")).parse_next(input)?.is_some() {
        return count(input, &span).map(|()| Term::Field(field, Test::Exists));
    }
    if opt(keyword("in")).parse_next(input)?.is_some() {
        space(input)?;
        let all = list(input, |input, in_list| literal(input, "in", in_list).map(|(literal, _)| literal))?;
        return Ok(Term::Field(field, Test::In(all)));
    }
    if opt('~').parse_next(input)?.is_some() {
        space(input)?;
        return plain(input, "~", false).and_then(filled).map(|text| Term::Field(field, Test::Contains(text)));
    }
    let operator = operator(input)?.unwrap_or(Operator::Equal);
    let (literal, span) = literal(input, operator.as_str(), false)?;
    if operator.is_order() && !literal.has_order() {
        let sign = operator.as_str();
        let message =
            format!("Only numbers, days and instants have an order, so one of them is expected after “{sign}”.");
        return fail(span, "a number, a day or an instant", message);
    }
    Ok(Term::Field(field, Test::Compare(operator, literal)))
}

fn literal(input: &mut Input<'_>, sign: &str, in_list: bool) -> Parsed<(Literal, Range<usize>)> {
    let Value { text, is_quoted, span } = plain(input, sign, in_list)?;
    Ok((if is_quoted { Literal::Text(text) } else { Literal::parse(&text) }, span))
}

/// Parses a value that is no pattern.
fn plain(input: &mut Input<'_>, sign: &str, in_list: bool) -> Parsed<Value> {
    let found = value(input, &format!("a value after “{sign}”"), in_list)?;
    if !found.is_quoted && found.text.ends_with('*') {
        let message = format!(
            "No * follows a value of a field: write ~ {} for a part of its text.",
            cut(found.text.trim_end_matches('*'), 40)
        );
        return fail(found.span, "a value without *", message);
    }
    Ok(found)
}
