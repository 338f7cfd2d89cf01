//! Tests that every filter round-trips through a link, and that no query string fails.

use super::*;
use crate::event::Family;
use crate::query::outcome::Outcome;
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
        let read = ContractFilter::from_query(&query);
        prop_assert_eq!(ContractFilter::from_query(&read.to_query()), read);
        let read = ContractorFilter::from_query(&query);
        prop_assert_eq!(ContractorFilter::from_query(&read.to_query()), read);
        let read = RequisitionFilter::from_query(&query);
        prop_assert_eq!(RequisitionFilter::from_query(&read.to_query()), read);
    }

    #[test]
    fn whatever_stands_behind_a_key_a_filter_comes_back_as_it_was_read(
        values in proptest::collection::vec(
            (
                proptest::sample::select(vec![
                    "q", "state", "has", "hirer", "client", "field", "ending", "starting", "currency", "amount_type",
                    "test", "sort", "cols", "after", "month", "starts_from", "starts_to", "ends_from", "ends_to", "work_from",
                    "work_to",
                ]),
                prop_oneof![
                    any::<String>(),
                    "[0-9]{1,6}",
                    proptest::sample::select(vec![
                        "-title", "title", "-last", "last", "rate", "active", "offers", "name,client", "fields,id,,x",
                        "1", "gbp", "TOTAL", "Cost centre: 12", "client,state,active,offers,ends,last", "2026-02", "2026-02-30",
                        "2026-02-28", "-009999-01-01", "9999-12-31",
                    ]).prop_map(str::to_owned),
                ],
            ),
            0..12,
        ),
    ) {
        let pairs: Vec<(String, String)> = values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let read = ContractFilter::read(&pairs);
        prop_assert_eq!(ContractFilter::from_query(&read.to_query()), read);
        let read = ContractorFilter::read(&pairs);
        prop_assert_eq!(ContractorFilter::from_query(&read.to_query()), read);
        let read = RequisitionFilter::read(&pairs);
        prop_assert_eq!(RequisitionFilter::from_query(&read.to_query()), read);
    }
}

fn full() -> DeliveryFilter {
    DeliveryFilter {
        event_type: Some("client.contract.offered".to_owned()),
        family: Some(Family::Contract),
        outcome: Some(Outcome::Stored),
        from: Some(jiff::civil::date(2026, 2, 1)),
        to: Some(jiff::civil::date(2026, 2, 28)),
        arrived_since: Some("2026-02-09T16:42:00Z".parse().unwrap()),
        arrived_until: Some("2026-02-09T17:00:00Z".parse().unwrap()),
        last: Some(crate::query::window::Window::Week),
        endpoint: Some("second & last".to_owned()),
        mode: Some(crate::event::Mode::Sample),
        late: true,
        once: true,
        q: Some("a&b=c d".to_owned()),
        before: Some(Cursor { key: "7".to_owned(), id: "7".to_owned() }),
    }
}

#[test]
fn a_filter_comes_back_through_a_link() {
    assert_eq!(DeliveryFilter::from_query(&full().to_query()), full());
    // A search that is cut would be another one.
    let long = DeliveryFilter { q: Some(format!("\"{}\"", "word ".repeat(300))), ..full() };
    assert_eq!(DeliveryFilter::from_query(&long.to_query()), long);
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

#[test]
fn boxes_that_are_ticked_are_columns_and_the_usual_ones_need_no_saying() {
    let shown = |query: &str| -> Vec<&str> {
        let filter = ContractorFilter::from_query(query);
        ContractorFilter::COLUMNS.iter().filter(|column| filter.shows(column)).map(|column| column.key).collect()
    };
    let usual = ["name", "client", "state", "active", "offers", "ends", "committed", "last"];
    assert_eq!(shown(""), usual);
    assert_eq!(shown("cols=state&cols=id&cols=nonsense"), ["name", "id", "state"]);
    assert_eq!(shown("cols=state,id"), ["name", "id", "state"]);
    assert_eq!(ContractorFilter::from_query("cols=client,state,active,offers,ends,committed,last").to_query(), "");
    assert_eq!(ContractorFilter::from_query("cols=id&cols=state").to_query(), "?cols=id%2Cstate");
}

#[test]
fn an_order_is_one_of_the_list_and_its_own_needs_no_saying() {
    let sorted = |query: &str| ContractFilter::from_query(query).order().to_text();
    assert_eq!((sorted("sort=title"), sorted("sort=-rate")), ("title".to_owned(), "-rate".to_owned()));
    assert_eq!((sorted("sort=next_end"), sorted("sort=?")), ("-last".to_owned(), "-last".to_owned()));
    assert_eq!(ContractFilter::from_query("sort=-last").to_query(), "");
    assert_eq!(ContractFilter::from_query("sort=last").to_query(), "?sort=last");
}

#[test]
fn order_and_columns_are_no_filters_to_take_away() {
    let filter = ContractFilter::from_query("q=a&sort=title&cols=id&hirer=Priya&after=1~2");
    assert_eq!(filter.row_filters(), [("q", "a".to_owned()), ("hirer", "Priya".to_owned())]);
    assert_eq!(filter.without("q").to_query(), "?hirer=Priya&sort=title&cols=id");
}

#[test]
fn a_list_without_its_filters_keeps_its_order_and_columns() {
    let filter = ContractFilter::from_query("q=a&cols=id&sort=title&currency=GBP&test=1&after=k~ct_1");
    let cleared = filter.cleared();
    assert!(cleared.row_filters().is_empty() && cleared.after.is_none());
    assert_eq!((cleared.cols.clone(), cleared.order()), (filter.cols.clone(), filter.order()));
    assert_eq!(cleared.cols, ["id"]);
}

#[test]
fn words_of_earlier_versions_still_filter_and_are_written_as_they_are_now() {
    for (old, now) in
        [("upcoming", "signed"), ("active", "at_work"), ("completed", "ended"), ("under_notice", "under_notice")]
    {
        assert_eq!(ContractFilter::from_query(&format!("state={old}")).to_query(), format!("?state={now}"));
    }
    assert_eq!(ContractorFilter::from_query("has=active").to_query(), "?has=at_work");
}

#[test]
fn a_list_of_everything_has_an_address_of_its_own() {
    assert_eq!(DeliveryFilter::default().to_query(), "?all=1");
    assert_eq!(DeliveryFilter::from_query("?all=1"), DeliveryFilter::default());
    assert_eq!(DeliveryFilter::from_query("late=1").without("late").to_query(), "?all=1");
}

#[test]
fn a_bar_narrows_to_its_days_or_to_its_hours() {
    let within = |from: &str, until: &str| full().within(from.parse().unwrap(), until.parse().unwrap()).filters();
    let kept = |(key, _): &(&str, String)| !["from", "to", "arrived_since", "arrived_until", "last"].contains(key);
    let time = |pairs: Vec<(&'static str, String)>| {
        assert!(full().filters().iter().filter(|pair| kept(pair)).all(|pair| pairs.contains(pair)), "{pairs:?}");
        pairs.into_iter().filter(|pair| !kept(pair)).map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
    };
    assert_eq!(time(within("2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z")), ["from=2026-03-02", "to=2026-03-08"]);
    assert_eq!(
        time(within("2026-03-02T00:00:00Z", "2026-03-02T06:00:00Z")),
        ["arrived_since=2026-03-02T00:00:00Z", "arrived_until=2026-03-02T06:00:00Z"]
    );
}
