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
use super::statement::{Statement, fetch_all};
use crate::collation::Words;
use crate::store::{Store, StoreError};
use app::event::contact::tidy;
use app::view::filter::{Cursor, Order, SortKey};
use app::view::moment::{AsOf, Meaning, Moment};
use std::collections::BTreeSet;

/// So few rows are read by their ids and sorted; more lie so close together that walking finds them soon.
const FEW: usize = 1_000;
/// The same of what a search found: a walk looks into the text of every row.
const FEW_FOUND: usize = 2_500;
/// Hirers that one name may stand for: each is a condition of its own, and SQLite reads no more than a thousand of them
/// in one. A part of a name that more people share is no name.
const HIRERS: i64 = 400;

/// What a page of a list is made of.
#[derive(Clone)]
struct Page<'a> {
    source: Source,
    /// What every row must fit, each piece beginning with `and`.
    narrow: Statement,
    /// Statements that select the ids a filter allows, where an index knows them; an id may come more than once. What they
    /// know is true now.
    hints: Vec<Statement>,
    /// The same, of what was ever true.
    hints_ever: Vec<Statement>,
    /// What is sorted by.
    key: &'static str,
    order: Order,
    after: Option<&'a Cursor>,
    is_test: bool,
    /// Of when the rows tell; `None` for now, which is all that other lists than contracts can tell of.
    moment: Option<Moment>,
}

impl<'a> Page<'a> {
    /// The first page of all rows there are now.
    fn new(source: Source, key: &'static str, order: Order, is_test: bool) -> Self {
        let (narrow, hints, hints_ever) = (Statement::new(""), Vec::new(), Vec::new());
        Self { source, narrow, hints, hints_ever, key, order, after: None, is_test, moment: None }
    }

    /// The page after this place.
    fn after(self, after: Option<&'a Cursor>) -> Self {
        Self { after, ..self }
    }
}

impl Store {
    /// The ids of the first filter that few rows fit.
    async fn few(&self, hints: &[Statement], most: usize) -> Result<Option<BTreeSet<String>>, StoreError> {
        for hint in hints {
            let mut select = hint.clone();
            select.push(" limit ").bind(i64::try_from(most + 1).unwrap_or(i64::MAX));
            let ids = fetch_all!(self, (String,), select)?;
            if ids.len() <= most {
                return Ok(Some(ids.into_iter().map(|(id,)| id).collect()));
            }
        }
        Ok(None)
    }

    /// The ids that fit a filter of this page, where they are few.
    async fn chosen(&self, page: &Page<'_>) -> Result<Option<BTreeSet<String>>, StoreError> {
        let few = self.few(&page.hints_ever, FEW_FOUND).await?;
        let is_now = page.moment.is_none_or(|moment| moment.as_of.is_none());
        if few.is_none() && is_now { self.few(&page.hints, FEW).await } else { Ok(few) }
    }

    /// The statement of the page; `None` when no row can fit.
    async fn page(&self, page: Page<'_>, limit: i64) -> Result<Option<Statement>, StoreError> {
        let chosen = self.chosen(&page).await?;
        if chosen.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(None);
        }
        Ok(Some(page.select(chosen.as_ref(), limit)))
    }

    /// The ids of the hirers a text stands for: an id, or words that all stand in one name they had by the moment. Rows show the names
    /// their own events had, and are found by these.
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

impl Page<'_> {
    /// The statement of the page, of the chosen ids alone if some are.
    fn select(&self, chosen: Option<&BTreeSet<String>>, limit: i64) -> Statement {
        let mut select = Statement::new("");
        if let Some(ids) = chosen {
            select.push("with chosen (id) as materialized (").table_of(ids.iter()).push(") ");
        }
        // For a moment in the past, what `contracts` then means.
        let versions = self.moment.and_then(|moment| match chosen {
            Some(_) => Statement::versions_of_chosen(moment),
            None => Statement::versions(moment),
        });
        if let Some(versions) = &versions {
            select.push(if chosen.is_some() { ", " } else { "with " }).append(versions).push(" ");
        }
        select.push("select ").push(self.source.columns()).push(" from ");
        let is_joined = chosen.is_some() && versions.is_none();
        if is_joined {
            // In this order: SQLite would rather walk its index and look for each row among the chosen.
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

/// A cursor that cannot be read starts the list at its beginning, as any other filter that cannot be read.
fn after(select: &mut Statement, page: &Page<'_>) {
    let Some(cursor) = page.after else { return };
    let than = if page.order.descending { ") < (" } else { ") > (" };
    let is_number = matches!(page.order.by, SortKey::Last | SortKey::Active);
    if page.key.starts_with("coalesce") && !is_number {
        // SQLite enters an index of an expression by the expression alone, and not by a row of values.
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

/// The column of the id.
pub(super) fn id(source: Source) -> &'static str {
    match source {
        Source::Contractors => "contractors.id",
        Source::Contracts => "contracts.id",
        Source::Requisitions => "requisitions.id",
    }
}

/// Adds that a column has this value; `indexed` when an index begins with it.
fn equals(page: &mut Page<'_>, column: &'static str, value: &str, indexed: bool) {
    page.narrow.push(" and ").push(column).push(" = ").bind(value);
    if indexed {
        let mut hint = page.source.select(id(page.source));
        hint.push(" where is_test = ").bind(page.is_test).push(" and ").push(column).push(" = ").bind(value);
        page.hints.push(hint);
    }
}

/// Adds that a subject carries a custom field: `Name:Value`, or `Name` for any value.
fn carries(page: &mut Page<'_>, kind: &'static str, field: &str) {
    let field = tidy(field);
    let is_whole = field.contains(':');
    page.narrow.push(" and instr(custom_fields, ").bind(&stored_piece(&field, is_whole)).push(") > 0");
    if !crate::store::projections::is_key(&field) {
        return;
    }
    let mut hint = Statement::new("select subject_id from facets where facet = 'field' and kind = ");
    hint.bind(kind).push(" and value ");
    if is_whole {
        hint.push("= ").bind(&field);
    } else {
        // What follows a name begins with a colon, and a semicolon follows the colon.
        hint.push(">= ").bind(&format!("{field}:")).push(" and value < ").bind(&format!("{field};"));
    }
    page.hints.push(hint);
}

/// A string as it stands in a JSON list of strings, from its opening quote on.
fn stored_piece(text: &str, is_whole: bool) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    match quoted.strip_suffix('"') {
        Some(open) if !is_whole => format!("{open}:"),
        _ => quoted,
    }
}

/// Adds that a name of a choice had been told by the moment.
pub(super) fn told_by(select: &mut Statement, name: &'static str, as_of: Option<AsOf>) {
    if let Some(AsOf { at, meaning }) = as_of {
        select.push(" and ").push(name);
        select.push(if meaning == Meaning::Known { ".known_at <= " } else { ".first_at <= " });
        select.bind(at.as_millisecond());
    }
}

/// Adds that a contract has one of these hirers.
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
