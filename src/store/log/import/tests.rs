//! Tests that an import stores every request once, and marks what was not checked.

use super::*;
use crate::store::deliveries::MessageRow;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{BOUNDS, TestMessage, at, body, contract, log, project, refused};
use serde_json::json;

fn request(minute: i64, body: &str) -> ImportedRequest {
    ImportedRequest {
        received_at: at(minute),
        sent_at: at(minute),
        headers: "[]".to_owned(),
        remote: None,
        signed_with: None,
        imported_from: Some(ImportSource::Junoscope),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn message(id: &str, requests: Vec<ImportedRequest>) -> ImportedMessage {
    ImportedMessage {
        endpoint: "yunojuno".to_owned(),
        message_id: id.to_owned(),
        occurred_at: at(0),
        occurred_from: TimeOrigin::MessageId,
        event_type: None,
        mode: None,
        outcome: Outcome::Unreadable,
        reason: Some("No object.".to_owned()),
        requests,
        only_if_unknown: false,
    }
}

fn refusal(copy: i64) -> Imported {
    let of = refused("msg_9", 3, "bad_signature", "Why.");
    Imported::Refusal(ImportedRefusal {
        endpoint: of.endpoint,
        received_at: of.received_at,
        code: of.code.to_owned(),
        reason: of.reason,
        message_id: of.message_id,
        headers: of.headers,
        remote: of.remote,
        body: of.body,
        body_length: of.body_length,
        copy,
    })
}

async fn stored(store: &Store) -> Vec<MessageRow> {
    let head = store.last_seq().await.unwrap();
    store.list_whole_messages(&(1..=head).collect::<Vec<_>>()).await.unwrap()
}

/// Returns number, whether the body is that of the first, and whether it is marked.
async fn attempts(store: &Store, id: &str) -> Vec<(i64, bool, bool)> {
    let rows = store.list_attempts("yunojuno", id).await.unwrap();
    let genuine = rows.iter().filter(|row| row.outcome != "refused");
    genuine.map(|row| (row.seq, row.same_body, row.imported_from.is_some())).collect()
}

#[tokio::test]
async fn what_is_imported_again_is_stored_once() {
    each_database(async |store| {
        let requests = vec![request(1, "a"), request(2, "a"), request(2, "a"), request(3, "b")];
        let batch = [
            Imported::Message(message("msg_1", requests)),
            refusal(1),
            Imported::Message(message("msg_2", vec![request(1, "a")])),
            refusal(2),
            Imported::Message(message("msg_1", vec![request(1, "a"), request(4, "a")])),
        ];
        let counts = store.import(&batch).await.unwrap();
        let expected = ImportCounts { messages: 2, attempts: 4, refused: 2, unchecked: 6, confirmed: 0, known: 0 };
        assert_eq!(counts, expected);
        assert_eq!(
            attempts(&store, "msg_1").await,
            [(1, true, true), (2, true, true), (3, true, true), (4, false, true), (8, true, true)]
        );
        assert_eq!(store.last_seq().await.unwrap(), 8);
        assert_eq!(store.count_refused_ever().await.unwrap(), 2);

        let again = store.import(&batch).await.unwrap();
        assert_eq!(again, ImportCounts { known: 5, ..ImportCounts::default() });
        assert_eq!(store.last_seq().await.unwrap(), 8, "no number is taken for nothing");
        assert_eq!(store.count_refused_ever().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_came_here_and_elsewhere_has_the_attempts_of_both() {
    each_database(async |store| {
        let here = TestMessage::new("msg_1", 5, &json!({}));
        log(&store, std::slice::from_ref(&here)).await;
        store.append(&[], &[refused("msg_9", 3, "bad_signature", "Why.")], BOUNDS).await.unwrap();
        let of = here.message();
        let same = ImportedRequest {
            received_at: of.received_at,
            sent_at: of.sent_at,
            headers: of.headers,
            remote: of.remote,
            signed_with: None,
            imported_from: Some(ImportSource::Junoscope),
            body: of.body,
        };
        let batch = [Imported::Message(message("msg_1", vec![request(1, "{}"), same])), refusal(1)];
        let counts = store.import(&batch).await.unwrap();
        let expected = ImportCounts { attempts: 1, unchecked: 1, known: 1, ..ImportCounts::default() };
        assert_eq!(counts, expected);
        let first = stored(&store).await.remove(0);
        assert_eq!((first.received_at, first.imported_from), (of.received_at.as_millisecond(), None));
        assert_eq!(attempts(&store, "msg_1").await, [(3, true, true), (1, true, false)], "in order of arrival");
    })
    .await;
}

#[tokio::test]
async fn a_later_import_that_is_checked_takes_the_mark_away() {
    each_database(async |store| {
        let unchecked = message("msg_1", vec![request(1, "{}"), request(2, "{}")]);
        let mut checked = unchecked.clone();
        for request in &mut checked.requests {
            (request.imported_from, request.signed_with) = (None, Some("0badcafe".to_owned()));
        }
        store.import(&[Imported::Message(unchecked)]).await.unwrap();
        let counts = store.import(&[Imported::Message(checked.clone())]).await.unwrap();
        assert_eq!(counts, ImportCounts { confirmed: 2, ..ImportCounts::default() });
        assert_eq!(attempts(&store, "msg_1").await, [(1, true, false), (2, true, false)]);
        assert_eq!(stored(&store).await[0].signed_with.as_deref(), Some("0badcafe"));
        let counts = store.import(&[Imported::Message(checked)]).await.unwrap();
        assert_eq!(counts, ImportCounts { known: 1, ..ImportCounts::default() });
    })
    .await;
}

#[tokio::test]
async fn a_genuine_repeat_of_a_message_of_svix_is_no_finding() {
    each_database(async |store| {
        let event = body("client.contract.offered", "live", &contract("ct_1", "clct_1"));
        let mut of_svix = message("msg_1", vec![request(1, &event.to_string())]);
        of_svix.requests[0].imported_from = Some(ImportSource::Svix);
        (of_svix.only_if_unknown, of_svix.outcome, of_svix.reason) = (true, Outcome::Stored, None);
        of_svix.event_type = Some(EventType::ContractOffered);
        store.import(&[Imported::Message(of_svix.clone())]).await.unwrap();
        of_svix.requests[0].received_at = at(2);
        let counts = store.import(&[Imported::Message(of_svix)]).await.unwrap();
        assert_eq!(counts, ImportCounts { known: 1, ..ImportCounts::default() }, "a known message stays as it is");
        let spaced = format!("{event:#}").into_bytes();
        log(&store, &[TestMessage { body: spaced, ..TestMessage::new("msg_1", 9, &event) }]).await;
        project(&store).await;
        assert_eq!(attempts(&store, "msg_1").await, [(1, true, true), (2, false, false)]);
        assert!(store.list_repeats_after(0, 9, 9).await.unwrap().iter().all(|repeat| repeat.same_body));
    })
    .await;
}
