//! Tests that exactly the right findings are stored, on both databases and for every order of arrival.

use super::{forget, shuffled, snapshot};
use crate::projector::{ALL_EVENTS, rebuild};
use crate::store::Store;
use crate::store::projections::findings::FindingQuery;
use crate::stories::load::Loader;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{
    TestMessage, at, body, contact, contract, log, log_and_project, project_by, requisition,
};
use domain::id::{Subject, SubjectKind};
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Limits;
use domain::timeline;
use domain::{commitment, findings};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DAY: i64 = 24 * 60;

/// Events of one contractor, one requisition of £25,000.00 and one contract from 9 March to 10 April 2026 (25 working
/// days at £450.00), without any finding.
fn clean() -> Vec<TestMessage> {
    let live = |id: &str, minute: i64, event: &str, object: &Value| {
        TestMessage::new(id, minute, &body(&format!("client.{event}"), "live", object))
    };
    vec![
        live("m1", 0, "client_contact.created", &contact("clct_1")),
        live("m2", 10, "spend_request.created", &requisition("spreq_1")),
        live("m3", 20, "spend_request.approved", &requisition("spreq_1")),
        live("m4", 30, "contract.offered", &agreement("ct_1")),
        live("m5", 40, "contract.accepted", &agreement("ct_1")),
    ]
}

fn agreement(id: &str) -> Value {
    let mut object = contract(id, "clct_1");
    object["start_date"] = json!("2026-03-09");
    object["end_date"] = json!("2026-04-10");
    object["spend_request"] = requisition("spreq_1");
    object
}

fn of_contract(id: &str, minute: i64, event: &str, object: &Value) -> TestMessage {
    TestMessage::new(id, minute, &body(&format!("client.contract.{event}"), "live", object))
}

/// Returns rule and subject of the findings that hold this many days after the first event.
async fn found(store: &Store, days: i64) -> Vec<(String, String)> {
    let rows = store.list_findings(&FindingQuery::default(), at(days * DAY).as_millisecond(), 100).await.unwrap();
    let mut found: Vec<_> = rows.into_iter().map(|row| (row.finding.rule, row.finding.subject_id)).collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(rule, id)| ((*rule).to_owned(), (*id).to_owned())).collect()
}

#[tokio::test]
async fn each_defect_is_found_and_nothing_else() {
    let broken = |change: &dyn Fn(&mut Vec<TestMessage>)| {
        let mut told = clean();
        change(&mut told);
        told
    };
    let dear = || {
        let mut object = agreement("ct_1");
        object["rate"]["value"] = json!("2000.00");
        object
    };
    let cases = [
        (clean(), 3, vec![]),
        (broken(&|told| drop(told.remove(3))), 3, vec![("offer-comes-first", "ct_1")]),
        (broken(&|told| told[4].delay = 3_600), 3, vec![("arrives-on-time", "ct_1")]),
        (
            broken(&|told| told.push(of_contract("m6", 50, "revoked", &agreement("ct_1")))),
            3,
            vec![("no-revocation-after-acceptance", "ct_1")],
        ),
        (broken(&|told| drop(told.pop())), 8, vec![("offer-is-answered", "ct_1")]),
        (broken(&|told| told.truncate(3)), 31, vec![("approved-spend-is-used", "spreq_1")]),
        (clean(), 30, vec![("renewed-before-end", "ct_1")]),
        (
            broken(&|told| {
                for (place, event) in [(3, "offered"), (4, "accepted")] {
                    told[place] = of_contract(&told[place].id, told[place].minute, event, &dear());
                }
            }),
            3,
            vec![("within-budget", "spreq_1")],
        ),
        (
            broken(&|told| {
                told.push(TestMessage::new("m6", 50, &body("client.contract.completed", "test", &agreement("ct_1"))));
            }),
            3,
            vec![("tests-stay-apart", "ct_1")],
        ),
    ];
    each_database(async |store| {
        for (told, days, expected) in &cases {
            forget(&store).await;
            log_and_project(&store, told).await;
            assert_eq!(found(&store, *days).await, pairs(expected));
            let whole = snapshot(&store, false).await;
            for turn in 0..3 {
                forget(&store).await;
                let told = shuffled(told, turn);
                log(&store, &told).await;
                log(&store, &told[..2]).await;
                project_by(&store, 1 + turn).await;
                assert_eq!(snapshot(&store, false).await, whole, "{expected:?} in order {turn}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_finding_goes_away_when_the_late_event_comes() {
    each_database(async |store| {
        let mut told = clean();
        let missing = told.remove(3);
        log_and_project(&store, &told).await;
        assert_eq!(found(&store, 3).await, pairs(&[("offer-comes-first", "ct_1")]));
        log_and_project(&store, &[TestMessage { delay: 60 * 60 * 24 * 9, ..missing }]).await;
        assert_eq!(found(&store, 3).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_signed_renewal_in_another_batch_keeps_the_rule_and_its_deletion_breaks_it_again() {
    each_database(async |store| {
        let mut next = agreement("ct_2");
        next["start_date"] = json!("2026-04-11");
        next["end_date"] = json!("2026-06-30");
        // Without a requisition: together they would exceed it.
        next["spend_request"] = json!(null);
        log_and_project(&store, &clean()).await;
        assert_eq!(found(&store, 30).await, pairs(&[("renewed-before-end", "ct_1")]));
        log_and_project(&store, &[of_contract("m6", 60, "offered", &next)]).await;
        assert_eq!(found(&store, 4).await, []);
        // An offer is no renewal yet, and has a finding of its own.
        let open = [("offer-is-answered", "ct_2"), ("renewed-before-end", "ct_1")];
        assert_eq!(found(&store, 30).await, pairs(&open));
        let offered = async || {
            let rows = store.list_findings(&FindingQuery::default(), at(30 * DAY).as_millisecond(), 100).await.unwrap();
            rows.into_iter().find(|row| row.finding.rule == "renewed-before-end").map(|row| row.finding.is_offered)
        };
        assert_eq!(offered().await, Some(true));
        log_and_project(&store, &[of_contract("m7", 70, "accepted", &next)]).await;
        assert_eq!(found(&store, 30).await, []);
        log_and_project(&store, &[of_contract("m8", 80, "deleted", &next)]).await;
        assert_eq!(found(&store, 30).await, pairs(&[("renewed-before-end", "ct_1")]));
        assert_eq!(offered().await, Some(false));
        let followed = snapshot(&store, true).await;
        rebuild(&store, |_, _| ()).await.unwrap();
        assert_eq!(snapshot(&store, true).await, followed);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_that_says_something_else_is_found_though_it_is_no_message() {
    each_database(async |store| {
        log_and_project(&store, &clean()).await;
        let mut other = agreement("ct_1");
        other["title"] = json!("Another title");
        log_and_project(&store, &[of_contract("m4", 30, "offered", &other)]).await;
        assert_eq!(found(&store, 3).await, pairs(&[("says-the-same", "ct_1")]));
        // A repeat with the first body changes nothing, and does not remove the finding.
        log(&store, &clean()).await;
        log_and_project(&store, &[of_contract("m8", 80, "offered", &agreement("ct_8"))]).await;
        assert_eq!(found(&store, 3).await, pairs(&[("says-the-same", "ct_1")]));
        let followed = snapshot(&store, true).await;
        for batch in [1, 3, 512] {
            store.remake_lists(None).await.unwrap();
            project_by(&store, batch).await;
            assert_eq!(snapshot(&store, true).await, followed, "in batches of {batch}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_dismissed_stays_so_through_a_rebuild_and_can_be_taken_back() {
    each_database(async |store| {
        let mut told = clean();
        told.remove(3);
        log_and_project(&store, &told).await;
        let now = at(3 * DAY).as_millisecond();
        let key = store.list_findings(&FindingQuery::default(), now, 9).await.unwrap().remove(0).finding.key;
        let by = ("Ada", "ada@example.com");
        store.dismiss(&key, "Offered by telephone", by, now).await.unwrap();
        store.dismiss(&key, "Again", by, now + 1).await.unwrap();
        rebuild(&store, |_, _| ()).await.unwrap();
        assert_eq!(found(&store, 3).await, []);
        assert_eq!(store.count_findings(&FindingQuery::default(), now).await.unwrap(), 0);
        let aside = FindingQuery { is_dismissed: true, ..FindingQuery::default() };
        let rows = store.list_findings(&aside, now, 9).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.reason.as_deref()).collect::<Vec<_>>(), [Some("Offered by telephone")]);
        store.restore(&key, by.1, now + 2).await.unwrap();
        assert_eq!(store.count_findings(&FindingQuery::default(), now).await.unwrap(), 1);
        store.dismiss(&key, "Once more", by, now + 3).await.unwrap();
        assert_eq!(store.list_dismissals(&[&key], i64::MAX).await.unwrap().len(), 1);
    })
    .await;
}

/// Returns events of two requisitions that become exceeded: by contracts of two contractors, by an amount that is
/// lowered, and by a contract that moves from one to the other; a contract that ends early, a withdrawn one, and test
/// events draw on them too.
fn exceeded() -> Vec<TestMessage> {
    let on = |id: &str, whose: &str, requisition_id: &str, rate: &str| {
        let mut object = contract(id, whose);
        object["rate"]["value"] = json!(rate);
        object["spend_request"] = requisition(requisition_id);
        object
    };
    let mut told = Vec::new();
    let mut tell = |event: &str, mode: &str, object: &Value| {
        let minute = i64::try_from(told.len()).unwrap() * 10;
        told.push(TestMessage::new(&format!("m{minute:04}"), minute, &body(&format!("client.{event}"), mode, object)));
    };
    tell("spend_request.created", "live", &requisition("spreq_1"));
    tell("spend_request.approved", "live", &requisition("spreq_1"));
    for (id, whose, rate) in [("ct_1", "clct_1", "150.00"), ("ct_2", "clct_2", "120.00"), ("ct_3", "clct_1", "200.00")]
    {
        tell("contract.offered", "live", &on(id, whose, "spreq_1", rate));
        tell("contract.accepted", "live", &on(id, whose, "spreq_1", rate));
    }
    let mut ended = on("ct_2", "clct_2", "spreq_1", "120.00");
    ended["actual_end_date"] = json!("2026-03-20");
    tell("contract.completed", "live", &ended);
    tell("contract.offered", "live", &on("ct_4", "clct_2", "spreq_1", "900.00"));
    tell("contract.revoked", "live", &on("ct_4", "clct_2", "spreq_1", "900.00"));
    tell("contract.accepted", "test", &on("ct_5", "clct_2", "spreq_1", "900.00"));
    tell("contract.notice_served", "live", &on("ct_3", "clct_1", "spreq_2", "200.00"));
    let mut lowered = requisition("spreq_1");
    lowered["amount"] = json!("9000.00");
    tell("spend_request.updated", "live", &lowered);
    let mut a_day = requisition("spreq_2");
    (a_day["amount"], a_day["amount_type"]) = (json!("180.00"), json!("DAY_RATE"));
    tell("spend_request.created", "live", &a_day);
    tell("contract.custom_fields_updated", "live", &on("ct_1", "clct_1", "spreq_1", "155.00"));
    told
}

/// Returns the findings of a requisition by folding every event of every contract on it, as key, event type, time and
/// sentence.
async fn folded(store: &Store, id: &str) -> Vec<(String, String, i64, String)> {
    let mut loader = Loader::new(store, ALL_EVENTS);
    let told = loader.happenings_of(SubjectKind::Requisition, id).await.unwrap();
    let story = timeline::requisition(&id.into(), &told).unwrap();
    let rows = store.list_contracts_on(id, story.is_test, at(0).into()).await.unwrap();
    let mut contracts = Vec::new();
    for row in rows {
        let told = loader.happenings_of(SubjectKind::Contract, &row.id).await.unwrap();
        contracts.push((timeline::contract(&told).unwrap(), commitment::history(&told)));
    }
    let found = findings::of_requisition(&story, &contracts, &BTreeSet::new(), Limits::default());
    let entries: Vec<_> = contracts.iter().flat_map(|(one, _)| &one.entries).chain(&story.entries).collect();
    let row = |finding: Finding| {
        let entry = entries.iter().find(|entry| entry.seq == finding.seq).unwrap();
        let since = finding.from.unwrap_or(entry.occurred_at).as_millisecond();
        let key = finding.key(&Subject::Requisition(id.into()));
        (key, finding.event_type.as_str().to_owned(), since, finding.sentence)
    };
    let mut rows: Vec<_> = found.into_iter().map(row).collect();
    rows.sort();
    rows
}

/// Returns the stored findings of a requisition in the same form.
async fn stored(store: &Store, id: &str) -> Vec<(String, String, i64, String)> {
    let rows = store.list_findings_of(&BTreeSet::from([("requisition", id.to_owned())])).await.unwrap();
    let mut rows: Vec<_> = rows.into_iter().map(|row| (row.key, row.event_type, row.at, row.sentence)).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn an_exceeded_requisition_has_the_findings_of_folding_every_contract_on_it() {
    each_database(async |store| {
        for turn in 0..4 {
            forget(&store).await;
            let told = if turn == 0 { exceeded() } else { shuffled(&exceeded(), turn) };
            let mut breaches = 0;
            for few in told.chunks(1 + turn * 3) {
                log_and_project(&store, few).await;
                for id in ["spreq_1", "spreq_2"] {
                    if store.list_requisitions_named(&[id]).await.unwrap().is_empty() {
                        continue;
                    }
                    let found = stored(&store, id).await;
                    assert_eq!(found, folded(&store, id).await, "{id} in order {turn}");
                    breaches += found.iter().filter(|(key, ..)| key.contains("within-budget")).count();
                }
            }
            assert!(breaches >= 2, "only {breaches} breaches in order {turn}");
            let followed = snapshot(&store, true).await;
            rebuild(&store, |_, _| ()).await.unwrap();
            assert_eq!(snapshot(&store, true).await, followed, "in order {turn}");
            for id in ["spreq_1", "spreq_2"] {
                assert_eq!(stored(&store, id).await, folded(&store, id).await, "{id} in order {turn}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn renewals_found_little_by_little_are_those_of_a_rebuild() {
    let months = [("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30"), ("2026-05-01", "2026-05-29")];
    let mut told = Vec::new();
    for (place, (event, n)) in [
        ("offered", 0),
        ("accepted", 0),
        ("offered", 1),
        ("accepted", 1),
        ("offered", 2),
        ("offered", 3),
        ("accepted", 3),
    ]
    .into_iter()
    .chain([("cancelled", 1), ("accepted", 2), ("deleted", 2), ("notice_served", 4)])
    .enumerate()
    {
        let minute = i64::try_from(place).unwrap() * 10;
        // The fourth is an alternative to the second, and the last moves it to another contractor.
        let whose = if n == 4 { "clct_2" } else { "clct_1" };
        let n = if n == 4 { 3 } else { n };
        let (first, last) = months[if n == 3 { 1 } else { n }];
        let mut object = contract(&format!("ct_{n}"), whose);
        (object["start_date"], object["end_date"]) = (json!(first), json!(last));
        told.push(of_contract(&format!("m{place:02}"), minute, event, &object));
    }
    each_database(async |store| {
        for turn in 0..6 {
            forget(&store).await;
            let told = if turn == 0 { told.clone() } else { shuffled(&told, turn) };
            for one in &told {
                log_and_project(&store, std::slice::from_ref(one)).await;
            }
            let followed = snapshot(&store, true).await;
            rebuild(&store, |_, _| ()).await.unwrap();
            assert_eq!(snapshot(&store, true).await, followed, "in order {turn}");
        }
    })
    .await;
}
