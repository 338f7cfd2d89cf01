//! Tests of the delivery list with all its filters, and of one request of each kind.

use super::*;
use crate::store::log::NewRefusal;
use app::view::delivery::{Body, ClaimedMessage};
use domain::event::Family;
use domain::id::Subject;
use domain::query::outcome::Outcome;

/// Stores requests. Sequence numbers 1 to 4: contact, contract (with a spend requisition), unreadable, unknown type; 5
/// and 6: the contract's event again, the second time with another body; 7: refused.
async fn requests(store: &Store) {
    let mut object = contract("ct_1", "clct_1");
    object["spend_request"] = requisition("spreq_1");
    object["title"] = json!(7);
    let offered = TestMessage::new("msg_2", 24 * 60, &body("client.contract.offered", "live", &object));
    let told = [
        TestMessage::new("msg_1", 0, &body("client.client_contact.created", "live", &contact("clct_1"))),
        offered.clone(),
        TestMessage { body: b"\xff\x00".to_vec(), ..TestMessage::new("msg_3", 25 * 60, &json!(null)) },
        TestMessage::new("msg_4", 26 * 60, &body("client.invoice.sent", "test", &json!({ "contract_id": "ct_1" }))),
    ];
    log(store, &told).await;
    let again = TestMessage { delay: 3_600 * 40, ..offered };
    log(store, &[again.clone(), TestMessage { body: b"{}".to_vec(), ..again }]).await;
    let refusal = refused("msg_2", 27 * 60, "bad_signature", "No signature matches.");
    store.append(&[], &[refusal], BOUNDS).await.unwrap();
    project(store).await;
}

async fn seqs(reader: &StoreReadModel, query: &str) -> Vec<i64> {
    use domain::query::filter::Query as _;
    let found = reader.deliveries(&DeliveryFilter::from_query(query), NOW, ADMIN).await.unwrap().rows;
    assert_eq!(found.next, None);
    found.items.iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn every_filter_of_the_list_finds_what_it_says() {
    each_database(async |store| {
        requests(&store).await;
        let reader = reader(&store);
        let cases: [(&str, &[i64]); 19] = [
            ("", &[6, 5, 7, 4, 3, 2, 1]),
            ("outcome=stored", &[4, 2, 1]),
            ("outcome=unreadable", &[3]),
            ("outcome=duplicate", &[6, 5]),
            ("outcome=refused", &[7]),
            ("type=client.contract.offered", &[6, 5, 2]),
            ("type=client.invoice.sent", &[4]),
            ("family=contact", &[1]),
            ("family=contract", &[6, 5, 2]),
            ("family=spend", &[]),
            ("family=spend&type=client.contract.offered", &[]),
            ("from=2026-03-03", &[6, 5, 7, 4, 3, 2]),
            ("to=2026-03-02", &[1]),
            ("from=2026-03-03&to=2026-03-03&outcome=stored", &[4, 2]),
            ("q=msg_2", &[6, 5, 7, 2]),
            ("q=clct_1", &[6, 5, 2, 1]),
            ("q=hp_1&outcome=stored", &[2]),
            ("q=ct_1", &[6, 5, 4, 2]),
            ("q=ct_2", &[]),
        ];
        for (query, expected) in cases {
            assert_eq!(seqs(&reader, query).await, expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn rows_say_what_they_are_about_and_refused_ones_claim_nothing() {
    each_database(async |store| {
        requests(&store).await;
        let rows = reader(&store).deliveries(&DeliveryFilter::default(), NOW, ADMIN).await.unwrap().rows.items;
        let row = |seq: i64| rows.iter().find(|row| row.seq == seq).unwrap();
        let about: Vec<(Subject, &str)> =
            row(2).about.iter().map(|about| (about.subject.clone(), about.label.as_str())).collect();
        assert_eq!(
            about,
            [
                (Subject::Contract("ct_1".into()), "ct_1"),
                (Subject::Contractor("clct_1".into()), "Name of clct_1"),
                (Subject::Hirer("hp_1".into()), "Priya Raman"),
                (Subject::Requisition("spreq_1".into()), "Budget spreq_1"),
            ]
        );
        assert_eq!(row(5).about, row(2).about);
        assert_eq!((row(5).outcome, row(5).reason.as_deref()), (Outcome::Duplicate, None));
        assert!(row(6).reason.as_deref().unwrap().starts_with("Its body is not that of the first attempt"));
        let refused = row(7);
        assert_eq!((&refused.event_type, refused.mode, refused.occurred_at), (&None, None, None));
        assert_eq!(refused.reason.as_deref(), Some("No signature matches."));
        assert_eq!(refused.message_id.as_deref(), Some("msg_2"));
        assert!(refused.about.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_request_of_each_kind_is_told_whole() {
    each_database(async |store| {
        requests(&store).await;
        let reader = reader(&store);

        let stored = reader.delivery(2, ADMIN).await.unwrap();
        let Body::Text(text) = &stored.body else { panic!("not text") };
        assert_eq!(Some(text.clone().into_bytes()), reader.body(2, ADMIN).await.unwrap());
        assert_eq!(stored.skipped_fields, ["data.object.title is not text"]);
        let attempts: Vec<(i64, Outcome, bool)> =
            stored.attempts.iter().map(|attempt| (attempt.seq, attempt.outcome, attempt.same_body)).collect();
        assert_eq!(
            attempts,
            [
                (2, Outcome::Stored, true),
                // It arrived before the others and was written after them, as refused requests are.
                (7, Outcome::Refused, true),
                (5, Outcome::Duplicate, true),
                (6, Outcome::Duplicate, false),
            ]
        );
        assert!(stored.checks.iter().all(|step| step.passed == Some(true)));
        assert!(stored.checks[4].explanation.contains("0badcafe"));
        assert_eq!(stored.headers[0], ("svix-id".to_owned(), "msg_2".to_owned()));
        assert_eq!(stored.remote.as_deref(), Some("127.0.0.1:9"));

        let again = reader.delivery(5, ADMIN).await.unwrap();
        assert_eq!((again.summary.outcome, &again.body), (Outcome::Duplicate, &stored.body));
        assert_eq!(again.attempts, stored.attempts);
        assert_ne!(again.headers, stored.headers, "its own timestamp");
        assert_eq!(again.occurred_from, stored.occurred_from);
        assert_eq!(again.summary.about, stored.summary.about);
        assert_eq!(reader.delivery(6, ADMIN).await.unwrap().body, Body::Text("{}".to_owned()));

        let unreadable = reader.delivery(3, ADMIN).await.unwrap();
        assert_eq!(unreadable.summary.outcome, Outcome::Unreadable);
        assert!(unreadable.summary.reason.unwrap().starts_with("the body is not JSON"));
        assert_eq!(unreadable.body, Body::Bytes { hex: "0000  ff 00\n".to_owned(), length: 2 });

        let refused = reader.delivery(7, ADMIN).await.unwrap();
        assert_eq!(
            (&refused.attempts, refused.skipped_fields.len(), refused.occurred_from),
            (&stored.attempts, 0, None)
        );
        let passed: Vec<Option<bool>> = refused.checks.iter().map(|step| step.passed).collect();
        assert_eq!(passed, [Some(true), Some(true), Some(true), Some(true), Some(false)]);
    })
    .await;
}

#[tokio::test]
async fn live_rows_come_in_the_order_of_commits_and_none_is_skipped() {
    each_database(async |store| {
        requests(&store).await;
        let reader = reader(&store);
        assert_eq!(reader.last_seq().await, Ok(7));
        let mut since = 0;
        let mut seen = Vec::new();
        loop {
            let (rows, until) = reader.deliveries_after(&DeliveryFilter::default(), NOW, since, 2).await.unwrap();
            if rows.is_empty() {
                break;
            }
            since = until;
            seen.extend(rows.into_iter().map(|row| row.seq));
        }
        assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
        let refused = DeliveryFilter { outcome: Some(Outcome::Refused), ..DeliveryFilter::default() };
        let found = async |filter: &DeliveryFilter, since| {
            let (rows, until) = reader.deliveries_after(filter, NOW, since, 10).await.unwrap();
            (rows.len(), until)
        };
        assert_eq!(found(&refused, 6).await, (1, 7));
        assert_eq!(found(&refused, 7).await, (0, 7));
        assert_eq!(found(&refused, 0).await, (1, 7));
        let repeats = DeliveryFilter { outcome: Some(Outcome::Duplicate), ..DeliveryFilter::default() };
        assert_eq!(found(&repeats, 6).await, (0, 7), "what fits no filter is passed over once");
        let contracts = DeliveryFilter { family: Some(Family::Contract), ..DeliveryFilter::default() };
        assert_eq!(found(&contracts, 2).await, (2, 7));
        assert_eq!(reader.deliveries(&contracts, NOW, ADMIN).await.unwrap().head, 7);
    })
    .await;
}

#[tokio::test]
async fn refused_attempts_stand_among_the_others_and_their_pages_say_what_came_of_them() {
    each_database(async |store| {
        let offered = body("client.contract.offered", "live", &contract("ct_1", "clct_1"));
        let wrong = |minute: i64| refused("msg_1", minute, "bad_signature", "No signature matches.");
        let elsewhere = NewRefusal { endpoint: "other".to_owned(), ..wrong(2) };
        let unnamed = NewRefusal { message_id: None, ..wrong(3) };
        store.append(&[], &[wrong(0), wrong(1), elsewhere, unnamed], BOUNDS).await.unwrap();
        let message = TestMessage { delay: 300, ..TestMessage::new("msg_1", 0, &offered) };
        log(&store, &[message.clone(), TestMessage { delay: 305, ..message }]).await;
        store.append(&[], &[wrong(9)], BOUNDS).await.unwrap();
        let reader = reader(&store);

        let stored = reader.delivery(5, ADMIN).await.unwrap();
        let told: Vec<(i64, Outcome, Option<&str>)> =
            stored.attempts.iter().map(|one| (one.seq, one.outcome, one.reason.as_deref())).collect();
        let because = Some("No signature matches.");
        assert_eq!(
            told,
            [
                (1, Outcome::Refused, because),
                (2, Outcome::Refused, because),
                (5, Outcome::Stored, None),
                (6, Outcome::Duplicate, None),
                (7, Outcome::Refused, because),
            ]
        );
        assert!(stored.attempts.iter().all(|one| one.sent_at.is_some() == (one.outcome != Outcome::Refused)));
        assert_eq!(stored.genuine_attempts().count(), 2);
        assert_eq!(stored.claimed_message(), None);

        let later = reader.delivery(1, ADMIN).await.unwrap();
        assert_eq!(later.attempts, stored.attempts);
        let Some(ClaimedMessage::AcceptedLater(by)) = later.claimed_message() else { panic!("not accepted later") };
        assert_eq!((by.seq, by.received_at), (5, at(5)));
        let after = reader.delivery(7, ADMIN).await.unwrap();
        let Some(ClaimedMessage::AcceptedBefore(by)) = after.claimed_message() else { panic!("not accepted before") };
        assert_eq!(by.seq, 5);
        // The same id at another endpoint is unrelated.
        assert_eq!(reader.delivery(3, ADMIN).await.unwrap().claimed_message(), Some(ClaimedMessage::NeverAccepted));
        let nameless = reader.delivery(4, ADMIN).await.unwrap();
        assert_eq!((nameless.attempts.len(), nameless.claimed_message()), (0, None));
    })
    .await;
}

#[tokio::test]
async fn of_very_many_refused_attempts_the_newest_are_listed() {
    each_database(async |store| {
        let many: Vec<NewRefusal> = (0..250).map(|n| refused("msg_1", n, "bad_signature", "No.")).collect();
        store.append(&[], &many, BOUNDS).await.unwrap();
        let seqs: Vec<i64> =
            reader(&store).delivery(250, ADMIN).await.unwrap().attempts.into_iter().map(|one| one.seq).collect();
        assert_eq!(seqs, (51..=250).collect::<Vec<_>>());
    })
    .await;
}
