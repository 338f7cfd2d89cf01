//! Tests that lists and pages show the same amounts, exact to the penny.

use super::*;
use domain::commitment::CommitmentState;
use domain::money::Money;
use serde_json::Value;

fn drawing(id: &str, on: &str) -> Value {
    let mut object = contract(id, "clct_1");
    object["spend_request"] = requisition(on);
    object
}

fn words(money: Option<&Money>) -> Option<String> {
    money.map(ToString::to_string)
}

#[tokio::test]
async fn what_contracts_bind_is_told_on_every_page_alike() {
    let mut shortened = drawing("ct_2", "spreq_1");
    shortened["actual_end_date"] = json!("2026-04-30");
    let mut euros = drawing("ct_3", "spreq_1");
    euros["rate"] = json!({ "value": "100.00", "currency": "EUR", "unit": "PROJECT" });
    let told = [
        Told::new("msg_1", 0, &body("client.spend_request.approved", "live", &requisition("spreq_1"))),
        Told::new("msg_2", 1, &body("client.contract.accepted", "live", &drawing("ct_1", "spreq_1"))),
        Told::new("msg_3", 2, &body("client.contract.notice_served", "live", &shortened)),
        Told::new("msg_4", 3, &body("client.contract.accepted", "live", &euros)),
        Told::new("msg_5", 4, &body("client.contract.offered", "live", &drawing("ct_4", "spreq_1"))),
        Told::new("msg_6", 5, &body("client.contract.cancelled", "live", &drawing("ct_5", "spreq_1"))),
        Told::new("msg_7", 6, &body("client.contract.accepted", "test", &drawing("ct_6", "spreq_1"))),
    ];
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let (reader, now) = (reader(&store), Moment::from(at(60)));
        // 2 March to 29 May 2026: 22 + 22 + 21 = 65 working days × 450.00 = 29,250.00.
        // 2 March to 30 April: 44 × 450.00 = 19,800.00. Together 49,050.00, which is 24,050.00 more than 25,000.00.
        let one = reader.requisition(&"spreq_1".into(), now, ADMIN).await.unwrap();
        assert_eq!(words(one.budget.committed.as_ref()).unwrap(), "£49,050.00");
        assert_eq!(words(one.budget.pending.as_ref()).unwrap(), "£29,250.00");
        assert_eq!(words(one.budget.remaining.as_ref()).unwrap(), "−£24,050.00");
        let breach = one.budget.breach.as_ref().unwrap();
        assert_eq!((breach.seq, breach.over.to_string().as_str()), (2, "£24,050.00"));
        assert!(one.budget.is_partial, "a contract in euros is left out");
        assert_eq!((one.contracts.len(), one.summary.contracts), (5, 5));

        let listed = reader.requisitions(&RequisitionFilter::default(), now).await.unwrap().items;
        assert_eq!(listed, [one.summary]);
        let contracts = reader.contracts(&ContractFilter::default(), now).await.unwrap().items;
        let told: Vec<_> =
            contracts.iter().rev().map(|row| (row.id.as_str(), row.standing, words(row.estimate.as_ref()))).collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("ct_1", CommitmentState::Committed, some("£29,250.00")),
                ("ct_2", CommitmentState::Committed, some("£19,800.00")),
                ("ct_3", CommitmentState::Committed, some("€100.00")),
                ("ct_4", CommitmentState::Pending, some("£29,250.00")),
                ("ct_5", CommitmentState::Nothing, None),
            ]
        );
        for row in &contracts {
            let detail = reader.contract(&row.id, now, ADMIN).await.unwrap();
            assert_eq!(&detail.summary, row);
            assert_eq!(
                detail.estimate.total.is_some(),
                row.estimate.is_some() || row.standing == CommitmentState::Nothing
            );
        }
        let contractors = reader.contractors(&ContractorFilter::default(), now).await.unwrap().items;
        let committed: Vec<String> = contractors[0].committed.iter().map(ToString::to_string).collect();
        assert_eq!(committed, ["€100.00", "£49,050.00"]);
    })
    .await;
}

#[tokio::test]
async fn a_requisition_says_the_same_in_a_list_and_by_itself() {
    each_database(async |store| {
        log(&store, &history(8)).await;
        project(&store).await;
        let (reader, now) = (reader(&store), Moment::from(at(600)));
        for test in [false, true] {
            let filter = RequisitionFilter { test, ..RequisitionFilter::default() };
            let listed = reader.requisitions(&filter, now).await.unwrap().items;
            assert!(!listed.is_empty());
            for row in listed {
                assert_eq!(reader.requisition(&row.id, now, ADMIN).await.unwrap().summary, row);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn lists_and_pages_agree_on_what_was_approved_what_is_in_question_and_what_no_day_counts() {
    let spend = |id: &str, amount: &str, kind: &str| {
        let mut object = requisition(id);
        object["amount"] = json!(amount);
        object["amount_type"] = json!(kind);
        object
    };
    let on = |id: &str, of: &Value, days: [&str; 2]| {
        let mut object = drawing(id, "spreq_1");
        object["spend_request"] = of.clone();
        object["start_date"] = json!(days[0]);
        object["end_date"] = json!(days[1]);
        object
    };
    let (raised, capped, asked) = (
        spend("spreq_1", "50000.00", "TOTAL"),
        spend("spreq_2", "400.00", "DAY_RATE"),
        spend("spreq_3", "500.00", "TOTAL"),
    );
    let week = ["2026-03-02", "2026-03-06"];
    let weekend = ["2026-03-07", "2026-03-08"];
    let tell = |id: &str, minute: i64, event: &str, object: &Value| {
        Told::new(id, minute, &body(&format!("client.{event}"), "live", object))
    };
    let told = [
        tell("m1", 0, "spend_request.approved", &spend("spreq_1", "1000.00", "TOTAL")),
        tell("m2", 1, "spend_request.updated", &raised),
        // Five days at 450.00: 2,250.00, which is 1,250.00 more than was approved.
        tell("m3", 2, "contract.accepted", &on("ct_1", &raised, week)),
        // Saturday and Sunday: a day costs 450.00, 50.00 more than the amount for one.
        tell("m4", 3, "contract.accepted", &on("ct_2", &capped, weekend)),
        tell("m5", 4, "spend_request.approved", &asked),
        tell("m6", 5, "contract.accepted", &on("ct_3", &asked, weekend)),
        tell("m7", 6, "contract.accepted", &on("ct_4", &asked, week)),
        tell("m8", 7, "contract.cancelled", &on("ct_4", &asked, week)),
        tell("m9", 2_000, "contract.accepted", &on("ct_4", &asked, week)),
    ];
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let (reader, now) = (reader(&store), Moment::from(at(60 * 24 * 60)));
        let listed = reader.requisitions(&RequisitionFilter::default(), now).await.unwrap().items;
        let mut told = Vec::new();
        for row in &listed {
            let page = reader.requisition(&row.id, now, ADMIN).await.unwrap();
            assert_eq!(&page.summary, row);
            told.push((
                row.id.to_string(),
                app::ui::tables::amount(row).unwrap(),
                words(row.remaining.as_ref()).unwrap(),
                row.is_partial,
                row.is_by_day(),
            ));
            let over = page.findings.iter().find(|one| one.rule.as_str() == "within-budget");
            assert_eq!(over.is_some(), row.remaining.as_ref().unwrap().is_below_zero());
            assert!(page.findings.iter().all(|one| one.rule.as_str() != "approved-spend-is-used"), "{}", row.id);
        }
        told.sort();
        let is = |id: &str, amount: &str, left: &str, is_partial: bool, is_by_day: bool| {
            (id.to_owned(), amount.to_owned(), left.to_owned(), is_partial, is_by_day)
        };
        assert_eq!(
            told,
            [
                is("spreq_1", "£1,000.00 in total approved, £50,000.00 in total now", "−£1,250.00", false, false),
                is("spreq_2", "£400.00 a day", "−£50.00", false, true),
                is("spreq_3", "£500.00 in total", "£500.00", true, false),
            ]
        );
        let contracts = reader.contracts(&ContractFilter::default(), now).await.unwrap().items;
        let mut told = Vec::new();
        for row in &contracts {
            assert_eq!(&reader.contract(&row.id, now, ADMIN).await.unwrap().summary, row);
            told.push((row.id.to_string(), row.standing, words(row.estimate.as_ref()).unwrap(), row.is_at_least));
        }
        told.sort();
        assert_eq!(
            told,
            [
                ("ct_1".to_owned(), CommitmentState::Committed, "£2,250.00".to_owned(), false),
                ("ct_2".to_owned(), CommitmentState::Committed, "£0.00".to_owned(), true),
                ("ct_3".to_owned(), CommitmentState::Committed, "£0.00".to_owned(), true),
                ("ct_4".to_owned(), CommitmentState::Disputed, "£2,250.00".to_owned(), false),
            ]
        );
    })
    .await;
}
