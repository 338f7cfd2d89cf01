//! The columns of the list of contracts.

use super::{Cell, Column, State, Width, column};
use crate::view::summary::ContractSummary;
use domain::commitment::CommitmentState;
use domain::event::Mode;
use domain::id::{ContractorId, RequisitionId};
use domain::query::filter::SortKey;

/// The columns in order.
pub const COLUMNS: &[Column<ContractSummary>] = &[
    Column {
        key: "title",
        label: "Contract",
        headings: &["Contract"],
        sort: Some(SortKey::Title),
        width: Width::Text,
        cell: |row| Cell::Subject {
            href: row.id.path(),
            text: row.title.clone(),
            under: row.job_title.clone(),
            mode: Mode::of_subject(row.is_test, row.id.as_str()),
            findings: row.findings,
        },
    },
    Column { cell: |row| Cell::Code(Some(row.id.to_string())), ..column("id", "Id", &["Id"], Width::Wide) },
    Column { cell: |row| Cell::Text(row.job_title.clone()), ..column("job", "Job title", &["Job title"], Width::Wide) },
    Column { cell: contractor, ..column("contractor", "Contractor", &["Contractor"], Width::Text) },
    Column {
        cell: |row| Cell::Code(row.contractor_id.as_ref().map(ToString::to_string)),
        ..column("contractor_id", "Contractor’s id", &["Contractor id"], Width::Wide)
    },
    Column { cell: |row| Cell::Text(row.client.clone()), ..column("client", "Client", &["Client"], Width::Wide) },
    Column { cell: |row| Cell::Texts(row.hirers.clone()), ..column("hirers", "Hirers", &["Hirers"], Width::Wide) },
    Column {
        cell: |row| Cell::State(State::Contract(row.phase, row.ends_on)),
        ..column("state", "State", &["State"], Width::Fit)
    },
    Column {
        sort: Some(SortKey::Start),
        cell: |row| Cell::Day(row.start_on),
        ..column("start", "Starts", &["Start"], Width::WideNumber)
    },
    Column {
        sort: Some(SortKey::End),
        cell: |row| Cell::LastDay(row.ends_on, row.has_no_end()),
        ..column("end", "Ends", &["End"], Width::Number)
    },
    Column { cell: |row| Cell::Day(row.notice_by), ..column("notice", "Notice by", &["Notice by"], Width::WideNumber) },
    Column {
        sort: Some(SortKey::Rate),
        cell: |row| Cell::Rate(row.rate.clone()),
        ..column("rate", "Rate", &["Rate", "Rate currency", "Rate unit"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Sum(row.estimate.clone(), note(row)),
        ..column("estimate", "Estimate", &["Estimate", "Estimate currency", "Estimate note"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Link {
            href: row.requisition_id.as_ref().map(RequisitionId::path),
            text: row.requisition_id.as_ref().map(ToString::to_string),
        },
        ..column("requisition", "Requisition", &["Requisition id"], Width::Wide)
    },
    Column {
        cell: |row| Cell::Texts(row.custom_fields.clone()),
        ..column("fields", "Custom fields", &["Custom fields"], Width::Wide)
    },
    Column {
        cell: |row| Cell::Count(row.findings),
        ..column("findings", "Findings", &["Findings"], Width::WideNumber)
    },
    Column {
        sort: Some(SortKey::Last),
        cell: |row| Cell::Instant(row.last_at),
        ..column("last", "Last event", &["Last event"], Width::WideNumber)
    },
];

/// Returns the remark on an estimate.
fn note(row: &ContractSummary) -> Option<&'static str> {
    match (row.standing, row.is_at_least) {
        (CommitmentState::Pending, false) => Some("if signed"),
        (CommitmentState::Pending, true) => Some("at least, if signed"),
        (CommitmentState::Disputed, _) => Some("in question"),
        (CommitmentState::Committed, true) => Some("at least"),
        (CommitmentState::Committed, false) | (CommitmentState::Nothing, _) => None,
    }
}

fn contractor(row: &ContractSummary) -> Cell {
    Cell::Link {
        href: row.contractor_id.as_ref().map(ContractorId::path),
        text: row.contractor_name.clone().or_else(|| row.contractor_id.as_ref().map(ToString::to_string)),
    }
}
