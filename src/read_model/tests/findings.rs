//! Tests that the page of a subject and the list of findings agree, now and in the past.

use super::*;
use domain::id::{ContractId, Subject};
use domain::lifecycle::finding::Finding;
use domain::query::moment::{AsOf, Meaning};
use std::collections::BTreeSet;

const DAY: i64 = 24 * 60;

/// Returns a contract from 9 March to 10 April 2026; the first event is on 2 March.
fn agreement(id: &str, days: [&str; 2]) -> serde_json::Value {
    let mut object = contract(id, "clct_1");
    object["start_date"] = json!(days[0]);
    object["end_date"] = json!(days[1]);
    object
}

fn first(id: &str, minute: i64, event: &str) -> Told {
    Told::new(id, minute, &body(event, "live", &agreement("ct_1", ["2026-03-09", "2026-04-10"])))
}

fn second(id: &str, minute: i64, event: &str) -> Told {
    Told::new(id, minute, &body(event, "live", &agreement("ct_2", ["2026-04-11", "2026-06-30"])))
}

/// Returns rules and positions of the findings on the page of a contract that are not dismissed.
async fn on_page(reader: &StoreReadModel, id: &str, moment: Moment) -> BTreeSet<(&'static str, i64, String)> {
    let page = reader.contract(&id.into(), moment, ADMIN).await.unwrap();
    let open = page.findings.iter().filter(|one| one.dismissed.is_none());
    open.map(|one: &Finding| (one.rule.as_str(), one.seq, one.sentence.clone())).collect()
}

async fn in_list(reader: &StoreReadModel, id: &str, moment: Moment) -> BTreeSet<(&'static str, i64, String)> {
    let all = reader.findings(&FindingFilter::default(), moment.now, ADMIN).await.unwrap().items;
    let subject = Subject::Contract(ContractId(id.to_owned()));
    let theirs = all.iter().filter(|one| one.subject == subject);
    theirs.map(|one| (one.finding.rule.as_str(), one.finding.seq, one.finding.sentence.clone())).collect()
}

#[tokio::test]
async fn the_page_the_list_and_the_tag_agree() {
    each_database(async |store| {
        let reader = reader(&store);
        let told = [
            first("m1", 1, "client.contract.accepted"),
            second("m2", 2, "client.contract.offered"),
            second("m3", 3, "client.contract.revoked"),
            second("m4", 4, "client.contract.offered"),
            second("m5", 5, "client.contract.accepted"),
            second("m6", 6, "client.contract.deleted"),
        ];
        let mut said = Vec::new();
        for one in told {
            log(&store, &[one]).await;
            project(&store).await;
            for days in [1, 30] {
                let moment = Moment::from(at(days * DAY));
                for id in ["ct_1", "ct_2"] {
                    if reader.contract(&id.into(), moment, ADMIN).await.is_ok() {
                        let page = on_page(&reader, id, moment).await;
                        assert_eq!(page, in_list(&reader, id, moment).await, "{id} after {days} days");
                    }
                }
            }
            let page = reader.contract(&"ct_1".into(), at(30 * DAY).into(), ADMIN).await.unwrap();
            let ending = page.findings.iter().find(|one| one.rule.as_str() == "renewed-before-end");
            let is_ending = ending.is_some();
            let sentence =
                ending.map(|one| one.sentence.trim_start_matches("“Title of ct_1” ends on 10 April 2026 and "));
            said.push((page.renewed_by.is_some(), sentence.map(str::to_owned)));

            let rows = reader.contracts(&ContractFilter::default(), at(30 * DAY).into()).await.unwrap().items;
            let tag = rows.iter().find(|row| row.id.as_str() == "ct_1").unwrap().findings;
            // The offer before the acceptance was never received; near its end there is no renewal.
            assert_eq!(tag, 1 + u32::from(is_ending));
        }
        let nothing = (false, Some("nothing renews it.".to_owned()));
        let offered = (true, Some("its renewal is offered, not signed.".to_owned()));
        let expected = [nothing.clone(), offered.clone(), nothing.clone(), offered, (true, None), nothing].to_vec();
        assert_eq!(said, expected, "one page does not contradict itself");
    })
    .await;
}

#[tokio::test]
async fn what_was_laid_aside_later_was_not_laid_aside_then() {
    each_database(async |store| {
        log(&store, &[first("m1", 1, "client.contract.accepted")]).await;
        project(&store).await;
        let reader = reader(&store);
        let tag = async || {
            let rows = reader.contracts(&ContractFilter::default(), at(4 * DAY).into()).await.unwrap().items;
            rows[0].findings
        };
        assert_eq!(tag().await, 1);
        let now = at(3 * DAY).as_millisecond();
        let key = reader.findings(&FindingFilter::default(), at(3 * DAY), ADMIN).await.unwrap().items.remove(0).key;
        store.dismiss(&key, "Offered by telephone", ("Ada", "ada@example.com"), now).await.unwrap();
        assert_eq!(tag().await, 0, "what is laid aside is counted no more");

        let as_of = |days: i64, meaning| Moment::new(at(9 * DAY), Some(AsOf { at: at(days * DAY), meaning }));
        for meaning in Meaning::ALL {
            assert_eq!(on_page(&reader, "ct_1", as_of(2, meaning)).await.len(), 1);
            assert_eq!(on_page(&reader, "ct_1", as_of(4, meaning)).await.len(), 0);
        }
        store.restore(&key, "ada@example.com", at(5 * DAY).as_millisecond()).await.unwrap();
        for meaning in Meaning::ALL {
            assert_eq!(on_page(&reader, "ct_1", as_of(4, meaning)).await.len(), 0, "as it was then");
            assert_eq!(on_page(&reader, "ct_1", as_of(6, meaning)).await.len(), 1);
        }
        let drawn = reader.contractor(&"clct_1".into(), as_of(4, Meaning::Happened)).await.unwrap().chart;
        assert!(drawn.contracts[0].findings.is_empty(), "nor is it marked in the picture");
        let drawn = reader.contractor(&"clct_1".into(), as_of(6, Meaning::Happened)).await.unwrap().chart;
        assert_eq!(drawn.contracts[0].findings.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn how_late_others_were_is_told_as_it_was_known_then() {
    each_database(async |store| {
        // All were sent in a silence, and arrived one after the other, an hour late.
        let late = |n: i64| Told { delay: 3_600 + n * 60, ..first(&format!("m{n}"), 1, "client.contract.accepted") };
        log(&store, &[late(1), late(2), late(3)]).await;
        project(&store).await;
        let reader = reader(&store);
        let advice = async |as_of: Option<AsOf>| {
            let page = reader.contract(&"ct_1".into(), Moment::new(at(3 * DAY), as_of), ADMIN).await.unwrap();
            page.findings.into_iter().find(|one| one.rule.as_str() == "arrives-on-time").unwrap().advice
        };
        assert!(advice(None).await.contains("2 other messages came late"), "{}", advice(None).await);
        let then = |meaning| Some(AsOf { at: at(63), meaning });
        let known = advice(then(Meaning::Known)).await;
        assert!(known.contains("1 other message came late"), "{known}");
    })
    .await;
}

#[tokio::test]
async fn more_contracts_than_a_page_draws_are_counted_all_the_same() {
    each_database(async |store| {
        let reader = reader(&store);
        let told: Vec<Told> = (0..205)
            .map(|n| {
                let mut object = contract(&format!("ct_{n:03}"), "clct_1");
                object["start_date"] = json!(format!("20{:02}-03-02", 26 + n % 40));
                object["end_date"] = json!(format!("20{:02}-03-04", 26 + n % 40));
                object["spend_request"] = requisition("spreq_1");
                Told::new(&format!("msg_{n:03}"), n, &body("client.contract.accepted", "live", &object))
            })
            .collect();
        log(&store, &told).await;
        project(&store).await;
        let moment = Moment::from(at(DAY));
        let listed = reader.findings(&FindingFilter::default(), moment.now, ADMIN).await.unwrap().items;
        let listed: Vec<&Finding> =
            listed.iter().map(|one| &one.finding).filter(|one| one.rule.as_str() == "within-budget").collect();
        let spend = reader.requisition(&"spreq_1".into(), moment, ADMIN).await.unwrap();
        let on_page: Vec<&Finding> = spend.findings.iter().filter(|one| one.rule.as_str() == "within-budget").collect();
        assert_eq!((listed.len(), &listed), (1, &on_page), "the list and the page say the same");
        assert_eq!((spend.contracts.len(), spend.budget.is_partial), (205, false));

        let person = reader.contractor(&"clct_1".into(), moment).await.unwrap();
        let of_theirs = person.findings.iter().find(|one| one.rule.as_str() == "within-budget").unwrap();
        assert_eq!((of_theirs.seq, person.contracts.len(), person.chart.contracts.len()), (listed[0].seq, 205, 200));
        let notes = person.chart.obstacles;
        assert_eq!(notes, ["Drawn are the latest 200 of 205 contracts; what the older ones cost is not in the lines."]);
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_of_ours_every_late_message_says_so() {
    each_database(async |store| {
        let reader = reader(&store);
        // Sent a minute apart; the first arrives two hours late, the others seconds after it.
        let late = |n: i64| {
            let object = contract(&format!("ct_{n}"), "clct_1");
            let told = Told::new(&format!("msg_{n}"), n, &body("client.contract.approved", "live", &object));
            Told { delay: 7_200 - n * 60 + n, ..told }
        };
        log(&store, &[late(0), late(1), late(2)]).await;
        project(&store).await;
        let advice = async |reader: &StoreReadModel, until: i64| {
            let all = reader.findings(&FindingFilter::default(), at(until), ADMIN).await.unwrap().items;
            let late = all.into_iter().filter(|one| one.finding.kind == domain::lifecycle::finding::FindingKind::Late);
            late.map(|one| one.finding.advice).collect::<Vec<_>>()
        };
        let all = advice(&reader, 200).await;
        assert_eq!(all.len(), 3);
        for one in &all {
            assert!(
                one.contains("and then 2 other messages came late as well: Junoscope or its network was down"),
                "{one}"
            );
        }

        // Another event arrived in time a minute after this one was sent.
        let soon = Told::new("msg_8", 301, &body("client.contract.approved", "live", &contract("ct_8", "clct_1")));
        let held = Told::new("msg_9", 300, &body("client.contract.approved", "live", &contract("ct_9", "clct_1")));
        log(&store, &[soon, Told { delay: 7_200, ..held }]).await;
        project(&store).await;
        let all = advice(&reader, 500).await;
        assert_eq!(all.iter().filter(|one| one.starts_with("Other requests arrived meanwhile")).count(), 1, "{all:?}");
    })
    .await;
}
