//! The smallest parts of a search: gaps, keywords, text with and without quotation marks; and errors with their place.

use crate::query::search::ast::Pattern;
use crate::query::search::error::QueryError;
use crate::query::search::keys::is_keyword;
use crate::query::search::parse::MAX_TERMS;
use crate::text::cut;
use std::ops::Range;
use winnow::Parser;
use winnow::combinator::{alt, eof, opt, peek, preceded, repeat};
use winnow::error::{ErrMode, ParserError};
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};
use winnow::token::{none_of, one_of, take_while};

/// The text, with what has been counted so far.
pub(super) type Input<'t> = Stateful<LocatingSlice<&'t str>, Counts>;

/// The result of a parser: every error that people see is a cut with a sentence.
pub(super) type Parsed<T> = Result<T, ErrMode<QueryError>>;

/// The sizes that are bounded.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) depth: usize,
    pub(super) terms: usize,
}

pub(super) fn input(text: &str) -> Input<'_> {
    Stateful { input: LocatingSlice::new(text), state: Counts::default() }
}

impl<I: Stream + Location> ParserError<I> for QueryError {
    type Inner = Self;

    fn from_input(input: &I) -> Self {
        let at = input.current_token_start();
        unexpected(at..at, "a condition")
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

pub(super) fn unexpected(span: Range<usize>, what: &str) -> QueryError {
    QueryError { span, expected: what.to_owned(), message: format!("Here {what} is expected.") }
}

pub(super) fn fail<T>(span: Range<usize>, expected: &str, message: String) -> Parsed<T> {
    Err(ErrMode::Cut(QueryError { span, expected: expected.to_owned(), message }))
}

/// Fails because something else stands here, or nothing more.
pub(super) fn expected<T>(input: &Input<'_>, what: &str) -> Parsed<T> {
    let rest = input.peek_finish();
    let found = rest.trim_start();
    let start = input.current_token_start() + rest.len() - found.len();
    let found = found.split(char::is_whitespace).next().unwrap_or_default();
    let message = if found.is_empty() {
        format!("The search ends where {what} is expected.")
    } else {
        format!("Here {what} is expected, not “{}”.", cut(found, 40))
    };
    fail(start..start + found.len(), what, message)
}

/// Quotation marks as people type and paste them.
fn is_quote(letter: char) -> bool {
    letter == '"' || is_curly_quote(letter)
}

fn is_curly_quote(letter: char) -> bool {
    matches!(letter, '“' | '”' | '„' | '«' | '»')
}

fn is_bracket(letter: char) -> bool {
    matches!(letter, '(' | ')')
}

fn is_sign(letter: char) -> bool {
    matches!(letter, '=' | '!' | '<' | '>' | '~' | ':')
}

fn is_bare(letter: char) -> bool {
    !letter.is_whitespace() && !is_bracket(letter) && !is_quote(letter)
}

pub(super) fn space(input: &mut Input<'_>) -> Parsed<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

/// Skips white space, and punctuation that stands by itself, as in a title that was pasted.
pub(super) fn gap(input: &mut Input<'_>) -> Parsed<()> {
    // An underscore can be the name of a field.
    let is_other = |letter: char| letter.is_alphanumeric() || is_sign(letter) || matches!(letter, '*' | '_');
    let is_mark = |letter: char| is_bare(letter) && !is_other(letter);
    let end = alt((eof.void(), one_of(|next: char| next.is_whitespace() || next == ')').void()));
    let mark = (take_while(1.., is_mark), peek(end)).void();
    repeat(0.., alt((take_while(1.., char::is_whitespace).void(), mark))).parse_next(input)
}

/// Parses a word of the language, in any case.
pub(super) fn keyword<'t>(word: &'static str) -> impl Parser<Input<'t>, (), ErrMode<QueryError>> {
    take_while(1.., |letter| is_bare(letter) && letter != ',')
        .verify(move |text: &str| text.eq_ignore_ascii_case(word))
        .void()
}

/// Parses text in quotation marks. In it `\"` is a quotation mark, and `\\` a backslash.
pub(super) fn quoted(input: &mut Input<'_>) -> Parsed<String> {
    let start = input.current_token_start();
    let opened = one_of(is_quote).parse_next(input)?;
    let ends = |letter: char| if opened == '"' { letter == '"' } else { is_curly_quote(letter) };
    let letter = alt((preceded('\\', one_of(['"', '\\'])), none_of(ends)));
    let mut inside = repeat(0.., letter).fold(String::new, |mut text: String, letter| {
        text.push(letter);
        text
    });
    let text = inside.parse_next(input)?;
    if opt(one_of(ends)).parse_next(input)?.is_none() {
        let end = input.current_token_start();
        return fail(start..end, "a closing quotation mark", "The quotation mark is not closed.".to_owned());
    }
    Ok(text)
}

/// A value as it was typed.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) is_quoted: bool,
    pub(super) span: Range<usize>,
}

/// Parses text with or without quotation marks. `what` is said where there is none.
pub(super) fn value(input: &mut Input<'_>, what: &str, in_list: bool) -> Parsed<Value> {
    let bare = take_while(1.., |letter| is_bare(letter) && !(in_list && letter == ','))
        .verify(|text: &str| !is_keyword(text) && !text.starts_with(is_sign));
    let text = alt((quoted.map(|text| (text, true)), bare.map(|text: &str| (text.to_owned(), false))));
    let Some(((text, is_quoted), span)) = opt(text.with_span()).parse_next(input)? else {
        return expected(input, what);
    };
    count(input, &span)?;
    Ok(Value { text, is_quoted, span })
}

/// Counts a value, or a condition without one.
pub(super) fn count(input: &mut Input<'_>, span: &Range<usize>) -> Parsed<()> {
    input.state.terms += 1;
    if input.state.terms <= MAX_TERMS {
        return Ok(());
    }
    let message = format!("A search has at most {MAX_TERMS} words and values.");
    fail(span.clone(), "the end of the search", message)
}

/// Parses text that may end with a `*`.
pub(super) fn pattern(input: &mut Input<'_>, what: &str, in_list: bool) -> Parsed<(Pattern, Range<usize>)> {
    let Value { mut text, is_quoted, span } = value(input, what, in_list)?;
    let is_prefix = if is_quoted {
        opt('*').parse_next(input)?.is_some()
    } else if let Some(beginning) = text.strip_suffix('*') {
        text = beginning.to_owned();
        true
    } else {
        false
    };
    if !is_quoted && text.contains('*') {
        let message = "A * can only end a word; in quotation marks it is a character.".to_owned();
        return fail(span, "a * at the end", message);
    }
    Ok((Pattern { text, is_prefix }, span))
}

/// Parses one value, or several in brackets with `or` or commas between them.
pub(super) fn list<T>(
    input: &mut Input<'_>,
    mut item: impl FnMut(&mut Input<'_>, bool) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    if opt('(').parse_next(input)?.is_none() {
        return Ok(vec![item(input, false)?]);
    }
    let mut all = Vec::new();
    loop {
        space(input)?;
        all.push(item(input, true)?);
        space(input)?;
        if opt(')').parse_next(input)?.is_some() {
            return Ok(all);
        }
        if opt(alt((','.void(), keyword("or")))).parse_next(input)?.is_none() {
            return expected(input, "“or”, a comma or a closing bracket");
        }
    }
}
