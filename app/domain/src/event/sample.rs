//! Recognition of the documentation's own example events, which are sent like real ones.
//!
//! The portal's "Send example" sends the example body of the event type as an ordinary signed message. The examples of
//! YunoJuno's documentation have `mode: live`, and all of them are about the same few ids. An event counts as an
//! example by the id of its own subject (`contract_id`, `client_contact_id` or `spend_request_id` of `data.object`): no
//! real contract has a documented id, while other ids of a body may be copied into real requests, and titles and names
//! are arbitrary.

/// Every id of the examples in YunoJuno's public documentation, with the pages it is on. Ids of a client, a profile, a
/// hirer and an approval are listed for completeness; no event is about them.
pub const DOCUMENTED_IDS: [(&str, &str); 7] = [
    ("ct_c3j7xl4ev7gf2goxh7di2icq1", "Client API: retrieve contract, contract events"),
    ("clct_c2k8wm3du8fe1fnxg6ch1hbr0", "Client API: contract events, invite contact"),
    ("spreq_c6g4am7hy4ji5jrak0gl5lft4", "Client API: spend requisition events, retrieve spend requisition"),
    ("cl_c1h9vn2ct9ed0emxf5bg0gaq9", "Client API: contract events"),
    ("fp_c4i6yk5fw6hg3hpyi8ej3jdr2", "Client API: contract events, invite contact"),
    ("hp_c5h5zl6gx5ih4iqzj9fk4kes3", "Client API: contract offered"),
    ("aprvl_c7h5bn8iz6kj6ksbk1hm6mgu5", "Client API: spend requisition created, inside url"),
];

/// Returns whether a subject's id is one of the documentation's.
pub fn is_documented(id: &str) -> bool {
    DOCUMENTED_IDS.iter().any(|(documented, _)| *documented == id)
}

/// Returns the documented ids that a stored event may be about.
pub fn subject_ids() -> impl Iterator<Item = &'static str> {
    let of_subject = |id: &&'static str| ["ct_", "clct_", "spreq_"].iter().any(|prefix| id.starts_with(prefix));
    DOCUMENTED_IDS.iter().map(|(id, _)| *id).filter(of_subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventType, Mode, Payload, label, parse};
    use serde_json::{Value, json};

    fn body(event_type: &str, mode: &str, object: &Value) -> Vec<u8> {
        json!({ "api_version": "2024-04-10", "event_type": event_type, "mode": mode, "data": { "object": object } })
            .to_string()
            .into_bytes()
    }

    /// Returns the mode by ingest and by the fold, which must agree.
    fn mode(body: &[u8]) -> Mode {
        let read = parse(body).unwrap().mode;
        assert_eq!(label(body).mode, Some(read));
        read
    }

    #[test]
    fn the_documentations_examples_are_samples_whatever_their_mode_says() {
        let [contract, contractor, requisition] =
            ["ct_", "clct_", "spreq_"].map(|prefix| subject_ids().find(|id| id.starts_with(prefix)).unwrap());
        for (event_type, object) in [
            ("client.contract.offered", json!({ "contract_id": contract, "title": "Example" })),
            ("client.client_contact.created", json!({ "client_contact_id": contractor })),
            ("client.spend_request.approved", json!({ "spend_request_id": requisition })),
            ("client.contract.custom_fields_updated", json!({ "contract_id": contract })),
            ("client.somebody.knows", json!({ "spend_request_id": requisition })),
        ] {
            assert_eq!(mode(&body(event_type, "live", &object)), Mode::Sample, "{event_type}");
            // What says that it is a test is one.
            assert_eq!(mode(&body(event_type, "test", &object)), Mode::Test, "{event_type}");
        }
    }

    #[test]
    fn only_the_events_own_subject_decides() {
        let object = json!({
            "contract_id": "ct_real",
            "client": { "client_id": "cl_c1h9vn2ct9ed0emxf5bg0gaq9" },
            "client_contact": { "client_contact_id": "clct_c2k8wm3du8fe1fnxg6ch1hbr0" },
            "spend_request": { "spend_request_id": "spreq_c6g4am7hy4ji5jrak0gl5lft4" },
        });
        assert_eq!(mode(&body("client.contract.offered", "live", &object)), Mode::Live);
        let both = json!({ "contract_id": "ct_real", "spend_request_id": "spreq_c6g4am7hy4ji5jrak0gl5lft4" });
        assert_eq!(mode(&body("client.somebody.knows", "live", &both)), Mode::Live);
        let longer = json!({ "contract_id": "ct_c3j7xl4ev7gf2goxh7di2icq1x" });
        assert_eq!(mode(&body("client.contract.offered", "live", &longer)), Mode::Live);
    }

    #[test]
    fn the_portals_ping_is_a_test_with_or_without_an_envelope() {
        for text in [r#"{"success": true}"#, r#"{"success":true}"#, r#"{ "success" : false }"#] {
            let read = parse(text.as_bytes()).unwrap();
            assert_eq!((read.event_type.as_str(), read.mode), (EventType::PING, Mode::Test), "{text}");
            assert_eq!(read.payload, Payload::Unrecognised(Vec::new()));
            let label = label(text.as_bytes());
            assert_eq!((label.event_type, label.mode), (Some(read.event_type), Some(Mode::Test)));
            assert_eq!(label.unreadable, None);
        }
        for text in [
            r#"{"event_type":"ping","data":{"success":true}}"#,
            r#"{"event_type":"svix.ping","data":{}}"#,
            r#"{"event_type":"svix.ping","mode":"live"}"#,
        ] {
            assert_eq!(mode(text.as_bytes()), Mode::Test, "{text}");
        }
    }

    #[test]
    fn what_only_resembles_a_ping_is_none() {
        for text in [r#"{"success": "yes"}"#, r#"{"success": true, "contract_id": "ct_1"}"#, "{}", "true", "[true]"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
            assert!(label(text.as_bytes()).unreadable.is_some(), "{text}");
        }
        let known = r#"{"event_type":"client.contract.offered","data":{"success":true}}"#;
        assert!(parse(known.as_bytes()).is_err());
        let unknown = r#"{"event_type":"client.other","data":{"success":true,"object":{}}}"#;
        assert_eq!(mode(unknown.as_bytes()), Mode::Live);
    }
}
