//! Does every filter come back through a link, and fail at no query string?

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_cursor_comes_back_as_it_was(key in any::<String>(), id in any::<String>()) {
        let cursor = Cursor { key, id };
        prop_assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor));
    }

    #[test]
    fn a_cursor_comes_back_through_a_link(key in "[ -~]{1,20}[a-z]", id in "[a-z%~&=+?# ]{1,20}[a-z]") {
        let filter = ContractFilter { after: Some(Cursor { key: format!("k{key}"), id }), ..Default::default() };
        prop_assert_eq!(ContractFilter::from_query(&filter.to_query()), filter);
    }

    #[test]
    fn a_query_string_never_fails(query in any::<String>()) {
        let read = DeliveryFilter::from_query(&query);
        prop_assert_eq!(DeliveryFilter::from_query(&read.to_query()), read);
    }
}

fn full() -> DeliveryFilter {
    DeliveryFilter {
        event_type: Some("client.contract.offered".to_owned()),
        family: Some(Family::Contract),
        outcome: Some(Outcome::Stored),
        from: Some(jiff::civil::date(2026, 2, 1)),
        to: Some(jiff::civil::date(2026, 2, 28)),
        q: Some("a&b=c d".to_owned()),
        before: Some(Cursor { key: "7".to_owned(), id: "7".to_owned() }),
    }
}

#[test]
fn a_filter_comes_back_through_a_link() {
    assert_eq!(DeliveryFilter::from_query(&full().to_query()), full());
}

#[test]
fn a_chip_removes_exactly_its_filter_and_the_place() {
    let all = full();
    for (key, _) in all.filters() {
        let rest = all.without(key);
        assert_eq!(rest.value(key), None);
        assert_eq!(rest.before, None);
        let mut expected = all.filters();
        expected.retain(|(name, _)| *name != key);
        assert_eq!(rest.pairs(), expected);
    }
}

#[test]
fn the_next_page_keeps_every_filter() {
    let all = full();
    let next = all.with("before", "3~3");
    assert_eq!(next.filters(), all.filters());
    assert_eq!(next.before, Some(Cursor { key: "3".to_owned(), id: "3".to_owned() }));
}

#[test]
fn choosing_another_value_replaces_the_first() {
    let chosen = full().with("outcome", "refused");
    assert_eq!(chosen.outcome, Some(Outcome::Refused));
    assert_eq!(chosen.pairs().iter().filter(|(key, _)| *key == "outcome").count(), 1);
}
