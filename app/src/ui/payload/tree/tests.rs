//! Tests of trees: what they show of each value, and that every part is small and all of them are the whole.

use super::*;
use serde_json::json;

fn html(text: &str) -> Option<String> {
    Owner::new().with(|| tree(text).map(RenderHtml::to_html))
}

/// Returns a part with its HTML.
fn part(text: &str, part: usize, budget: usize) -> (TreePart, String) {
    let changed = BTreeSet::from(["data.object.rate".to_owned(), "a".to_owned()]);
    let others = |search: &str| format!("/deliveries?q={}", search.len());
    Owner::new().with(|| {
        let reading = TreeReading { part, budget, changed: &changed, others: Some(&others) };
        let mut part = tree_part(text, &reading).unwrap();
        let html = std::mem::replace(&mut part.view, ().into_any()).to_html();
        (part, html)
    })
}

#[test]
fn a_tree_shows_every_value_with_its_path_and_escapes_it() {
    let html = html(r#"{"a":{"b":["<script>",1.10,null]},"<i>":true,"c":[],"d":{}}"#).unwrap();
    assert!(html.contains("data-path=\"a.b[0]\""), "{html}");
    assert!(html.contains("1.10") && html.contains("[]") && html.contains("{}"), "{html}");
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("<i>"), "{html}");
    assert!(!html.contains("class=\"find\""), "{html}");
}

#[test]
fn what_turns_text_round_is_written_out_and_other_text_has_no_tree() {
    let shown = html("{\"a\u{202e}\":\"b\u{2067}\"}").unwrap();
    assert!(shown.contains("a\\u202e") && shown.contains("b\\u2067"), "{shown}");
    assert_eq!(html("not json"), None);
}

#[test]
fn changes_are_marked_by_a_word_and_values_lead_to_others_with_them() {
    let body = json!({ "data": { "object": { "rate": { "value": 1 }, "title": "x", "list": [[]] } } }).to_string();
    let (part, html) = part(&body, 1, 10_000);
    assert_eq!((part.number, part.parts, part.shown, part.values), (1, 1, (1, 3), 3));
    assert_eq!(html.matches("class=\"leaf is-changed\"").count(), 1, "{html}");
    let search = "rate.value = 1";
    assert!(html.contains(&format!("href=\"/deliveries?q={}\"", search.len())), "{html}");
    assert_eq!(html.matches("class=\"find\"").count(), 2, "a list is not searched for: {html}");
}

#[test]
fn a_long_value_and_a_long_name_are_cut_and_say_so() {
    let text = json!({ "x".repeat(5_000): "y".repeat(1_000_000) }).to_string();
    let (_, html) = part(&text, 1, 10_000);
    assert!(html.contains("its first 600 of 1,000,000 characters"), "{html:.900}");
    assert!(html.len() < 2_500, "{}", html.len());
    let number = format!("[{}]", "7".repeat(5_000));
    assert!(part(&number, 1, 10_000).1.contains("its first 600 of 5,000 characters"));
}

#[test]
fn parts_are_small_whatever_they_hold_and_together_show_every_value_once() {
    const BUDGET: usize = 6_000;
    let many = |count: usize, of: &dyn Fn(usize) -> Value| -> Value { (0..count).map(of).collect() };
    let deep = (0..100).fold(
        json!([1, 2, 3]),
        |inside, depth| json!({ format!("<\"level\"> {depth} {}", "é".repeat(90)): inside, "b": 1 }),
    );
    for value in [
        many(2_000, &|n| json!(n)),
        many(300, &|n| json!({ "name": format!("n {n}"), "<value>": ["&\"<'>", null] })),
        json!({ "a": many(40, &|n| json!("&".repeat(n * 30))) }),
        deep,
        json!(1),
        json!([]),
    ] {
        let text = value.to_string();
        let (first, _) = part(&text, 1, BUDGET);
        let mut next = 1;
        for number in 1..=first.parts {
            let (one, html) = part(&text, number, BUDGET);
            assert_eq!((one.number, one.parts, one.values), (number, first.parts, first.values));
            assert_eq!(one.shown.0, next, "part {number} of {text:.100}");
            assert_eq!(html.matches("class=\"leaf").count(), one.shown.1 + 1 - one.shown.0);
            assert!(html.len() < BUDGET + 500 || one.shown.0 == one.shown.1, "{} {}", html.len(), &html[..2_000]);
            assert!(html.len() < 30_000, "{}", html.len());
            next = one.shown.1 + 1;
        }
        assert_eq!(next, first.values + 1);
        assert_eq!(part(&text, 10_000, BUDGET).0.number, first.parts);
    }
}
