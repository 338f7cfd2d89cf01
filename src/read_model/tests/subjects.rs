//! Tests of the pages of contractors, contracts and requisitions, of the overview and of tallies.

use super::*;
use domain::event::EventType;
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::Phase;
use domain::lifecycle::spend::RequisitionState;

/// Returns events of a contractor with two contracts, the second renewing the first, on one requisition; and test
/// events.
fn told() -> Vec<Told> {
    let mut first = contract("ct_1", "clct_1");
    first["spend_request"] = requisition("spreq_1");
    let mut second = first.clone();
    second["contract_id"] = json!("ct_2");
    second["title"] = json!("The second");
    second["start_date"] = json!("2026-05-30");
    second["end_date"] = json!("2026-08-28");
    second["renewal_meta"] = json!({ "previous": "ct_1" });
    vec![
        Told::new("msg_01", 0, &body("client.client_contact.created", "live", &contact("clct_1"))),
        Told::new("msg_02", 1, &body("client.spend_request.created", "live", &requisition("spreq_1"))),
        Told::new("msg_03", 2, &body("client.spend_request.approved", "live", &requisition("spreq_1"))),
        Told::new("msg_04", 3, &body("client.contract.offered", "live", &first)),
        Told::new("msg_05", 4, &body("client.contract.accepted", "live", &first)),
        Told::new("msg_06", 5, &body("client.contract.offered", "live", &second)),
        Told::new("msg_07", 6, &body("client.contract.offered", "test", &contract("ct_test", "clct_1"))),
        Told::new("msg_08", 7, &body("client.contract.offered", "test", &contract("ct_9", "clct_test"))),
        Told { delay: 900, ..Told::new("msg_09", 8, &body("client.contract.teleported", "live", &json!({}))) },
        Told { body: b"{".to_vec(), ..Told::new("msg_10", 9, &json!(null)) },
    ]
}

#[tokio::test]
async fn a_contractor_has_their_contracts_spend_and_every_event_newest_first() {
    each_database(async |store| {
        log(&store, &told()).await;
        project(&store).await;
        let found = reader(&store).contractor(&"clct_1".into(), at(60).into()).await.unwrap();
        assert_eq!(found.summary.name, "Name of clct_1");
        assert_eq!(found.summary.state, ContactState::Invited);
        assert_eq!((found.summary.active_contracts, found.summary.open_offers), (1, 1));
        assert_eq!(found.summary.next_end_on, Some("2026-05-29".parse().unwrap()));
        let ids: Vec<&str> = found.contracts.iter().map(|contract| contract.id.as_str()).collect();
        assert_eq!(ids, ["ct_2", "ct_1"], "latest start first, test contracts left out");
        assert_eq!(found.requisitions.len(), 1);
        assert_eq!(found.requisitions[0].contracts, 2);
        let seqs: Vec<i64> = found.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [6, 5, 4, 3, 2, 1], "with the events of the requisition their contracts draw on");
        let works: Vec<(&str, Option<&str>)> = (found.chart.contracts.iter())
            .map(|work| (work.id.as_str(), work.renews.as_ref().map(|(id, _)| id.as_str())))
            .collect();
        assert_eq!(works, [("ct_2", Some("ct_1")), ("ct_1", None)]);
        assert_eq!(found.email.as_deref(), Some("clct_1@example.com"));
    })
    .await;
}

#[tokio::test]
async fn a_contract_has_its_story_its_requisition_and_its_neighbours() {
    each_database(async |store| {
        log(&store, &told()).await;
        // A repeat is shown on the entry of its message, and not counted again.
        log(&store, &told()[4..5]).await;
        project(&store).await;
        let reader = reader(&store);
        let first = reader.contract(&"ct_1".into(), at(60).into(), ADMIN).await.unwrap();
        assert_eq!(first.summary.phase, Phase::Active);
        let lines: Vec<(i64, u32)> = first.entries.iter().map(|entry| (entry.seq, entry.attempts)).collect();
        assert_eq!(lines, [(5, 2), (4, 1)]);
        assert!(!first.steps.is_empty());
        assert_eq!(first.requisition.as_ref().map(|spend| spend.contracts), Some(2));
        let next = first.renewed_by.unwrap();
        assert_eq!((next.id.as_str(), next.title.as_str(), next.is_stated), ("ct_2", "The second", true));
        let second = reader.contract(&"ct_2".into(), at(60).into(), ADMIN).await.unwrap();
        assert_eq!(second.renews.unwrap().id.as_str(), "ct_1");
        assert_eq!(second.renewed_by, None);
        let listed = reader.contracts(&ContractFilter::default(), at(60).into()).await.unwrap();
        assert_eq!(listed.items.into_iter().find(|row| row.id.as_str() == "ct_1"), Some(first.summary));
    })
    .await;
}

/// Returns events of one contract that is offered, accepted and given notice, each with changes; and of a requisition
/// in two versions, the second of which arrived last.
fn changing() -> Vec<Told> {
    let offered = contract("ct_1", "clct_1");
    let mut accepted = offered.clone();
    accepted["hirers"] = json!([{ "hirer_id": "hp_9", "full_name": "Lea Moreau" }]);
    let mut notice = accepted.clone();
    notice["end_date"] = json!("2026-04-30");
    let mut larger = requisition("spreq_1");
    larger["amount"] = json!("30000.00");
    vec![
        Told::new("msg_01", 1, &body("client.contract.offered", "live", &offered)),
        Told { delay: 7_200, ..Told::new("msg_02", 2, &body("client.contract.accepted", "live", &accepted)) },
        Told::new("msg_03", 30, &body("client.contract.notice_served", "live", &notice)),
        Told::new("msg_04", 31, &body("client.spend_request.created", "live", &requisition("spreq_1"))),
        Told::new("msg_05", 32, &body("client.spend_request.updated", "live", &larger)),
        Told::new("msg_06", 33, &body("client.contract.offered", "live", &contract("ct_other", "clct_1"))),
    ]
}

fn labels(of: &domain::diff::Diff) -> Vec<&str> {
    of.changes.iter().map(|change| change.label.as_str()).collect()
}

#[tokio::test]
async fn every_event_says_what_it_changed() {
    each_database(async |store| {
        log(&store, &changing()).await;
        project(&store).await;
        let reader = reader(&store);
        let found = reader.contract(&"ct_1".into(), at(60).into(), ADMIN).await.unwrap();
        assert_eq!(found.changes[&1].since, None);
        let hirers = labels(&found.changes[&2].diff);
        assert!(!hirers.is_empty() && hirers.iter().all(|label| *label == "Hirers"), "{hirers:?}");
        assert_eq!(labels(&found.changes[&3].diff), ["End date"]);
        assert_eq!(found.changes[&3].since.as_ref().map(|since| since.seq), Some(2));

        let spend = reader.requisition(&"spreq_1".into(), at(60).into(), ADMIN).await.unwrap();
        assert_eq!(labels(&spend.changes[&5].diff), ["Amount"]);
        assert_eq!(spend.changes[&5].diff.changes[0].after.as_deref(), Some("£30,000.00 in total"));

        let delivery = reader.delivery(3, ADMIN).await.unwrap();
        assert_eq!(delivery.changed.as_ref(), found.changes.get(&3));
        let first = reader.delivery(1, ADMIN).await.unwrap();
        assert_eq!(first.changed.and_then(|changed| changed.since), None);
    })
    .await;
}

#[tokio::test]
async fn two_events_of_one_story_are_compared_and_no_others() {
    each_database(async |store| {
        log(&store, &changing()).await;
        project(&store).await;
        let reader = reader(&store);
        let subject = domain::id::Subject::Contract("ct_1".into());
        let found = reader.compare(&subject, [1, 3], at(60).into(), ADMIN).await.unwrap();
        assert!(labels(&found).contains(&"End date") && labels(&found).contains(&"Hirers"), "{found:?}");
        assert!(reader.compare(&subject, [3, 3], at(60).into(), ADMIN).await.unwrap().is_empty());
        for events in [[1, 6], [4, 1], [1, 99], [-1, 1]] {
            let answer = reader.compare(&subject, events, at(60).into(), ADMIN).await;
            assert_eq!(answer, Err(ApiError::NotFound), "{events:?}");
        }
        let nobody = domain::id::Subject::Hirer("hp_9".into());
        assert_eq!(reader.compare(&nobody, [1, 3], at(60).into(), ADMIN).await, Err(ApiError::NotFound));
    })
    .await;
}

#[tokio::test]
async fn in_the_past_nothing_is_compared_with_what_came_later() {
    each_database(async |store| {
        log(&store, &changing()).await;
        project(&store).await;
        let reader = reader(&store);
        let past = |meaning| {
            domain::query::moment::Moment::new(at(24 * 60), Some(domain::query::moment::AsOf { at: at(40), meaning }))
        };
        let subject = domain::id::Subject::Contract("ct_1".into());
        // The acceptance arrived two hours late: it had happened, but was not known.
        let known = past(domain::query::moment::Meaning::Known);
        let found = reader.contract(&"ct_1".into(), known, ADMIN).await.unwrap();
        assert_eq!(found.changes.keys().copied().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(found.changes[&3].since.as_ref().map(|since| since.seq), Some(1));
        assert_eq!(reader.compare(&subject, [1, 2], known, ADMIN).await, Err(ApiError::NotFound));
        let happened = past(domain::query::moment::Meaning::Happened);
        assert_eq!(reader.contract(&"ct_1".into(), happened, ADMIN).await.unwrap().changes.len(), 3);
        assert!(reader.compare(&subject, [1, 2], happened, ADMIN).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_requisition_has_the_contracts_that_draw_on_it() {
    each_database(async |store| {
        log(&store, &told()).await;
        project(&store).await;
        let found = reader(&store).requisition(&"spreq_1".into(), at(60).into(), ADMIN).await.unwrap();
        assert_eq!(found.summary.state, RequisitionState::Approved);
        assert_eq!(found.summary.amount.as_ref().map(ToString::to_string).as_deref(), Some("£25,000.00"));
        assert_eq!(found.summary.contracts, 2);
        let ids: Vec<&str> = found.contracts.iter().map(|contract| contract.id.as_str()).collect();
        assert_eq!(ids, ["ct_2", "ct_1"]);
        let seqs: Vec<i64> = found.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [3, 2]);
    })
    .await;
}

#[tokio::test]
async fn what_nothing_names_is_not_found() {
    each_database(async |store| {
        log(&store, &told()).await;
        project(&store).await;
        let reader = reader(&store);
        assert_eq!(reader.contractor(&"ct_1".into(), at(0).into()).await, Err(ApiError::NotFound));
        assert_eq!(reader.contract(&"clct_1".into(), at(0).into(), ADMIN).await, Err(ApiError::NotFound));
        assert_eq!(reader.requisition(&"".into(), at(0).into(), ADMIN).await, Err(ApiError::NotFound));
        assert_eq!(reader.contract(&"a\u{0}b".into(), at(0).into(), ADMIN).await, Err(ApiError::NotFound));
        assert_eq!(reader.delivery(99, ADMIN).await, Err(ApiError::NotFound));
        assert_eq!(reader.body(99, ADMIN).await, Ok(None));
    })
    .await;
}

#[tokio::test]
async fn the_overview_counts_live_traffic_of_the_last_day() {
    each_database(async |store| {
        log(&store, &told()).await;
        store.append(&[], &[refused("msg_x", 20, "stale", "Too old.")], BOUNDS).await.unwrap();
        let reader = reader(&store);
        let before = reader.overview(at(60), ADMIN).await.unwrap();
        assert_eq!((before.behind, before.received_last_day), (10, 0));
        project(&store).await;
        let found = reader.overview(at(60), ADMIN).await.unwrap();
        assert_eq!(found.behind, 0);
        assert_eq!(found.received_last_day, 8, "test mode is left out");
        assert_eq!((found.refused_last_day, found.unreadable_last_day, found.late_last_day), (1, 1, 1));
        assert_eq!((found.running[0].1, found.contractors), (1, 1));
        assert_eq!(found.open_offers.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["ct_2"]);
        assert_eq!(found.ending_soon, vec![]);
        assert_eq!(found.last_received_at, Some(at(8 + 15)));
        let recent: Vec<i64> = found.recent.iter().map(|entry| entry.seq).collect();
        assert_eq!(recent, [9, 6, 5, 4, 3, 2, 1]);
        assert!(found.recent.iter().all(|entry| !entry.sentence.plain().is_empty()));
        assert_eq!(found.recent[0].sentence.plain(), "An event outside the catalog arrived: contract teleported.");
        assert_eq!(found.warnings, ["Mind the gap."]);

        let later = reader.overview(at(60 + 3 * 1_440), ADMIN).await.unwrap();
        assert_eq!((later.received_last_day, later.refused_last_day, later.late_last_day), (0, 0, 0));
        let shortly_before_the_end = reader.overview("2026-05-20T08:00:00Z".parse().unwrap(), ADMIN).await.unwrap();
        assert_eq!(shortly_before_the_end.ending_soon.len(), 1);
        let on_the_last_day = reader.overview("2026-05-29T23:59:59Z".parse().unwrap(), ADMIN).await.unwrap();
        assert_eq!((on_the_last_day.ending_soon.len(), on_the_last_day.running[0].1), (1, 1));
        let after_the_end = reader.overview("2026-05-30T00:00:00Z".parse().unwrap(), ADMIN).await.unwrap();
        assert_eq!((after_the_end.ending_soon.len(), after_the_end.running[0].1), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn every_type_of_the_catalog_is_tallied_and_unknown_ones_follow() {
    each_database(async |store| {
        log(&store, &told()).await;
        project(&store).await;
        let found = reader(&store).tallies().await.unwrap();
        assert_eq!(found.len(), 16);
        let types: Vec<EventType> = found[..15].iter().map(|tally| tally.event_type.clone()).collect();
        assert_eq!(types, EventType::KNOWN);
        let offered = found.iter().find(|tally| tally.event_type == EventType::ContractOffered).unwrap();
        assert_eq!((offered.live, offered.test), (2, 2));
        let second = |at: jiff::Timestamp| Some(at + jiff::SignedDuration::from_secs(1));
        assert_eq!((offered.first_at, offered.last_at), (second(at(3)), second(at(7))));
        assert_eq!((found[1].live, found[1].test, found[1].first_at), (0, 0, None));
        assert_eq!((found[15].event_type.as_str(), found[15].live), ("client.contract.teleported", 1));
    })
    .await;
}
