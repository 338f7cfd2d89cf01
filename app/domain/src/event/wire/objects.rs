//! Parsers of the objects that events carry: contacts, contracts, requisitions and what is nested in them.

use super::super::contact::{Client, Contact, ContractorPerson, CustomField};
use super::super::contract::{Contract, Fee, FeePeriod, Hirer, Jurisdiction, Rate};
use super::super::spend::{AmountType, Requisition};
use super::text::{MAX_DESCRIPTION_LENGTH, MAX_ITEMS, field_text, key};
use super::{Fields, Unreadable};
use crate::id::ContractId;
use crate::money::Money;
use jiff::civil::Date;
use serde_json::Value;

pub(super) fn contact(fields: &Fields<'_>) -> Result<Contact, Unreadable> {
    let id = fields.id("client_contact_id").ok_or(Unreadable::NoSubject("data.object.client_contact_id"))?;
    let [registration_state, onboarding_state, bookability_state] = fields
        .inside("status", |status| {
            ["registration_state", "onboarding_state", "bookability_state"].map(|key| status.text(key))
        })
        .unwrap_or_default();
    Ok(Contact {
        id,
        freelancer_id: fields.text("freelancer_id"),
        person: fields.inside("freelancer", person).unwrap_or_else(|| person(fields)),
        client: fields.inside("client", client),
        registration_state,
        onboarding_state,
        bookability_state,
        custom_fields: custom_fields(fields),
        url: fields.address("url"),
    })
}

pub(super) fn contract(fields: &Fields<'_>) -> Result<Contract, Unreadable> {
    let id: ContractId = fields.id("contract_id").ok_or(Unreadable::NoSubject("data.object.contract_id"))?;
    let mut renewal_ids = Vec::new();
    if let Some(meta) = fields.present("renewal_meta") {
        contract_ids_in(meta, &mut renewal_ids);
    }
    renewal_ids.retain(|other| *other != id);
    renewal_ids.truncate(MAX_ITEMS);
    let mut cleared = fields.cleared(&Contract::NULLABLE);
    let mut last_day = |key: &str| {
        let day = fields.date(key);
        if day.is_some_and(is_no_end) {
            cleared.0.insert(key.to_owned());
        }
        day.filter(|day| !is_no_end(*day))
    };
    let (end_on, actual_end_on) = (last_day("end_date"), last_day("actual_end_date"));
    Ok(Contract {
        id,
        contractor_id: fields.inside("client_contact", |contact| contact.id("client_contact_id")).flatten(),
        person: fields.inside("freelancer", person).unwrap_or_default(),
        client: fields.inside("client", client),
        hirers: fields.each("hirers", |hirer| {
            Some(Hirer { id: hirer.id("hirer_id"), name: full_name(hirer), email: hirer.text("email") })
        }),
        title: fields.text("title"),
        job_title: fields.text("job_title"),
        description: fields.text_of("description", MAX_DESCRIPTION_LENGTH),
        start_on: fields.date("start_date"),
        end_on,
        actual_end_on,
        rate: fields.inside("rate", |rate| Rate {
            amount: rate.decimal("value"),
            currency: rate.currency("currency"),
            unit: rate.text("unit"),
        }),
        fee_periods: fields
            .inside("fee_schedule", |schedule| schedule.each("periods", |period| Some(fee_period(period))))
            .unwrap_or_default(),
        work_time_type: fields.text("work_time_type"),
        work_location: fields.text("work_location"),
        notice_period_days: fields.whole("notice_period_days"),
        minutes_in_working_day: fields.whole("minutes_in_working_day"),
        operating_jurisdiction: fields.inside("freelancer_operating_jurisdiction", jurisdiction),
        tax_jurisdiction: fields.inside("freelancer_personal_tax_jurisdiction", jurisdiction),
        custom_fields: custom_fields(fields),
        requisition: fields.inside("spend_request", requisition).flatten(),
        renewal_ids,
        has_previously_accepted_contract: fields
            .inside("historical_meta", |meta| meta.flag("has_previously_accepted_contract"))
            .flatten(),
        url: fields.address("url"),
        cleared,
    })
}

/// Returns whether a date means "no end": `9999-12-31` and other dates of that year are placeholders.
pub(crate) fn is_no_end(day: Date) -> bool {
    day.year() == 9999
}

pub(super) fn requisition(fields: &Fields<'_>) -> Option<Requisition> {
    Some(Requisition {
        id: fields.id("spend_request_id")?,
        external_id: fields.text("external_id"),
        title: fields.text("title"),
        description: fields.text_of("description", MAX_DESCRIPTION_LENGTH),
        amount: fields.decimal("amount"),
        currency: fields.currency("currency"),
        amount_type: fields.text("amount_type").map(AmountType::from),
        custom_fields: custom_fields(fields),
        url: fields.address("url"),
        cleared: fields.cleared(&Requisition::NULLABLE),
    })
}

fn fee_period(period: &Fields<'_>) -> FeePeriod {
    FeePeriod {
        effective_from: period.date("effective_from"),
        fees: period.each("fees", |fee| {
            Some(Fee { name: fee.text("name"), percentage: fee.decimal("percentage"), value: money(fee) })
        }),
        total_fees: period.inside("total_fees", money).flatten(),
        total_cost: period.inside("total_cost", money).flatten(),
    }
}

fn money(fields: &Fields<'_>) -> Option<Money> {
    Some(Money { amount: fields.decimal("value")?, currency: fields.currency("currency")? })
}

fn person(fields: &Fields<'_>) -> ContractorPerson {
    ContractorPerson { name: full_name(fields), first_name: fields.text("first_name"), email: fields.text("email") }
}

fn full_name(fields: &Fields<'_>) -> Option<String> {
    fields.text("full_name").or_else(|| {
        let parts: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(|key| fields.text(key)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

fn client(fields: &Fields<'_>) -> Client {
    Client { id: fields.id("client_id"), name: fields.text("name") }
}

fn jurisdiction(fields: &Fields<'_>) -> Jurisdiction {
    Jurisdiction { name: fields.text("name"), country_code: fields.text("country_code") }
}

pub(super) fn custom_fields(fields: &Fields<'_>) -> Vec<CustomField> {
    fields.each("custom_fields", |field| {
        Some(CustomField { name: field.text("name")?, value: field.present("value").and_then(field_text) })
    })
}

/// Collects contract ids in `renewal_meta`: its content is undocumented, so any text that looks like one is taken.
fn contract_ids_in(value: &Value, found: &mut Vec<ContractId>) {
    match value {
        Value::String(text) if text.starts_with("ct_") => found.extend(key(text).map(|id| id.as_str().into())),
        Value::Array(items) => items.iter().for_each(|item| contract_ids_in(item, found)),
        Value::Object(map) => map.values().for_each(|item| contract_ids_in(item, found)),
        _ => {}
    }
}
