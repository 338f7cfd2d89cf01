//! Tests that every difference is found, and nothing else.

mod laws;

use super::*;
use crate::event::{EventType, Mode};
use serde_json::{Value, json};

pub(super) fn fixture(name: &str) -> Value {
    let file = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

pub(super) fn snapshot(body: &Value) -> Snapshot {
    Snapshot::read(body.to_string().as_bytes()).unwrap()
}

pub(super) fn diff(before: &Value, after: &Value) -> Diff {
    between(&snapshot(before), &snapshot(after))
}

/// Returns each change as a line.
fn lines(of: &Diff) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    of.changes
        .iter()
        .map(|change| format!("{}: {} → {}", change.label, text(&change.before), text(&change.after)))
        .collect()
}

/// Returns the changes after one edit of the notice fixture.
fn changed(change: impl Fn(&mut Value)) -> Vec<String> {
    let before = fixture("contract.notice_served");
    let mut after = before.clone();
    change(&mut after["data"]["object"]);
    lines(&diff(&before, &after))
}

#[test]
fn a_change_is_told_in_words() {
    assert_eq!(changed(|c| c["end_date"] = json!("2026-02-27")), ["End date: 27 March 2026 → 27 February 2026"]);
    assert_eq!(changed(|c| c["actual_end_date"] = json!(null)), ["Actual end date: 13 February 2026 → –"]);
    assert_eq!(changed(|c| c["rate"]["value"] = json!("500")), ["Rate: £475.00 a day → £500.00 a day"]);
    assert_eq!(
        changed(|c| c["rate"] = json!({ "value": "60", "currency": "EUR", "unit": "HOUR" })),
        ["Rate: £475.00 a day → €60.00 an hour"]
    );
    assert_eq!(changed(|c| c["notice_period_days"] = json!(1)), ["Notice: 14 days → 1 day"]);
    assert_eq!(changed(|c| c["minutes_in_working_day"] = json!(450)), ["Working day: 8 hours → 7 hours 30 minutes"]);
    assert_eq!(changed(|c| c["work_location"] = json!("ON_SITE")), ["Place of work: remote → on site"]);
    assert_eq!(
        changed(|c| c["freelancer_personal_tax_jurisdiction"] = json!({ "name": "Spain", "country_code": "ES" })),
        ["Pays taxes in: Portugal → Spain"]
    );
    assert_eq!(
        changed(|c| c["spend_request"]["amount"] = json!("30000.00")),
        ["Requisition: amount: £21,500.00 in total → £30,000.00 in total"]
    );
    assert_eq!(changed(|c| c["spend_request"] = json!(null)), ["Requisition: Winter campaign design budget → –"]);
    assert_eq!(
        changed(|c| c["historical_meta"]["has_previously_accepted_contract"] = json!(false)),
        ["History: accepted a contract before: yes → no"]
    );
    assert_eq!(changed(|c| c["erp"] = json!({ "poNumber": 7 })), ["Erp: po number: – → 7"]);
}

#[test]
fn what_stands_in_lists_is_told_by_its_name() {
    assert_eq!(
        changed(|c| c["hirers"].as_array_mut().unwrap().push(json!({ "hirer_id": "hp_3", "full_name": "Lea Moreau" }))),
        ["Hirers: – → Lea Moreau"]
    );
    assert_eq!(changed(|c| drop(c["hirers"].as_array_mut().unwrap().remove(0))), ["Hirers: Priya Raman → –"]);
    assert_eq!(
        changed(|c| c["hirers"][1]["email"] = json!("t.wrona@example.com")),
        ["Hirer Tomasz Wrona: email: tomasz.wrona@example.com → t.wrona@example.com"]
    );
    assert_eq!(
        changed(|c| c["hirers"][0]["full_name"] = json!("Priya Singh")),
        ["Hirer: name: Priya Raman → Priya Singh"]
    );
    assert_eq!(
        changed(|c| c["custom_fields"][0]["value"] = json!("CC-1")),
        ["Custom field Cost centre: CC-415 → CC-1"]
    );
    assert_eq!(changed(|c| c["custom_fields"] = json!(null)), ["Custom field Cost centre: CC-415 → –"]);
    assert_eq!(
        changed(|c| c["client_contact"]["custom_fields"][0]["value"] = json!("V-2")),
        ["Contractor: custom field Vendor number: V-88213 → V-2"]
    );
    assert_eq!(
        changed(|c| c["fee_schedule"]["periods"][1]["fees"][0]["percentage"] = json!("9.50")),
        ["Fees from 1 February 2026: Platform Referral Fee: percentage: 10% → 9.5%"]
    );
    assert_eq!(
        changed(|c| c["fee_schedule"]["periods"][1]["total_cost"]["value"] = json!(520)),
        ["Fees from 1 February 2026: total cost: £522.50 → £520.00"]
    );
    assert_eq!(
        changed(|c| drop(c["fee_schedule"]["periods"].as_array_mut().unwrap().pop())),
        ["Fees from 1 February 2026: £522.50 with the rate → –"]
    );
}

#[test]
fn personal_data_is_never_shown() {
    let told = changed(|c| {
        c["freelancer"]["date_of_birth"] = json!("1990-01-01");
        c["freelancer"]["legal_name"] = json!("Somebody Else");
    });
    let expected =
        ["Contractor: date of birth: not shown → not shown", "Contractor: legal name: not shown → not shown"];
    assert_eq!(told, expected);
}

#[test]
fn spelling_is_no_change() {
    let none: [&str; 0] = [];
    assert_eq!(changed(|c| c["rate"]["value"] = json!(475)), none);
    assert_eq!(changed(|c| c["rate"]["currency"] = json!("gbp")), none);
    assert_eq!(changed(|c| c["spend_request"]["amount"] = serde_json::from_str("21500.0").unwrap()), none);
    assert_eq!(changed(|c| c["notice_period_days"] = json!("14")), none);
    assert_eq!(changed(|c| c["minutes_in_working_day"] = serde_json::from_str("480.0").unwrap()), none);
    assert_eq!(changed(|c| c["end_date"] = json!("2026-03-27T00:00:00Z")), none);
    assert_eq!(changed(|c| c["renewal_meta"] = json!(null)), none);
    assert_eq!(changed(|c| drop(c.as_object_mut().unwrap().remove("renewal_meta"))), none);
    assert_eq!(changed(|c| c["nobody_knows"] = json!([null, {}, ""])), none);
    assert_eq!(changed(|c| c["hirers"].as_array_mut().unwrap().reverse()), none);
    assert_eq!(changed(|c| c["fee_schedule"]["periods"].as_array_mut().unwrap().reverse()), none);
}

#[test]
fn a_newer_field_that_is_null_is_no_change_and_one_that_says_something_is() {
    let old = fixture("odd.oldest_contract");
    let mut newer = old.clone();
    newer["data"]["object"]["freelancer_operating_jurisdiction"] = json!(null);
    newer["data"]["object"]["historical_meta"] = json!({});
    assert!(diff(&old, &newer).is_empty());
    newer["data"]["object"]["url"] = json!("https://app.yunojuno.com/contracts/1/");
    assert_eq!(lines(&diff(&old, &newer)), ["Address on YunoJuno: – → https://app.yunojuno.com/contracts/1/"]);
}

#[test]
fn a_text_where_a_number_was_is_told_as_such_where_no_table_says_what_it_is() {
    let (one, other) = (json!({ "data": { "object": { "x": 1 } } }), json!({ "data": { "object": { "x": "1" } } }));
    assert_eq!(lines(&diff(&one, &other)), ["X: 1, as a number → 1, as text"]);
}

#[test]
fn a_long_text_is_cut_to_where_it_differs() {
    let with =
        |ending: &str| json!({ "data": { "object": { "description": format!("{}{ending}", "word ".repeat(100)) } } });
    let changes = diff(&with("one"), &with("other")).changes;
    let (before, after) = (changes[0].before.as_ref().unwrap(), changes[0].after.as_ref().unwrap());
    assert!(before.starts_with('…') && before.ends_with("one"), "{before}");
    assert!(after.ends_with("other") && after.chars().count() < 60, "{after}");
}

#[test]
fn the_rest_of_many_changes_is_counted() {
    let many = |offset: i32| {
        let fields: serde_json::Map<String, Value> = (0..30).map(|n| (format!("f{n}"), json!(n + offset))).collect();
        json!({ "data": { "object": fields } })
    };
    let found = diff(&many(0), &many(1)).cut(12);
    assert_eq!((found.changes.len(), found.more, found.unchanged), (12, 18, 0));
    assert_eq!(diff(&many(0), &many(0)).unchanged, 30);
}

fn story(bodies: &[(i64, &str, Mode, Value)]) -> std::collections::BTreeMap<i64, EventChanges> {
    let types: Vec<EventType> = bodies.iter().map(|(_, name, ..)| EventType::parse(name)).collect();
    let texts: Vec<Vec<u8>> = bodies.iter().map(|(.., body)| body.to_string().into_bytes()).collect();
    let mut steps = Steps::new(50);
    for (((seq, _, mode, _), event_type), body) in bodies.iter().zip(&types).zip(&texts) {
        steps.add(EventBody { seq: *seq, event_type, mode: *mode, body });
    }
    steps.done()
}

#[test]
fn each_event_is_compared_with_the_one_before_that_carried_fields() {
    let mut notice = fixture("contract.notice_served");
    let accepted = notice.clone();
    notice["data"]["object"]["end_date"] = json!("2026-02-13");
    let reference = json!({ "data": { "object": { "contract_id": "ct_cc1zz59ygytu87neiby9v025g" } } });
    let found = story(&[
        (1, "client.contract.accepted", Mode::Live, accepted.clone()),
        (2, "client.contract.custom_fields_updated", Mode::Live, fixture("extra.contract.custom_fields_updated")),
        (3, "client.contract.notice_served", Mode::Live, notice),
        (4, "client.contract.notice_served", Mode::Test, accepted),
        (5, "client.contract.deleted", Mode::Live, reference),
    ]);
    assert_eq!(found[&1].since, None);
    assert!(found[&1].diff.is_empty() && !found[&1].is_reference);
    assert_eq!(lines(&found[&2].stated), ["Custom field Cost centre: CC-410 → CC-415"]);
    assert!(found[&2].is_reference);
    assert_eq!(found[&3].since.as_ref().map(|since| since.seq), Some(1));
    assert_eq!(lines(&found[&3].diff), ["End date: 27 March 2026 → 13 February 2026"]);
    assert_eq!(found[&4].since, None, "a test event is not compared with a live one");
    assert!(found[&5].is_reference && found[&5].diff.is_empty(), "what is not said is not gone");
}

#[test]
fn changes_are_shown_whatever_their_form() {
    let stated = |changes: Value| {
        let body = json!({ "data": { "object": { "client_contact_id": "c" }, "changes": changes } });
        lines(&story(&[(1, "client.client_contact.custom_fields_updated", Mode::Live, body)])[&1].stated)
    };
    let told = ["Custom field Vendor number: V-1 → V-2"];
    assert_eq!(
        stated(json!({ "custom_fields": [{ "name": "vendor_number", "previous": "V-1", "new": "V-2" }] })),
        told
    );
    assert_eq!(stated(json!({ "custom_fields": { "vendor_number": { "old": "V-1", "new": "V-2" } } })), told);
    assert_eq!(stated(json!({ "vendor_number": { "from": "V-1", "to": "V-2" } })), ["Vendor number: V-1 → V-2"]);
    assert_eq!(stated(json!([{ "field": "vendor_number", "new_value": "V-2" }])), ["Vendor number: – → V-2"]);
    assert_eq!(stated(json!([{ "field": "po", "previous": null, "new": null }])), ["Po: – → empty"]);
    assert_eq!(stated(json!({ "po": 7, "tags": ["a", true] })), ["Po: – → 7", "Tags: – → a", "Tags: – → yes"]);
    assert_eq!(stated(json!("something")), ["Content: – → something"]);
    assert_eq!(stated(json!(null)), [""; 0]);
}

/// Returns the difference as a hirer gets it, as text.
fn told_to_hirers(before: &Value, after: &Value) -> String {
    serde_json::to_string(&diff(before, after).seen_by(Some(Role::Hirer))).unwrap()
}

#[test]
fn of_a_person_hirers_are_told_what_the_tables_have_and_nothing_else() {
    let before = fixture("contract.notice_served");
    let secrets = |after: &mut Value, secret: &Value| {
        let object = &mut after["data"]["object"];
        object["freelancer"]["bank_account"] = secret.clone();
        object["freelancer"]["email"] = json!({ "name": secret, "label": secret });
        object["client_contact"]["notes"] = json!([{ "name": secret }, secret]);
        object["client_contact"]["full_name"] = secret.clone();
        object["client_contact"]["tax_jurisdiction"] = json!({ "name": secret });
        object["freelancer_bank_account"] = secret.clone();
        object["freelancer_operating_jurisdiction"]["region"] = secret.clone();
        object["hirers"][0]["phone"] = secret.clone();
        object["hirers"].as_array_mut().unwrap().push(json!({ "hirer_id": "hp_9", "label": secret }));
    };
    let (mut one, mut other) = (before.clone(), before.clone());
    secrets(&mut one, &json!("GB33-SECRET-1"));
    secrets(&mut other, &json!("GB33-SECRET-2"));
    for (from, to) in [(&before, &one), (&one, &other), (&other, &before)] {
        let told = told_to_hirers(from, to);
        assert!(!told.contains("SECRET"), "{told}");
        for key in ["bank_account", "notes", "phone", "region"] {
            assert!(!told.contains(key), "{key}: {told}");
        }
        assert!(diff(from, to).changes.iter().any(|change| change.label == "Contractor: bank account"));
        assert!(diff(from, to).seen_by(Some(Role::Hirer)).withheld > 5);
    }
    let known = changed(|c| c["client_contact"]["custom_fields"][0]["value"] = json!("V-2"));
    let mut after = before.clone();
    after["data"]["object"]["client_contact"]["custom_fields"][0]["value"] = json!("V-2");
    after["data"]["object"]["client_contact"]["custom_fields"][0]["metadata"] = json!({ "erp": "7" });
    after["data"]["object"]["freelancer"]["email"] = json!("new@example.com");
    after["data"]["object"]["erp"] = json!("not of a person");
    let told = diff(&before, &after).seen_by(Some(Role::Hirer));
    assert_eq!(told.withheld, 0, "{told:?}");
    assert!(lines(&told).contains(&known[0]));
}

#[test]
fn a_contact_is_a_person_from_its_top() {
    let before = fixture("client_contact.created");
    let mut after = before.clone();
    after["data"]["object"]["bank_account"] = json!({ "iban": "GB33-SECRET" });
    after["data"]["object"]["status"]["bookability_state"] = json!("BLOCKED");
    after["data"]["object"]["status"]["reason"] = json!("SECRET");
    let told = told_to_hirers(&before, &after);
    assert!(!told.contains("SECRET") && !told.contains("iban"), "{told}");
    assert!(told.contains("blocked"), "{told}");
}

#[test]
fn changes_that_an_event_names_itself_are_told_as_far_as_they_are_custom_fields() {
    let of = |event_type: &str, object: Value, changes: Value| {
        let body = json!({ "event_type": event_type, "data": { "object": object, "changes": changes } });
        let read = crate::event::parse(body.to_string().as_bytes()).unwrap();
        let stated = story(&[(1, event_type, Mode::Live, body)]).remove(&1).unwrap().seen_by(Some(Role::Hirer)).stated;
        (stated, read.changes)
    };
    let contact = "client.client_contact.custom_fields_updated";
    let subject = json!({ "client_contact_id": "clct_1" });
    for changes in [
        json!({ "freelancer": { "bank_account": { "old": "SECRET", "new": "SECRET" } } }),
        json!({ "freelancer": { "to": { "iban": "SECRET" } } }),
        json!([{ "field": "freelancer.bank_account", "old": "SECRET", "new": "SECRET" }]),
        json!([{ "name": "data.object.client_contact.iban", "new": "SECRET" }]),
        json!({ "date_of_birth": { "old": "SECRET", "new": "SECRET" } }),
        json!({ "client_contact": { "notes": ["SECRET"] } }),
    ] {
        let (stated, fields) = of(contact, subject.clone(), changes.clone());
        assert!(!serde_json::to_string(&stated).unwrap().contains("SECRET"), "{changes}: {stated:?}");
        assert_eq!(fields, [], "{changes}");
    }
    let pair = json!([{ "name": "po", "previous": "1", "new": "2" }]);
    for changes in
        [json!({ "custom_fields": pair }), pair.clone(), json!({ "client_contact": { "custom_fields": pair } })]
    {
        let (stated, fields) = of(contact, subject.clone(), changes.clone());
        assert_eq!((stated.changes.len(), stated.withheld, fields.len()), (1, 0, 1), "{changes}");
    }
    let unknown = json!({ "iban": { "old": "SECRET", "new": "SECRET" } });
    let (stated, fields) = of("client.client_contact.paid", subject, unknown.clone());
    assert_eq!((stated.changes.len(), stated.withheld, fields.len()), (0, 1, 0));
    let (stated, _) = of("client.contract.paid", json!({ "contract_id": "ct_1" }), unknown);
    assert_eq!((stated.changes.len(), stated.withheld), (1, 0), "a contract is no person");
}
