//! Conditions on fields of a body.

use crate::number;
use crate::query::search::ast::{Field, Literal, Operator, Segment, Test, day, time};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::cmp::Ordering;

/// Returns whether a value at the path meets the test.
pub(super) fn holds(body: &Value, path: &Field, test: &Test, fold: &dyn Fn(&str) -> String) -> bool {
    let folded = |text: &str| fold(text).trim().to_owned();
    // What is compared with every value is folded once.
    let wanted = match test {
        Test::Contains(text) => folded(text),
        Test::Compare(..) | Test::In(_) | Test::Exists => String::new(),
    };
    let equals = |literal: &Literal, value: &Value| match (literal, value) {
        (Literal::Null, Value::Null) => true,
        (Literal::Bool(one), Value::Bool(other)) => one == other,
        (Literal::Text(one), Value::String(other)) => folded(one) == folded(other),
        _ => order(value, literal).is_some_and(Ordering::is_eq),
    };
    let fits = |value: &Value| match test {
        Test::Exists => !value.is_null(),
        Test::Contains(_) => !wanted.is_empty() && text_of(value).is_some_and(|text| folded(&text).contains(&wanted)),
        Test::In(all) => all.iter().any(|literal| equals(literal, value)),
        Test::Compare(Operator::Equal, literal) => equals(literal, value),
        Test::Compare(Operator::NotEqual, literal) => text_of(value).is_some() && !equals(literal, value),
        Test::Compare(operator, literal) => order(value, literal).is_some_and(|order| operator.fits(order)),
    };
    let object = body.get("data").and_then(|data| data.get("object"));
    [Some(body), object].into_iter().flatten().any(|top| any(top, &path.0, &fits))
}

/// Returns whether any value at a path fits. The parser has bounded the depth of the body.
fn any(value: &Value, path: &[Segment], fits: &dyn Fn(&Value) -> bool) -> bool {
    match (value, path) {
        (Value::Array(items), _) => items.iter().any(|item| any(item, path, fits)),
        (_, []) => fits(value),
        (Value::Object(fields), [first, rest @ ..]) => fields
            .get(&first.name)
            .is_some_and(|inside| (!first.is_list || inside.is_array()) && any(inside, rest, fits)),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => false,
    }
}

/// Returns every value at a path, from the top of the body, or else from `data.object`; lists are their elements, and
/// null is no value.
pub(super) fn values<'a>(body: &'a Value, path: &Field) -> Vec<&'a Value> {
    let object = body.get("data").and_then(|data| data.get("object"));
    let at = |top| {
        let mut found = Vec::new();
        collect(top, &path.0, &mut found);
        found
    };
    let found = at(body);
    if found.is_empty() { object.map(at).unwrap_or_default() } else { found }
}

/// Adds the values at a path. The parser has bounded the depth of the body.
fn collect<'a>(value: &'a Value, path: &[Segment], found: &mut Vec<&'a Value>) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, path, found)),
        (Value::Null, []) => {}
        (_, []) => found.push(value),
        (Value::Object(fields), [first, rest @ ..]) => {
            if let Some(inside) = fields.get(&first.name).filter(|inside| !first.is_list || inside.is_array()) {
                collect(inside, rest, found);
            }
        }
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => {}
    }
}

/// Returns a text, number or truth value as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Compares a value with a literal; `None` for different kinds, and for kinds without an order.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Number(wanted) => Some(number::read(&number_of(value)?)?.cmp(&number::read(wanted)?)),
        Literal::Day(wanted) => {
            let text = value.as_str()?;
            let found = day(text).or_else(|| time(text).map(|at| TimeZone::UTC.to_datetime(at).date()))?;
            Some(found.cmp(wanted))
        }
        Literal::At(wanted) => Some(time(value.as_str()?)?.cmp(wanted)),
        Literal::Null | Literal::Bool(_) | Literal::Text(_) => None,
    }
}

/// Returns a number, or the text that may be one.
fn number_of(value: &Value) -> Option<String> {
    if value.is_boolean() { None } else { text_of(value) }
}
