//! Tests of names: which searches find them, now and in the past, and their order.

use super::*;
use domain::query::filter::Query as _;
use domain::query::moment::{AsOf, Meaning};

const DAY: i64 = 24 * 60;

/// Returns an event of a contract with these names of its hirer and client.
fn told(id: &str, contract_id: &str, minute: i64, hirer: &str, client: &str, field: &str) -> Told {
    let mut object = contract(contract_id, "clct_1");
    object["hirers"] = json!([{ "hirer_id": "hp_1", "full_name": hirer }]);
    object["client"] = json!({ "client_id": "cl_1", "name": client });
    object["custom_fields"] = json!([{ "name": field, "value": "1" }]);
    Told::new(id, minute, &body("client.contract.accepted", "live", &object))
}

#[tokio::test]
async fn a_hirer_is_found_by_every_name_a_row_shows_and_the_past_knows_none_that_came_later() {
    each_database(async |store| {
        let early = told("msg_1", "ct_1", 1, "Priya Raman", "Northwind", "po");
        // Happened on the first day as well, and arrived on the third.
        let late = told("msg_2", "ct_2", 5, "Latername", "Northwind plc", "later");
        log(&store, &[early, Told { delay: 2 * 24 * 3_600, ..late }]).await;
        project(&store).await;
        let reader = reader(&store);
        let found = async |hirer: &str, moment: Moment| {
            let filter = ContractFilter::from_query(&format!("hirer={hirer}"));
            let rows = reader.contracts(&filter, moment).await.unwrap().items;
            let mut ids: Vec<String> = rows.into_iter().map(|row| row.id.0).collect();
            ids.sort();
            ids
        };
        let now = at(4 * DAY);
        let both = ["ct_1", "ct_2"];
        assert_eq!(found("Priya", now.into()).await, both);
        assert_eq!(found("Latername", now.into()).await, both);
        assert_eq!(reader.choices(now.into()).await.unwrap().hirers, ["Latername"]);

        let then = |meaning| Moment::new(now, Some(AsOf { at: at(DAY), meaning }));
        let known = then(Meaning::Known);
        assert_eq!(found("Priya", known).await, ["ct_1"]);
        assert_eq!(found("Latername", known).await, Vec::<String>::new());
        let choices = reader.choices(known).await.unwrap();
        assert_eq!((choices.hirers, choices.fields), (vec!["Priya Raman".to_owned()], vec!["po".to_owned()]));
        assert_eq!(choices.clients, [("cl_1".to_owned(), "Northwind".to_owned())]);
        let happened = reader.choices(then(Meaning::Happened)).await.unwrap();
        assert_eq!(happened.clients, [("cl_1".to_owned(), "Northwind plc".to_owned())]);
        let before =
            reader.choices(Moment::new(now, Some(AsOf { at: at(0), meaning: Meaning::Happened }))).await.unwrap();
        assert_eq!(before, Choices::default());
    })
    .await;
}

/// Returns events of a contractor of this name, with a contract and a requisition.
fn named(n: i64, name: &str) -> Vec<Told> {
    let (person, contract_id, spend) = (format!("clct_{n}"), format!("ct_{n}"), format!("spreq_{n}"));
    let mut contact = contact(&person);
    contact["freelancer"] = json!({ "full_name": name, "email": format!("p{n}@example.com") });
    let mut of = contract(&contract_id, &person);
    of["freelancer"] = contact["freelancer"].clone();
    of["title"] = json!(format!("Work of {name}"));
    of["hirers"] = json!([{ "hirer_id": format!("hp_{n}"), "full_name": name }]);
    let mut requisition = requisition(&spend);
    requisition["title"] = json!(format!("Money for {name}"));
    vec![
        Told::new(&format!("msg_a{n}"), n, &body("client.client_contact.created", "live", &contact)),
        Told::new(&format!("msg_b{n}"), n, &body("client.contract.accepted", "live", &of)),
        Told::new(&format!("msg_c{n}"), n, &body("client.spend_request.created", "live", &requisition)),
    ]
}

const NAMES: [&str; 11] = [
    "Élodie Martin",
    "Elodie Åkesson",
    "Łukasz Nowak",
    "Lukasz Magalhães",
    "Phạm Thị Hương",
    "Jo\u{308}rg Ro\u{308}der",
    "Sinéad O’Brien",
    "Sean O'Brien",
    "İpek Yılmaz",
    "Zoë Adams",
    "Zoltán Kovács",
];

#[tokio::test]
async fn names_are_found_however_they_are_typed_and_stand_in_the_order_of_a_dictionary() {
    each_database(async |store| {
        let told: Vec<Told> = (0..).zip(NAMES).flat_map(|(n, name)| named(n, name)).collect();
        log(&store, &told).await;
        project(&store).await;
        let reader = reader(&store);
        let now = at(60);
        for moment in [Moment::from(now), Moment::new(at(90), Some(AsOf { at: now, meaning: Meaning::Known }))] {
            for (typed, expected) in [
                ("Magalhaes", vec![3]),
                ("akesson", vec![1]),
                ("PHAM", vec![4]),
                ("Roder", vec![5]),
                ("röder jörg", vec![5]),
                ("O'Brien", vec![6, 7]),
                ("o’brien", vec![6, 7]),
                ("obrien sinead", vec![6]),
                ("ipek", vec![8]),
                ("İpek", vec![8]),
                ("Adams Zoe", vec![9]),
                ("adams, zoe", vec![9]),
                ("lukasz", vec![2, 3]),
                ("elodie", vec![0, 1]),
                ("zo", vec![9, 10]),
                ("adams nowak", vec![]),
                ("'", vec![]),
            ] {
                let q =
                    format!("q={}", percent_encoding::utf8_percent_encode(typed, percent_encoding::NON_ALPHANUMERIC));
                let numbers = |ids: Vec<String>| {
                    let mut all: Vec<usize> =
                        ids.iter().map(|id| id.rsplit('_').next().unwrap().parse().unwrap()).collect();
                    all.sort_unstable();
                    all
                };
                let rows = reader.contractors(&ContractorFilter::from_query(&q), moment).await.unwrap().items;
                assert_eq!(numbers(rows.into_iter().map(|row| row.id.0).collect()), expected, "contractors, {typed}");
                let rows = reader.contracts(&ContractFilter::from_query(&q), moment).await.unwrap().items;
                assert_eq!(numbers(rows.into_iter().map(|row| row.id.0).collect()), expected, "contracts, {typed}");
                let rows = reader.requisitions(&RequisitionFilter::from_query(&q), moment).await.unwrap().items;
                assert_eq!(numbers(rows.into_iter().map(|row| row.id.0).collect()), expected, "requisitions, {typed}");
                let hirer = q.replacen("q=", "hirer=", 1);
                let rows = reader.contracts(&ContractFilter::from_query(&hirer), moment).await.unwrap().items;
                assert_eq!(numbers(rows.into_iter().map(|row| row.id.0).collect()), expected, "hirer, {typed}");
            }
            let in_order = [1, 0, 8, 5, 3, 2, 4, 7, 6, 9, 10].map(|n: usize| NAMES[n]);
            let rows = reader.contractors(&ContractorFilter::from_query("sort=name"), moment).await.unwrap().items;
            assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), in_order);
            let rows = reader.contracts(&ContractFilter::from_query("sort=title"), moment).await.unwrap().items;
            assert_eq!(
                rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>(),
                in_order.map(|name| format!("Work of {name}"))
            );
            assert_eq!(reader.choices(moment).await.unwrap().hirers, in_order);
        }
        let found = reader.findings(&FindingFilter::from_query("q=magalhaes+work"), at(500_000), ADMIN).await.unwrap();
        assert!(found.items.iter().all(|row| row.title == "Work of Lukasz Magalhães"));
        assert!(!found.items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn somebody_is_found_by_the_name_they_had_before() {
    each_database(async |store| {
        let mut told = named(1, "Ana Before");
        told.extend(named(2, "Cy Other"));
        let mut renamed = contact("clct_1");
        renamed["freelancer"] = json!({ "full_name": "Ana After", "email": "new@example.com" });
        told.push(Told::new("msg_d", 20, &body("client.client_contact.registered", "live", &renamed)));
        log(&store, &told).await;
        project(&store).await;
        let reader = reader(&store);
        let then = |minute| Moment::new(at(90), Some(AsOf { at: at(minute), meaning: Meaning::Happened }));
        for (moment, name, q, count) in [
            (Moment::from(at(90)), "Ana After", "before", 1),
            (Moment::from(at(90)), "Ana After", "after+ana+p1@example.com", 1),
            (then(30), "Ana After", "before", 1),
            (then(10), "Ana Before", "after", 0),
            (then(10), "Ana Before", "before", 1),
        ] {
            let rows =
                reader.contractors(&ContractorFilter::from_query(&format!("q={q}")), moment).await.unwrap().items;
            assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), vec![name; count], "{q}");
        }
    })
    .await;
}
