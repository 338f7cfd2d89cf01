//! The search for deliveries that have a value in the same field.

use super::ast::{Expr, Field, Literal, Operator, Query, Segment, Term, Test};
use super::parse::parse;
use crate::event::Mode;
use crate::query::search::keys::Key;
use serde_json::Value;

/// Returns the search for deliveries with this text, number, truth value or null at a path from the top of the body;
/// `None` where the language has none: for lists and objects, odd names, and very long values.
pub fn with_value(path: &[Segment], value: &Value) -> Option<Query> {
    let literal = match value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Number(number) => Literal::Number(number.to_string()),
        Value::String(text) => Literal::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => return None,
    };
    let term = match (path, value) {
        // A field at the top that has the name of a key is only asked for by the key.
        ([only], Value::String(word)) if Key::parse(&only.name) == Some(Key::Mode) => Term::Mode(vec![mode(word)?]),
        _ => Term::Field(Field(path.to_vec()), Test::Compare(Operator::Equal, literal)),
    };
    let short = if let Term::Field(Field(path), test) = &term
        && path.len() > 2
        && is_object(path)
    {
        path.get(2..).map(|below| Term::Field(Field(below.to_vec()), test.clone()))
    } else {
        None
    };
    short.into_iter().chain([term]).find_map(read_back)
}

/// Returns whether a path leads below `data.object`, which a search need not name.
fn is_object(path: &[Segment]) -> bool {
    matches!(path, [data, object, ..] if data.name == "data" && object.name == "object" && !data.is_list && !object.is_list)
}

/// Returns the search if it is read back as the same one: otherwise it would find something else.
fn read_back(term: Term) -> Option<Query> {
    let query = Query { root: Some(Expr::Term(term)) };
    (parse(&query.to_string()).as_ref() == Ok(&query)).then_some(query)
}

fn mode(word: &str) -> Option<Mode> {
    [Mode::Live, Mode::Test, Mode::Sample].into_iter().find(|mode| mode.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn search(path: &[&str], value: Value) -> Option<String> {
        let segment = |name: &&str| {
            let is_list = name.ends_with("[]");
            Segment { name: name.trim_end_matches("[]").to_owned(), is_list }
        };
        with_value(&path.iter().map(segment).collect::<Vec<_>>(), &value).map(|query| query.to_string())
    }

    #[test]
    fn a_value_is_searched_for_at_its_path_and_quoted_where_it_must_be() {
        let object = |field: &'static str, value| search(&["data", "object", field], value);
        assert_eq!(
            object("title", json!("Winter or \"spring\"")).as_deref(),
            Some(r#"title = "Winter or \"spring\"""#)
        );
        assert_eq!(object("currency", json!("GBP")).as_deref(), Some("currency = GBP"));
        assert_eq!(object("value", json!("450.00")).as_deref(), Some("value = \"450.00\""));
        assert_eq!(object("value", json!(450.5)).as_deref(), Some("value = 450.5"));
        assert_eq!(object("end", Value::Null).as_deref(), Some("end = null"));
        assert_eq!(object("is_on", json!(true)).as_deref(), Some("is_on = true"));
        assert_eq!(object("type", json!("x")).as_deref(), Some("data.object.type = x"));
        assert_eq!(object("a b", json!(1)).as_deref(), Some("data.object.\"a b\" = 1"));
        assert_eq!(search(&["hirers[]", "email"], json!("a@b.c")).as_deref(), Some("hirers[].email = a@b.c"));
        assert_eq!(search(&["mode"], json!("live")).as_deref(), Some("mode:live"));
    }

    #[test]
    fn what_the_language_cannot_ask_has_no_search() {
        assert_eq!(search(&["a"], json!([])), None);
        assert_eq!(search(&[], json!(1)), None);
        assert_eq!(search(&["mode"], json!("odd")), None);
        assert_eq!(search(&["type"], json!("odd")), None);
        assert_eq!(search(&["a b"], json!(1)), None, "a quotation mark at the beginning begins a phrase");
        assert_eq!(search(&["a"], json!("x".repeat(2_000))), None);
        assert_eq!(search(&["a"], json!("\0")), None);
    }
}
