//! The parser of searches: brackets, `or`, `and` and `not`. What they join is parsed in the modules below.

mod field;
mod key;
mod lexical;

use super::ast::{Expr, Field, Pattern, Query, Term, Test};
use super::error::QueryError;
use lexical::{Input, Parsed, expected, fail, gap, keyword};
use winnow::Parser;
use winnow::combinator::{alt, not, opt, peek};
use winnow::error::ErrMode;
use winnow::stream::{Location, Stream};
use winnow::token::one_of;

/// Maximum length of a search, in bytes, as it is typed and as it is printed.
pub const MAX_BYTES: usize = 1_000;

/// Maximum number of values in a search: words, and everything that is compared.
pub const MAX_TERMS: usize = 64;

/// Maximum number of brackets and negations inside each other.
pub const MAX_DEPTH: usize = 32;

/// What can stand where a condition begins.
const CONDITION: &str = "a word, a key or a field";

/// Parses a search; blank text matches everything.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    short_enough(text, text.len())?;
    if let Some(at) = text.find('\0') {
        let message = "The character U+0000 is in no text that is stored.".to_owned();
        return Err(QueryError { span: at..at + 1, expected: "text".to_owned(), message });
    }
    let query = Query { root: whole(&mut lexical::input(text)).map_err(|error| cause(error, text))? };
    // Brackets and quotation marks that are added must not make a text that is refused.
    short_enough(text, query.to_string().len())?;
    Ok(query)
}

/// Parses the path of a field alone, such as `data.object.hirers[].email`.
pub fn parse_path(text: &str) -> Result<Field, QueryError> {
    let query = parse(&format!("{text} exists")).map_err(|error| {
        let end = |at: usize| at.min(text.len());
        QueryError { span: end(error.span.start)..end(error.span.end), ..error }
    })?;
    match query.root {
        Some(Expr::Term(Term::Field(path, Test::Exists))) => Ok(path),
        Some(Expr::Term(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_)) | None => Err(QueryError {
            span: 0..text.len(),
            expected: "a path".to_owned(),
            message: "This is not the path of a field, such as data.object.rate.value.".to_owned(),
        }),
    }
}

fn cause(error: ErrMode<QueryError>, text: &str) -> QueryError {
    match error {
        ErrMode::Backtrack(error) | ErrMode::Cut(error) => error,
        ErrMode::Incomplete(_) => lexical::unexpected(text.len()..text.len(), CONDITION),
    }
}

fn short_enough(text: &str, bytes: usize) -> Result<(), QueryError> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    Err(QueryError {
        span: text.floor_char_boundary(MAX_BYTES)..text.len(),
        expected: "the end of the search".to_owned(),
        message: format!("The search has {bytes} bytes; at most {MAX_BYTES} are taken."),
    })
}

fn whole(input: &mut Input<'_>) -> Parsed<Option<Expr>> {
    gap(input)?;
    if input.peek_finish().is_empty() {
        return Ok(None);
    }
    let root = either(input)?;
    if input.peek_finish().is_empty() { Ok(Some(root)) } else { expected(input, "a bracket that is opened before") }
}

/// Parses conditions joined by `or`.
fn either(input: &mut Input<'_>) -> Parsed<Expr> {
    let mut parts = vec![both(input)?];
    while opt(keyword("or")).parse_next(input)?.is_some() {
        parts.push(both(input)?);
    }
    Ok(Expr::any(parts))
}

/// Parses conditions joined by `and` or by nothing.
fn both(input: &mut Input<'_>) -> Parsed<Expr> {
    let mut parts = vec![condition(input)?];
    loop {
        gap(input)?;
        let is_last = input.peek_finish().is_empty() || peek(opt(one_of(')'))).parse_next(input)?.is_some();
        if is_last || peek(opt(keyword("or"))).parse_next(input)?.is_some() {
            return Ok(Expr::all(parts));
        }
        opt(keyword("and")).parse_next(input)?;
        parts.push(condition(input)?);
    }
}

fn condition(input: &mut Input<'_>) -> Parsed<Expr> {
    gap(input)?;
    let minus = ('-', not(one_of(char::is_whitespace))).void();
    if opt(alt((minus, keyword("not")))).parse_next(input)?.is_some() {
        return deeper(input, condition).map(Expr::negated);
    }
    if opt('(').parse_next(input)?.is_some() {
        let inside = deeper(input, either)?;
        return if opt(')').parse_next(input)?.is_some() { Ok(inside) } else { expected(input, "a closing bracket") };
    }
    term(input).map(Expr::Term)
}

fn deeper(input: &mut Input<'_>, parse: fn(&mut Input<'_>) -> Parsed<Expr>) -> Parsed<Expr> {
    if input.state.depth == MAX_DEPTH {
        let at = input.current_token_start();
        let message = format!("Brackets and negations are at most {MAX_DEPTH} deep.");
        return fail(at..at, "a condition without brackets", message);
    }
    input.state.depth += 1;
    let inside = parse(input)?;
    input.state.depth -= 1;
    Ok(inside)
}

fn term(input: &mut Input<'_>) -> Parsed<Term> {
    if let Some(key) = key::name(input)? {
        lexical::space(input)?;
        return key::term(input, key);
    }
    if let Some((field, span)) = opt(field::compared).parse_next(input)? {
        return field::term(input, field, span);
    }
    words(input, CONDITION, false).map(Term::Words)
}

/// Parses text that is searched by its words.
fn words(input: &mut Input<'_>, what: &str, in_list: bool) -> Parsed<Pattern> {
    let (pattern, span) = lexical::pattern(input, what, in_list)?;
    if pattern.text.contains(char::is_alphanumeric) {
        return Ok(pattern);
    }
    let message = if pattern.is_prefix {
        "A * follows the beginning of a word; here none stands before it.".to_owned()
    } else {
        format!("“{}” has no letters or digits to search for.", pattern.text)
    };
    fail(span, "a word", message)
}
