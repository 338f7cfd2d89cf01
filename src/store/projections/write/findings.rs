//! How the findings of a batch replace those that were there.

use crate::store::projections::row::{Changes, FindingRow};
use crate::store::projections::statement::{Statement, Value};
use std::collections::BTreeMap;

/// Rows of one statement: SQLite takes 32,766 values, and a row has 18.
const CHUNK: usize = 500;

pub(super) fn statements(changes: &Changes, all: &mut Vec<Statement>) {
    let mut examined = BTreeMap::<&str, Vec<&str>>::new();
    for (kind, id) in &changes.examined {
        examined.entry(kind).or_default().push(id);
    }
    for (kind, ids) in examined {
        for chunk in ids.chunks(CHUNK) {
            let mut delete = Statement::new("delete from findings where subject_kind = ");
            delete.bind(kind).push(" and subject_id in ").list(chunk.iter().copied());
            all.push(delete);
        }
    }
    all.extend(changes.findings.chunks(CHUNK).map(rows));
    // After the rows: a contract of this batch may be renewed by one of an earlier batch, and the other way round.
    for (is_met, ids) in [true, false].into_iter().zip(&changes.renewed) {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for chunk in ids.chunks(CHUNK) {
            let mut update = Statement::new("update findings set is_met = ");
            update.bind(is_met).push(" where rule = 'renewed-before-end' and is_met <> ").bind(is_met);
            update.push(" and subject_kind = 'contract' and subject_id in ").list(chunk.iter().copied());
            all.push(update);
        }
    }
}

fn rows(rows: &[FindingRow]) -> Statement {
    let mut insert = Statement::new(
        "insert into findings (key, subject_kind, subject_id, title, contractor_name, kind, rule, severity, seq, \
         event_type, sentence, advice, from_at, until_at, is_met, is_test, at, search) values ",
    );
    insert.rows(rows.iter().map(|row| -> [Value; 18] {
        [
            (&row.key).into(),
            (&row.subject_kind).into(),
            (&row.subject_id).into(),
            (&row.title).into(),
            (&row.contractor_name).into(),
            (&row.kind).into(),
            (&row.rule).into(),
            row.severity.into(),
            row.seq.into(),
            (&row.event_type).into(),
            (&row.sentence).into(),
            (&row.advice).into(),
            row.from_at.into(),
            row.until_at.into(),
            row.is_met.into(),
            row.is_test.into(),
            row.at.into(),
            (&row.search).into(),
        ]
    }));
    // One event cannot break one rule of one subject twice; should it, one of them is enough.
    insert.push(" on conflict (key) do nothing");
    insert
}
