//! Tests of every filter, every order, and of paging through each list, on both databases.

use super::super::list;
use super::*;
use app::view::columns::Table;
use app::view::summary::{ContractSummary, ContractorSummary};
use domain::event::contract::Rate;
use domain::lifecycle::contract::Phase;
use domain::query::filter::{Cursor, Listing as _, Order, Query as _, SortKey};
use domain::query::moment::Moment;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// The expected predicate of a filter.
type Fits<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

/// Returns contracts that differ in every filter value and sort key, with ties and gaps.
fn messages() -> Vec<TestMessage> {
    let mut told = Vec::new();
    let today: Date = "2026-03-02".parse().unwrap();
    let events = ["approved", "offered", "accepted", "accepted", "notice_served", "cancelled"];
    let rates = [
        Some("9.5"),
        Some("100"),
        Some("9.50"),
        Some("0.07"),
        Some("1000000000000.01"),
        None,
        Some("-3"),
        Some("-20.5"),
    ];
    let days = [None, Some(-30), Some(0), Some(3), Some(14), Some(15), Some(90)];
    for n in 0..60_usize {
        let day = |offset: i32| (today + offset.days()).to_string();
        let mut object = contract(&format!("ct_{:02}", n * 37 % 100), &format!("clct_{}", n % 13));
        object["title"] = json!(["Alpha", "beta 100%", "Ünder_line", "alpha"][n % 4]);
        object["start_date"] = json!(days[n % 7].map(day));
        object["end_date"] = json!(days[(n / 7) % 7].map(day));
        object["rate"] = json!({ "value": rates[n % 8], "currency": (["GBP", "EUR"][n % 2]), "unit": "DAY" });
        object["client"] = json!({ "client_id": format!("cl_{}", n % 3), "name": format!("Client {}", n % 3) });
        let name = ["Priya Raman", "Bo \"B\" Ek", "Raman Two", "Zoë"][n % 4];
        let hirer = json!({ "hirer_id": format!("hp_{}", n % 4), "full_name": name });
        // One hirer, named twice.
        object["hirers"] = json!([hirer.clone(), hirer]);
        object["custom_fields"] = json!([{ "name": "Cost centre", "value": format!("{}", 100 + n % 5) }]);
        object["notice_period_days"] = json!(7);
        let mut requisition = requisition(&format!("spreq_{}", n % 11));
        requisition["amount"] = json!(rates[n % 11 % 8].unwrap_or("5"));
        requisition["currency"] = json!(["GBP", "EUR"][n % 11 % 2]);
        requisition["amount_type"] = json!(["TOTAL", "DAY_RATE"][n % 11 % 2]);
        object["spend_request"] = requisition.clone();
        let minute = i64::try_from(n / 3).unwrap();
        let event = format!("client.contract.{}", events[n % 6]);
        told.push(TestMessage::new(&format!("msg_{n}"), minute, &body(&event, "live", &object)));
        if n < 11 {
            let event = ["client.spend_request.created", "client.spend_request.approved"][n % 2];
            told.push(TestMessage::new(&format!("msg_s{n}"), minute, &body(event, "live", &requisition)));
        }
        if n < 13 {
            let mut person = contact(&format!("clct_{n}"));
            person["client"] = object["client"].clone();
            person["custom_fields"] = json!([{ "name": "Vendor", "value": format!("V:{}", n % 2) }]);
            told.push(TestMessage::new(
                &format!("msg_c{n}"),
                minute,
                &body("client.client_contact.created", "live", &person),
            ));
        }
    }
    told
}

/// Reads all pages of a list, a few rows at a time, and returns all rows.
pub(super) async fn whole<F: Table>(
    filter: &F,
    few: usize,
    ask: impl AsyncFn(&F, usize) -> Page<F::Row>,
) -> Vec<F::Row> {
    let mut filter = filter.clone();
    let mut rows = Vec::new();
    for _ in 0..500 {
        let page = ask(&filter, few).await;
        assert!(page.items.len() <= few);
        rows.extend(page.items);
        let Some(next) = page.next else { return rows };
        filter = filter.with("after", &Cursor::parse(&next.to_text()).unwrap().to_text());
    }
    panic!("a list without an end");
}

fn orders<F: Table>() -> Vec<String> {
    F::SORTS.iter().flat_map(|by| [false, true].map(|descending| Order { by: *by, descending }.to_text())).collect()
}

fn is_in_order<K: Ord>(keys: impl Iterator<Item = K>, order: Order) -> bool {
    let keys: Vec<K> = keys.collect();
    keys.windows(2).all(|pair| if order.descending { pair[0] >= pair[1] } else { pair[0] <= pair[1] })
}

/// Returns the expected sort key of a contract, independent of the database's text.
fn contract_key(of: &ContractSummary, by: SortKey) -> (i64, String, rust_decimal::Decimal) {
    let none = rust_decimal::Decimal::ZERO;
    let far = || "9999".to_owned();
    match by {
        SortKey::Title => (0, crate::collation::sort_key(&of.title), none),
        SortKey::Start => (0, of.start_on.map_or_else(far, |day| day.to_string()), none),
        SortKey::End => (0, of.ends_on.map_or_else(far, |day| day.to_string()), none),
        SortKey::Rate => match of.rate.as_ref().and_then(Rate::money) {
            Some(money) => (1, money.currency.to_string(), money.amount),
            None => (0, String::new(), none),
        },
        _ => (of.last_at.as_millisecond(), String::new(), none),
    }
}

#[tokio::test]
async fn contracts_are_found_ordered_and_walked_once() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let moment = Moment::from(at(60));
        let today = moment.today();
        let ask =
            async |filter: &ContractFilter, rows: usize| list::contracts(&store, filter, moment, rows).await.unwrap();
        let all = whole(&ContractFilter::default(), 1_000, ask).await;
        assert_eq!(all.len(), 60);
        let march = |day| jiff::civil::date(2026, 3, day);
        let in_march = |day: Option<Date>, days: std::ops::RangeInclusive<i8>| {
            day.is_some_and(|day| (march(*days.start())..=march(*days.end())).contains(&day))
        };
        let is_open = |c: &ContractSummary| c.state.is_proposed() || c.state.is_signed();
        let soon = |days: i32| move |day: Date| today <= day && day <= today + days.days();
        let filters: Vec<(&str, Fits<'_, ContractSummary>)> = vec![
            ("", Box::new(|_| true)),
            ("hirer=hp_1", Box::new(|c| c.hirers[0].starts_with("Bo"))),
            ("hirer=raman", Box::new(|c| c.hirers[0].contains("Raman"))),
            ("hirer=nobody", Box::new(|_| false)),
            ("client=cl_2", Box::new(|c| c.client.as_deref() == Some("Client 2"))),
            ("field=Cost+centre%3A101", Box::new(|c| c.custom_fields == ["Cost centre:101"])),
            ("field=Cost+centre%3A+101", Box::new(|c| c.custom_fields == ["Cost centre:101"])),
            ("field=Cost+centre", Box::new(|c| !c.custom_fields.is_empty())),
            ("field=Cost+centre%3A10", Box::new(|_| false)),
            ("field=centre%3A101", Box::new(|_| false)),
            (
                "currency=eur",
                Box::new(|c| c.rate.as_ref().and_then(|r| r.currency.as_ref()).is_some_and(|c| c.as_str() == "EUR")),
            ),
            ("ending=14", Box::new(move |c| c.phase.is_bound() && c.ends_on.is_some_and(soon(14)))),
            ("starting=3", Box::new(move |c| c.start_on.is_some_and(soon(3)))),
            ("starts_from=2026-03-02&starts_to=2026-03-10", Box::new(|c| is_open(c) && in_march(c.start_on, 2..=10))),
            ("ends_from=2026-03-05&ends_to=2026-03-31", Box::new(|c| is_open(c) && in_march(c.ends_on, 5..=31))),
            ("ends_from=2026-03-05", Box::new(|c| is_open(c) && c.ends_on.is_some_and(|day| march(5) <= day))),
            ("ends_to=9999-12-31", Box::new(|c| is_open(c) && c.ends_on.is_some())),
            ("ends_from=2026-03-31&ends_to=2026-03-05", Box::new(|_| false)),
            (
                "work_from=2026-03-05&work_to=2026-03-07",
                Box::new(|c| {
                    c.state.is_signed()
                        && c.start_on.is_none_or(|day| day <= march(7))
                        && c.ends_on.is_none_or(|day| march(5) <= day)
                }),
            ),
            ("state=active", Box::new(|c| c.phase == Phase::Active)),
            (
                "state=completed&currency=GBP",
                Box::new(|c| {
                    c.phase == Phase::Completed
                        && c.rate.as_ref().is_some_and(|r| r.currency.as_ref().is_some_and(|c| c.as_str() == "GBP"))
                }),
            ),
            ("q=100%25&hirer=hp_1", Box::new(|c| c.title.contains("100%") && c.hirers[0].starts_with("Bo"))),
            ("q=%C3%BCnder_", Box::new(|c| c.title.starts_with('Ü'))),
        ];
        for (query, fits) in &filters {
            let expected: std::collections::BTreeSet<&str> =
                all.iter().filter(|row| fits(row)).map(|row| row.id.as_str()).collect();
            for order in orders::<ContractFilter>() {
                let filter = ContractFilter::from_query(&format!("{query}&sort={order}"));
                let rows = whole(&filter, 7, ask).await;
                let found: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                assert_eq!((&found, rows.len()), (&expected, expected.len()), "{query} by {order}");
                let by = filter.order();
                assert!(is_in_order(rows.iter().map(|row| contract_key(row, by.by)), by), "{query} by {order}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn contractors_are_found_ordered_and_walked_once() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let moment = Moment::from(at(60));
        let ask = async |filter: &ContractorFilter, rows: usize| {
            list::contractors(&store, filter, moment, rows).await.unwrap()
        };
        let contracts = list::contracts(&store, &ContractFilter::default(), moment, 1_000).await.unwrap().items;
        let all = whole(&ContractorFilter::default(), 1_000, ask).await;
        assert_eq!(all.len(), 13);
        let has = |of: &ContractorSummary, fits: &dyn Fn(&ContractSummary) -> bool| {
            contracts.iter().any(|contract| contract.contractor_id.as_ref() == Some(&of.id) && fits(contract))
        };
        let within = moment.today() + 3.days();
        let filters: Vec<(&str, Fits<'_, ContractorSummary>)> = vec![
            ("", Box::new(|_| true)),
            ("has=active", Box::new(|c| c.active_contracts > 0)),
            ("has=offers", Box::new(|c| c.open_offers > 0)),
            ("ending=3", Box::new(|c| c.next_end_on.is_some_and(|day| day <= within))),
            (
                "currency=EUR",
                Box::new(|c| {
                    has(c, &|k| k.rate.as_ref().and_then(|r| r.currency.as_ref()).is_some_and(|c| c.as_str() == "EUR"))
                }),
            ),
            ("hirer=hp_3", Box::new(|c| has(c, &|k| k.hirers[0] == "Zoë"))),
            ("hirer=nobody", Box::new(|_| false)),
            ("client=cl_1", Box::new(|c| c.client.as_deref() == Some("Client 1"))),
            ("field=Vendor%3AV%3A1", Box::new(|c| c.custom_fields == ["Vendor:V:1"])),
            ("field=Vendor", Box::new(|c| !c.custom_fields.is_empty())),
            ("q=clct_1%40", Box::new(|c| c.id.as_str() == "clct_1")),
        ];
        for (query, fits) in &filters {
            let expected: std::collections::BTreeSet<&str> =
                all.iter().filter(|row| fits(row)).map(|row| row.id.as_str()).collect();
            for order in orders::<ContractorFilter>() {
                let filter = ContractorFilter::from_query(&format!("{query}&sort={order}"));
                let rows = whole(&filter, 4, ask).await;
                let found: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                assert_eq!((&found, rows.len()), (&expected, expected.len()), "{query} by {order}");
                let by = filter.order();
                let key = |row: &ContractorSummary| match by.by {
                    SortKey::Name => crate::collation::sort_key(&row.name),
                    SortKey::Active => format!("{:020}", row.active_contracts),
                    // Contractors without a signed contract that continues come last, in both directions.
                    SortKey::NextEnd if !has(row, &|k| k.phase.is_bound()) => {
                        if by.descending { "" } else { "none" }.to_owned()
                    }
                    SortKey::NextEnd => row.next_end_on.map_or_else(|| "9999".to_owned(), |day| day.to_string()),
                    _ => format!("{:020}", row.last_at.as_millisecond()),
                };
                assert!(is_in_order(rows.iter().map(key), by), "{query} by {order}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn requisitions_are_found_ordered_and_walked_once() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let moment = Moment::from(at(60));
        let ask = async |filter: &RequisitionFilter, rows: usize| {
            list::requisitions(&store, filter, moment, rows).await.unwrap()
        };
        let all = whole(&RequisitionFilter::default(), 1_000, ask).await;
        assert_eq!(all.len(), 11);
        let contracts = list::contracts(&store, &ContractFilter::default(), moment, 1_000).await.unwrap().items;
        let with = |fits: &dyn Fn(&ContractSummary) -> bool| {
            let on: std::collections::BTreeSet<_> =
                contracts.iter().filter(|contract| fits(contract)).filter_map(|c| c.requisition_id.clone()).collect();
            on.len()
        };
        let ends = |days: i64| {
            let last = moment.today() + days.days();
            with(&move |c| c.phase.is_bound() && c.ends_on.is_some_and(|day| day <= last))
        };
        let by_filter = [
            ("hirer=hp_3", with(&|c| c.hirers[0] == "Zoë")),
            ("hirer=raman", with(&|c| c.hirers[0].contains("Raman"))),
            ("hirer=nobody", 0),
            ("ending=0", ends(0)),
            ("ending=14", ends(14)),
        ];
        assert!(by_filter.iter().filter(|(_, count)| (1..11).contains(count)).count() > 1, "{by_filter:?}");
        let others = [
            ("", 11),
            ("client=cl_1", 11),
            ("client=cl_9", 0),
            ("currency=EUR", 5),
            ("amount_type=TOTAL", 6),
            ("q=spreq_10", 1),
            ("field=None", 0),
        ];
        for (query, count) in others.into_iter().chain(by_filter) {
            for order in orders::<RequisitionFilter>() {
                let filter = RequisitionFilter::from_query(&format!("{query}&sort={order}"));
                let rows = whole(&filter, 3, ask).await;
                let distinct: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                assert_eq!((rows.len(), distinct.len()), (count, count), "{query} by {order}");
                let by = filter.order();
                let key = |row: &RequisitionSummary| match by.by {
                    SortKey::Title => (0, crate::collation::sort_key(&row.title), rust_decimal::Decimal::ZERO),
                    SortKey::Amount => {
                        let money = row.amount.clone().unwrap();
                        (0, money.currency.to_string(), money.amount)
                    }
                    _ => (row.last_at.as_millisecond(), String::new(), rust_decimal::Decimal::ZERO),
                };
                assert!(is_in_order(rows.iter().map(key), by), "{query} by {order}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn lists_say_what_they_can_be_narrowed_to() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let choices = reader(&store).choices(at(60).into()).await.unwrap();
        assert_eq!(choices.clients.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["cl_0", "cl_1", "cl_2"]);
        assert_eq!(choices.currencies, ["EUR", "GBP"]);
        assert_eq!(choices.fields, ["Cost centre", "Vendor"]);
        assert!(!choices.hirers.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_calendar_has_the_contracts_with_days_in_it() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let reader = reader(&store);
        let moment = Moment::from(at(60));
        let (first, last): (Date, Date) = ("2026-03-09".parse().unwrap(), "2026-03-20".parse().unwrap());
        let all = list::contracts(&store, &ContractFilter::default(), moment, 1_000).await.unwrap().items;
        for query in ["", "hirer=hp_1", "hirer=nobody", "state=offered", "client=cl_1&currency=GBP"] {
            let filter = ContractFilter::from_query(query);
            let fits = list::contracts(&store, &filter, moment, 1_000).await.unwrap().items;
            let expected = fits.iter().filter(|row| {
                !matches!(row.phase, Phase::Known | Phase::Revoked | Phase::Cancelled | Phase::Deleted)
                    && [row.start_on, row.ends_on, row.notice_by]
                        .iter()
                        .flatten()
                        .any(|day| first <= *day && *day <= last)
            });
            let found = reader.contracts_between(&filter, first, last, moment).await.unwrap();
            assert_eq!(found.len(), expected.count(), "{query}");
        }
        assert!(all.iter().any(|row| row.notice_by.is_some() && row.notice_by < row.ends_on));

        // Where not all fit, those whose first day in the range comes first.
        let whole = reader.contracts_between(&ContractFilter::default(), first, last, moment).await.unwrap();
        let mut expected: Vec<(Option<Date>, String)> = whole
            .iter()
            .map(|row| {
                let days = [row.start_on, row.ends_on, row.notice_by].into_iter().flatten();
                (days.filter(|day| first <= *day && *day <= last).min(), row.id.to_string())
            })
            .collect();
        expected.sort();
        assert!(expected.len() > 5);
        for limit in 1..=5 {
            let filter = ContractFilter::default();
            let few = store.list_contracts_between(&filter, moment, first, last, i64::try_from(limit).unwrap()).await;
            let few: Vec<String> = few.unwrap().into_iter().map(|row| row.id).collect();
            let wanted: Vec<String> = expected.iter().take(limit).map(|(_, id)| id.clone()).collect();
            assert_eq!(few, wanted, "{limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_place_that_cannot_be_read_is_the_beginning() {
    each_database(async |store| {
        log_and_project(&store, &messages()).await;
        let moment = Moment::from(at(60));
        for order in ["active", "-active"] {
            let first = ContractorFilter::from_query(&format!("sort={order}"));
            let first = list::contractors(&store, &first, moment, 20).await.unwrap();
            assert_eq!(first.items.len(), 13);
            for place in ["abc~x", "0~clct_9"] {
                let filter = ContractorFilter::from_query(&format!("sort={order}&after={place}"));
                let found = list::contractors(&store, &filter, moment, 20).await.unwrap();
                assert_eq!(found, first, "{order} after {place}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_only_an_unknown_event_told_of_is_found_by_part_of_its_id() {
    each_database(async |store| {
        let event = body("client.contract.extended", "live", &json!({ "contract_id": "ct_AbC123" }));
        log_and_project(&store, &[TestMessage::new("msg_1", 1, &event)]).await;
        let moment = Moment::from(at(60));
        let found = async |q: &str| {
            let filter = ContractFilter::from_query(&format!("q={q}"));
            list::contracts(&store, &filter, moment, 10).await.unwrap().items.len()
        };
        for q in ["abc12", "ct_abc123", "ct_AbC123", "ab"] {
            assert_eq!(found(q).await, 1, "{q}");
        }
        assert_eq!(found("abc124").await, 0);
    })
    .await;
}
