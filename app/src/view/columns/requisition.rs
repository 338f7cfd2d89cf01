//! The columns of the list of spend requisitions.

use super::{Cell, Column, State, Width, column};
use crate::view::summary::RequisitionSummary;
use domain::event::Mode;
use domain::query::filter::SortKey;

/// The columns in order.
pub const COLUMNS: &[Column<RequisitionSummary>] = &[
    Column {
        key: "title",
        label: "Requisition",
        headings: &["Requisition"],
        sort: Some(SortKey::Title),
        width: Width::Text,
        cell: |row| Cell::Subject {
            href: row.id.path(),
            text: row.title.clone(),
            under: None,
            mode: Mode::of_subject(row.is_test, row.id.as_str()),
            findings: 0,
        },
    },
    Column { cell: |row| Cell::Code(Some(row.id.to_string())), ..column("id", "Id", &["Id"], Width::Wide) },
    Column { cell: |row| Cell::Code(row.external_id.clone()), ..column("number", "Number", &["Number"], Width::Wide) },
    Column {
        cell: |row| Cell::State(State::Requisition(row.state)),
        ..column("state", "State", &["State"], Width::Fit)
    },
    Column {
        sort: Some(SortKey::Amount),
        cell: |row| Cell::Amount { now: row.now(), approved: row.approved.clone() },
        ..column(
            "amount",
            "Amount",
            &["Amount", "Currency", "Amount type", "Approved amount", "Approved currency", "Approved type"],
            Width::Number,
        )
    },
    Column {
        cell: |row| {
            let note = match (row.is_partial, row.is_by_day()) {
                (true, true) => Some("at least, a day"),
                (true, false) => Some("at least"),
                (false, true) => Some("a day"),
                (false, false) => None,
            };
            Cell::Sum(row.committed.clone(), note)
        },
        ..column(
            "committed",
            "Committed",
            &["Committed (estimate)", "Committed currency", "Committed note"],
            Width::WideNumber,
        )
    },
    Column {
        cell: |row| Cell::Remaining {
            left: row.remaining.clone(),
            is_partial: row.is_partial,
            is_by_day: row.is_by_day(),
        },
        ..column("left", "Left", &["Left (estimate)", "Left currency", "Left note"], Width::Number)
    },
    Column {
        cell: |row| Cell::Count(row.contracts),
        ..column("contracts", "Contracts", &["Contracts"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Count(row.versions),
        ..column("versions", "Versions", &["Versions"], Width::WideNumber)
    },
    Column {
        cell: |row| Cell::Texts(row.custom_fields.clone()),
        ..column("fields", "Custom fields", &["Custom fields"], Width::Wide)
    },
    Column {
        sort: Some(SortKey::Last),
        cell: |row| Cell::Instant(row.last_at),
        ..column("last", "Last event", &["Last event"], Width::WideNumber)
    },
];
