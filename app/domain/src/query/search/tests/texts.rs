//! Texts of searches: their one spelling, their words, and the errors of texts that are none.

use super::query;
use crate::query::search::{MAX_BYTES, MAX_DEPTH, MAX_TERMS, in_words, parse};

#[test]
fn a_search_has_one_spelling() {
    for (text, spelling) in [
        ("", ""),
        ("  Amara   okoye ", "Amara okoye"),
        ("“Amara Okoye”", "\"Amara Okoye\""),
        ("\"amara\"", "amara"),
        ("\"exists\" \"OR\"", "\"exists\" \"OR\""),
        ("a AND b or NOT (c or d)", "a b or -(c or d)"),
        ("(a b) (c (d))", "a b c d"),
        ("(a or b) c", "(a or b) c"),
        ("not -a", "--a"),
        ("-(a b)", "-(a b)"),
        ("Autumn - winter", "Autumn winter"),
        ("\"a \\\"b\\\" \\\\ c\\d\"", "\"a \\\"b\\\" \\\\ c\\\\d\""),
        ("https://a.b/c", "\"https://a.b/c\""),
        ("\"ct\"*", "ct*"),
        ("TYPE: ( contract.* , \"x y\" )", "type:(contract.* or \"x y\")"),
        ("outcome:duplicate", "outcome:repeat"),
        ("attempts:=2 attempts: > 2", "attempts:2 attempts:>2"),
        ("late:>=5M late:<1h", "late:5m late:<1h"),
        ("after:2026-03-01T13:00+01:00 before:3D", "after:2026-03-01T12:00:00Z before:3d"),
        ("header:X-A = b header:X-C", "header:x-a=b header:x-c"),
        ("a.b[]=1.50", "a.b[] = 1.50"),
        ("data.\"odd key\".\"plain\"[]~x", "data.\"odd key\".plain[] ~ x"),
        ("a in(1 or \"1\",True)", "a in (1, \"1\", true)"),
        ("a = \"null\" b = NULL", "a = \"null\" b = null"),
        ("a EXISTS", "a exists"),
        ("a not>1.", "a \"not>1.\""),
        ("data.not>1.", "data.not > 1."),
        ("_=1", "_ = 1"),
        ("a or[]=1 not.in=1", "a or[] = 1 not.in = 1"),
    ] {
        assert_eq!(query(text).to_string(), spelling, "{text}");
    }
}

#[test]
fn a_search_is_told_in_words() {
    for (text, words) in [
        ("", "All deliveries"),
        (
            "outcome:refused after:2026-03-03 \"Ada Lee\"",
            "Deliveries that were refused, arrived on 3 March 2026 or later and contain “Ada Lee”",
        ),
        ("ada -mag*", "Deliveries that contain “ada” and do not contain “mag…”"),
        ("-(ada or bob)", "Deliveries that do not contain “ada” and do not contain “bob”"),
        (
            "mode:live (outcome:refused or rate.value > 450)",
            "Deliveries that are live and either that were refused or whose rate.value is more than 450",
        ),
        (
            "a b or c d e",
            "Deliveries both that contain “a” and contain “b” or at once that contain “c”, contain “d” and contain “e”",
        ),
        ("type:(contract.* or svix.ping)", "Deliveries that are of type contract.… or svix.ping"),
        ("family:(contract or spend)", "Deliveries that are about contracts or spend requisitions"),
        ("-endpoint:staging", "Deliveries that did not come to “staging”"),
        ("id:ct_1 contractor:\"amara o\"*", "Deliveries that have the id ct_1 and are about the contractor “amara o…”"),
        ("after:3d before:1w", "Deliveries that arrived within the last 3 days and arrived more than 1 week ago"),
        ("-before:2026-03-03T10:00Z", "Deliveries that arrived at 3 March 2026, 10:00 UTC or later"),
        ("-after:2026-03-03T10:00Z", "Deliveries that arrived before 3 March 2026, 10:00 UTC"),
        ("attempts:>1 late:5m", "Deliveries that took more than 1 attempt and arrived at least 5 minutes late"),
        ("-attempts:2", "Deliveries that did not take exactly 2 attempts"),
        ("reason:clock header:x-a", "Deliveries that have “clock” in their reason and have the header x-a"),
        ("-header:user-agent=curl", "Deliveries that do not have “curl” in the header user-agent"),
        (
            "title = \"A b\" end_date >= 2026-03-01",
            "Deliveries whose title is “A b” and whose end_date is on or after 1 March 2026",
        ),
        ("-rate.currency in (GBP, EUR)", "Deliveries whose rate.currency is not “GBP” or “EUR”"),
        ("title ~ camp -spend_request exists", "Deliveries whose title contains “camp” and that have no spend_request"),
    ] {
        assert_eq!(in_words(&query(text)), words, "{text}");
    }
}

#[test]
fn an_error_names_its_place_and_what_is_expected() {
    for (text, place, message) in [
        ("typ:x", "typ:", "There is no key “typ:”. Did you mean “type:”?"),
        ("outcom:refused", "outcom:", "There is no key “outcom:”. Did you mean “outcome:”?"),
        (
            "a Project:x",
            "Project:",
            "There is no key “Project:”. There are type, family, outcome, endpoint, mode, id, contractor, contract, \
             requisition, after, before, attempts, late, reason and header; text with a colon needs quotation marks.",
        ),
        ("a (b or c", "", "The search ends where a closing bracket is expected."),
        ("a b) c", ")", "Here a bracket that is opened before is expected, not “)”."),
        ("a or", "", "The search ends where a word, a key or a field is expected."),
        ("a or or b", "or", "Here a word, a key or a field is expected, not “or”."),
        ("()", ")", "Here a word, a key or a field is expected, not “)”."),
        ("not", "", "The search ends where a word, a key or a field is expected."),
        ("= 3", "=", "Here a word, a key or a field is expected, not “=”."),
        ("a \"b c", "\"b c", "The quotation mark is not closed."),
        ("“b\" c", "“b\" c", "The quotation mark is not closed."),
        ("\"–\"", "\"–\"", "“–” has no letters or digits to search for."),
        ("a *", "*", "A * follows the beginning of a word; here none stands before it."),
        ("ma*g", "ma*g", "A * can only end a word; in quotation marks it is a character."),
        ("type:", "", "The search ends where an event type after “type:” is expected."),
        ("type:()", ")", "Here an event type after “type:” is expected, not “)”."),
        ("type:(a b)", "b)", "Here “or”, a comma or a closing bracket is expected, not “b)”."),
        ("type:\"\"", "\"\"", "There is no text between the quotation marks."),
        (
            "outcome:lost",
            "lost",
            "“lost” is not an outcome: there are stored, unreadable, repeat, duplicate and refused.",
        ),
        ("mode:x", "x", "“x” is not a mode: there are live, test and sample."),
        (
            "é after:yesterday",
            "yesterday",
            "Here a day, an instant or a time such as 3d after “after:” is expected, not “yesterday”.",
        ),
        (
            "before:2026-02-30",
            "2026-02-30",
            "Here a day, an instant or a time such as 3d after “before:” is expected, not “2026-02-30”.",
        ),
        ("attempts:>many", "many", "Here a whole number after “attempts:” is expected, not “many”."),
        ("late:5", "5", "Here a time such as 30s, 5m, 2h or 1d after “late:” is expected, not “5”."),
        ("header:", "", "The search ends where the name of a header after “header:” is expected."),
        ("header:x-*", "*", "A * follows the beginning of a word; here none stands before it."),
        ("header:a=", "", "The search ends where a word of the header is expected."),
        ("rate.value >", "", "The search ends where a value after “>” is expected."),
        ("rate.value == 3", "=", "Here a value after “=” is expected, not “=”."),
        (
            "rate.value > high",
            "high",
            "Only numbers, days and instants have an order, so one of them is expected after “>”.",
        ),
        ("title = mag*", "mag*", "No * follows a value of a field: write ~ mag for a part of its text."),
        ("title ~ \"\"", "\"\"", "There is no text between the quotation marks."),
        ("title in ()", ")", "Here a value after “in” is expected, not “)”."),
        (
            "rate.value:450",
            "rate.value",
            "A field is compared by a sign: write rate.value = …, or put text with a colon in quotation marks.",
        ),
        (
            "type = contract.offered",
            "type",
            "“type” is a key: write type:…, or data.object.type for the field of this name.",
        ),
        ("a\0b", "\0", "The character U+0000 is in no text that is stored."),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((&text[error.span.clone()], error.message.as_str()), (place, message), "{text}");
        assert!(!error.expected.is_empty(), "{text}");
    }
    assert_eq!(parse("a (b").unwrap_err().span, 4..4);
    assert_eq!(parse("a ( ").unwrap_err().span, 4..4);
}

#[test]
fn a_search_is_bounded() {
    assert!(parse(&"a".repeat(MAX_BYTES)).is_ok());
    assert_eq!(parse(&"é".repeat(MAX_BYTES)).unwrap_err().span, MAX_BYTES..2 * MAX_BYTES);
    // Each word needs quotation marks in its one spelling.
    let addresses = |count: usize| vec!["http://example"; count].join(" ");
    assert!(parse(&addresses(58)).is_ok());
    assert!(parse(&addresses(60)).unwrap_err().message.starts_with("The search has 1019 bytes"));

    let words = |count: usize| vec!["a"; count].join(" ");
    assert!(parse(&words(MAX_TERMS)).is_ok());
    assert!(parse(&words(MAX_TERMS + 1)).unwrap_err().message.contains("at most 64"));
    assert!(parse(&vec!["a exists"; MAX_TERMS + 1].join(" ")).is_err());
    assert!(parse(&vec!["header:a"; MAX_TERMS + 1].join(" ")).is_err());
    assert!(parse(&format!("id:({})", vec!["a"; MAX_TERMS + 1].join(","))).is_err());

    let nested = |open: &str, close: &str, depth: usize| format!("{}a{}", open.repeat(depth), close.repeat(depth));
    assert!(parse(&nested("(", ")", 1).repeat(MAX_DEPTH + 1)).is_ok());
    for (open, close) in [("(", ")"), ("-", ""), ("not ", "")] {
        assert!(parse(&nested(open, close, MAX_DEPTH)).is_ok(), "{open}");
        assert!(parse(&nested(open, close, MAX_DEPTH + 1)).unwrap_err().message.contains("at most 32"), "{open}");
        // Dashes alone are punctuation.
        assert!(open == "-" || parse(&open.repeat(MAX_BYTES / open.len())).is_err());
    }
}
