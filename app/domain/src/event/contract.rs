//! The payload of contract events: a snapshot of one contract at the time of the event.

use super::contact::{Client, ContractorPerson, CustomField, NulledFields};
use super::spend::Requisition;
use crate::id::{ContractId, ContractorId, HirerId};
use crate::money::{Currency, Money};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A contract, as in one event. Everything but the id may be missing: older bodies lack newer fields, and
/// `client.contract.deleted` may carry only a reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contract {
    /// `contract_id`
    pub id: ContractId,
    /// `client_contact.client_contact_id`: whose contract it is.
    pub contractor_id: Option<ContractorId>,
    /// `freelancer`: the contractor as a person.
    pub person: ContractorPerson,
    /// `client`
    pub client: Option<Client>,
    /// `hirers[]`, in the order given.
    pub hirers: Vec<Hirer>,
    /// `title`
    pub title: Option<String>,
    /// `job_title`
    pub job_title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `start_date`
    pub start_on: Option<Date>,
    /// `end_date`: the planned last day; `None` also for 9999-12-31, which means no end.
    pub end_on: Option<Date>,
    /// `actual_end_date`: the last day once it is known.
    pub actual_end_on: Option<Date>,
    /// `rate`
    pub rate: Option<Rate>,
    /// `fee_schedule.periods[]`, in the order given.
    pub fee_periods: Vec<FeePeriod>,
    /// `work_time_type`; its values are not documented.
    pub work_time_type: Option<String>,
    /// `work_location`; its values are not documented.
    pub work_location: Option<String>,
    /// `notice_period_days`
    pub notice_period_days: Option<u32>,
    /// `minutes_in_working_day`
    pub minutes_in_working_day: Option<u32>,
    /// `freelancer_operating_jurisdiction`
    pub operating_jurisdiction: Option<Jurisdiction>,
    /// `freelancer_personal_tax_jurisdiction`
    pub tax_jurisdiction: Option<Jurisdiction>,
    /// `custom_fields[]`
    pub custom_fields: Vec<CustomField>,
    /// `spend_request`: the requisition it draws on, if any.
    pub requisition: Option<Requisition>,
    /// Contract ids named anywhere inside `renewal_meta`, whose fields are not documented.
    pub renewal_ids: Vec<ContractId>,
    /// `historical_meta.has_previously_accepted_contract`
    pub has_previously_accepted_contract: Option<bool>,
    /// `url`: the contract on YunoJuno.
    pub url: Option<String>,
    /// The fields of [`Contract::NULLABLE`] that are `null`, and an end that means no end.
    pub cleared: NulledFields,
}

impl Contract {
    /// The nullable fields; the requisition is included as a precaution.
    pub const NULLABLE: [&str; 4] = [
        "actual_end_date",
        "spend_request",
        "freelancer_operating_jurisdiction",
        "freelancer_personal_tax_jurisdiction",
    ];

    /// Returns whether it is more than a reference: every contract has a title.
    pub fn is_whole(&self) -> bool {
        self.title.is_some()
    }

    /// Returns whether it states that `key` has no value, overriding older snapshots. A mere reference states nothing.
    pub fn clears(&self, key: &str) -> bool {
        self.is_whole() && self.cleared.has(key)
    }
}

/// A person at the client who acts for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hirer {
    /// `hirer_id`
    pub id: Option<HirerId>,
    /// `full_name`, else first and last name.
    pub name: Option<String>,
    /// `email`
    pub email: Option<String>,
}

impl Hirer {
    /// Returns their name, else their e-mail address, else their id.
    pub fn called(&self) -> Option<&str> {
        let email = self.email.as_deref();
        self.name.as_deref().or(email).or_else(|| self.id.as_ref().map(HirerId::as_str))
    }
}

/// `rate`: what one unit of work pays the contractor, without fees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// The amount of one unit; the key `value` is inferred, so it may be absent.
    pub amount: Option<Decimal>,
    /// `rate.currency`
    pub currency: Option<Currency>,
    /// `rate.unit`, verbatim; `DAY` and `HOUR` are inferred, others occur.
    pub unit: Option<String>,
}

impl Rate {
    /// Returns the amount with its currency, if both are known.
    pub fn money(&self) -> Option<Money> {
        Some(Money { amount: self.amount?, currency: self.currency.clone()? })
    }

    /// "£450.00 a day", "£60.00 an hour", "£2,000.00 per project".
    pub fn in_words(&self) -> Option<String> {
        let money = self.money()?;
        Some(match self.unit_in_words().as_deref() {
            Some("hour") => format!("{money} an hour"),
            Some(unit @ ("day" | "week")) => format!("{money} a {unit}"),
            Some(other) => format!("{money} per {other}"),
            None => money.to_string(),
        })
    }

    /// Returns the unit in words: "day" for `DAY`, `DAILY` and `PER_DAY`.
    pub fn unit_in_words(&self) -> Option<String> {
        let unit = self.unit.as_deref()?.to_ascii_uppercase();
        Some(match unit.strip_prefix("PER_").unwrap_or(&unit) {
            "DAILY" => "day".to_owned(),
            "HOURLY" => "hour".to_owned(),
            "WEEKLY" => "week".to_owned(),
            other => other.to_ascii_lowercase().replace('_', " "),
        })
    }
}

/// One period of `fee_schedule.periods[]`: amounts are per rate unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeePeriod {
    /// `effective_from`
    pub effective_from: Option<Date>,
    /// `fees[]`
    pub fees: Vec<Fee>,
    /// `total_fees`
    pub total_fees: Option<Money>,
    /// `total_cost`: rate and fees.
    pub total_cost: Option<Money>,
}

/// One fee of a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    /// `name`
    pub name: Option<String>,
    /// `percentage`, without the sign.
    pub percentage: Option<Decimal>,
    /// `value` in `currency`, per rate unit.
    pub value: Option<Money>,
}

/// A country the contractor works or pays taxes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jurisdiction {
    /// `name`
    pub name: Option<String>,
    /// `country_code`, ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
}
