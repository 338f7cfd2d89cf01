//! Bodies that are unusual in one way or another.

/// Letters with accents, a typographic apostrophe, a decomposed umlaut, test traffic.
pub(super) const ZOE: &str = r#"{
    "event_type": "client.contract.accepted",
    "mode": "test",
    "data": {
        "object": {
            "contract_id": "ct_paris",
            "title": "Été à Paris – l’affiche",
            "client_contact": { "client_contact_id": "clct_zoe" },
            "freelancer": { "full_name": "Zoe\u0308 O’Brien-Łukasz", "email": "zoe.obrien@example.org" },
            "rate": { "currency": "EUR", "unit": "HOUR", "value": "65" },
            "start_date": "2026-06-01"
        }
    }
}"#;

/// About an id of the documentation's examples.
pub(super) const SAMPLE: &str = r#"{
    "event_type": "client.contract.approved",
    "mode": "live",
    "data": { "object": { "contract_id": "ct_c3j7xl4ev7gf2goxh7di2icq1", "title": "Example after ct_paris" } }
}"#;

/// The portal's test message.
pub(super) const PING: &str = r#"{"success": true}"#;

/// JSON without an envelope.
pub(super) const STRANGER: &str = r#"{"hello": "stranger", "count": 3, "type": "alien"}"#;

/// No JSON.
pub(super) const BROKEN: &str = r#"{"title": "Broken lamp", "note": "#;

/// No text.
pub(super) const BINARY: &[u8] = b"\xff\xfe broken lamp";

/// Deeper than the parser of JSON goes.
pub(super) fn deep() -> String {
    format!("{}\"abyss\"{}", "[".repeat(1_000), "]".repeat(1_000))
}

/// Lists in lists, and values of every kind.
pub(super) fn lists() -> Vec<u8> {
    let long = format!("{} zebra", "word ".repeat(100));
    format!(
        r#"{{
    "event_type": "client.contract.offered",
    "mode": "live",
    "data": {{
        "object": {{
            "contract_id": "ct_lists",
            "title": "Lists",
            "tags": ["red", "Green", "blue green"],
            "matrix": [[1, 2], [3, [4]]],
            "teams": [
                {{
                    "name": "One",
                    "members": [
                        {{ "email": "one@example.com", "level": 1 }},
                        {{ "email": "two@example.org", "level": 7 }}
                    ]
                }},
                {{ "name": "Two", "members": [] }}
            ],
            "big": 123456789012345678901234567890123456789.5,
            "bigger": "1e400",
            "tiny": 1e-40,
            "negative": -12.50,
            "flag": true,
            "said": "true",
            "nothing": null,
            "empty": "",
            "none": [],
            "block": {{}},
            "signed_at": "2026-03-01T10:30:00Z",
            "zoned_at": "2026-03-02T00:30:00+02:00",
            "midnight": "2026-03-01T00:00:00",
            "day": "2026-03-01",
            "odd key": "odd \"value\"",
            "a.b": "dotted",
            "exists": "keyword",
            "code": "007",
            "padded": " 450.00 ",
            "under": "1_000",
            "long": "{long}"
        }}
    }}
}}"#
    )
    .into_bytes()
}
