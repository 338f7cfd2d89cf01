//! The types of list rows. Ids as written, dates as 'YYYY-MM-DD', instants in milliseconds, money as exact text.

mod arrivals;
mod commitments;
mod partial;
mod projector;

pub use arrivals::{Arrivals, EndpointArrivals, HOUR, MINUTE, VolumeRow};
pub use commitments::{CommitmentsRow, ContributionRow};
pub use partial::{CommitmentRow, ContractCommitmentRow, RenewalCandidateRow, Repeat};
pub use projector::ProjectorRow;

use crate::store::statement::row;

row! {
    /// A row of the contractor list.
    pub struct ContractorRow in "contractors" {
        /// `clct_…`
        pub id: String,
        /// The displayed name; the id when none is known.
        pub name: String,
        /// E-mail address.
        pub email: Option<String>,
        /// The client's name.
        pub client: Option<String>,
        /// The client's id; its name where it has none.
        pub client_id: Option<String>,
        /// `ContactState::as_str`
        pub state: String,
        /// `status.bookability_state`, verbatim.
        pub bookability: Option<String>,
        /// Whether only test events mention them.
        pub is_test: bool,
        /// Time of the last event.
        pub last_at: i64,
        /// The sort key of the name.
        pub sort_key: String,
        /// Custom fields, as a JSON list of `Name:Value`.
        pub custom_fields: String,
    }
}

row! {
    /// A row of the contract list.
    pub struct ContractRow in "contracts" {
        /// `ct_…`
        pub id: String,
        /// The id of its contractor.
        pub contractor_id: Option<String>,
        /// The contractor's name in the contract.
        pub contractor_name: Option<String>,
        /// The displayed title; the id when none is known.
        pub title: String,
        /// The contractor's role.
        pub job_title: Option<String>,
        /// The client's name.
        pub client: Option<String>,
        /// The client's id; its name where it has none.
        pub client_id: Option<String>,
        /// Hirers, as a JSON list of `{"id": …, "name": …}`.
        pub hirers: String,
        /// Custom fields, as a JSON list of `Name:Value`.
        pub custom_fields: String,
        /// `ContractState::as_str`
        pub state: String,
        /// First day.
        pub start_on: Option<String>,
        /// Last day, as far as known.
        pub ends_on: Option<String>,
        /// The planned last day, if it differs from the known one.
        pub planned_end_on: Option<String>,
        /// Last day to give notice, while notice can be given.
        pub notice_on: Option<String>,
        /// The rate, an exact decimal.
        pub rate_amount: Option<String>,
        /// The rate's currency, ISO 4217.
        pub rate_currency: Option<String>,
        /// The rate's unit, verbatim.
        pub rate_unit: Option<String>,
        /// The id of the requisition it draws on.
        pub requisition_id: Option<String>,
        /// A JSON list of the contract ids `renewal_meta` names.
        pub renewal_ids: String,
        /// Number of findings of its story.
        pub findings: i64,
        /// Whether only test events mention it.
        pub is_test: bool,
        /// Time of the last event.
        pub last_at: i64,
        /// The sort key of the title.
        pub title_key: String,
        /// The sort key of the rate; empty without one.
        pub rate_key: String,
        /// `Standing::as_str`
        pub standing: String,
        /// The estimated cost, an exact decimal; `None` where nothing is committed or it cannot be computed.
        pub commitment_amount: Option<String>,
        /// The highest cost of a working day, an exact decimal.
        pub commitment_per_day: Option<String>,
        /// The currency of both, ISO 4217.
        pub commitment_currency: Option<String>,
    }
}

row! {
    /// A contract's row from a moment on, until the next version on the same time line.
    pub struct ContractVersion in "contract_versions" {
        /// Whether `from_at` is the arrival of an event (as known then), rather than its occurrence.
        pub is_known: bool,
        /// The start of the version, in milliseconds since 1970.
        pub from_at: i64,
        /// The row from then on.
        #[sqlx(flatten)]
        pub row: ContractRow,
    }
}

row! {
    /// A row of the spend list.
    pub struct RequisitionRow in "requisitions" {
        /// `spreq_…`
        pub id: String,
        /// The displayed title; the id when none is known.
        pub title: String,
        /// The client's own number.
        pub external_id: Option<String>,
        /// The amount, an exact decimal.
        pub amount: Option<String>,
        /// Its currency, ISO 4217.
        pub currency: Option<String>,
        /// Its type, verbatim.
        pub amount_type: Option<String>,
        /// `RequisitionState::as_str`
        pub state: String,
        /// Number of versions received.
        pub versions: i64,
        /// Whether only test events mention it.
        pub is_test: bool,
        /// Time of the last event.
        pub last_at: i64,
        /// The sort key of the title.
        pub title_key: String,
        /// The sort key of the amount; empty without one.
        pub amount_key: String,
        /// Custom fields, as a JSON list of `Name:Value`.
        pub custom_fields: String,
        /// The amount approved last, an exact decimal.
        pub approved_amount: Option<String>,
        /// Its currency, ISO 4217.
        pub approved_currency: Option<String>,
        /// Its type, verbatim.
        pub approved_type: Option<String>,
    }
}

row! {
    /// A genuine message, with the columns that folds need.
    pub struct Message {
        /// The sequence number in the log.
        pub seq: i64,
        /// Svix's id.
        pub message_id: String,
        /// Arrival of its first attempt.
        pub received_at: i64,
        /// Time of the event.
        pub occurred_at: i64,
        /// `TimeOrigin::as_str`
        pub occurred_from: String,
        /// The event type that the body states, if it could be parsed.
        pub event_type: Option<String>,
        /// `live` or `test`, if the body could be parsed.
        pub mode: Option<String>,
        /// `stored` or `unreadable`.
        pub outcome: String,
        /// The exact bytes.
        pub body: Vec<u8>,
        /// The endpoint it came to.
        pub endpoint: String,
    }
}

row! {
    /// A mention of a subject by a message.
    #[derive(PartialOrd, Ord)]
    pub struct Mention in "mentions" {
        /// `Subject::kind`
        pub kind: String,
        /// `Subject::id`
        pub subject_id: String,
        /// Whether the event is about the subject, rather than merely mentioning it.
        pub is_own: bool,
        /// Whether it is not a test event.
        pub is_live: bool,
        /// Time of the event.
        pub occurred_at: i64,
        /// Time of arrival.
        pub received_at: i64,
        /// Svix's id of the message.
        pub message_id: String,
        /// The sequence number of the message.
        pub seq: i64,
    }
}

row! {
    /// The number of messages of one type and mode.
    pub struct Tally in "tallies" {
        /// The event type on the wire.
        pub event_type: String,
        /// `live` or `test`.
        pub mode: String,
        /// The number of messages.
        pub count: i64,
        /// Arrival of the first.
        pub first_at: i64,
        /// Arrival of the last.
        pub last_at: i64,
    }
}

row! {
    /// The name of a hirer, and the event it is from.
    #[derive(PartialOrd, Ord)]
    pub struct HirerName in "hirers" {
        /// `hp_…`
        pub id: String,
        /// Time of that event.
        pub named_at: i64,
        /// Svix's id of that event.
        pub message_id: String,
        /// The name.
        pub name: String,
    }
}

row! {
    /// A name of a subject in events.
    #[derive(PartialOrd, Ord)]
    pub struct SubjectName in "names" {
        /// `Subject::kind`; hirers are not searched for.
        pub kind: String,
        /// The id of the subject.
        pub subject_id: String,
        /// A name, address, title, number or id, in search form.
        pub name: String,
        /// Time of the first event with it.
        pub first_at: i64,
        /// Arrival of the first message with it.
        pub known_at: i64,
    }
}

row! {
    /// A row of the finding list.
    pub struct FindingRow in "findings" {
        /// `Finding::key`
        pub key: String,
        /// `Subject::kind`
        pub subject_kind: String,
        /// `Subject::id`
        pub subject_id: String,
        /// The subject's title or name; its id when none is known.
        pub title: String,
        /// The contractor of the contract.
        pub contractor_name: Option<String>,
        /// `FindingKind::as_str`
        pub kind: String,
        /// `Rule::as_str`
        pub rule: String,
        /// The severity, 0 to 2, the most severe last.
        pub severity: i64,
        /// The sequence number of the delivery it belongs to.
        pub seq: i64,
        /// The event type on the wire.
        pub event_type: String,
        /// What is wrong.
        pub sentence: String,
        /// The advice on what to do.
        pub advice: String,
        /// The time from which on it holds; 0 for always.
        pub from_at: i64,
        /// The time from which on it no longer holds; the largest number for never.
        pub until_at: i64,
        /// Whether another contract satisfies the rule.
        pub is_met: bool,
        /// Whether only test events mention the subject.
        pub is_test: bool,
        /// The sort key: time of its event, or the time from which on it holds.
        pub at: i64,
        /// Whether a contract that is offered but not signed would satisfy the rule.
        pub is_offered: bool,
        /// `Aging` as JSON, where the sentence includes an age.
        pub aging: Option<String>,
    }
}

row! {
    /// A filter value of a subject.
    #[derive(PartialOrd, Ord)]
    pub struct Facet in "facets" {
        /// `Subject::kind`
        pub kind: String,
        /// `hirer` or `field`.
        pub facet: String,
        /// A hirer's id, or `Name:Value`.
        pub value: String,
        /// `Subject::id`
        pub subject_id: String,
    }
}

row! {
    /// A value that a filter offers, with one of its names and the event the name was last in.
    pub struct FilterValue in "choices" {
        /// `client`, `hirer`, `currency` or `field`.
        pub facet: String,
        /// The value: an id, a code or a name.
        pub value: String,
        /// The label, cut so that an index key can contain it.
        pub name: String,
        /// The label in search form.
        pub search: String,
        /// The sort key of the label.
        pub sort_key: String,
        /// Time of the newest event with this label.
        pub named_at: i64,
        /// Svix's id of that event.
        pub message_id: String,
        /// Time of the first event with this label.
        pub first_at: i64,
        /// Arrival of the first message with this label.
        pub known_at: i64,
    }
}

/// The stored state of a batch's subjects before the batch.
#[derive(Clone, Debug, Default)]
pub struct CurrentRows {
    /// List rows.
    pub contractors: Vec<ContractorRow>,
    /// List rows.
    pub contracts: Vec<ContractRow>,
    /// The commitments of the contracts over time.
    pub commitments: Vec<CommitmentsRow>,
    /// List rows.
    pub requisitions: Vec<RequisitionRow>,
    /// Filter values of all these.
    pub facets: Vec<Facet>,
    /// Findings of the subjects that are examined again.
    pub findings: Vec<FindingRow>,
}

/// All changes of one batch. Only differences from [`CurrentRows`] are written.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// New mentions.
    pub mentions: Vec<Mention>,
    /// Rows to upsert.
    pub contractors: Vec<ContractorRow>,
    /// Rows to upsert.
    pub contracts: Vec<ContractRow>,
    /// Rows to upsert.
    pub contract_versions: Vec<ContractVersion>,
    /// Rows to upsert.
    pub commitments: Vec<CommitmentsRow>,
    /// Rows to upsert.
    pub requisitions: Vec<RequisitionRow>,
    /// Subjects whose findings are replaced, by kind and id.
    pub examined: std::collections::BTreeSet<(&'static str, String)>,
    /// Their findings.
    pub findings: Vec<FindingRow>,
    /// Contracts renewed by a signed contract, by an offered one only, and by none.
    pub renewed: [std::collections::BTreeSet<String>; 3],
    /// Filter values that replace the stored ones of these subjects.
    pub facets: Vec<Facet>,
    /// Counts to add.
    pub tallies: Vec<Tally>,
    /// Counts to add.
    pub arrivals: Vec<Arrivals>,
    /// Counts to add.
    pub endpoint_arrivals: Vec<EndpointArrivals>,
    /// Counts to add.
    pub volume: Vec<VolumeRow>,
    /// Names to store where they are newer.
    pub hirers: Vec<HirerName>,
    /// Values to store, with names where they are newer.
    pub choices: Vec<FilterValue>,
    /// Names to store, whatever their order.
    pub names: std::collections::BTreeSet<SubjectName>,
}
