//! A search in words.

use super::ast::{Age, Expr, Field, Literal, Operator, Pattern, Query, Term, Test, When};
use crate::event::{Family, Mode};
use crate::query::outcome::Outcome;
use crate::text::counted;
use crate::timeline::words::{date_in_words, listed, time_in_words};
use jiff::Timestamp;

/// Returns a phrase such as "Deliveries that were refused, arrived on 3 March 2026 or later and contain “Ada Lee”".
pub fn in_words(query: &Query) -> String {
    query
        .root
        .as_ref()
        .map_or_else(|| "All deliveries".to_owned(), |root| format!("Deliveries {}", group(root, true, false)))
}

/// Returns clauses that begin with "that" or "whose". What is false is said of the conditions inside, since "not" before
/// a group is hard to read.
fn group(expr: &Expr, is_true: bool, is_inner: bool) -> String {
    let (parts, is_all) = match expr {
        Expr::Not(part) => return group(part, !is_true, is_inner),
        Expr::Term(term) => return clause(term, is_true),
        Expr::All(parts) => (parts, is_true),
        Expr::Any(parts) => (parts, !is_true),
    };
    let clauses: Vec<String> = parts.iter().map(|part| group(part, is_true, true)).collect();
    let mut previous = "";
    let shortened: Vec<&str> = clauses
        .iter()
        .map(|clause| {
            let is_repeated = std::mem::replace(&mut previous, clause).starts_with("that ");
            clause.strip_prefix("that ").filter(|_| is_repeated).unwrap_or(clause)
        })
        .collect();
    let (joiner, opening) = match (is_all, parts.len()) {
        (true, 2) => ("and", "both "),
        (true, _) => ("and", "at once "),
        (false, _) => ("or", "either "),
    };
    format!("{}{}", if is_inner { opening } else { "" }, listed(&shortened, joiner))
}

fn clause(term: &Term, is_true: bool) -> String {
    let are = if is_true { "are" } else { "are not" };
    let were = if is_true { "were" } else { "were not" };
    let have = if is_true { "have" } else { "do not have" };
    match term {
        Term::Words(pattern) => {
            format!("that {} {}", if is_true { "contain" } else { "do not contain" }, found(pattern))
        }
        Term::Type(types) => {
            let names = types.iter().map(|one| if one.is_prefix { format!("{}…", one.text) } else { one.text.clone() });
            format!("that {are} of type {}", one_of(names))
        }
        Term::Family(families) => format!("that {are} about {}", one_of(families.iter().map(|one| subjects(*one)))),
        Term::Outcome(all) => format!("that {were} {}", one_of(all.iter().map(|one| outcome(*one)))),
        Term::Endpoint(names) => {
            format!("that {} to {}", if is_true { "came" } else { "did not come" }, one_of(names.iter().map(quoted)))
        }
        Term::Mode(modes) => format!("that {are} {}", one_of(modes.iter().map(|one| mode(*one)))),
        Term::Id(ids) => format!("that {have} the id {}", one_of(ids.iter())),
        Term::Subject(kind, patterns) => {
            format!("that {are} about the {} {}", kind.as_str(), one_of(patterns.iter().map(found)))
        }
        Term::After(when) => arrival(*when, is_true),
        Term::Before(when) => arrival(*when, !is_true),
        Term::Attempts(operator, count) => {
            let took = if is_true { "took" } else { "did not take" };
            format!("that {took} {}", amount(*operator, &counted(u64::from(*count), "attempt")))
        }
        Term::Late(operator, age) => {
            let arrived = if is_true { "arrived" } else { "did not arrive" };
            format!("that {arrived} {} late", amount(*operator, &length(*age)))
        }
        Term::Reason(patterns) => format!("that {have} {} in their reason", one_of(patterns.iter().map(found))),
        Term::Header(name, None) => format!("that {have} the header {name}"),
        Term::Header(name, Some(words)) => format!("that {have} {} in the header {name}", found(words)),
        Term::Field(field, test) => of_field(field, test, is_true),
    }
}

fn of_field(field: &Field, test: &Test, is_true: bool) -> String {
    let is = if is_true { "is" } else { "is not" };
    match test {
        Test::Exists => format!("that have {} {field}", if is_true { "a" } else { "no" }),
        Test::Contains(text) => {
            format!("whose {field} {} {}", if is_true { "contains" } else { "does not contain" }, quoted(text))
        }
        Test::In(all) => format!("whose {field} {is} {}", one_of(all.iter().map(value))),
        Test::Compare(operator, literal) => {
            let is_time = matches!(literal, Literal::Day(_) | Literal::At(_));
            let comparison = match (operator, is_time) {
                (Operator::Equal, _) => "",
                (Operator::NotEqual, _) => "other than ",
                (Operator::Greater, true) => "after ",
                (Operator::AtLeast, true) => "on or after ",
                (Operator::Less, true) => "before ",
                (Operator::AtMost, true) => "on or before ",
                (Operator::Greater, false) => "more than ",
                (Operator::AtLeast, false) => "at least ",
                (Operator::Less, false) => "less than ",
                (Operator::AtMost, false) => "at most ",
            };
            format!("whose {field} {is} {comparison}{}", value(literal))
        }
    }
}

fn one_of(words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<_> = words.collect();
    listed(&words.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), "or")
}

fn quoted(text: &String) -> String {
    format!("“{text}”")
}

fn found(pattern: &Pattern) -> String {
    format!("“{}{}”", pattern.text, if pattern.is_prefix { "…" } else { "" })
}

fn value(literal: &Literal) -> String {
    match literal {
        Literal::Day(day) => date_in_words(*day),
        Literal::At(at) => instant(*at),
        Literal::Text(text) => quoted(text),
        Literal::Null | Literal::Bool(_) | Literal::Number(_) => literal.to_string(),
    }
}

fn subjects(family: Family) -> &'static str {
    match family {
        Family::Contact => "client contacts",
        Family::Contract => "contracts",
        Family::Spend => "spend requisitions",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Stored => "stored",
        Outcome::Unreadable => "unreadable",
        Outcome::Duplicate => "repeats",
        Outcome::Refused => "refused",
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Test => "tests",
        Mode::Sample => "samples",
    }
}

/// Says that something arrived then or later, or before.
fn arrival(when: When, is_later: bool) -> String {
    let (at, point) = match when {
        When::Ago(age) if is_later => return format!("that arrived within the last {}", length(age)),
        When::Ago(age) => return format!("that arrived more than {} ago", length(age)),
        When::Day(day) => ("on", date_in_words(day)),
        When::At(at) => ("at", instant(at)),
    };
    if is_later { format!("that arrived {at} {point} or later") } else { format!("that arrived before {point}") }
}

fn instant(at: Timestamp) -> String {
    if at.as_millisecond() % 60_000 == 0 { time_in_words(at) } else { at.to_string() }
}

fn length(age: Age) -> String {
    counted(u64::from(age.count), age.unit.name())
}

fn amount(operator: Operator, amount: &str) -> String {
    let comparison = match operator {
        Operator::Equal => "exactly",
        Operator::NotEqual => "other than",
        Operator::Greater => "more than",
        Operator::AtLeast => "at least",
        Operator::Less => "less than",
        Operator::AtMost => "at most",
    };
    format!("{comparison} {amount}")
}
