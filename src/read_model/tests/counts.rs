//! Tests of counts: live messages only, once each, and each figure of the overview equals the length of the list it
//! links to.

use super::*;
use crate::store::log::NewRefusal;
use domain::event::Mode;
use domain::health::{UsualRate, Verdict};
use domain::query::filter::Query as _;

const SAMPLE_CONTRACT: &str = "ct_c3j7xl4ev7gf2goxh7di2icq1";
const SAMPLE_CONTRACTOR: &str = "clct_c2k8wm3du8fe1fnxg6ch1hbr0";
const SAMPLE_REQUISITION: &str = "spreq_c6g4am7hy4ji5jrak0gl5lft4";

/// Returns the same messages, sent to another endpoint a little later.
fn elsewhere(told: &[TestMessage], later: i64) -> Vec<TestMessage> {
    told.iter().map(|one| TestMessage { endpoint: "second", delay: one.delay + later, ..one.clone() }).collect()
}

async fn listed(reader: &StoreReadModel, query: &str) -> u64 {
    let mut filter = DeliveryFilter::from_query(query);
    let mut count = 0;
    loop {
        let page = reader.deliveries(&filter, NOW, ADMIN).await.unwrap();
        count += u64::try_from(page.rows.items.len()).unwrap();
        match page.rows.next {
            Some(next) => filter.before = Some(next),
            None => return count,
        }
    }
}

/// Asserts that every count of the overview equals the length of the list its link leads to.
async fn assert_figures_are_lists(reader: &StoreReadModel, now: Timestamp) {
    let found = reader.overview(now, ADMIN).await.unwrap();
    let since = format!("&arrived_since={}", found.since);
    for (figure, query) in [
        (found.received_last_day, "mode=live&once=1"),
        (found.late_last_day, "mode=live&late=1&once=1"),
        (found.unreadable_last_day, "outcome=unreadable&once=1"),
        (found.refused_last_day, "outcome=refused"),
    ] {
        assert_eq!(listed(reader, &format!("{query}{since}")).await, figure, "{query}");
    }
    for one in &found.endpoints {
        let at = format!("{since}&endpoint={}", one.endpoint);
        assert_eq!(listed(reader, &format!("mode=live&once=1{at}")).await, one.received, "{}", one.endpoint);
        assert_eq!(listed(reader, &format!("outcome=refused{at}")).await, one.refused, "{}", one.endpoint);
    }
}

#[tokio::test]
async fn a_message_to_two_endpoints_is_one_message() {
    let told = [
        TestMessage::new("msg_1", 0, &body("client.contract.offered", "live", &contract("ct_1", "clct_1"))),
        TestMessage {
            delay: 400,
            ..TestMessage::new("msg_2", 1, &body("client.contract.accepted", "live", &contract("ct_1", "clct_1")))
        },
        TestMessage { body: b"not JSON".to_vec(), ..TestMessage::new("msg_3", 2, &json!(null)) },
        TestMessage::new("msg_4", 3, &body("client.invoice.sent", "live", &json!({}))),
    ];
    let alone = std::sync::Mutex::new(Vec::new());
    each_database(async |store| {
        log_and_project(&store, &told).await;
        let reader = reader(&store);
        let found = reader.overview(at(60), ADMIN).await.unwrap();
        let figures = (found.received_last_day, found.late_last_day, found.unreadable_last_day);
        assert_eq!(figures, (4, 1, 1));
        let recent: Vec<String> = found.recent.iter().map(|entry| entry.sentence.plain()).collect();
        let tallies = reader.tallies().await.unwrap();
        alone.lock().unwrap().push((figures, recent, tallies));
    })
    .await;
    // The second endpoint receives each first, or none first, in the same batch or in others.
    for (later, batch) in [(-1, 1), (3, 1), (3, 512), (600, 2)] {
        let runs = std::sync::Mutex::new(0);
        each_database(async |store| {
            let (first, second) = (told.to_vec(), elsewhere(&told, later));
            let order = if later < 0 { [second, first] } else { [first, second] };
            for part in &order {
                log(&store, part).await;
            }
            crate::tests::support::history::project_by(&store, batch).await;
            let reader = reader(&store);
            let found = reader.overview(at(60), ADMIN).await.unwrap();
            let figures = (found.received_last_day, found.late_last_day, found.unreadable_last_day);
            let recent: Vec<String> = found.recent.iter().map(|entry| entry.sentence.plain()).collect();
            let run = std::mem::replace(&mut *runs.lock().unwrap(), 1);
            let expected = alone.lock().unwrap()[run].clone();
            assert_eq!((&figures, &recent), (&expected.0, &expected.1), "{later} {batch}");
            for (one, alone) in reader.tallies().await.unwrap().iter().zip(&expected.2) {
                assert_eq!((&one.event_type, one.live, one.test), (&alone.event_type, alone.live, alone.test));
            }
            let received: Vec<(String, u64)> =
                found.endpoints.iter().map(|one| (one.endpoint.clone(), one.received)).collect();
            assert_eq!(received, [("second".to_owned(), 4), ("yunojuno".to_owned(), 4)]);
            assert_figures_are_lists(&reader, at(60)).await;
            // Its changes are shown on the page of either delivery.
            for seq in [2, 6] {
                assert!(reader.delivery(seq, ADMIN).await.unwrap().changed.is_some(), "{seq}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn figures_are_the_lengths_of_their_lists() {
    each_database(async |store| {
        let told = history(6);
        log(&store, &told).await;
        let few: Vec<TestMessage> = elsewhere(&told, 2).into_iter().step_by(3).collect();
        log(&store, &few).await;
        log(&store, &told[..5]).await;
        let refusals = [refused("msg_1", 30, "bad_signature", "No."), refused("msg_2", 31, "stale", "Old.")];
        store.append(&[], &refusals, BOUNDS).await.unwrap();
        project(&store).await;
        assert_figures_are_lists(&reader(&store), at(60)).await;
    })
    .await;
}

#[tokio::test]
async fn the_documentations_samples_and_pings_are_in_no_total() {
    each_database(async |store| {
        let mut sample = contract(SAMPLE_CONTRACT, SAMPLE_CONTRACTOR);
        sample["spend_request"] = requisition(SAMPLE_REQUISITION);
        let told = [
            TestMessage::new("msg_1", 0, &body("client.contract.offered", "live", &contract("ct_1", "clct_1"))),
            TestMessage::new("msg_2", 1, &body("client.contract.accepted", "live", &sample)),
            TestMessage::new("msg_3", 2, &body("client.client_contact.created", "live", &contact(SAMPLE_CONTRACTOR))),
            TestMessage::new(
                "msg_4",
                3,
                &body("client.spend_request.approved", "live", &requisition(SAMPLE_REQUISITION)),
            ),
            TestMessage { body: br#"{"success": true}"#.to_vec(), ..TestMessage::new("msg_5", 4, &json!(null)) },
        ];
        log(&store, &told).await;
        // As a version without sample detection stored it.
        crate::store::with_writer!(store, |pool| {
            sqlx::query("update messages set mode = 'live' where message_id = 'msg_2'")
                .execute(pool)
                .await
                .map(drop)
                .unwrap();
        });
        project(&store).await;
        let reader = reader(&store);
        let now = at(60);

        let found = reader.overview(now, ADMIN).await.unwrap();
        assert_eq!((found.received_last_day, found.unreadable_last_day, found.contractors), (1, 0, 1));
        assert_eq!(found.recent.len(), 1);
        assert_eq!(found.running.iter().map(|(_, count)| count).sum::<u64>(), 0);
        assert_eq!(found.findings, []);
        let tallies = reader.tallies().await.unwrap();
        assert_eq!(tallies.iter().map(|one| (one.live, one.test)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)), (1, 4));

        let live = reader.contracts(&ContractFilter::default(), now.into()).await.unwrap().items;
        assert_eq!(live.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ct_1"]);
        let shown = reader.contracts(&ContractFilter::from_query("test=1"), now.into()).await.unwrap().items;
        assert_eq!(shown.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), [SAMPLE_CONTRACT]);
        assert_eq!(Mode::of_subject(shown[0].is_test, shown[0].id.as_str()), Mode::Sample);
        for (contractors, requisitions, query) in [(1, 0, ""), (1, 1, "test=1")] {
            let filter = ContractorFilter::from_query(query);
            assert_eq!(reader.contractors(&filter, now.into()).await.unwrap().items.len(), contractors, "{query}");
            let filter = RequisitionFilter::from_query(query);
            assert_eq!(reader.requisitions(&filter, now.into()).await.unwrap().items.len(), requisitions, "{query}");
        }
        let (first, last) = ("2026-03-01".parse().unwrap(), "2026-05-31".parse().unwrap());
        let days = reader.contracts_between(&ContractFilter::default(), first, last, now.into()).await.unwrap();
        assert_eq!(days.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ct_1"]);

        let story = reader.contract(&SAMPLE_CONTRACT.into(), now.into(), ADMIN).await.unwrap();
        assert!(story.entries.iter().all(|entry| entry.mode == Mode::Sample));
        let modes = reader.deliveries(&DeliveryFilter::default(), NOW, ADMIN).await.unwrap().rows.items;
        let modes: Vec<Option<Mode>> = modes.iter().map(|row| row.mode).collect();
        let [live, test, sample] = [Mode::Live, Mode::Test, Mode::Sample].map(Some);
        assert_eq!(modes, [test, sample, sample, sample, live]);
        for (query, expected) in [("mode=live", 1), ("mode=sample", 3), ("mode=test", 1)] {
            assert_eq!(listed(&reader, query).await, expected, "{query}");
        }
        assert_figures_are_lists(&reader, now).await;
    })
    .await;
}

#[tokio::test]
async fn each_endpoint_has_its_own_health() {
    each_database(async |store| {
        // Every 20 minutes to one endpoint for five weeks; three messages to the other.
        let event = body("client.invoice.sent", "live", &json!({}));
        let five_weeks = 5 * 7 * 24 * 60;
        let many: Vec<TestMessage> =
            (0..five_weeks / 20).map(|n| TestMessage::new(&format!("msg_{n:05}"), n * 20, &event)).collect();
        let few: Vec<TestMessage> = (0..3)
            .map(|n| TestMessage { endpoint: "second", ..TestMessage::new(&format!("msg_x{n}"), n, &event) })
            .collect();
        log(&store, &many).await;
        log(&store, &few).await;
        let refusals: Vec<NewRefusal> =
            (0..8).map(|n| refused("msg", five_weeks - n, "bad_signature", "No.")).collect();
        store.append(&[], &refusals, BOUNDS).await.unwrap();
        project(&store).await;
        let reader = reader(&store).with_endpoints(["yunojuno", "second", "third"].map(str::to_owned).to_vec());
        let soon = reader.overview(at(five_weeks), ADMIN).await.unwrap().endpoints;
        let words: Vec<_> = soon.iter().map(|one| (one.endpoint.as_str(), one.usual, one.verdict)).collect();
        assert_eq!(
            words,
            [
                ("yunojuno", UsualRate::Every(1_200), Verdict::RefusingSome),
                ("second", UsualRate::Nothing, Verdict::Quiet),
                ("third", UsualRate::NotKnown, Verdict::Waiting),
            ]
        );
        assert_eq!((soon[0].received, soon[0].refused, soon[2].last_at), (72, 8, None));
        assert_eq!(soon[0].last_at, Some(at(five_weeks - 20) + jiff::SignedDuration::from_secs(1)));
        // Three hours later nine messages were due; the refusals are older than a day only a day later.
        let later = reader.overview(at(five_weeks + 25 * 60), ADMIN).await.unwrap().endpoints;
        assert_eq!(later[0].verdict, Verdict::Quiet);
    })
    .await;
}
