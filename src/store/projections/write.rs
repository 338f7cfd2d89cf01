//! How the changes of one batch become statements.

mod findings;

use super::row::{Changes, ContractRow, ContractVersion, ContractorRow, Facet, RequisitionRow};
use super::statement::{Statement, Value};

/// Rows of one `insert`: SQLite takes 32,766 values a statement, and the widest row has 31.
const CHUNK: usize = 500;

/// In an order that every instance shares, so that two never wait for each other's rows.
pub(super) fn statements(changes: &Changes) -> Vec<Statement> {
    let mut all = Vec::new();
    for chunk in changes.mentions.chunks(CHUNK) {
        let mut insert = Statement::new(
            "insert into mentions (kind, subject_id, is_own, is_live, occurred_at, received_at, message_id, seq) values ",
        );
        insert.rows(chunk.iter().map(|row| -> [Value; 8] {
            [
                (&row.kind).into(),
                (&row.subject_id).into(),
                row.is_own.into(),
                row.is_live.into(),
                row.occurred_at.into(),
                row.received_at.into(),
                (&row.message_id).into(),
                row.seq.into(),
            ]
        }));
        all.push(insert);
    }
    all.extend(changes.contractors.chunks(CHUNK).map(contractors));
    all.extend(changes.contracts.chunks(CHUNK).map(contracts));
    all.extend(changes.contract_versions.chunks(CHUNK).map(contract_versions));
    all.extend(changes.requisitions.chunks(CHUNK).map(requisitions));
    all.extend(changes.contractors.chunks(CHUNK).map(|rows| forget("contractor", rows.iter().map(|row| &*row.id))));
    all.extend(changes.contracts.chunks(CHUNK).map(|rows| forget("contract", rows.iter().map(|row| &*row.id))));
    all.extend(changes.requisitions.chunks(CHUNK).map(|rows| forget("requisition", rows.iter().map(|row| &*row.id))));
    all.extend(changes.facets.chunks(CHUNK).map(facets));
    findings::statements(changes, &mut all);
    counts(changes, &mut all);
    all
}

fn contractors(rows: &[ContractorRow]) -> Statement {
    let mut upsert = Statement::new(
        "insert into contractors (id, name, email, client, state, bookability, findings, is_test, last_at, sort_key, \
         search, client_id, custom_fields) values ",
    );
    upsert.rows(rows.iter().map(|row| -> [Value; 13] {
        [
            (&row.id).into(),
            (&row.name).into(),
            (&row.email).into(),
            (&row.client).into(),
            (&row.state).into(),
            (&row.bookability).into(),
            row.findings.into(),
            row.is_test.into(),
            row.last_at.into(),
            (&row.sort_key).into(),
            (&row.search).into(),
            (&row.client_id).into(),
            (&row.custom_fields).into(),
        ]
    }));
    upsert.push(
        " on conflict (id) do update set name = excluded.name, email = excluded.email, client = excluded.client, \
         state = excluded.state, bookability = excluded.bookability, findings = excluded.findings, \
         is_test = excluded.is_test, last_at = excluded.last_at, sort_key = excluded.sort_key, \
         search = excluded.search, client_id = excluded.client_id, custom_fields = excluded.custom_fields",
    );
    upsert
}

/// The columns of a contract's row, in the order of [`contract`].
const CONTRACT: &str = "id, contractor_id, contractor_name, title, job_title, client, state, start_on, ends_on, \
                         planned_end_on, rate_amount, rate_currency, rate_unit, requisition_id, renewal_ids, findings, \
                         is_test, last_at, search, standing, commitment_amount, commitment_per_day, \
                         commitment_currency, client_id, hirers, custom_fields, notice_on, title_key, rate_key";

fn contract(row: &ContractRow) -> Vec<Value> {
    vec![
        (&row.id).into(),
        (&row.contractor_id).into(),
        (&row.contractor_name).into(),
        (&row.title).into(),
        (&row.job_title).into(),
        (&row.client).into(),
        (&row.state).into(),
        (&row.start_on).into(),
        (&row.ends_on).into(),
        (&row.planned_end_on).into(),
        (&row.rate_amount).into(),
        (&row.rate_currency).into(),
        (&row.rate_unit).into(),
        (&row.requisition_id).into(),
        (&row.renewal_ids).into(),
        row.findings.into(),
        row.is_test.into(),
        row.last_at.into(),
        (&row.search).into(),
        (&row.standing).into(),
        (&row.commitment_amount).into(),
        (&row.commitment_per_day).into(),
        (&row.commitment_currency).into(),
        (&row.client_id).into(),
        (&row.hirers).into(),
        (&row.custom_fields).into(),
        (&row.notice_on).into(),
        (&row.title_key).into(),
        (&row.rate_key).into(),
    ]
}

/// `… do update set a = excluded.a, …`, for every column but the key's.
fn replace(upsert: &mut Statement, key: &'static [&'static str], columns: &'static str) {
    upsert.push(" on conflict (");
    for (place, column) in key.iter().enumerate() {
        upsert.push(if place == 0 { "" } else { ", " }).push(column);
    }
    upsert.push(") do update set ");
    let others = columns.split(", ").filter(|column| !key.contains(column));
    for (place, column) in others.enumerate() {
        upsert.push(if place == 0 { "" } else { ", " }).push(column).push(" = excluded.").push(column);
    }
}

fn contracts(rows: &[ContractRow]) -> Statement {
    let mut upsert = Statement::new("insert into contracts (");
    upsert.push(CONTRACT).push(") values ").rows(rows.iter().map(contract));
    replace(&mut upsert, &["id"], CONTRACT);
    upsert
}

fn contract_versions(rows: &[ContractVersion]) -> Statement {
    let mut upsert = Statement::new("insert into contract_versions (is_known, from_at, ");
    upsert.push(CONTRACT).push(") values ").rows(
        rows.iter()
            .map(|version| [vec![version.is_known.into(), version.from_at.into()], contract(&version.row)].concat()),
    );
    replace(&mut upsert, &["is_known", "id", "from_at"], CONTRACT);
    upsert
}

/// What a subject had may be gone; what it has is written anew.
fn forget<'a>(kind: &'static str, ids: impl Iterator<Item = &'a str>) -> Statement {
    let mut delete = Statement::new("delete from facets where kind = ");
    delete.bind(kind).push(" and subject_id in ").list(ids);
    delete
}

fn facets(rows: &[Facet]) -> Statement {
    let mut insert = Statement::new("insert into facets (kind, facet, value, subject_id) values ");
    insert.rows(rows.iter().map(|row| -> [Value; 4] {
        [(&row.kind).into(), (&row.facet).into(), (&row.value).into(), (&row.subject_id).into()]
    }));
    insert
}

fn requisitions(rows: &[RequisitionRow]) -> Statement {
    let mut upsert = Statement::new(
        "insert into requisitions (id, title, external_id, amount, currency, amount_type, state, versions, findings, \
         is_test, last_at, search, custom_fields, title_key, amount_key) values ",
    );
    upsert.rows(rows.iter().map(|row| -> [Value; 15] {
        [
            (&row.id).into(),
            (&row.title).into(),
            (&row.external_id).into(),
            (&row.amount).into(),
            (&row.currency).into(),
            (&row.amount_type).into(),
            (&row.state).into(),
            row.versions.into(),
            row.findings.into(),
            row.is_test.into(),
            row.last_at.into(),
            (&row.search).into(),
            (&row.custom_fields).into(),
            (&row.title_key).into(),
            (&row.amount_key).into(),
        ]
    }));
    upsert.push(
        " on conflict (id) do update set title = excluded.title, external_id = excluded.external_id, \
         amount = excluded.amount, currency = excluded.currency, amount_type = excluded.amount_type, \
         state = excluded.state, versions = excluded.versions, findings = excluded.findings, \
         is_test = excluded.is_test, last_at = excluded.last_at, search = excluded.search, \
         custom_fields = excluded.custom_fields, title_key = excluded.title_key, amount_key = excluded.amount_key",
    );
    upsert
}

fn counts(changes: &Changes, all: &mut Vec<Statement>) {
    if !changes.tallies.is_empty() {
        let mut upsert = Statement::new("insert into tallies (event_type, mode, count, first_at, last_at) values ");
        upsert.rows(changes.tallies.iter().map(|row| -> [Value; 5] {
            [(&row.event_type).into(), (&row.mode).into(), row.count.into(), row.first_at.into(), row.last_at.into()]
        }));
        upsert.push(
            " on conflict (event_type, mode) do update set count = tallies.count + excluded.count, \
             first_at = case when excluded.first_at < tallies.first_at then excluded.first_at \
             else tallies.first_at end, \
             last_at = case when excluded.last_at > tallies.last_at then excluded.last_at else tallies.last_at end",
        );
        all.push(upsert);
    }
    if !changes.arrivals.is_empty() {
        let mut upsert = Statement::new("insert into arrivals (minute, live, unreadable, late) values ");
        upsert.rows(
            changes.arrivals.iter().map(|row| -> [Value; 4] {
                [row.minute.into(), row.live.into(), row.unreadable.into(), row.late.into()]
            }),
        );
        upsert.push(
            " on conflict (minute) do update set live = arrivals.live + excluded.live, \
             unreadable = arrivals.unreadable + excluded.unreadable, late = arrivals.late + excluded.late",
        );
        all.push(upsert);
    }
    for chunk in changes.hirers.chunks(CHUNK) {
        let mut upsert = Statement::new("insert into hirers (id, name, named_at, message_id) values ");
        upsert.rows(chunk.iter().map(|row| -> [Value; 4] {
            [(&row.id).into(), (&row.name).into(), row.named_at.into(), (&row.message_id).into()]
        }));
        // The newest event decides, whichever is read first.
        upsert.push(
            " on conflict (id) do update set name = excluded.name, named_at = excluded.named_at, \
             message_id = excluded.message_id where (excluded.named_at, excluded.message_id) \
             > (hirers.named_at, hirers.message_id)",
        );
        all.push(upsert);
    }
    for chunk in changes.choices.chunks(CHUNK) {
        let mut upsert =
            Statement::new("insert into choices (facet, value, name, search, named_at, message_id) values ");
        upsert.rows(chunk.iter().map(|row| -> [Value; 6] {
            [
                (&row.facet).into(),
                (&row.value).into(),
                (&row.name).into(),
                (&row.search).into(),
                row.named_at.into(),
                (&row.message_id).into(),
            ]
        }));
        upsert.push(
            " on conflict (facet, value) do update set name = excluded.name, search = excluded.search, \
             named_at = excluded.named_at, message_id = excluded.message_id \
             where (excluded.named_at, excluded.message_id) > (choices.named_at, choices.message_id)",
        );
        all.push(upsert);
    }
}
