//! Tests that the page of an imported delivery claims no check that was not made.

use super::*;
use crate::store::log::{Imported, ImportedMessage, ImportedRequest};
use domain::query::import_source::ImportSource;

#[tokio::test]
async fn an_unchecked_delivery_says_so_to_either_role() {
    each_database(async |store| {
        let event = body("client.contract.offered", "live", &contract("ct_1", "clct_1"));
        let of = TestMessage::new("msg_1", 0, &event).message();
        let request = |minute: i64| ImportedRequest {
            received_at: at(minute),
            sent_at: at(minute),
            headers: of.headers.clone(),
            remote: None,
            signed_with: None,
            imported_from: Some(ImportSource::Svix),
            body: of.body.clone(),
        };
        let message = ImportedMessage {
            requests: vec![request(0), request(1)],
            endpoint: of.endpoint,
            message_id: of.message_id,
            occurred_at: of.occurred_at,
            occurred_from: of.occurred_from,
            event_type: of.event_type,
            mode: of.mode,
            outcome: of.outcome,
            reason: of.reason,
            only_if_unknown: true,
        };
        store.import(&[Imported::Message(message)]).await.unwrap();
        project(&store).await;
        let site = Site::new(&store);
        for role in [Role::Admin, Role::Hirer] {
            let (status, html) = site.get("/deliveries/1", role).await;
            assert_eq!(status, 200);
            assert!(html.contains("Imported, signature not checked: it comes from Svix’s API"), "{role:?}: {html}");
            assert!(!html.contains("proved that YunoJuno sent it"), "{role:?}: {html}");
            assert!(!html.contains(">: passed<"), "{role:?}: {html}");
            let marks = html.matches("imported, not checked").count();
            assert_eq!(marks, if role == Role::Admin { 2 } else { 0 }, "{role:?}: {html}");
        }
    })
    .await;
}
