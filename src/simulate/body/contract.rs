//! The snapshot that a contract's message carries, as the contract stood at the moment of the event: see
//! `docs/yunojuno.md`, Contract payload.

use super::{Client, CustomField, Hundredths, RequisitionObject, Writer, cost_centre};
use crate::simulate::calendar::Day;
use crate::simulate::id::Id;
use crate::simulate::names::{self, SimPerson};
use crate::simulate::world::Rate;
use serde::Serialize;

#[derive(Serialize)]
struct ContractObject<'a> {
    contract_id: Id,
    freelancer: Freelancer<'a>,
    freelancer_operating_jurisdiction: Jurisdiction,
    freelancer_personal_tax_jurisdiction: Option<Jurisdiction>,
    client: Client<'a>,
    client_contact: ContactReference<'a>,
    hirers: Vec<Hirer>,
    title: String,
    job_title: &'static str,
    description: String,
    start_date: Day,
    end_date: Day,
    actual_end_date: Option<Day>,
    rate: RateObject,
    work_time_type: &'static str,
    fee_schedule: FeeSchedule,
    notice_period_days: u32,
    work_location: &'static str,
    minutes_in_working_day: u32,
    custom_fields: [CustomField<'a>; 1],
    spend_request: Option<RequisitionObject>,
    renewal_meta: RenewalMeta,
    historical_meta: HistoricalMeta,
    url: String,
}

#[derive(Serialize)]
struct Freelancer<'a> {
    freelancer_id: Id,
    first_name: &'a str,
    last_name: &'a str,
    full_name: &'a str,
    email: String,
    date_of_birth: Day,
    legal_name: &'a str,
}

#[derive(Clone, Copy, Serialize)]
struct Jurisdiction {
    name: &'static str,
    country_code: &'static str,
}

#[derive(Serialize)]
struct ContactReference<'a> {
    client_contact_id: Id,
    freelancer_id: Id,
    custom_fields: [CustomField<'a>; 1],
    url: String,
}

#[derive(Serialize)]
struct Hirer {
    hirer_id: Id,
    first_name: &'static str,
    last_name: &'static str,
    full_name: String,
    email: String,
}

#[derive(Serialize)]
struct RateObject {
    currency: &'static str,
    unit: &'static str,
    value: Hundredths,
}

#[derive(Serialize)]
struct FeeSchedule {
    periods: Vec<Period>,
}

#[derive(Serialize)]
struct Period {
    effective_from: Day,
    fees: [Fee; 1],
    total_fees: Amount,
    total_cost: Amount,
}

#[derive(Serialize)]
struct Fee {
    name: &'static str,
    percentage: String,
    currency: &'static str,
    value: Hundredths,
}

#[derive(Serialize)]
struct Amount {
    currency: &'static str,
    value: Hundredths,
}

/// Its content is not documented; that a renewal names the renewed contract is an assumption.
#[derive(Serialize)]
struct RenewalMeta {
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_contract_id: Option<Id>,
}

#[derive(Serialize)]
struct HistoricalMeta {
    has_previously_accepted_contract: bool,
}

impl Writer<'_> {
    pub(super) fn contract(&self, place: usize, to: &mut Vec<u8>) -> serde_json::Result<()> {
        let contract = &self.world.contracts[place];
        let contractor = &self.world.contractors[contract.contractor];
        let team = &self.world.teams[contractor.team];
        let (job_title, ..) = names::JOBS[contractor.job];
        let (currency, _) = names::CURRENCIES[contract.currency];
        let Rate { unit, value, fee_percent, then } = *contract.rate.at(self.at);
        let periods = [Some((contract.start, value, fee_percent)), then].into_iter().flatten();
        let client_name = names::client(self.world.seed, team.client);
        let contract_id = self.place_id("ct_", place);
        let freelancer_id = self.id("fp_", contractor.number);
        let origin = contractor.person.origin;
        let home = Jurisdiction { name: origin.country, country_code: origin.code };
        let person_name = contractor.person.full();
        let campaign = contract.campaign;
        let hirers = std::iter::once(team.hirers[contract.contractor % 3]).chain(contract.second_hirer);
        let mut hirers: Vec<u64> = hirers.collect();
        hirers.dedup();
        let object = ContractObject {
            contract_id,
            freelancer: Freelancer {
                freelancer_id,
                first_name: contractor.person.first,
                last_name: contractor.person.last,
                full_name: &person_name,
                email: contractor.person.email(),
                date_of_birth: contractor.born,
                legal_name: &person_name,
            },
            // Most work through a business in the client's country, whatever their own.
            freelancer_operating_jurisdiction: if contract.tax_elsewhere {
                Jurisdiction { name: "United Kingdom", country_code: "GB" }
            } else {
                home
            },
            freelancer_personal_tax_jurisdiction: contract.tax_elsewhere.then_some(home),
            client: Client { client_id: self.id("cl_", team.client), name: &client_name },
            client_contact: ContactReference {
                client_contact_id: self.id("clct_", contractor.number),
                freelancer_id,
                custom_fields: [self.vendor_number(contractor)],
                url: self.directory_url(contractor.number),
            },
            hirers: hirers.into_iter().map(|number| self.hirer(number)).collect(),
            title: format!("{campaign} - {}", job_title.to_lowercase()),
            job_title,
            description: format!("{job_title} for the {}", campaign.to_lowercase()),
            start_date: contract.start,
            end_date: contract.end,
            actual_end_date: *contract.actual_end.at(self.at),
            rate: RateObject { currency, unit, value: Hundredths(value) },
            work_time_type: contract.work_time,
            fee_schedule: FeeSchedule {
                periods: periods.map(|(from, value, percent)| period(from, value, percent, currency)).collect(),
            },
            notice_period_days: contract.notice_days,
            work_location: contract.remote,
            minutes_in_working_day: contract.minutes,
            custom_fields: [cost_centre(*contract.cost_centre.at(self.at))],
            spend_request: contract.requisition.map(|place| self.requisition_object(place)),
            renewal_meta: RenewalMeta { previous_contract_id: contract.renews.map(|old| self.place_id("ct_", old)) },
            historical_meta: HistoricalMeta {
                has_previously_accepted_contract: contractor
                    .first_signed
                    .is_some_and(|(at, first)| at < self.at && first != place),
            },
            url: format!("https://app.yunojuno.com/contracts/{contract_id}/"),
        };
        self.envelope(object, None, to)
    }

    fn hirer(&self, number: u64) -> Hirer {
        let person = SimPerson::of(self.world.seed, "hirer", number);
        Hirer {
            hirer_id: self.id("hp_", number),
            first_name: person.first,
            last_name: person.last,
            full_name: person.full(),
            email: person.email(),
        }
    }
}

fn period(effective_from: Day, value: i64, percent: i64, currency: &'static str) -> Period {
    let fee = value * percent / 100;
    Period {
        effective_from,
        fees: [Fee {
            name: "Platform Referral Fee",
            percentage: percent.to_string(),
            currency,
            value: Hundredths(fee),
        }],
        total_fees: Amount { currency, value: Hundredths(fee) },
        total_cost: Amount { currency, value: Hundredths(value + fee) },
    }
}
