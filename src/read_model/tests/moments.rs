//! Tests that a page as of a past moment equals the page that was shown then.

use super::*;
use crate::collation::{Words, search_form, sort_key};
use domain::query::filter::Query as _;
use domain::query::moment::{AsOf, Meaning};

/// All answers of pages and lists, with lists in an order that later events do not change.
#[derive(Debug, PartialEq)]
struct Answers {
    contractors: Vec<ContractorSummary>,
    contracts: Vec<ContractSummary>,
    requisitions: Vec<RequisitionSummary>,
    contractor: Vec<ContractorDetail>,
    contract: Vec<ContractDetail>,
    requisition: Vec<RequisitionDetail>,
}

async fn everything(reader: &StoreReadModel, moment: Moment) -> Answers {
    let mut all = Answers {
        contractors: Vec::new(),
        contracts: Vec::new(),
        requisitions: Vec::new(),
        contractor: Vec::new(),
        contract: Vec::new(),
        requisition: Vec::new(),
    };
    for test in [false, true] {
        let filter = ContractorFilter { test, ..Default::default() };
        all.contractors.extend(reader.contractors(&filter, moment).await.unwrap().items);
        let filter = ContractFilter { test, ..Default::default() };
        all.contracts.extend(reader.contracts(&filter, moment).await.unwrap().items);
        let filter = RequisitionFilter { test, ..Default::default() };
        all.requisitions.extend(reader.requisitions(&filter, moment).await.unwrap().items);
    }
    // Lists of the past have an order of their own, which later events do not change.
    if moment.as_of.is_some() {
        let live = |is_test: bool| all.requisitions.iter().filter(move |one| one.is_test == is_test);
        for is_test in [false, true] {
            assert!(live(is_test).is_sorted_by_key(|one| (sort_key(&one.title), one.id.clone())));
        }
    }
    all.contractors.sort_by(|a, b| a.id.cmp(&b.id));
    all.requisitions.sort_by(|a, b| a.id.cmp(&b.id));
    for one in &all.contractors {
        all.contractor.push(reader.contractor(&one.id, moment).await.unwrap());
    }
    for one in &all.contracts {
        all.contract.push(reader.contract(&one.id, moment, ADMIN).await.unwrap());
    }
    for one in &all.requisitions {
        all.requisition.push(reader.requisition(&one.id, moment, ADMIN).await.unwrap());
    }
    all
}

/// Returns events of eight contractors that arrive in another order than they happened.
fn scattered() -> Vec<Told> {
    let mut told = history(8);
    for (place, one) in (1_i64..).zip(&mut told) {
        one.delay += (place * 7_919) % 4_001;
    }
    told
}

/// Asserts that the answers as of each moment equal those given before anything later arrived.
async fn nothing_later_shows(meaning: Meaning, moment_of: fn(&Told) -> i64) {
    each_database(async |store| {
        let mut told = scattered();
        told.sort_by_key(moment_of);
        let reader = reader(&store);
        let mut then = Vec::new();
        let mut rest = told.as_slice();
        while !rest.is_empty() {
            // Events of one instant are one moment.
            let last = moment_of(&rest[(rest.len() - 1).min(told.len() / 6)]);
            let (few, others) = rest.split_at(rest.partition_point(|one| moment_of(one) <= last));
            rest = others;
            log(&store, few).await;
            project(&store).await;
            let at = Timestamp::from_millisecond(few.last().map_or(0, moment_of)).unwrap();
            then.push((at, everything(&reader, at.into()).await));
        }
        let now = at(1_000_000);
        for (at, was) in &then {
            let moment = Moment::new(now, Some(AsOf { at: *at, meaning }));
            assert!(moment.as_of.is_some());
            pretty(&everything(&reader, moment).await, was, &format!("{meaning:?} {at}"));
        }
        assert!(then.first().unwrap().1.contracts.len() < then.last().unwrap().1.contracts.len());
        // As of the last moment, nothing is left out.
        let whole = everything(&reader, now.into()).await;
        let (last, _) = then.last().unwrap();
        let asked = Moment { now: *last, as_of: Some(AsOf { at: now, meaning }) };
        pretty(&everything(&reader, asked).await, &whole, "as of now");
    })
    .await;
}

fn pretty(found: &Answers, expected: &Answers, when: &str) {
    macro_rules! same {
        ($($field:ident),*) => {$(
            assert_eq!(found.$field.len(), expected.$field.len(), "{} {when}", stringify!($field));
            for (found, expected) in found.$field.iter().zip(&expected.$field) {
                assert_eq!(found, expected, "{} {when}", stringify!($field));
            }
        )*};
    }
    same!(contracts, contractors, requisitions, contract, contractor, requisition);
}

#[tokio::test]
async fn as_known_then_shows_nothing_that_arrived_later() {
    let received = |told: &Told| at(told.minute).as_millisecond() + told.delay * 1_000;
    nothing_later_shows(Meaning::Known, received).await;
}

#[tokio::test]
async fn as_it_happened_shows_nothing_that_happened_later() {
    nothing_later_shows(Meaning::Happened, |told| at(told.minute).as_millisecond()).await;
}

/// Returns events of a contractor who is renamed, gets another address, and is at first known by an id alone; of a
/// requisition known through contracts only; and of many others among which a page of the past must search.
fn renamed() -> Vec<Told> {
    let mut told = Vec::new();
    let mut tell = |minute: i64, event_type: &str, object: &serde_json::Value| {
        told.push(Told::new(&format!("msg_{minute:03}"), minute, &body(event_type, "live", object)));
    };
    let mut nameless = contract("ct_0", "clct_Ana");
    nameless["freelancer"] = json!({});
    tell(0, "client.contract.approved", &nameless);
    for (minute, name, email) in [
        (10, "Ana Before", "ana@old.example"),
        (20, "Ana After", "ana@old.example"),
        (30, "Ana After", "ana@new.example"),
    ] {
        let mut object = contact("clct_Ana");
        object["freelancer"] = json!({ "full_name": name, "email": email });
        tell(minute, "client.client_contact.registered", &object);
    }
    for (minute, title) in [(40, "First budget"), (50, "Second budget")] {
        let mut object = contract("ct_1", "clct_Ana");
        object["freelancer"]["full_name"] = json!(format!("Ana of {title}"));
        object["spend_request"] = requisition("spreq_Q");
        object["spend_request"]["title"] = json!(title);
        tell(minute, "client.contract.offered", &object);
    }
    for n in 0..130 {
        let mut object = contact(&format!("clct_{n:03}"));
        object["freelancer"]["full_name"] = json!(if n % 9 == 0 { format!("Bo {n}") } else { format!("Cy {n}") });
        tell(100 + n, "client.client_contact.registered", &object);
        tell(300 + n, "client.spend_requisition.created", &requisition(&format!("spreq_{n:03}")));
    }
    told
}

/// Returns whether a search must find a subject by its id, or by any text that events up to this minute gave it.
fn is_found(q: &str, id: &str, minute: i64) -> bool {
    let mut names = vec![search_form(id)];
    for one in renamed().iter().filter(|one| one.minute <= minute) {
        let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
        // Of an event outside the catalog, only ids are read.
        if body["event_type"] == "client.spend_requisition.created" {
            continue;
        }
        let object = &body["data"]["object"];
        let mut add = |of: &serde_json::Value, keys: [&str; 2]| {
            names.extend(keys.iter().filter_map(|key| of[key].as_str()).map(search_form));
        };
        if [&object["client_contact_id"], &object["client_contact"]["client_contact_id"]].contains(&&json!(id)) {
            add(&object["freelancer"], ["full_name", "email"]);
        }
        for requisition in [object, &object["spend_request"]] {
            if requisition["spend_request_id"] == id {
                add(requisition, ["title", "external_id"]);
            }
        }
    }
    Words::of(q).are_in(&names.join("\n"))
}

#[tokio::test]
async fn a_search_in_the_past_finds_what_had_the_name_by_then() {
    each_database(async |store| {
        log(&store, &renamed()).await;
        project(&store).await;
        let reader = reader(&store);
        for minute in [5, 15, 25, 35, 45, 55, 180, 440] {
            let moment = Moment::new(at(1_000_000), Some(AsOf { at: at(minute), meaning: Meaning::Happened }));
            let ask = async |filter: &ContractorFilter, _| reader.contractors(filter, moment).await.unwrap();
            let all = super::listing::whole(&ContractorFilter::default(), 50, ask).await;
            for q in [
                "before",
                "AFTER",
                "ana",
                "old.example",
                "new.example",
                "clct_ana",
                "clct_Ana",
                "budget",
                "bo 1",
                "1 bo",
                "before new.example",
                "x",
            ] {
                let found = super::listing::whole(
                    &ContractorFilter::from_query(&format!("q={}", q.replace(' ', "+"))),
                    50,
                    ask,
                )
                .await;
                let fits = |row: &&ContractorSummary| is_found(q, row.id.as_str(), minute);
                let expected: Vec<ContractorSummary> = all.iter().filter(fits).cloned().collect();
                assert_eq!(found, expected, "contractors {q} at {minute}");
            }
            let ask = async |filter: &RequisitionFilter, _| reader.requisitions(filter, moment).await.unwrap();
            let all = super::listing::whole(&RequisitionFilter::default(), 50, ask).await;
            for q in ["first", "second", "req spreq_q", "spreq_Q", "budget spreq_00", "x"] {
                let query = format!("q={}", q.replace(' ', "+"));
                let found = super::listing::whole(&RequisitionFilter::from_query(&query), 50, ask).await;
                let fits = |row: &&RequisitionSummary| is_found(q, row.id.as_str(), minute);
                let expected: Vec<RequisitionSummary> = all.iter().filter(fits).cloned().collect();
                assert_eq!(found, expected, "requisitions {q} at {minute}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_first_heard_of_later_says_when() {
    each_database(async |store| {
        // Happened in minutes 10 to 30, and arrived a day later.
        let late = |minute: i64, event_type: &str, mode: &str, object: &serde_json::Value| Told {
            delay: 86_400,
            ..Told::new(&format!("msg_{mode}_{minute}"), minute, &body(event_type, mode, object))
        };
        let mut drawing = contract("ct_1", "clct_1");
        drawing["spend_request"] = requisition("spreq_1");
        log(
            &store,
            &[
                late(10, "client.client_contact.registered", "live", &contact("clct_1")),
                late(20, "client.contract.offered", "live", &drawing),
                late(30, "client.contract.accepted", "live", &drawing),
                late(40, "client.contract.offered", "test", &contract("ct_test", "clct_test")),
            ],
        )
        .await;
        project(&store).await;
        let reader = reader(&store);
        let day = 24 * 60;
        for (subject, minute) in [
            (Subject::Contractor("clct_1".into()), 10),
            (Subject::Contract("ct_1".into()), 20),
            (Subject::Requisition("spreq_1".into()), 20),
        ] {
            let found = reader.first_event(&subject).await.unwrap();
            assert_eq!((found.happened_at, found.received_at), (at(minute), at(minute + day)), "{subject:?}");
            assert!(!found.name.is_empty() && found.name != subject.id(), "{found:?}");
            let moment = |meaning| Moment::new(at(1_000_000), Some(AsOf { at: at(minute + 1), meaning }));
            assert!(found.is_ahead_of(moment(Meaning::Known)));
            assert!(!found.is_ahead_of(moment(Meaning::Happened)));
        }
        for unknown in [Subject::Contract("ct_2".into()), Subject::Contractor("clct_\0".into())] {
            assert_eq!(reader.first_event(&unknown).await, Err(ApiError::NotFound));
        }
        let first = async |kind, is_test| {
            let found = reader.first_event_of_any(kind, is_test).await.unwrap();
            found.map(|found| (found.happened_at, found.received_at))
        };
        assert_eq!(first("contractor", false).await, Some((at(10), at(10 + day))));
        assert_eq!(first("contract", false).await, Some((at(20), at(20 + day))));
        assert_eq!(first("contract", true).await, Some((at(40), at(40 + day))));
        assert_eq!(first("requisition", true).await, None);
    })
    .await;
}
