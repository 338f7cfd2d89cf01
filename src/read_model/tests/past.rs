//! Property: a list as of a past moment, by any filter, has the rows that the list by that filter had then.

use super::*;
use crate::simulate::rng::Rng;
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::Phase;
use domain::lifecycle::spend::RequisitionState;
use domain::query::filter::{CurrentContracts, Query};
use domain::query::moment::{AsOf, Meaning};
use serde_json::Value;

/// How many events come before each look at the lists, how often that is, and by how many filters each is looked at.
const EVENTS: usize = 40;
const LOOKS: i64 = 3;
const FILTERS: usize = 20;

/// Returns an event about one of a few subjects, whose values of filters change from event to event.
fn event(rng: &mut Rng) -> Value {
    let n = |rng: &mut Rng, below| rng.below(below);
    let mode = rng.pick(&["live", "live", "live", "test"]);
    let field = json!([{ "name": "Cost centre", "value": format!("{}", n(rng, 3)) }]);
    let client = n(rng, 3);
    let client = json!({ "client_id": format!("cl_{client}"), "name": format!("Client {client}") });
    let name = format!("{} {}", rng.pick(&["Ana", "Bo", "Zoë"]), rng.pick(&["Ek", "Raman"]));
    let mut spend = requisition(&format!("spreq_{}", n(rng, 5)));
    spend["currency"] = json!(rng.pick(&["GBP", "EUR"]));
    spend["amount_type"] = json!(rng.pick(&["TOTAL", "DAY_RATE"]));
    spend["title"] = json!(rng.pick(&["Budget", "Design", "Research"]));
    spend["custom_fields"] = field.clone();
    let mut person = contact(&format!("clct_{}", n(rng, 6)));
    person["freelancer"]["full_name"] = json!(name);
    person["client"] = client.clone();
    person["custom_fields"] = field.clone();
    match rng.below(5) {
        0 => body(&format!("client.client_contact.{}", rng.pick(&["created", "registered"])), mode, &person),
        1 => body(&format!("client.spend_request.{}", rng.pick(&["created", "updated", "approved"])), mode, &spend),
        _ => {
            let mut object = contract(&format!("ct_{}", n(rng, 12)), &format!("clct_{}", n(rng, 6)));
            let day = |rng: &mut Rng| format!("2026-0{}-{:02}", rng.between(2, 5), rng.between(1, 28));
            object["freelancer"]["full_name"] = json!(name);
            object["start_date"] = if rng.chance(80) { json!(day(rng)) } else { Value::Null };
            object["end_date"] = if rng.chance(80) { json!(day(rng)) } else { Value::Null };
            object["rate"]["currency"] = json!(rng.pick(&["GBP", "EUR"]));
            object["client"] = client;
            object["custom_fields"] = field;
            object["hirers"] = json!([{ "hirer_id": format!("hp_{}", n(rng, 3)), "full_name": name }]);
            object["spend_request"] = if rng.chance(70) { spend } else { Value::Null };
            let steps =
                ["approved", "offered", "revoked", "accepted", "accepted", "notice_served", "completed", "cancelled"];
            body(&format!("client.contract.{}", rng.pick(&steps)), mode, &object)
        }
    }
}

/// Returns a query string with each filter in about a quarter of cases. Keys that a list does not know are ignored.
fn query(rng: &mut Rng, states: &[&str]) -> String {
    let has = CurrentContracts::ALL.map(CurrentContracts::as_str);
    let filters: [(&str, &[&str]); 14] = [
        ("state", states),
        ("has", &has),
        ("hirer", &["hp_1", "raman", "zoe", "nobody"]),
        ("client", &["cl_0", "cl_1", "cl_9"]),
        ("field", &["Cost+centre", "Cost+centre%3A1", "Cost+centre%3A+2", "Cost"]),
        ("ending", &["0", "14", "60"]),
        ("starts_from", &["2026-02-10", "2026-03-20"]),
        ("ends_from", &["2026-02-10", "2026-03-20"]),
        ("ends_to", &["2026-04-10", "9999-12-31"]),
        ("work_from", &["2026-02-10", "2026-03-20"]),
        ("work_to", &["2026-03-10", "2026-05-20"]),
        ("currency", &["GBP", "EUR"]),
        ("amount_type", &["TOTAL", "DAY_RATE"]),
        ("q", &["ana", "clct_1", "ek+bo", "budget", "design+spreq", "title"]),
    ];
    let mut pairs = vec![format!("test={}", u8::from(rng.chance(15)))];
    for (key, values) in filters {
        if rng.chance(25) {
            pairs.push(format!("{key}={}", rng.pick(values)));
        }
    }
    pairs.join("&")
}

/// Returns the ids of the rows of every list by a query, each list in an order that later events do not change.
async fn found(reader: &StoreReadModel, query: &str, moment: Moment) -> [Vec<String>; 3] {
    let contractors = reader.contractors(&ContractorFilter::from_query(query), moment).await.unwrap().items;
    let contracts = reader.contracts(&ContractFilter::from_query(query), moment).await.unwrap().items;
    let requisitions = reader.requisitions(&RequisitionFilter::from_query(query), moment).await.unwrap().items;
    let mut found = [
        contractors.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>(),
        contracts.iter().map(|row| format!("{row:?}")).collect(),
        requisitions.iter().map(|row| format!("{row:?}")).collect(),
    ];
    for rows in &mut found {
        rows.sort();
    }
    found
}

async fn past_lists_are_the_lists_of_then(seed: u64) {
    let mut states: Vec<&str> = ContactState::ALL.map(ContactState::as_str).to_vec();
    states.extend(Phase::ALL.map(Phase::as_str));
    states.extend(RequisitionState::ALL.map(RequisitionState::as_str));
    each_database(async |store| {
        let mut rng = Rng::of(seed, "filters of the past", 0);
        let reader = reader(&store);
        let (mut then, mut rows) = (Vec::new(), 0);
        for look in 0..LOOKS {
            let told =
                |place| TestMessage::new(&format!("msg_{look}_{place}"), look * 10_080 + place, &event(&mut rng));
            log_and_project(&store, &(0..i64::try_from(EVENTS).unwrap()).map(told).collect::<Vec<_>>()).await;
            let now = at(look * 10_080 + 1_440);
            for _ in 0..FILTERS {
                let query = query(&mut rng, &states);
                let lists = found(&reader, &query, now.into()).await;
                rows += lists.iter().map(Vec::len).sum::<usize>();
                then.push((now, query, lists));
            }
        }
        assert!(rows > 100, "seed {seed} finds {rows} rows, which proves little");
        for (at, query, lists) in then {
            for meaning in Meaning::ALL {
                let moment = Moment::new(super::at(1_000_000), Some(AsOf { at, meaning }));
                assert_eq!(found(&reader, &query, moment).await, lists, "{query} {meaning:?} {at}, seed {seed}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn by_any_filter_a_past_list_has_the_rows_of_then() {
    for seed in [1, rand::random()] {
        past_lists_are_the_lists_of_then(seed).await;
    }
}
