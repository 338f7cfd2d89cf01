//! Tests that exactly the right findings are stored, on both databases and for every order of arrival.

use super::{forget, shuffled, snapshot};
use crate::projector::rebuild;
use crate::store::Store;
use crate::store::projections::findings::FindingQuery;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{Told, at, body, contact, contract, log, project, project_by, requisition};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60;

/// Events of one contractor, one requisition of £25,000.00 and one contract from 9 March to 10 April 2026 (25 working
/// days at £450.00), without any finding.
fn clean() -> Vec<Told> {
    let live = |id: &str, minute: i64, event: &str, object: &Value| {
        Told::new(id, minute, &body(&format!("client.{event}"), "live", object))
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

fn of_contract(id: &str, minute: i64, event: &str, object: &Value) -> Told {
    Told::new(id, minute, &body(&format!("client.contract.{event}"), "live", object))
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
    let broken = |change: &dyn Fn(&mut Vec<Told>)| {
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
                told.push(Told::new("m6", 50, &body("client.contract.completed", "test", &agreement("ct_1"))));
            }),
            3,
            vec![("tests-stay-apart", "ct_1")],
        ),
    ];
    each_database(async |store| {
        for (told, days, expected) in &cases {
            forget(&store).await;
            log(&store, told).await;
            project(&store).await;
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
        log(&store, &told).await;
        project(&store).await;
        assert_eq!(found(&store, 3).await, pairs(&[("offer-comes-first", "ct_1")]));
        log(&store, &[Told { delay: 60 * 60 * 24 * 9, ..missing }]).await;
        project(&store).await;
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
        log(&store, &clean()).await;
        project(&store).await;
        assert_eq!(found(&store, 30).await, pairs(&[("renewed-before-end", "ct_1")]));
        log(&store, &[of_contract("m6", 60, "offered", &next)]).await;
        project(&store).await;
        assert_eq!(found(&store, 4).await, []);
        // An offer is no renewal yet, and has a finding of its own.
        let open = [("offer-is-answered", "ct_2"), ("renewed-before-end", "ct_1")];
        assert_eq!(found(&store, 30).await, pairs(&open));
        let offered = async || {
            let rows = store.list_findings(&FindingQuery::default(), at(30 * DAY).as_millisecond(), 100).await.unwrap();
            rows.into_iter().find(|row| row.finding.rule == "renewed-before-end").map(|row| row.finding.is_offered)
        };
        assert_eq!(offered().await, Some(true));
        log(&store, &[of_contract("m7", 70, "accepted", &next)]).await;
        project(&store).await;
        assert_eq!(found(&store, 30).await, []);
        log(&store, &[of_contract("m8", 80, "deleted", &next)]).await;
        project(&store).await;
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
        log(&store, &clean()).await;
        project(&store).await;
        let mut other = agreement("ct_1");
        other["title"] = json!("Another title");
        log(&store, &[of_contract("m4", 30, "offered", &other)]).await;
        project(&store).await;
        assert_eq!(found(&store, 3).await, pairs(&[("says-the-same", "ct_1")]));
        // A repeat with the first body changes nothing, and does not remove the finding.
        log(&store, &clean()).await;
        log(&store, &[of_contract("m8", 80, "offered", &agreement("ct_8"))]).await;
        project(&store).await;
        assert_eq!(found(&store, 3).await, pairs(&[("says-the-same", "ct_1")]));
        let followed = snapshot(&store, true).await;
        for batch in [1, 3, 512] {
            store.empty_projections().await.unwrap();
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
        log(&store, &told).await;
        project(&store).await;
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
