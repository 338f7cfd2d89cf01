//! One page of a list by keyset pagination, for any filter and order.
//!
//! Rows are read along the index of the order, so that the first page of an unselective filter comes at once. A
//! selective filter would scan the whole index; its few rows are looked up first, and then only they are read.

mod contractors;
mod contracts;
mod ranked;
mod requisitions;
pub(super) mod searched;
mod with_contract;

use super::source::Source;
use crate::collation::Words;
use crate::store::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError};
use domain::event::contact::tidy;
use domain::query::filter::{Cursor, Order};
use domain::query::moment::{AsOf, Meaning, Moment};
use std::collections::BTreeSet;

/// Maximum number of rows that are read by id and sorted; more are so dense that an index scan finds them soon.
const FEW: usize = 1_000;
/// The same for search results, where a scan must compare the text of every row.
const FEW_FOUND: usize = 2_500;
/// Maximum number of hirers that a name may match, the first by id: each is a condition of its own, and SQLite limits
/// an expression to a thousand.
const HIRERS: i64 = 400;

/// The query of one page of a list.
#[derive(Clone)]
struct ListQuery<'a> {
    source: Source,
    /// Conditions on every row, each beginning with `and`.
    narrow: Statement,
    /// Index queries of candidate ids for each filter, possibly with duplicates, by the current state.
    index_candidates: Vec<Statement>,
    /// The same, by any state in the past.
    historic_candidates: Vec<Statement>,
    /// The sort key, as SQL.
    key: &'static str,
    order: Order,
    after: Option<&'a Cursor>,
    is_test: bool,
    /// The moment of the rows; `None` for now, which is all that lists other than contracts can show.
    moment: Option<Moment>,
}

impl<'a> ListQuery<'a> {
    /// Creates the query of the first page of all current rows.
    fn new(source: Source, key: &'static str, order: Order, is_test: bool) -> Self {
        let (narrow, index_candidates, historic_candidates) = (Statement::new(""), Vec::new(), Vec::new());
        Self { source, narrow, index_candidates, historic_candidates, key, order, after: None, is_test, moment: None }
    }

    /// Sets the cursor.
    fn after(self, after: Option<&'a Cursor>) -> Self {
        Self { after, ..self }
    }
}

impl Store {
    /// Returns the candidate ids of the first filter that has at most `most` of them.
    async fn few(&self, index_candidates: &[Statement], most: usize) -> Result<Option<BTreeSet<String>>, StoreError> {
        for candidates in index_candidates {
            let mut select = candidates.clone();
            select.push(" limit ").bind(i64::try_from(most + 1).unwrap_or(i64::MAX));
            let ids = fetch_all!(self, (String,), select)?;
            if ids.len() <= most {
                return Ok(Some(ids.into_iter().map(|(id,)| id).collect()));
            }
        }
        Ok(None)
    }

    /// Returns the candidate ids of a filter of this page, if they are few.
    async fn chosen(&self, page: &ListQuery<'_>) -> Result<Option<BTreeSet<String>>, StoreError> {
        let few = self.few(&page.historic_candidates, FEW_FOUND).await?;
        let is_now = page.moment.is_none_or(|moment| moment.as_of.is_none());
        if few.is_none() && is_now { self.few(&page.index_candidates, FEW).await } else { Ok(few) }
    }

    /// Returns the statement of the page; `None` when no row can match.
    async fn page(&self, page: ListQuery<'_>, limit: i64) -> Result<Option<Statement>, StoreError> {
        let chosen = self.chosen(&page).await?;
        if chosen.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(None);
        }
        Ok(Some(page.select(chosen.as_ref(), limit)))
    }

    /// Returns the ids of hirers that a text matches: an id, or words that are all in one name they had by the moment.
    /// Rows show the hirer's name of their own events, and are found by any of these.
    pub(crate) async fn hirers_called(&self, text: &str, as_of: Option<AsOf>) -> Result<Vec<String>, StoreError> {
        let mut select = Statement::new("select distinct value from choices where facet = 'hirer' and (value = ");
        select.bind(text).push(" or ");
        searched::holds_all(&mut select, "search", &Words::of(text));
        select.push(")");
        told_by(&mut select, "choices", as_of);
        select.push(" order by value limit ").bind(HIRERS);
        Ok(fetch_all!(self, (String,), select)?.into_iter().map(|(id,)| id).collect())
    }
}

impl ListQuery<'_> {
    /// Returns the statement of the page, restricted to the candidate ids if there are any.
    fn select(&self, chosen: Option<&BTreeSet<String>>, limit: i64) -> Statement {
        let mut select = Statement::new("");
        if let Some(ids) = chosen {
            select.push("with chosen (id) as materialized (").table_of(ids.iter()).push(") ");
        }
        // For a past moment, the definition of `contracts`.
        let versions = self.moment.and_then(|moment| match chosen {
            Some(_) => Statement::versions_of_chosen(moment),
            None => Statement::versions(moment),
        });
        if let Some(versions) = &versions {
            select.push(if chosen.is_some() { ", " } else { "with " }).append(versions).push(" ");
        }
        self.source.push_columns(select.push("select ")).push(" from ");
        let is_joined = chosen.is_some() && versions.is_none();
        if is_joined {
            // The `cross join` fixes the order: SQLite would rather scan its index and look for each row among the
            // candidates.
            select.push("chosen cross join ");
        }
        select.push(self.source.from()).push(" where is_test = ").bind(self.is_test);
        if is_joined {
            select.push(" and ").push(id(self.source)).push(" = chosen.id");
        }
        select.append(&self.narrow);
        after(&mut select, self);
        let direction = if self.order.descending { " desc" } else { "" };
        select.push(" order by ").push(self.key).push(direction).push(", ").push(id(self.source)).push(direction);
        select.push(" limit ").bind(limit);
        select
    }
}

/// Adds the condition of the cursor. An invalid cursor starts the list at its beginning, like any invalid filter.
fn after(select: &mut Statement, page: &ListQuery<'_>) {
    let Some(cursor) = page.after else { return };
    let than = if page.order.descending { ") < (" } else { ") > (" };
    let is_number = page.order.by.is_number();
    if page.key.starts_with("coalesce") && !is_number {
        // SQLite uses an index on an expression only for a comparison of that expression, and not for a row value.
        select.push(" and ").push(page.key).push(if page.order.descending { " <= " } else { " >= " });
        select.bind(cursor.key.as_str());
    }
    let compare = |select: &mut Statement| {
        select.push(" and (").push(page.key).push(", ").push(id(page.source)).push(than);
    };
    if is_number {
        let Ok(at) = cursor.key.parse::<i64>() else { return };
        compare(select);
        select.bind(at);
    } else {
        compare(select);
        select.bind(cursor.key.as_str());
    }
    select.push(", ").bind(cursor.id.as_str()).push(")");
}

/// Returns the id column.
pub(super) fn id(source: Source) -> &'static str {
    match source {
        Source::Contractors => "contractors.id",
        Source::Contracts => "contracts.id",
        Source::Requisitions => "requisitions.id",
    }
}

/// Adds an equality; `indexed` when an index begins with the column.
fn equals(page: &mut ListQuery<'_>, column: &'static str, value: &str, indexed: bool) {
    page.narrow.push(" and ").push(column).push(" = ").bind(value);
    if indexed {
        let mut candidates = page.source.select(id(page.source));
        candidates.push(" where is_test = ").bind(page.is_test).push(" and ").push(column).push(" = ").bind(value);
        page.index_candidates.push(candidates);
    }
}

/// Adds the condition that a subject has a custom field: `Name:Value`, or `Name` for any value.
fn carries(page: &mut ListQuery<'_>, kind: &'static str, field: &str) {
    let field = tidy(field);
    let is_whole = field.contains(':');
    page.narrow.push(" and instr(custom_fields, ").bind(&stored_piece(&field, is_whole)).push(") > 0");
    if !crate::store::projections::is_key(&field) {
        return;
    }
    let mut candidates = Statement::new("select subject_id from facets where facet = 'field' and kind = ");
    candidates.bind(kind).push(" and value ");
    if is_whole {
        candidates.push("= ").bind(&field);
    } else {
        // Values begin with `Name:`, and `;` is the next character after the colon.
        candidates.push(">= ").bind(&format!("{field}:")).push(" and value < ").bind(&format!("{field};"));
    }
    page.index_candidates.push(candidates);
}

/// Returns a string as it is in a JSON list of strings, from its opening quote on.
fn stored_piece(text: &str, is_whole: bool) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    match quoted.strip_suffix('"') {
        Some(open) if !is_whole => format!("{open}:"),
        _ => quoted,
    }
}

/// Adds the condition that a name of a choice was known by the moment.
pub(super) fn told_by(select: &mut Statement, name: &'static str, as_of: Option<AsOf>) {
    if let Some(AsOf { at, meaning }) = as_of {
        select.push(" and ").push(name);
        select.push(if meaning == Meaning::Known { ".known_at <= " } else { ".first_at <= " });
        select.bind(at.as_millisecond());
    }
}

/// Adds the condition that a contract has one of these hirers.
pub(super) fn has_hirer(select: &mut Statement, hirers: &[String]) {
    if hirers.is_empty() {
        select.push(" and 1 = 0");
        return;
    }
    for (place, id) in hirers.iter().enumerate() {
        select.push(if place == 0 { " and (" } else { " or " }).push("instr(contracts.hirers, ");
        select.bind(&format!("\"id\":{}", serde_json::Value::from(id.as_str()))).push(") > 0");
    }
    select.push(")");
}
