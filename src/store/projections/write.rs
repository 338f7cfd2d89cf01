//! Writes the changes of one batch to the list tables.
//!
//! Only rows that differ from the stored ones are written, and of these only the columns that differ: an index costs as
//! much as a row, and most events change few indexed columns.

use super::row::{Changes, ContractVersion, CurrentRows, Facet, FindingRow};
use crate::store::statement::{SqlDriver as _, TableRow, Value};
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Postgres};
use std::collections::{BTreeMap, BTreeSet};

/// One statement for many rows, `insert into … on conflict …` or `delete from … where … in`. SQLite executes a prepared
/// single-row statement for each, as parsing a multi-row text takes longer than writing the rows. PostgreSQL gets all
/// rows at once, with an array per column.
#[derive(Clone, Debug)]
pub(super) struct BulkStatement {
    before: String,
    after: String,
    rows: Vec<Vec<Value>>,
}

impl BulkStatement {
    /// Creates an `insert` of these rows; `after` is the text from `on conflict` on.
    fn insert<'a, R: TableRow + 'a>(after: impl Into<String>, rows: impl IntoIterator<Item = &'a R>) -> Self {
        Self::insert_values::<R>(after, rows.into_iter().map(R::values).collect())
    }

    fn insert_values<R: TableRow>(after: impl Into<String>, rows: Vec<Vec<Value>>) -> Self {
        let before = format!("insert into {} ({}) ", R::TABLE, R::columns().join(", "));
        Self { before, after: after.into(), rows }
    }

    /// Creates it; `before` is the text up to the list of rows.
    fn matching(before: &'static str, rows: Vec<Vec<Value>>) -> Self {
        Self { before: format!("{before} in ("), after: ")".to_owned(), rows }
    }

    /// Returns the statement for one row, with a `?` for each value.
    pub(super) fn single(&self) -> String {
        let places = vec!["?"; self.rows.first().map_or(0, Vec::len)].join(", ");
        format!("{}values ({places}){}", self.before, self.after)
    }

    /// Returns the rows.
    pub(super) fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }

    /// Returns the statement for all rows on `PostgreSQL`, and its arrays.
    pub(super) fn together(&self) -> Result<(AssertSqlSafe<String>, PgArguments), BoxDynError> {
        let first = self.rows.first().map_or(&[][..], Vec::as_slice);
        let mut arguments = PgArguments::default();
        let mut places = Vec::new();
        for (place, value) in first.iter().enumerate() {
            places.push(format!("${}::{}", place + 1, value.array_type()));
            let column = self.rows.iter().filter_map(|row| row.get(place).cloned()).collect();
            Postgres::add(&mut arguments, Value::List(column))?;
        }
        let sql = format!("{}select * from unnest({}){}", self.before, places.join(", "), self.after);
        Ok((AssertSqlSafe(sql), arguments))
    }
}

/// Updates of findings for contracts with a signed renewal, with an offered one only, and with none.
const RENEWALS: [&str; 3] = [
    "update findings set is_met = (1 = 1), is_offered = (1 = 0) where rule = 'renewed-before-end' \
     and (is_met = (1 = 0) or is_offered = (1 = 1)) and subject_kind = 'contract' and subject_id",
    "update findings set is_met = (1 = 0), is_offered = (1 = 1) where rule = 'renewed-before-end' \
     and (is_met = (1 = 1) or is_offered = (1 = 0)) and subject_kind = 'contract' and subject_id",
    "update findings set is_met = (1 = 0), is_offered = (1 = 0) where rule = 'renewed-before-end' \
     and (is_met = (1 = 1) or is_offered = (1 = 1)) and subject_kind = 'contract' and subject_id",
];

/// Returns the statements in an order common to all instances, which prevents deadlocks.
pub(super) fn steps(before: &CurrentRows, changes: &Changes) -> Vec<BulkStatement> {
    let mut all = vec![BulkStatement::insert("", &changes.mentions)];
    differing(&mut all, &before.contractors, &changes.contractors);
    differing(&mut all, &before.contracts, &changes.contracts);
    let key = ["is_known", "id", "from_at"];
    let replacing = replacing(&key, ContractVersion::columns().into_iter().filter(|column| !key.contains(column)));
    all.push(BulkStatement::insert(replacing, &changes.contract_versions));
    differing(&mut all, &before.commitments, &changes.commitments);
    differing(&mut all, &before.requisitions, &changes.requisitions);
    facets(&mut all, &before.facets, &changes.facets);
    findings(&mut all, &before.findings, changes);
    counts(changes, &mut all);
    all.retain(|step| !step.rows.is_empty());
    all
}

/// Returns `on conflict … do update set a = excluded.a, …`.
fn replacing<'a>(key: &[&str], columns: impl Iterator<Item = &'a str>) -> String {
    let set: Vec<String> = columns.map(|column| format!("{column} = excluded.{column}")).collect();
    format!(" on conflict ({}) do update set {}", key.join(", "), set.join(", "))
}

/// Adds the rows that differ from the stored ones, grouped by the columns in which they differ; the id comes first.
fn differing<R: TableRow>(all: &mut Vec<BulkStatement>, before: &[R], now: &[R]) {
    let names = R::columns();
    let before: BTreeMap<String, Vec<Value>> =
        before.iter().map(R::values).filter_map(|row| Some((row.first()?.as_text()?.to_owned(), row))).collect();
    let mut groups = BTreeMap::<Vec<&str>, Vec<Vec<Value>>>::new();
    for row in now.iter().map(R::values) {
        let known = row.first().and_then(Value::as_text).and_then(|id| before.get(id));
        let differ: Vec<&str> = names
            .iter()
            .enumerate()
            .filter(|(place, _)| known.is_none_or(|known| known.get(*place) != row.get(*place)))
            .map(|(_, name)| *name)
            .filter(|name| *name != "id")
            .collect();
        if !differ.is_empty() {
            groups.entry(differ).or_default().push(row);
        }
    }
    for (differ, rows) in groups {
        all.push(BulkStatement::insert_values::<R>(replacing(&["id"], differ.into_iter()), rows));
    }
}

fn facets(all: &mut Vec<BulkStatement>, before: &[Facet], now: &[Facet]) {
    let (before, now): (BTreeSet<&Facet>, BTreeSet<&Facet>) = (before.iter().collect(), now.iter().collect());
    let gone = before.difference(&now).map(|row| row.values()).collect();
    all.push(BulkStatement::matching("delete from facets where (kind, facet, value, subject_id)", gone));
    all.push(BulkStatement::insert("", now.difference(&before).copied()));
}

/// Adds deletions and insertions of findings, which are immutable.
fn findings(all: &mut Vec<BulkStatement>, before: &[FindingRow], changes: &Changes) {
    // `is_met` and `is_offered` are updated below, by other contracts.
    let plain = |row: &FindingRow| FindingRow { is_met: false, is_offered: false, ..row.clone() };
    let mut before: BTreeMap<&str, FindingRow> = before.iter().map(|row| (row.key.as_str(), plain(row))).collect();
    let mut come = BTreeMap::<&str, &FindingRow>::new();
    for row in &changes.findings {
        // One event cannot break one rule of one subject twice; if it does, one finding is enough.
        come.entry(&row.key).or_insert(row);
    }
    come.retain(|key, row| match before.get(key) {
        Some(known) if *known == **row => {
            before.remove(key);
            false
        }
        _ => true,
    });
    let gone = before.into_keys().map(|key| vec![key.into()]).collect();
    all.push(BulkStatement::matching("delete from findings where key", gone));
    all.push(BulkStatement::insert(" on conflict (key) do nothing", come.into_values()));
    // After the rows: contracts of this batch may be renewed by stored ones, and the other way round.
    for (update, ids) in RENEWALS.into_iter().zip(&changes.renewed) {
        all.push(BulkStatement::matching(update, ids.iter().map(|id| vec![id.into()]).collect()));
    }
}

fn counts(changes: &Changes, all: &mut Vec<BulkStatement>) {
    all.push(BulkStatement::insert(
        " on conflict (event_type, mode) do update set count = tallies.count + excluded.count, \
         first_at = case when excluded.first_at < tallies.first_at then excluded.first_at else tallies.first_at end, \
         last_at = case when excluded.last_at > tallies.last_at then excluded.last_at else tallies.last_at end",
        &changes.tallies,
    ));
    all.push(BulkStatement::insert(
        " on conflict (minute) do update set live = arrivals.live + excluded.live, \
         unreadable = arrivals.unreadable + excluded.unreadable, late = arrivals.late + excluded.late",
        &changes.arrivals,
    ));
    all.push(BulkStatement::insert(
        " on conflict (endpoint, span, start) do update set live = endpoint_arrivals.live + excluded.live, \
         last_at = case when excluded.last_at > endpoint_arrivals.last_at then excluded.last_at \
         else endpoint_arrivals.last_at end",
        &changes.endpoint_arrivals,
    ));
    all.push(BulkStatement::insert(
        " on conflict (span, start, endpoint, event_type, mode, outcome) do update set count = volume.count + excluded.count",
        &changes.volume,
    ));
    all.push(BulkStatement::insert(
        " on conflict (kind, subject_id, name) do update set \
         first_at = case when excluded.first_at < names.first_at then excluded.first_at else names.first_at end, \
         known_at = case when excluded.known_at < names.known_at then excluded.known_at else names.known_at end \
         where excluded.first_at < names.first_at or excluded.known_at < names.known_at",
        &changes.names,
    ));
    // The newest event decides, whatever the order of reading.
    all.push(BulkStatement::insert(
        " on conflict (id) do update set name = excluded.name, named_at = excluded.named_at, \
         message_id = excluded.message_id \
         where (excluded.named_at, excluded.message_id) > (hirers.named_at, hirers.message_id)",
        &changes.hirers,
    ));
    all.push(BulkStatement::insert(
        " on conflict (facet, value, name) do update set \
         message_id = case when (excluded.named_at, excluded.message_id) > (choices.named_at, choices.message_id) \
         then excluded.message_id else choices.message_id end, \
         named_at = case when excluded.named_at > choices.named_at then excluded.named_at else choices.named_at end, \
         first_at = case when excluded.first_at < choices.first_at then excluded.first_at else choices.first_at end, \
         known_at = case when excluded.known_at < choices.known_at then excluded.known_at else choices.known_at end \
         where (excluded.named_at, excluded.message_id) > (choices.named_at, choices.message_id) \
         or excluded.first_at < choices.first_at or excluded.known_at < choices.known_at",
        &changes.choices,
    ));
}
