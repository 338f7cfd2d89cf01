//! The columns of the list of contractors.

use super::{Cell, Column, State, Width, column};
use crate::view::summary::ContractorSummary;
use domain::event::Mode;
use domain::query::filter::SortKey;
use domain::timeline::words::sentence_case;

/// The columns in order.
pub const COLUMNS: &[Column<ContractorSummary>] = &[
    Column {
        key: "name",
        label: "Name",
        headings: &["Name"],
        sort: Some(SortKey::Name),
        width: Width::Text,
        cell: |row| Cell::Subject {
            href: row.id.path(),
            text: row.name.clone(),
            under: None,
            mode: Mode::of_subject(row.is_test, row.id.as_str()),
            findings: 0,
        },
    },
    Column { cell: |row| Cell::Code(Some(row.id.to_string())), ..column("id", "Id", &["Id"], Width::Wide) },
    Column { cell: |row| Cell::Text(row.email.clone()), ..column("email", "E-mail", &["E-mail"], Width::Wide) },
    Column { cell: |row| Cell::Text(row.client.clone()), ..column("client", "Client", &["Client"], Width::Wide) },
    Column {
        cell: |row| Cell::State(State::Contractor(row.state)),
        ..column("state", "State", &["State"], Width::Fit)
    },
    Column {
        cell: |row| Cell::Text(row.bookability.as_deref().map(sentence_case)),
        ..column("bookability", "Bookability", &["Bookability"], Width::Wide)
    },
    Column {
        sort: Some(SortKey::Active),
        cell: |row| Cell::Count(row.active_contracts),
        ..column("active", "At work", &["Contracts at work"], Width::Number)
    },
    Column {
        cell: |row| Cell::Count(row.open_offers),
        ..column("offers", "Offers", &["Open offers"], Width::WideNumber)
    },
    Column {
        sort: Some(SortKey::NextEnd),
        cell: |row| Cell::DayAhead(row.next_end_on),
        ..column("ends", "Ends next", &["Next end"], Width::Number)
    },
    Column {
        cell: |row| {
            let words = if row.committed.is_empty() { "not estimated" } else { "at least" };
            Cell::Sums(row.committed.clone(), (row.unestimated > 0).then_some(words))
        },
        ..column("committed", "Committed", &["Committed (estimate)", "Committed note"], Width::WideNumber)
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
