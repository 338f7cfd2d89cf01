//! A JSON body as a tree of nested lists, which works without scripts.

use domain::text::is_direction_control;
use leptos::prelude::*;
use serde_json::Value;
use std::fmt::Write as _;

/// Maximum number of values in a tree; larger bodies are shown as text, so that the page stays readable and small.
const MAX_VALUES: usize = 4_000;

/// Renders the tree; `None` when the text is no JSON or too large.
pub fn tree(text: &str) -> Option<AnyView> {
    let value: Value = serde_json::from_str(text).ok()?;
    (values(&value) <= MAX_VALUES)
        .then(|| view! { <div class="tree"><ul class="root">{node(None, &value, "")}</ul></div> }.into_any())
}

/// Returns JSON indented by two spaces; other text unchanged.
pub fn pretty(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .map_or_else(|| text.to_owned(), |text| legible(&text))
}

/// Escapes direction controls as in JSON, as they would affect the rest of the line.
fn legible(text: &str) -> String {
    if !text.contains(is_direction_control) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut all, one| {
        if is_direction_control(one) {
            // Writing to a `String` cannot fail.
            let _ = write!(all, "\\u{:04x}", u32::from(one));
        } else {
            all.push(one);
        }
        all
    })
}

fn values(of: &Value) -> usize {
    1 + match of {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(map) => map.values().map(values).sum(),
        _ => 0,
    }
}

fn node(key: Option<&str>, value: &Value, path: &str) -> AnyView {
    let name = key.map(|key| view! { <span class="key">{legible(key)}</span> ": " });
    let children: Option<(String, Vec<AnyView>)> = match value {
        Value::Object(map) if !map.is_empty() => {
            let inside = map.iter().map(|(key, value)| node(Some(key), value, &join(path, key))).collect();
            Some((count(map.len(), "field"), inside))
        }
        Value::Array(items) if !items.is_empty() => {
            let inside = items
                .iter()
                .enumerate()
                .map(|(place, value)| node(Some(&place.to_string()), value, &format!("{path}[{place}]")))
                .collect();
            Some((count(items.len(), "item"), inside))
        }
        _ => None,
    };
    if let Some((count, inside)) = children {
        return view! {
            <li>
                <details open="">
                    <summary data-path=path.to_owned()>{name}<span class="count">{count}</span></summary>
                    <ul>{inside}</ul>
                </details>
            </li>
        }
        .into_any();
    }
    let (class, text) = leaf(value);
    view! { <li class="leaf" data-path=path.to_owned()>{name}<span class=class>{text}</span></li> }.into_any()
}

fn leaf(value: &Value) -> (&'static str, String) {
    let class = match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Null | Value::Bool(_) => "word",
        Value::Array(_) | Value::Object(_) => "count",
    };
    (class, legible(&value.to_string()))
}

fn count(of: usize, what: &str) -> String {
    format!("{of} {what}{}", if of == 1 { "" } else { "s" })
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> Option<String> {
        Owner::new().with(|| tree(text).map(RenderHtml::to_html))
    }

    #[test]
    fn a_tree_shows_every_value_with_its_path_and_escapes_it() {
        let html = html(r#"{"a":{"b":["<script>",1.10,null]},"<i>":true}"#).unwrap();
        assert!(html.contains("data-path=\"a.b[0]\""), "{html}");
        assert!(html.contains("1.10"), "{html}");
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<i>"), "{html}");
    }

    #[test]
    fn what_turns_text_round_is_written_out() {
        let html = html("{\"a\u{202e}\":\"b\u{2067}\"}").unwrap();
        assert!(html.contains("a\\u202e") && html.contains("b\\u2067"), "{html}");
        assert_eq!(pretty("[\"\u{202e}\"]"), "[\n  \"\\u202e\"\n]");
    }

    #[test]
    fn what_is_no_json_or_too_much_has_no_tree() {
        assert_eq!(html("not json"), None);
        assert_eq!(html(&format!("[{}1]", "1,".repeat(MAX_VALUES))), None);
    }
}
