//! The columns of the list of contracts.

use super::{Cell, Column, State, Width, more, own};
use crate::estimate::Standing;
use crate::event::Mode;
use crate::id::{ContractorId, RequisitionId};
use crate::view::contractor::ContractSummary;
use crate::view::filter::SortKey;

/// The columns in order.
pub const COLUMNS: &[Column<ContractSummary>] = &[
    Column {
        key: "title",
        label: "Contract",
        headings: &["Contract"],
        sort: Some(SortKey::Title),
        width: Width::Text,
        is_fixed: true,
        by_default: true,
        cell: |row| Cell::Subject {
            href: row.id.path(),
            text: row.title.clone(),
            under: row.job_title.clone(),
            mode: Mode::of_subject(row.is_test, row.id.as_str()),
            findings: row.findings,
        },
    },
    Column { cell: |row| Cell::Code(Some(row.id.to_string())), ..more("id", "Id", &["Id"], Width::Wide) },
    Column { cell: |row| Cell::Text(row.job_title.clone()), ..more("job", "Job title", &["Job title"], Width::Wide) },
    Column { cell: contractor, ..own("contractor", "Contractor", &["Contractor"], Width::Text) },
    Column {
        cell: |row| Cell::Code(row.contractor_id.as_ref().map(ToString::to_string)),
        ..more("contractor_id", "Contractor’s id", &["Contractor id"], Width::Wide)
    },
    Column { cell: |row| Cell::Text(row.client.clone()), ..more("client", "Client", &["Client"], Width::Wide) },
    Column { cell: |row| Cell::Texts(row.hirers.clone()), ..more("hirers", "Hirers", &["Hirers"], Width::Wide) },
    Column {
        cell: |row| Cell::State(State::Contract(row.phase, row.ends_on)),
        ..own("state", "State", &["State"], Width::Fit)
    },
    Column {
        sort: Some(SortKey::Start),
        cell: |row| Cell::Day(row.start_on),
        ..own("start", "Starts", &["Start"], Width::WideNumber)
    },
    Column {
        sort: Some(SortKey::End),
        cell: |row| Cell::LastDay(row.ends_on, row.has_no_end()),
        ..own("end", "Ends", &["End"], Width::Number)
    },
    Column { cell: |row| Cell::Day(row.notice_by), ..more("notice", "Notice by", &["Notice by"], Width::WideNumber) },
    Column {
        sort: Some(SortKey::Rate),
        cell: |row| Cell::Rate(row.rate.clone()),
        ..own("rate", "Rate", &["Rate", "Rate currency", "Rate unit"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Sum(row.estimate.clone(), note(row)),
        ..own("estimate", "Estimate", &["Estimate", "Estimate currency", "Estimate note"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Link {
            href: row.requisition_id.as_ref().map(RequisitionId::path),
            text: row.requisition_id.as_ref().map(ToString::to_string),
        },
        ..more("requisition", "Requisition", &["Requisition id"], Width::Wide)
    },
    Column {
        cell: |row| Cell::Texts(row.custom_fields.clone()),
        ..more("fields", "Custom fields", &["Custom fields"], Width::Wide)
    },
    Column { cell: |row| Cell::Count(row.findings), ..more("findings", "Findings", &["Findings"], Width::WideNumber) },
    Column {
        sort: Some(SortKey::Last),
        cell: |row| Cell::Instant(row.last_at),
        ..own("last", "Last event", &["Last event"], Width::WideNumber)
    },
];

/// Returns the remark on an estimate.
fn note(row: &ContractSummary) -> Option<&'static str> {
    match (row.standing, row.is_at_least) {
        (Standing::Pending, false) => Some("if signed"),
        (Standing::Pending, true) => Some("at least, if signed"),
        (Standing::Disputed, _) => Some("in question"),
        (Standing::Committed, true) => Some("at least"),
        (Standing::Committed, false) | (Standing::Nothing, _) => None,
    }
}

fn contractor(row: &ContractSummary) -> Cell {
    Cell::Link {
        href: row.contractor_id.as_ref().map(ContractorId::path),
        text: row.contractor_name.clone().or_else(|| row.contractor_id.as_ref().map(ToString::to_string)),
    }
}
