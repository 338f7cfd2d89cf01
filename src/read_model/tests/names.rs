//! Who is found by which name, now and in the past?

use super::*;
use app::view::filter::Query as _;
use app::view::moment::{AsOf, Meaning};

const DAY: i64 = 24 * 60;

/// A contract whose hirer and client go by names of the moment.
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
        // Happened on the first day, too, and arrived on the third.
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
