//! Tests of each event's sentence, with all facts and with none.

use super::{AMARA, BUDGET, contact, of_contract, requisition as snapshot, stored_event, with};
use crate::event::EventType;
use crate::id::Subject;
use crate::timeline::{Entry, Sentence, Span, StoredEvent, contract, contractor, requisition};
use serde_json::{Value, json};

const AT: &str = "2026-02-03T16:42:00Z";

/// Marks links as `**name**` and emphasis as `__words__`.
fn marked(sentence: &Sentence) -> String {
    let mark = |span: &Span| match span {
        Span::Text(text) => text.clone(),
        Span::Name(name, Some(_)) => format!("**{name}**"),
        Span::Name(name, None) => format!("!{name}!"),
        Span::Strong(text) => format!("__{text}__"),
    };
    sentence.0.iter().map(mark).collect()
}

/// Returns the last entry of the story of these events.
fn sentence_of(stored_events: &[StoredEvent]) -> (String, Option<String>) {
    let entries: Vec<Entry> = match stored_events[0].event.about().first().unwrap() {
        Subject::Contract(_) => contract(stored_events).unwrap().entries,
        Subject::Contractor(id) => contractor(id, stored_events).unwrap().entries,
        Subject::Requisition(id) => requisition(id, stored_events).unwrap().entries,
        Subject::Hirer(_) => Vec::new(),
    };
    let entry = entries.last().unwrap();
    (marked(&entry.sentence), entry.detail.clone())
}

fn event(name: &str, object: Value) -> (String, Option<String>) {
    sentence_of(&[stored_event(1, AT, name, object)])
}

fn is(told: (String, Option<String>), sentence: &str, detail: Option<&str>) {
    assert_eq!((told.0.as_str(), told.1.as_deref()), (sentence, detail));
}

const TERMS: Option<&str> = Some("£520.00 a day, 1 March to 29 May 2026, 7 days’ notice");
const RUN: Option<&str> = Some("It was to run from 1 March to 29 May 2026");

#[test]
fn each_of_the_fifteen_is_told_in_a_sentence() {
    let of = |event: &str| sentence_of(&[of_contract(1, AT, event)]);
    is(
        of("approved"),
        "**Brand refresh** passed pre-offer approval.",
        Some("Funded by requisition REQ-2026-0031 · £60,000.00 in total"),
    );
    is(of("offered"), "**Brand refresh** was offered to Amara by Priya Raman.", TERMS);
    is(of("revoked"), "The offer of **Brand refresh** to Amara was revoked by Priya Raman.", RUN);
    is(of("accepted"), "**Brand refresh** was signed by Amara.", TERMS);
    is(of("cancelled"), "**Brand refresh** was cancelled before its start.", RUN);
    is(of("deleted"), "**Brand refresh** was deleted.", None);

    let ending = with(json!({ "title": "Winter campaign", "end_date": "2026-03-31", "actual_end_date": "2026-02-13" }));
    is(
        event("client.contract.notice_served", ending.clone()),
        "Notice was served on **Winter campaign**: it now ends on 13 February 2026.",
        Some("End date 31 March 2026 → 13 February 2026"),
    );
    is(
        event("client.contract.completed", ending),
        "The end date of **Winter campaign** is settled: 13 February 2026.",
        Some("End date 31 March 2026 → 13 February 2026"),
    );

    is(
        event("client.client_contact.created", contact("INVITED", "NOT_STARTED")),
        "**Amara Okoye** was invited to join Northwind Studios.",
        Some("Registration: invited · Onboarding: not started · Bookability: not bookable"),
    );
    is(
        event("client.client_contact.created", contact("REGISTERED", "FINISHED")),
        "**Amara Okoye** was added to the directory of Northwind Studios.",
        Some("Registration: registered · Onboarding: finished · Bookability: not bookable"),
    );
    is(
        event("client.client_contact.registered", contact("REGISTERED", "NOT_STARTED")),
        "**Amara Okoye** registered on YunoJuno.",
        Some("Registration: registered · Onboarding: not started · Bookability: not bookable"),
    );
    is(
        event("client.client_contact.onboarding_completed", contact("REGISTERED", "FINISHED")),
        "**Amara Okoye** finished onboarding.",
        Some("Registration: registered · Onboarding: finished · Bookability: not bookable"),
    );
    is(
        event("client.client_contact.custom_fields_updated", contact("REGISTERED", "FINISHED")),
        "The custom fields of **Amara Okoye** were updated.",
        Some("vendor_number: V-88213"),
    );

    for verb in ["created", "updated", "approved"] {
        is(
            event(&format!("client.spend_request.{verb}"), snapshot("60000.00")),
            &format!("The spend requisition **Design budget** was {verb}."),
            Some("£60,000.00 in total · REQ-2026-0031"),
        );
    }
}

#[test]
fn sentences_read_well_when_nothing_is_known() {
    let of = |event_type: &EventType| match event_type.as_str().split('.').nth(1).unwrap() {
        "contract" => event(event_type.as_str(), json!({ "contract_id": "ct_1" })),
        "client_contact" => event(event_type.as_str(), json!({ "client_contact_id": AMARA })),
        _ => event(event_type.as_str(), json!({ "spend_request_id": BUDGET })),
    };
    let sentences: Vec<String> = EventType::KNOWN.iter().map(|event_type| of(event_type).0).collect();
    assert_eq!(
        sentences,
        [
            &format!("**{AMARA}** was added to the directory."),
            &format!("**{AMARA}** registered on YunoJuno."),
            &format!("**{AMARA}** finished onboarding."),
            &format!("The custom fields of **{AMARA}** were updated."),
            "**ct_1** passed pre-offer approval.",
            "**ct_1** was offered to the contractor.",
            "The offer of **ct_1** to the contractor was revoked.",
            "**ct_1** was signed by the contractor.",
            "**ct_1** was cancelled before its start.",
            "Notice was served on **ct_1**.",
            "The end date of **ct_1** is settled.",
            "**ct_1** was deleted.",
            &format!("The spend requisition **{BUDGET}** was created."),
            &format!("The spend requisition **{BUDGET}** was updated."),
            &format!("The spend requisition **{BUDGET}** was approved."),
        ]
    );
    assert!(EventType::KNOWN.iter().all(|event_type| of(event_type).1.is_none()));
}

#[test]
fn an_unknown_event_is_named_and_linked() {
    let updated =
        stored_event(2, "2026-02-04T09:00:00Z", "client.contract.hours_logged", json!({ "contract_id": "ct_1" }));
    is(
        sentence_of(&[of_contract(1, AT, "offered"), updated.clone()]),
        "An event that Junoscope does not interpret arrived for **Brand refresh**: __contract hours logged__.",
        None,
    );
    is(
        sentence_of(&[updated]),
        "An event that Junoscope does not interpret arrived for **ct_1**: __contract hours logged__.",
        None,
    );
    is(
        event("client.client_contact.removed", json!({ "client_contact_id": AMARA })),
        &format!("An event that Junoscope does not interpret arrived for **{AMARA}**: __client contact removed__."),
        None,
    );
    is(
        event("client.spend_request.rejected", json!({ "spend_request_id": BUDGET })),
        &format!("An event that Junoscope does not interpret arrived for **{BUDGET}**: __spend request rejected__."),
        None,
    );
}

#[test]
fn only_a_single_hirer_is_named_as_the_one_who_acted() {
    let two = json!([{ "full_name": "Priya Raman" }, { "full_name": "Tom Hale" }]);
    let (sentence, _) = event("client.contract.offered", with(json!({ "hirers": two })));
    assert_eq!(sentence, "**Brand refresh** was offered to Amara by Northwind Studios.");
    let (sentence, _) = event("client.contract.offered", with(json!({ "hirers": [], "client": null })));
    assert_eq!(sentence, "**Brand refresh** was offered to Amara.");
}

#[test]
fn a_whole_name_is_not_cut() {
    let (sentence, _) = event("client.contract.accepted", with(json!({ "freelancer": { "full_name": "Nagy Anna" } })));
    assert_eq!(sentence, "**Brand refresh** was signed by Nagy Anna.");
}

#[test]
fn terms_leave_out_what_is_unknown() {
    let detail = |changes| event("client.contract.offered", with(changes)).1;
    assert_eq!(
        detail(json!({ "rate": null, "notice_period_days": 1 })).as_deref(),
        Some("1 March to 29 May 2026, 1 day’s notice")
    );
    assert_eq!(
        detail(json!({ "end_date": null, "notice_period_days": 0 })).as_deref(),
        Some("£520.00 a day, from 1 March 2026, no notice period")
    );
    assert_eq!(detail(json!({ "rate": null, "start_date": null, "end_date": null, "notice_period_days": null })), None);
    let unfunded = event("client.contract.approved", with(json!({ "spend_request": null }))).1;
    assert_eq!(unfunded.as_deref(), TERMS);
}

#[test]
fn a_notice_that_moves_nothing_does_not_say_now() {
    is(
        sentence_of(&[of_contract(1, AT, "accepted"), of_contract(2, "2026-04-01T09:00:00Z", "notice_served")]),
        "Notice was served on **Brand refresh**: it ends on 29 May 2026.",
        None,
    );
}

#[test]
fn many_changed_fields_are_counted() {
    let fields: Vec<Value> = (1..=5).map(|n| json!({ "name": format!("f{n}"), "value": n })).collect();
    let mut changed = contact("REGISTERED", "FINISHED");
    changed["custom_fields"] = json!(fields);
    let before = stored_event(1, AT, "client.client_contact.created", contact("REGISTERED", "FINISHED"));
    let after = stored_event(2, "2026-02-04T09:00:00Z", "client.client_contact.custom_fields_updated", changed);
    assert_eq!(sentence_of(&[before, after]).1.as_deref(), Some("f1: 1 · f2: 2 · f3: 3 · 3 more"));
}

#[test]
fn a_name_in_which_nothing_can_be_seen_is_none() {
    let blank = with(json!({
        "title": "\u{200b} ",
        "freelancer": { "first_name": " ", "full_name": "\u{2060}\u{feff}", "last_name": "\t" },
        "hirers": [{ "hirer_id": "hp_1", "full_name": "\u{3164}" }],
    }));
    let (sentence, _) = event("client.contract.offered", blank);
    assert_eq!(sentence, format!("**ct_1** was offered to {AMARA} by hp_1."));
    let (sentence, _) = event(
        "client.client_contact.registered",
        json!({ "client_contact_id": AMARA, "freelancer": { "full_name": " " } }),
    );
    assert_eq!(sentence, format!("**{AMARA}** registered on YunoJuno."));
    let requisition = json!({ "spend_request_id": BUDGET, "title": "\u{ad}", "external_id": "\u{200d}" });
    let (sentence, _) = event("client.spend_request.created", requisition);
    assert_eq!(sentence, format!("The spend requisition **{BUDGET}** was created."));
}

#[test]
fn no_name_turns_the_words_beside_it_round() {
    let turned =
        with(json!({ "title": "Brand \u{202e}refresh\u{202c}", "hirers": [{ "full_name": "\u{2067}Priya" }] }));
    let (sentence, _) = event("client.contract.offered", turned);
    assert_eq!(sentence, "**Brand refresh** was offered to Amara by Priya.");
}
