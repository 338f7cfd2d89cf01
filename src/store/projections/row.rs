//! The types of list rows. Ids as written, dates as 'YYYY-MM-DD', instants in milliseconds, money as exact text.

mod arrivals;
mod glimpse;

pub use arrivals::{Arrivals, EndpointArrivals, HOUR, MINUTE};
pub use glimpse::{DrawRow, DrawingRow, NeighbourRow};

use crate::store::columns::columns;

/// One row of the contractor list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractorRow {
    /// `clct_…`
    pub id: String,
    /// The name to show; the id when none is known.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// The client's name.
    pub client: Option<String>,
    /// The client's id; its name where it has none.
    pub client_id: Option<String>,
    /// `ContactState::as_str`
    pub state: String,
    /// `status.bookability_state` as sent.
    pub bookability: Option<String>,
    /// How many findings the contact events have.
    pub findings: i64,
    /// Only test events name them.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: i64,
    /// What the list is sorted by.
    pub sort_key: String,
    /// A JSON list of `Name:Value`.
    pub custom_fields: String,
}

columns!(ContractorRow: id, name, email, client, client_id, state, bookability, findings, is_test, last_at, sort_key, custom_fields);

/// One row of the contract list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractRow {
    /// `ct_…`
    pub id: String,
    /// Whose it is.
    pub contractor_id: Option<String>,
    /// Their name as the contract has it.
    pub contractor_name: Option<String>,
    /// The title to show; the id when none is known.
    pub title: String,
    /// What the contractor does.
    pub job_title: Option<String>,
    /// The client's name.
    pub client: Option<String>,
    /// The client's id; its name where it has none.
    pub client_id: Option<String>,
    /// A JSON list of `{"id": …, "name": …}`.
    pub hirers: String,
    /// A JSON list of `Name:Value`.
    pub custom_fields: String,
    /// `ContractState::as_str`
    pub state: String,
    /// First day.
    pub start_on: Option<String>,
    /// Last day as far as known.
    pub ends_on: Option<String>,
    /// Last day as planned, when another one is known.
    pub planned_end_on: Option<String>,
    /// Last day to give notice, while there is something to give notice of.
    pub notice_on: Option<String>,
    /// An exact decimal.
    pub rate_amount: Option<String>,
    /// ISO 4217.
    pub rate_currency: Option<String>,
    /// As sent.
    pub rate_unit: Option<String>,
    /// The requisition it draws on.
    pub requisition_id: Option<String>,
    /// A JSON list of the contract ids `renewal_meta` names.
    pub renewal_ids: String,
    /// How many findings its story has.
    pub findings: i64,
    /// Only test events name it.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: i64,
    /// The title, as it is sorted.
    pub title_key: String,
    /// The rate, as it is sorted; empty without one.
    pub rate_key: String,
    /// `Standing::as_str`
    pub standing: String,
    /// What it is estimated to cost, an exact decimal; `None` where nothing is bound or nothing can be told.
    pub commitment_amount: Option<String>,
    /// The most a working day of it costs, an exact decimal.
    pub commitment_per_day: Option<String>,
    /// ISO 4217, of both.
    pub commitment_currency: Option<String>,
}

columns!(ContractRow: id, contractor_id, contractor_name, title, job_title, client, client_id, hirers, custom_fields, state, start_on, ends_on, planned_end_on, notice_on, rate_amount, rate_currency, rate_unit, requisition_id, renewal_ids, findings, is_test, last_at, title_key, rate_key, standing, commitment_amount, commitment_per_day, commitment_currency);

/// A contract's row as it was from a moment on, until the next version on the same line of time.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractVersion {
    /// Whether `from_at` is when an event arrived (as we knew it then), rather than when it happened.
    pub is_known: bool,
    /// The moment it begins.
    pub from_at: i64,
    /// What the list shows from then on.
    #[sqlx(flatten)]
    pub row: ContractRow,
}

/// One row of the spend list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RequisitionRow {
    /// `spreq_…`
    pub id: String,
    /// The title to show; the id when none is known.
    pub title: String,
    /// The client's own number.
    pub external_id: Option<String>,
    /// An exact decimal.
    pub amount: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// As sent.
    pub amount_type: Option<String>,
    /// `RequisitionState::as_str`
    pub state: String,
    /// How many versions were sent.
    pub versions: i64,
    /// How many findings its story has.
    pub findings: i64,
    /// Only test events name it.
    pub is_test: bool,
    /// When the last event happened.
    pub last_at: i64,
    /// The title, as it is sorted.
    pub title_key: String,
    /// The amount, as it is sorted; empty without one.
    pub amount_key: String,
    /// A JSON list of `Name:Value`.
    pub custom_fields: String,
    /// What was approved last, an exact decimal.
    pub approved_amount: Option<String>,
    /// ISO 4217, of that.
    pub approved_currency: Option<String>,
    /// What that counts, as sent.
    pub approved_type: Option<String>,
}

columns!(RequisitionRow: id, title, external_id, amount, currency, amount_type, state, versions, findings, is_test, last_at, title_key, amount_key, custom_fields, approved_amount, approved_currency, approved_type);

/// One genuine message, as far as a fold needs it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    /// Its place in the log.
    pub seq: i64,
    /// Svix's id.
    pub message_id: String,
    /// When its first attempt arrived.
    pub received_at: i64,
    /// When it happened.
    pub occurred_at: i64,
    /// `TimeOrigin::as_str`
    pub occurred_from: String,
    /// What the body says it is, where that could be read.
    pub event_type: Option<String>,
    /// `live` or `test`, where that could be read.
    pub mode: Option<String>,
    /// `stored` or `unreadable`.
    pub outcome: String,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// The endpoint it came to.
    pub endpoint: String,
}

columns!(Message: seq, message_id, received_at, occurred_at, occurred_from, event_type, mode, outcome, body, endpoint);

/// That a message names a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Mention {
    /// `Subject::kind`
    pub kind: String,
    /// `Subject::id`
    pub subject_id: String,
    /// Whether the event belongs to the subject, rather than naming it in passing.
    pub is_own: bool,
    /// Whether it is no test event.
    pub is_live: bool,
    /// When the event happened.
    pub occurred_at: i64,
    /// When it arrived.
    pub received_at: i64,
    /// Svix's id.
    pub message_id: String,
    /// The message.
    pub seq: i64,
}

columns!(Mention: kind, subject_id, is_own, is_live, occurred_at, received_at, message_id, seq);

/// How many messages of one type and mode a batch holds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// The name on the wire.
    pub event_type: String,
    /// `live` or `test`.
    pub mode: String,
    /// How many.
    pub count: i64,
    /// When the first arrived.
    pub first_at: i64,
    /// When the last arrived.
    pub last_at: i64,
}

columns!(Tally: event_type, mode, count, first_at, last_at);

/// The name of a hirer, and which event said so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct HirerName {
    /// `hp_…`
    pub id: String,
    /// When the naming event happened.
    pub named_at: i64,
    /// Svix's id of that event.
    pub message_id: String,
    /// The name.
    pub name: String,
}

/// What somebody or something was called by events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Naming {
    /// `Subject::kind`; hirers are not searched for.
    pub kind: String,
    /// Whose name it is.
    pub subject_id: String,
    /// A name, an address, a title, a number, an id, in the form it is searched in.
    pub name: String,
    /// When the first event that says so happened.
    pub first_at: i64,
    /// When the first message that says so arrived.
    pub known_at: i64,
}

/// One finding, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FindingRow {
    /// `Finding::key`
    pub key: String,
    /// `Subject::kind`
    pub subject_kind: String,
    /// `Subject::id`
    pub subject_id: String,
    /// The subject's title or name; its id when none is known.
    pub title: String,
    /// Whose contract it is.
    pub contractor_name: Option<String>,
    /// `FindingKind::as_str`
    pub kind: String,
    /// `Rule::as_str`
    pub rule: String,
    /// 0 to 2, the gravest last.
    pub severity: i64,
    /// The delivery it stands at.
    pub seq: i64,
    /// The name on the wire.
    pub event_type: String,
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub advice: String,
    /// Since when it holds; 0 for always.
    pub from_at: i64,
    /// From when on it does not; the largest number for never.
    pub until_at: i64,
    /// Whether another contract keeps the rule after all.
    pub is_met: bool,
    /// Only test events name the subject.
    pub is_test: bool,
    /// What it is sorted by: when its event happened, or since when it holds.
    pub at: i64,
    /// Whether another contract would keep the rule that is offered and not signed.
    pub is_offered: bool,
    /// `Aging` as JSON, where the sentence is told with an age.
    pub aging: Option<String>,
}

columns!(FindingRow: key, subject_kind, subject_id, title, contractor_name, kind, rule, severity, seq, event_type, sentence, advice, from_at, until_at, is_met, is_test, at, is_offered, aging);

/// That a subject has a value lists are narrowed by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Facet {
    /// `Subject::kind`
    pub kind: String,
    /// `hirer` or `field`.
    pub facet: String,
    /// A hirer's id, or `Name:Value`.
    pub value: String,
    /// `Subject::id`
    pub subject_id: String,
}

columns!(Facet: kind, facet, value, subject_id);

/// A value a filter can be set to, by one of the names it had, and which event said so last.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    /// `client`, `hirer`, `currency` or `field`.
    pub facet: String,
    /// An id, a code or a name.
    pub value: String,
    /// In words, no longer than an index can hold.
    pub name: String,
    /// The words in the form they are searched in.
    pub search: String,
    /// The words as they are put in order by.
    pub sort_key: String,
    /// When the newest event of this name happened.
    pub named_at: i64,
    /// Svix's id of that event.
    pub message_id: String,
    /// When the first event of this name happened.
    pub first_at: i64,
    /// When the first one of this name arrived.
    pub known_at: i64,
}

/// What the database holds, before a batch, of the subjects the batch touches.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// List rows.
    pub contractors: Vec<ContractorRow>,
    /// List rows.
    pub contracts: Vec<ContractRow>,
    /// List rows.
    pub requisitions: Vec<RequisitionRow>,
    /// What all these have.
    pub facets: Vec<Facet>,
    /// What was found wrong with those that are looked at again.
    pub findings: Vec<FindingRow>,
}

/// Everything one batch changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What is there already: only what differs from it is written.
    pub before: Before,
    /// New mentions.
    pub mentions: Vec<Mention>,
    /// Rows to put in place of what was there.
    pub contractors: Vec<ContractorRow>,
    /// Rows to put in place of what was there.
    pub contracts: Vec<ContractRow>,
    /// Rows to put in place of what was there, or to add.
    pub contract_versions: Vec<ContractVersion>,
    /// Rows to put in place of what was there.
    pub requisitions: Vec<RequisitionRow>,
    /// Whose findings are replaced: kind and id.
    pub examined: std::collections::BTreeSet<(&'static str, String)>,
    /// Their findings.
    pub findings: Vec<FindingRow>,
    /// Contracts that a signed one renews, those that only an offered one does, and those that none does.
    pub renewed: [std::collections::BTreeSet<String>; 3],
    /// What all these have, in place of what they had.
    pub facets: Vec<Facet>,
    /// Counts to add.
    pub tallies: Vec<Tally>,
    /// Counts to add.
    pub arrivals: Vec<Arrivals>,
    /// Counts to add.
    pub endpoint_arrivals: Vec<EndpointArrivals>,
    /// Names to keep where they are newer.
    pub hirers: Vec<HirerName>,
    /// Values to keep; names where they are newer.
    pub choices: Vec<Choice>,
    /// Names to keep, whatever came before or after.
    pub names: std::collections::BTreeSet<Naming>,
}
