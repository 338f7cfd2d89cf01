//! The JSON of YunoJuno's envelope and its three snapshots: see `docs/yunojuno.md`, Envelope and the three payloads.

#![expect(clippy::struct_field_names, reason = "the wire's own names")]

mod contract;

use super::calendar::SimTime;
use super::id::Id;
use super::names;
use super::world::{Contractor, Requisition, SimEvent, Subject, World};
use domain::event::{EventType, Mode};
use serde::Serialize;

#[derive(Serialize)]
struct Envelope<'a, O, C> {
    api_version: &'static str,
    event_type: &'a str,
    data: Data<O, C>,
    mode: &'static str,
}

#[derive(Serialize)]
struct Data<O, C> {
    object: O,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<C>,
}

#[derive(Serialize)]
struct Changes {
    custom_fields: [Change; 1],
}

#[derive(Serialize)]
struct Change {
    name: &'static str,
    previous: String,
    new: String,
}

#[derive(Serialize)]
struct CustomField<'a> {
    name: &'static str,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    erp_company: &'a str,
}

#[derive(Serialize)]
struct Client<'a> {
    client_id: Id,
    name: &'a str,
}

/// Hundredths, serialised as YunoJuno writes decimals: `450.00`.
struct Hundredths(i64);

impl Serialize for Hundredths {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// Returns the body of `step`, a snapshot at its time: compact JSON.
pub(super) fn body(world: &World, step: &SimEvent, mode: Mode) -> Vec<u8> {
    let writer = Writer { world, at: step.at, what: &step.what, mode };
    let mut bytes = Vec::with_capacity(2_600);
    // Writing to memory does not fail, and every map here has string keys.
    let _ = match (step.subject, step.what.is_known()) {
        (Subject::Contractor(place), true) => writer.contact(place, &mut bytes),
        (Subject::Contract(place), true) => writer.contract(place, &mut bytes),
        (Subject::Requisition(place), true) => writer.requisition(place, &mut bytes),
        (subject, false) => writer.unknown(subject, &mut bytes),
    };
    bytes
}

struct Writer<'a> {
    world: &'a World,
    at: SimTime,
    what: &'a EventType,
    mode: Mode,
}

impl Writer<'_> {
    fn envelope(&self, object: impl Serialize, changes: Option<Changes>, to: &mut Vec<u8>) -> serde_json::Result<()> {
        let data = Data { object, changes };
        let envelope =
            Envelope { api_version: "2024-04-10", event_type: self.what.as_str(), data, mode: self.mode.as_str() };
        serde_json::to_writer(to, &envelope)
    }

    fn id(&self, prefix: &'static str, number: u64) -> Id {
        Id::of(self.world.seed, prefix, number)
    }

    fn place_id(&self, prefix: &'static str, place: usize) -> Id {
        self.id(prefix, u64::try_from(place).unwrap_or(0))
    }

    fn directory_url(&self, number: u64) -> String {
        format!("https://app.yunojuno.com/directory/{}/", self.id("fp_", number))
    }

    fn contact(&self, place: usize, to: &mut Vec<u8>) -> serde_json::Result<()> {
        #[derive(Serialize)]
        struct Contact<'a> {
            client_contact_id: Id,
            freelancer_id: Id,
            client: Client<'a>,
            freelancer: Freelancer<'a>,
            status: Status,
            custom_fields: [CustomField<'a>; 1],
            url: String,
        }
        #[derive(Serialize)]
        struct Freelancer<'a> {
            freelancer_id: Id,
            first_name: &'a str,
            last_name: &'a str,
            full_name: String,
            email: String,
        }
        #[derive(Serialize)]
        struct Status {
            registration_state: &'static str,
            onboarding_state: &'static str,
            bookability_state: &'static str,
        }

        let contractor = &self.world.contractors[place];
        let client = self.world.teams[contractor.team].client;
        let client_name = names::client(self.world.seed, client);
        let status = contractor.status.at(self.at);
        let freelancer_id = self.id("fp_", contractor.number);
        let object = Contact {
            client_contact_id: self.id("clct_", contractor.number),
            freelancer_id,
            client: Client { client_id: self.id("cl_", client), name: &client_name },
            freelancer: Freelancer {
                freelancer_id,
                first_name: contractor.person.first,
                last_name: contractor.person.last,
                full_name: contractor.person.full(),
                email: contractor.person.email(),
            },
            status: Status {
                registration_state: status.registration,
                onboarding_state: status.onboarding,
                bookability_state: status.bookability,
            },
            custom_fields: [self.vendor_number(contractor)],
            url: self.directory_url(contractor.number),
        };
        let changes = (*self.what == EventType::ContactCustomFieldsUpdated).then(|| Changes {
            custom_fields: [Change {
                name: "vendor_number",
                previous: vendor(*contractor.vendor_number.before(self.at)),
                new: vendor(*contractor.vendor_number.at(self.at)),
            }],
        });
        self.envelope(object, changes, to)
    }

    fn vendor_number(&self, contractor: &Contractor) -> CustomField<'static> {
        const COMPANIES: [&str; 4] = ["NW-UK", "NW-EU", "NW-US", "NW-INT"];
        let company = COMPANIES[contractor.team % COMPANIES.len()];
        CustomField {
            name: "vendor_number",
            value: vendor(*contractor.vendor_number.at(self.at)),
            metadata: Some(Metadata { erp_company: company }),
        }
    }

    fn requisition(&self, place: usize, to: &mut Vec<u8>) -> serde_json::Result<()> {
        self.envelope(self.requisition_object(place), None, to)
    }

    fn requisition_object(&self, place: usize) -> RequisitionObject {
        let requisition = &self.world.requisitions[place];
        let Requisition { number, campaign, purpose, .. } = requisition;
        RequisitionObject {
            spend_request_id: self.id("spreq_", *number),
            url: format!("https://app.yunojuno.com/approvals/{}/", self.id("aprvl_", *number)),
            external_id: if requisition.has_external_id {
                format!("REQ-{}-{:04}", requisition.asked.day().date().year(), number + 1)
            } else {
                String::new()
            },
            title: format!("{campaign} {purpose} budget"),
            description: format!("{} for the {}", capitalised(purpose), campaign.to_lowercase()),
            amount: Hundredths(*requisition.amount.at(self.at)),
            amount_type: requisition.amount_type,
            currency: names::CURRENCIES[self.world.teams[requisition.team].currency].0,
            custom_fields: [cost_centre(requisition.cost_centre)],
        }
    }

    fn unknown(&self, subject: Subject, to: &mut Vec<u8>) -> serde_json::Result<()> {
        #[derive(Serialize, Default)]
        struct Reference {
            #[serde(skip_serializing_if = "Option::is_none")]
            contract_id: Option<Id>,
            #[serde(skip_serializing_if = "Option::is_none")]
            client_contact_id: Option<Id>,
            #[serde(skip_serializing_if = "Option::is_none")]
            spend_request_id: Option<Id>,
        }
        let mut object = Reference::default();
        let mut changes = None;
        match subject {
            Subject::Contractor(place) => {
                object.client_contact_id = Some(self.id("clct_", self.world.contractors[place].number));
            }
            Subject::Requisition(place) => {
                object.spend_request_id = Some(self.id("spreq_", self.world.requisitions[place].number));
            }
            Subject::Contract(place) => {
                object.contract_id = Some(self.place_id("ct_", place));
                let centre = &self.world.contracts[place].cost_centre;
                changes = (self.what.as_str() == "client.contract.custom_fields_updated").then(|| Changes {
                    custom_fields: [Change {
                        name: "cost_centre",
                        previous: cost_centre(*centre.before(self.at)).value,
                        new: cost_centre(*centre.at(self.at)).value,
                    }],
                });
            }
        }
        self.envelope(object, changes, to)
    }
}

#[derive(Serialize)]
struct RequisitionObject {
    spend_request_id: Id,
    url: String,
    external_id: String,
    title: String,
    description: String,
    amount: Hundredths,
    amount_type: &'static str,
    currency: &'static str,
    custom_fields: [CustomField<'static>; 1],
}

fn vendor(number: u64) -> String {
    format!("V-{}", number + 10_000)
}

fn cost_centre(number: u64) -> CustomField<'static> {
    CustomField { name: "cost_centre", value: format!("CC-{}", 400 + number * 5), metadata: None }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
