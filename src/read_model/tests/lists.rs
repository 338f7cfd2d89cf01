//! Tests of the lists of contractors, contracts and requisitions: filters, and that test traffic does not affect them.

use super::*;
use crate::store::projections::row::{Changes, ContractRow, CurrentRows};
use domain::lifecycle::contract::{ContractState, Phase};
use domain::query::filter::Query as _;
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeSet;

fn row(id: &str) -> ContractRow {
    ContractRow {
        id: id.to_owned(),
        contractor_id: None,
        contractor_name: None,
        title: id.to_owned(),
        job_title: None,
        client: None,
        client_id: None,
        hirers: "[]".to_owned(),
        custom_fields: "[]".to_owned(),
        state: "accepted".to_owned(),
        start_on: None,
        ends_on: None,
        planned_end_on: None,
        notice_on: None,
        rate_amount: None,
        rate_currency: None,
        rate_unit: None,
        requisition_id: None,
        renewal_ids: "[]".to_owned(),
        findings: 0,
        is_test: false,
        last_at: START,
        title_key: String::new(),
        rate_key: String::new(),
        standing: "committed".to_owned(),
        commitment_amount: None,
        commitment_per_day: None,
        commitment_currency: None,
    }
}

#[tokio::test]
async fn a_phase_in_sql_is_the_phase_in_rust() {
    let today: Date = "2026-03-02".parse().unwrap();
    let noon: jiff::Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    let days = [None, Some(-400), Some(-1), Some(0), Some(1), Some(400)];
    let mut rows = Vec::new();
    for state in ContractState::ALL {
        for start in days {
            for end in days {
                let day = |offset: Option<i32>| offset.map(|offset| (today + offset.days()).to_string());
                let id = format!("ct_{}_{start:?}_{end:?}", state.as_str());
                rows.push(ContractRow {
                    state: state.as_str().to_owned(),
                    start_on: day(start),
                    ends_on: day(end),
                    ..row(&id)
                });
            }
        }
    }
    each_database(async |store| {
        let turn = store.acquire_lease().await.unwrap().unwrap();
        let changes = Changes { contracts: rows.clone(), ..Changes::default() };
        store.commit_batch(turn, 1, &CurrentRows::default(), &changes).await.unwrap();
        let mut running = 0;
        for phase in Phase::ALL {
            let expected: BTreeSet<&str> = rows
                .iter()
                .filter(|row| super::super::row::contract(row, today).unwrap().phase == phase)
                .map(|row| row.id.as_str())
                .collect();
            let filter = ContractFilter { phase: Some(phase), ..ContractFilter::default() };
            let found = store.list_contracts(&filter, noon.into(), 1_000).await.unwrap();
            assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<BTreeSet<_>>(), expected, "{phase:?}");
            running += if phase.is_running() { expected.len() } else { 0 };
        }
        let counted: i64 = store.count_running(today).await.unwrap().into_iter().map(|(_, count)| count).sum();
        assert_eq!(counted, i64::try_from(running).unwrap());
        let ending = store.list_ending(today, 14, 1_000).await.unwrap();
        let expected = rows
            .iter()
            .map(|row| super::super::row::contract(row, today).unwrap())
            .filter(|row| row.phase.is_bound() && row.ends_on.is_some_and(|last| last <= today + 14.days()));
        assert_eq!(ending.len(), expected.count());
    })
    .await;
}

#[tokio::test]
async fn test_traffic_is_kept_out_of_lists_and_totals() {
    each_database(async |store| {
        let told = [
            Told::new("msg_1", 0, &body("client.contract.accepted", "live", &contract("ct_1", "clct_1"))),
            Told::new("msg_2", 1, &body("client.contract.accepted", "test", &contract("ct_2", "clct_1"))),
            Told::new("msg_3", 2, &body("client.contract.accepted", "test", &contract("ct_3", "clct_3"))),
            Told::new("msg_4", 3, &body("client.spend_request.created", "test", &requisition("spreq_1"))),
        ];
        log(&store, &told).await;
        project(&store).await;
        let reader = reader(&store);
        let contractors = async |query: &str| {
            let found = reader.contractors(&ContractorFilter::from_query(query), at(60).into()).await.unwrap().items;
            found.into_iter().map(|row| (row.id.0, row.active_contracts)).collect::<Vec<_>>()
        };
        assert_eq!(contractors("").await, [("clct_1".to_owned(), 1)]);
        assert_eq!(contractors("test=1").await, [("clct_3".to_owned(), 1)]);
        let contracts = async |query: &str| {
            let found = reader.contracts(&ContractFilter::from_query(query), at(60).into()).await.unwrap().items;
            found.into_iter().map(|row| row.id.0).collect::<Vec<_>>()
        };
        assert_eq!(contracts("").await, ["ct_1"]);
        assert_eq!(contracts("test=1").await, ["ct_3", "ct_2"]);
        assert_eq!(reader.requisitions(&RequisitionFilter::default(), at(60).into()).await.unwrap().items.len(), 0);
        assert_eq!(
            reader.requisitions(&RequisitionFilter::from_query("test=1"), at(60).into()).await.unwrap().items.len(),
            1
        );
        let overview = reader.overview(at(60), ADMIN).await.unwrap();
        assert_eq!((overview.running[0].1, overview.contractors, overview.received_last_day), (1, 1, 1));
        assert_eq!(overview.recent.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn every_filter_of_the_subject_lists_finds_what_it_says() {
    let mut odd = contract("ct_2", "clct_2");
    odd["title"] = json!("100 % Élan_vital \\ back");
    let told = [
        Told::new("msg_1", 0, &body("client.client_contact.created", "live", &contact("clct_1"))),
        Told::new("msg_2", 1, &body("client.contract.offered", "live", &contract("ct_1", "clct_1"))),
        Told::new("msg_3", 2, &body("client.contract.accepted", "live", &odd)),
        Told::new("msg_4", 3, &body("client.spend_request.created", "live", &requisition("spreq_1"))),
        Told::new("msg_5", 4, &body("client.spend_request.approved", "live", &requisition("spreq_2"))),
    ];
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let reader = reader(&store);
        let contractors: [(&str, &[&str]); 6] = [
            ("", &["clct_1", "clct_2"]),
            ("q=NAME+of+clct_1", &["clct_1"]),
            ("q=clct_2", &["clct_2"]),
            ("q=example.com", &["clct_1", "clct_2"]),
            ("state=known", &["clct_2"]),
            ("state=onboarded", &[]),
        ];
        for (query, expected) in contractors {
            let found = reader.contractors(&ContractorFilter::from_query(query), at(60).into()).await.unwrap().items;
            assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{query}");
        }
        let contracts: [(&str, &[&str]); 10] = [
            ("", &["ct_2", "ct_1"]),
            ("q=%25", &["ct_2"]),
            ("q=_", &["ct_2", "ct_1"]),
            ("q=n_v", &["ct_2"]),
            ("q=%C3%89LAN", &["ct_2"]),
            ("q=%5C", &["ct_2"]),
            ("q=ct_1", &["ct_1"]),
            ("q=name+of+clct_1", &["ct_1"]),
            ("state=offered", &["ct_1"]),
            ("state=active&q=nothing", &[]),
        ];
        for (query, expected) in contracts {
            let found = reader.contracts(&ContractFilter::from_query(query), at(60).into()).await.unwrap().items;
            assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{query}");
        }
        let requisitions: [(&str, &[&str]); 5] = [
            ("", &["spreq_2", "spreq_1"]),
            ("state=requested", &["spreq_1"]),
            ("state=approved", &["spreq_2"]),
            ("q=req+spreq_1", &["spreq_1"]),
            ("q=spreq_2", &["spreq_2"]),
        ];
        for (query, expected) in requisitions {
            let found = reader.requisitions(&RequisitionFilter::from_query(query), at(60).into()).await.unwrap().items;
            assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{query}");
        }
    })
    .await;
}
