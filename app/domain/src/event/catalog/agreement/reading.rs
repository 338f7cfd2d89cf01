//! Tests that each field of the types is read from the path the tables name, and from no other.

#![expect(clippy::unnecessary_wraps, reason = "expected values are written as the types hold them")]

use crate::event::catalog::{Certainty, fields, subject_path};
use crate::event::contact::{Client, Contact, ContractorPerson, CustomField, NulledFields};
use crate::event::contract::{Contract, Fee, FeePeriod, Hirer, Jurisdiction, Rate};
use crate::event::probe::{fixture, places, reading, with, without};
use crate::event::spend::{AmountType, Requisition};
use crate::event::{Event, Family, Payload, Unreadable, parse};
use crate::money::{Currency, Money};
use serde_json::{Value, json};

/// Returns a body of each family in which every known field has a distinct value.
fn fullest(family: Family) -> Value {
    match family {
        Family::Contact => {
            let body = fixture("client_contact.onboarding_completed");
            with(&body, "data.object.freelancer.full_name", &json!("Amara N. Okoye"))
        }
        Family::Contract => {
            let body = fixture("contract.notice_served");
            let body = with(&body, "data.object.freelancer.full_name", &json!("Amara N. Okoye"));
            let body = with(&body, "data.object.hirers[].full_name", &json!("Priya S. Raman"));
            with(&body, "data.object.renewal_meta", &json!({ "renews": [{ "contract_id": "ct_before" }] }))
        }
        Family::Spend => fixture("spend_request.updated"),
    }
}

/// Fields of bodies that are in no type: they are only in the raw body. Some are personal data nobody needs to see.
const KEPT_RAW: &[&str] = &[
    "data.object.client_contact.custom_fields",
    "data.object.client_contact.custom_fields[].name",
    "data.object.client_contact.custom_fields[].value",
    "data.object.client_contact.freelancer_id",
    "data.object.client_contact.url",
    "data.object.freelancer.date_of_birth",
    "data.object.freelancer.freelancer_id",
    "data.object.freelancer.legal_name",
    // Read only where there is no full name.
    "data.object.freelancer.last_name",
    "data.object.hirers[].first_name",
    "data.object.hirers[].last_name",
];

fn is_kept_raw(path: &str) -> bool {
    KEPT_RAW.contains(&path) || path.ends_with(".metadata")
}

/// Returns the rows of a table that name one path, if the fullest body has it.
fn probed(family: Family) -> Vec<&'static str> {
    let body = fullest(family);
    fields(family)
        .iter()
        .filter(|field| !field.path.ends_with(".*"))
        .filter(|field| {
            let is_there = places(&body).iter().any(|(path, _)| path == field.path);
            assert!(is_there || field.certainty == Certainty::Unknown, "{} is in no probe", field.path);
            is_there
        })
        .map(|field| field.path)
        .collect()
}

fn outcome(body: &Value) -> Result<Event, Unreadable> {
    parse(body.to_string().as_bytes())
}

#[test]
fn taking_a_field_away_changes_the_reading_if_and_only_if_a_type_has_it() {
    for family in Family::ALL {
        let body = fullest(family);
        let whole = reading(&body);
        for path in probed(family) {
            let rest = outcome(&without(&body, path));
            if path == subject_path(family) {
                assert_eq!(rest, Err(Unreadable::NoSubject(path)));
                continue;
            }
            let rest = rest.unwrap();
            assert_eq!(rest.skipped_fields, Vec::<String>::new(), "{path}");
            assert_eq!(rest.payload == whole.payload, is_kept_raw(path), "{path}");
        }
    }
}

/// Clears the record of null fields, and returns the subject's own ones.
fn uncleared(event: &mut Event) -> Vec<String> {
    let cleared = match &mut event.payload {
        Payload::Contract(contract) => {
            if let Some(requisition) = &mut contract.requisition {
                requisition.cleared = NulledFields::default();
            }
            std::mem::take(&mut contract.cleared)
        }
        Payload::Requisition(requisition) => std::mem::take(&mut requisition.cleared),
        Payload::Contact(_) | Payload::Unrecognised(_) => NulledFields::default(),
    };
    cleared.0.into_iter().collect()
}

#[test]
fn null_reads_as_absent_and_a_subject_knows_which_of_its_fields_were_null() {
    for family in Family::ALL {
        let body = fullest(family);
        for path in probed(family) {
            let (mut nothing, rest) = (outcome(&with(&body, path, &Value::Null)), outcome(&without(&body, path)));
            let told = nothing.as_mut().map(uncleared).unwrap_or_default();
            assert_eq!(nothing, rest, "{path}");
            let nullable: &[&str] = match family {
                Family::Contact => &[],
                Family::Contract => &Contract::NULLABLE,
                Family::Spend => &Requisition::NULLABLE,
            };
            let own = path.strip_prefix("data.object.").filter(|key| nullable.contains(key));
            assert_eq!(told, own.into_iter().collect::<Vec<_>>(), "{path}");
        }
    }
}

#[test]
fn a_field_of_the_wrong_shape_is_skipped_and_told_by_its_path() {
    // A custom field may have any value, and renewal_meta any shape.
    let takes_anything = |path: &str| path.ends_with("custom_fields[].value") || path.ends_with(".renewal_meta");
    for family in Family::ALL {
        let body = fullest(family);
        for path in probed(family).into_iter().filter(|path| !takes_anything(path)) {
            let is_object = places(&body).iter().any(|(at, value)| at == path && value.is_object());
            let wrong = if is_object { json!([true]) } else { json!({ "wrong": true }) };
            if path == subject_path(family) {
                assert_eq!(outcome(&with(&body, path, &wrong)), Err(Unreadable::NoSubject(path)));
                continue;
            }
            let event = reading(&with(&body, path, &wrong));
            assert_eq!(event.payload, reading(&without(&body, path)).payload, "{path}");
            let times = places(&body).iter().filter(|(at, _)| at == path).count();
            let expected = if is_kept_raw(path) { 0 } else { times };
            assert_eq!(event.skipped_fields.len(), expected, "{path}: {:?}", event.skipped_fields);
            for oddity in &event.skipped_fields {
                let (place, _) = oddity.split_once(" is not ").unwrap();
                let place: String = place.chars().filter(|c| !c.is_ascii_digit()).collect();
                assert_eq!(place, path);
            }
        }
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pounds(amount: &str) -> Option<Money> {
    Some(Money { amount: amount.parse().unwrap(), currency: Currency::parse("GBP").unwrap() })
}

fn winter_requisition() -> Requisition {
    Requisition {
        id: "spreq_c10ayhurpumvwzivd8yq817yn".into(),
        external_id: some("REQ-2025-0164"),
        title: some("Winter campaign design budget"),
        description: some("Design lead for the winter campaign, with room for a longer run"),
        amount: "21500.00".parse().ok(),
        currency: Currency::parse("GBP"),
        amount_type: Some(AmountType::Total),
        custom_fields: vec![CustomField { name: "cost_centre".to_owned(), value: some("CC-415") }],
        url: some("https://app.yunojuno.com/approvals/aprvl_cnaap2h6dqqv8v2m3ys7pips2/"),
        cleared: NulledFields::default(),
    }
}

#[test]
fn a_requisition_is_read_field_by_field() {
    let event = reading(&fixture("spend_request.updated"));
    assert_eq!(event.payload, Payload::Requisition(Box::new(winter_requisition())));
}

#[test]
fn a_contact_is_read_field_by_field() {
    let event = reading(&fixture("client_contact.onboarding_completed"));
    let expected = Contact {
        id: "clct_cx7fezay6lpyw9zzy7awbas7h".into(),
        freelancer_id: some("fp_cgfphaae4w9teiulp36qv9ngs"),
        person: amara(),
        client: northwind(),
        registration_state: some("REGISTERED"),
        onboarding_state: some("FINISHED"),
        bookability_state: some("BOOKABLE"),
        custom_fields: vec![CustomField { name: "vendor_number".to_owned(), value: some("V-88213") }],
        url: some("https://app.yunojuno.com/directory/fp_cgfphaae4w9teiulp36qv9ngs/"),
    };
    assert_eq!(event.payload, Payload::Contact(Box::new(expected)));
}

fn amara() -> ContractorPerson {
    ContractorPerson { name: some("Amara Okoye"), first_name: some("Amara"), email: some("amara.okoye@example.com") }
}

fn northwind() -> Option<Client> {
    Some(Client { id: Some("cl_c04aae1dyepi3copzreg7vl13".into()), name: some("Northwind Studios") })
}

fn fees(from: &str, percentage: &str, fee: &str, cost: &str) -> FeePeriod {
    FeePeriod {
        effective_from: from.parse().ok(),
        fees: vec![Fee {
            name: some("Platform Referral Fee"),
            percentage: percentage.parse().ok(),
            value: pounds(fee),
        }],
        total_fees: pounds(fee),
        total_cost: pounds(cost),
    }
}

#[test]
fn a_contract_is_read_field_by_field() {
    let hirer = |id: &str, name: &str, email: &str| Hirer { id: Some(id.into()), name: some(name), email: some(email) };
    let country = |name: &str, code: &str| Some(Jurisdiction { name: some(name), country_code: some(code) });
    let expected = Contract {
        id: "ct_cc1zz59ygytu87neiby9v025g".into(),
        contractor_id: Some("clct_cx7fezay6lpyw9zzy7awbas7h".into()),
        person: amara(),
        client: northwind(),
        hirers: vec![
            hirer("hp_c6gjupumsda8tkjyczi25kwy1", "Priya Raman", "priya.raman@example.com"),
            hirer("hp_cb8mi9mvvcso541h0iwssoax1", "Tomasz Wrona", "tomasz.wrona@example.com"),
        ],
        title: some("Winter campaign - design lead"),
        job_title: some("Design lead"),
        description: some("Lead designer for the winter campaign"),
        start_on: "2025-12-01".parse().ok(),
        end_on: "2026-03-27".parse().ok(),
        actual_end_on: "2026-02-13".parse().ok(),
        rate: Some(Rate { amount: "475.00".parse().ok(), currency: Currency::parse("GBP"), unit: some("DAY") }),
        fee_periods: vec![fees("2025-12-01", "12", "57.00", "532.00"), fees("2026-02-01", "10", "47.50", "522.50")],
        work_time_type: some("FULL_TIME"),
        work_location: some("REMOTE"),
        notice_period_days: Some(14),
        minutes_in_working_day: Some(480),
        operating_jurisdiction: country("United Kingdom", "GB"),
        tax_jurisdiction: country("Portugal", "PT"),
        custom_fields: vec![CustomField { name: "cost_centre".to_owned(), value: some("CC-415") }],
        requisition: Some(winter_requisition()),
        renewal_ids: Vec::new(),
        has_previously_accepted_contract: Some(true),
        url: some("https://app.yunojuno.com/contracts/ct_cc1zz59ygytu87neiby9v025g/"),
        cleared: NulledFields::default(),
    };
    let event = reading(&fixture("contract.notice_served"));
    assert_eq!(event.payload, Payload::Contract(Box::new(expected)));
}
