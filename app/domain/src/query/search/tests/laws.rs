//! Laws that hold for any text, any search and any request.

use crate::event::{Family, Mode};
use crate::id::SubjectKind;
use crate::query::outcome::Outcome;
use crate::query::search::samples::{CASES, SampleRequest, context, requests};
use crate::query::search::{
    Age, Expr, Field, Literal, MAX_BYTES, Operator, Pattern, Query, Segment, Term, Test, Unit, When, conditions,
    in_words, matches, parse,
};
use jiff::Timestamp;
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;

pub(super) static REQUESTS: LazyLock<Vec<SampleRequest>> = LazyLock::new(requests);

pub(super) fn found(query: &Query, request: &SampleRequest) -> bool {
    request.ask(|request| matches(query, request, &context()))
}

fn is_admitted(query: &Query, request: &SampleRequest) -> bool {
    request.ask(|request| conditions(query, context().now).admit(request))
}

const KNOWN: &[&str] = &[
    "amara",
    "Okoye",
    "ct_paris",
    "msg_one",
    "autumn",
    "450",
    "paris",
    "GBP",
    "true",
    "or",
    "exists",
    "a:b",
    "*",
    "contract.offered",
    "2026-03-01",
    "null",
    "staging",
    "yunojuno",
    "ct_cu8gh5u3fg1dw587nosw68t8f",
    "clct_zoe",
];

/// Text that the samples contain, and any other.
fn any_text() -> BoxedStrategy<String> {
    let letters = any::<String>().prop_map(|text| format!("{}x", text.replace('\0', "")));
    prop_oneof![6 => select(KNOWN).prop_map(str::to_owned), 1 => letters].boxed()
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    (any_text().prop_map(|text| if text == "*" { "a*".to_owned() } else { text }), any::<bool>())
        .prop_map(|(text, is_prefix)| Pattern { text, is_prefix })
}

fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![
        3 => select(&["2026-03-01", "2026-02-20", "2025-09-01"][..]).prop_map(|text| text.parse().unwrap()),
        1 => (0_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap()),
    ]
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        3 => select(REQUESTS.as_slice()).prop_map(|request| request.received_at),
        1 => (-62_000_000_000_i64..250_000_000_000, 0_i32..1_000_000_000)
            .prop_map(|(seconds, nanoseconds)| Timestamp::new(seconds, nanoseconds.signum() * nanoseconds).unwrap()),
    ]
}

fn any_age() -> impl Strategy<Value = Age> {
    (prop_oneof![0_u32..30, any::<u32>()], select(&Unit::ALL[..])).prop_map(|(count, unit)| Age { count, unit })
}

fn any_when() -> impl Strategy<Value = When> {
    prop_oneof![any_date().prop_map(When::Day), any_instant().prop_map(When::At), any_age().prop_map(When::Ago)]
}

pub(super) fn any_ordered() -> BoxedStrategy<Literal> {
    prop_oneof![
        "-?[0-9]{1,4}(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?".prop_map(Literal::Number),
        any_date().prop_map(Literal::Day),
        any_instant().prop_map(Literal::At),
    ]
    .boxed()
}

fn any_literal() -> BoxedStrategy<Literal> {
    let others = prop_oneof![any::<bool>().prop_map(Literal::Bool), Just(Literal::Null)];
    prop_oneof![2 => any_text().prop_map(Literal::Text), 2 => any_ordered(), 1 => others].boxed()
}

pub(super) fn any_field() -> impl Strategy<Value = Field> {
    let known =
        select(&["data", "object", "rate", "value", "title", "tags", "hirers", "email", "odd key", "or", "ü"][..]);
    let name = prop_oneof![5 => known.prop_map(str::to_owned), 1 => any_text(), 1 => Just(String::new())];
    let first = select(&["data", "rate", "title", "spend_request", "actual_end_date", "tags", "or_not", "_a-b"][..]);
    let segment = |name: String, is_list: bool| Segment { name, is_list };
    (first, any::<bool>(), vec((name, any::<bool>()), 0..3)).prop_map(move |(first, is_list, rest)| {
        let rest = rest.into_iter().map(|(name, is_list)| segment(name, is_list));
        Field(std::iter::once(segment(first.to_owned(), is_list)).chain(rest).collect())
    })
}

fn any_test() -> impl Strategy<Value = Test> {
    let order = select(&[Operator::Greater, Operator::AtLeast, Operator::Less, Operator::AtMost][..]);
    let equality = select(&[Operator::Equal, Operator::NotEqual][..]);
    prop_oneof![
        (equality, any_literal()).prop_map(|(operator, literal)| Test::Compare(operator, literal)),
        (order, any_ordered()).prop_map(|(operator, literal)| Test::Compare(operator, literal)),
        any_text().prop_map(Test::Contains),
        vec(any_literal(), 1..4).prop_map(Test::In),
        Just(Test::Exists),
    ]
}

fn any_term() -> BoxedStrategy<Term> {
    let operator = || select(&Operator::ALL[..]);
    let outcomes = vec(select(&Outcome::ALL[..]), 1..4);
    let modes = vec(select(&[Mode::Live, Mode::Test, Mode::Sample][..]), 1..3);
    prop_oneof![
        3 => any_pattern().prop_map(Term::Words),
        1 => vec(any_pattern(), 1..3).prop_map(Term::Type),
        1 => vec(select(&Family::ALL[..]), 1..3).prop_map(Term::Family),
        1 => outcomes.prop_map(Term::Outcome),
        1 => vec(any_text(), 1..3).prop_map(Term::Endpoint),
        1 => modes.prop_map(Term::Mode),
        1 => vec(any_text(), 1..3).prop_map(Term::Id),
        1 => (select(&SubjectKind::ALL[..]), vec(any_pattern(), 1..3)).prop_map(|(kind, all)| Term::Subject(kind, all)),
        1 => any_when().prop_map(Term::After),
        1 => any_when().prop_map(Term::Before),
        1 => (operator(), 0_u32..4).prop_map(|(operator, count)| Term::Attempts(operator, count)),
        1 => (operator(), any_age()).prop_map(|(operator, age)| Term::Late(operator, age)),
        1 => vec(any_pattern(), 1..3).prop_map(Term::Reason),
        1 => ("[a-z0-9-]{1,8}|user-agent", prop::option::of(any_pattern())).prop_map(|(name, value)| Term::Header(name, value)),
        3 => (any_field(), any_test()).prop_map(|(field, test)| Term::Field(field, test)),
    ]
    .boxed()
}

pub(super) fn any_expr() -> BoxedStrategy<Expr> {
    any_term()
        .prop_map(Expr::Term)
        .prop_recursive(4, 12, 3, |inner| {
            prop_oneof![
                vec(inner.clone(), 1..4).prop_map(Expr::all),
                vec(inner.clone(), 1..4).prop_map(Expr::any),
                inner.prop_map(Expr::negated),
            ]
        })
        .boxed()
}

pub(super) fn query(root: &Expr) -> Query {
    Query { root: Some(root.clone()) }
}

/// Fails unless a text is a search with one spelling, or none with a place and a sentence.
fn probe(text: &str) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(query) => {
            prop_assert_eq!(parse(&query.to_string()), Ok(query.clone()), "{}", query);
            prop_assert!(in_words(&query).starts_with("All deliveries") || query.root.is_some());
        }
        Err(error) => {
            prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error.span);
            prop_assert!(!error.message.is_empty() && !error.expected.is_empty());
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        probe(&text)?;
    }

    #[test]
    fn no_mix_of_signs_and_words_is_too_strange(parts in vec((select(SOUP), select(&["", "", " "][..])), 0..40)) {
        probe(&parts.into_iter().flat_map(|(part, gap)| [part, gap]).collect::<String>())?;
    }

    #[test]
    fn no_search_with_a_change_is_too_strange(
        case in select(CASES), at in any::<Index>(), until in any::<Index>(), part in select(SOUP),
    ) {
        let text = case.0;
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let [at, until] = [at, until].map(|index| places[index.index(places.len())]);
        probe(&format!("{}{part}{}", &text[..at.min(until)], &text[at.max(until)..]))?;
        probe(&text[at.min(until)..at.max(until)])?;
    }

    #[test]
    fn a_search_is_parsed_from_its_text(root in any_expr()) {
        let query = query(&root);
        let text = query.to_string();
        prop_assume!(text.len() <= MAX_BYTES);
        prop_assert_eq!(parse(&text), Ok(query), "{}", text);
    }
}

proptest! {
    // Every case evaluates searches on every sample.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn conditions_admit_whatever_matches(root in any_expr()) {
        let query = query(&root);
        for request in REQUESTS.iter().filter(|request| found(&query, request)) {
            prop_assert!(is_admitted(&query, request), "{}: {}", query, request.name);
        }
    }

    #[test]
    fn negation_is_twice_nothing_and_exchanges_and_with_or(one in any_expr(), other in any_expr()) {
        let twice = one.clone().negated().negated();
        let neither = Expr::any(vec![one.clone(), other.clone()]).negated();
        let both_not = Expr::all(vec![one.clone().negated(), other.clone().negated()]);
        let not_both = Expr::all(vec![one.clone(), other.clone()]).negated();
        let one_not = Expr::any(vec![one.clone().negated(), other.negated()]);
        for request in REQUESTS.iter() {
            prop_assert_eq!(found(&query(&one), request), found(&query(&twice), request));
            prop_assert_eq!(found(&query(&neither), request), found(&query(&both_not), request));
            prop_assert_eq!(found(&query(&not_both), request), found(&query(&one_not), request));
        }
    }

    #[test]
    fn no_body_is_too_strange(root in any_expr(), mut body in vec(any::<u8>(), 0..200), place in any::<Index>()) {
        let request = &REQUESTS[place.index(REQUESTS.len())];
        let query = query(&root);
        body.splice(0..0, request.body.iter().take(500).copied());
        let request = SampleRequest { body, ..request.clone() };
        prop_assert!(!found(&query, &request) || is_admitted(&query, &request));
    }
}

const SOUP: &[&str] = &[
    "(",
    ")",
    "-",
    "not",
    "and",
    "or",
    "AND",
    "in",
    "exists",
    "type:",
    "outcome:",
    "refused",
    "late:",
    "attempts:",
    ">1",
    "header:",
    "after:",
    "3d",
    "2026-03-01",
    "id:",
    "contract:",
    "=",
    "!=",
    "<",
    ">=",
    "~",
    "\"",
    "“",
    "”",
    "*",
    ",",
    "[]",
    ".",
    "data.object",
    "a",
    "ü",
    "é",
    "1.5",
    "null",
    "\\",
    "\\\"",
    "://",
    ":",
    "&",
    "\t",
    "\u{a0}",
    "\0",
    "🎉",
    "_",
];

#[test]
fn conditions_name_what_a_database_finds() {
    let of = |text: &str| conditions(&super::query(text), context().now);
    let narrowed = of("amara type:(contract.* or svix.ping) endpoint:staging mode:live after:1d before:2026-03-10");
    assert_eq!(narrowed.types.unwrap().len(), 2);
    assert_eq!(narrowed.endpoints.unwrap(), ["staging"]);
    assert_eq!(narrowed.modes.unwrap(), [Mode::Live]);
    assert_eq!(narrowed.outcomes.unwrap(), [Outcome::Stored, Outcome::Unreadable, Outcome::Duplicate]);
    assert_eq!(narrowed.after.unwrap().to_string(), "2026-03-09T12:00:00Z");
    assert_eq!(narrowed.before.unwrap().to_string(), "2026-03-10T00:00:00Z");

    assert_eq!(of("outcome:(stored or refused) -outcome:refused").outcomes.unwrap(), [Outcome::Stored]);
    assert_eq!(of("outcome:repeat outcome:stored").outcomes.unwrap(), []);
    assert_eq!(of("family:spend or family:contact").families.unwrap(), [Family::Spend, Family::Contact]);
    assert_eq!(of("(after:2026-03-01 a) or after:2026-02-01").after.unwrap().to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(of("id:msg_one").ids.unwrap(), ["msg_one"]);
    assert_eq!(of("contract:ct_paris x").ids.unwrap(), ["ct_paris"]);
    for unknown in ["contract:paris", "contract:ct_p*", "contract:(ct_paris or autumn)", "id:a or b", "-id:a"] {
        assert_eq!(of(unknown).ids, None, "{unknown}");
    }
    assert_eq!(of("amara or type:x"), super::super::Conditions::default());
}
