//! One page of contractors, ordered by the number of their running contracts or the next end of their signed ones.
//!
//! These depend on the day and are in no index of contractors. Contractors at work are ranked by indexes of contracts
//! alone, and only as many of their rows are read as the page shows. All others come in order of name after them, or
//! before them where the order is the fewest first. With 209,116 contracts of 21,390 contractors, `cargo xtask bench
//! read` measures 36 ms for the first page by running contracts, and 16 ms by the next end.

use super::ListQuery;
use crate::store::projections::row::ContractorRow;
use crate::store::projections::source::{Source, bound, running};
use crate::store::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError};
use domain::query::filter::{Cursor, Order, SortKey};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of ranked contractors in one query, as each is a bound value of the statement that reads their rows.
const MAX_RANKED: usize = 8_192;

/// The prefix of the sort key of contractors who are not at work.
const NOT_AT_WORK: &str = "-";

impl Store {
    /// Returns at most `limit` rows of the page with their sort keys, ordered by [`SortKey::Active`] or by the next
    /// end.
    pub(super) async fn ranked(
        &self,
        mut page: ListQuery<'_>,
        today: Date,
        limit: i64,
    ) -> Result<Vec<(ContractorRow, String)>, StoreError> {
        let wanted = usize::try_from(limit).unwrap_or_default();
        let chosen = self.chosen(&page).await?;
        let order = page.order;
        // An invalid cursor, or one of another order, starts the list at its beginning.
        let after = page.after.take().filter(|cursor| {
            cursor.key.starts_with(NOT_AT_WORK)
                || order.by != SortKey::Active
                || cursor.key.parse::<i64>().is_ok_and(|count| count > 0)
        });
        let name = after.and_then(|cursor| {
            Some(Cursor { key: cursor.key.strip_prefix(NOT_AT_WORK)?.to_owned(), id: cursor.id.clone() })
        });
        // All others are ordered by name.
        (page.key, page.order) = ("contractors.sort_key", Order { by: SortKey::Name, descending: false });
        let mut found = Vec::new();
        let others_first = order.by == SortKey::Active && !order.descending;
        if others_first && (after.is_none() || name.is_some()) {
            found = self.not_at_work(&page, name.as_ref(), chosen.as_ref(), order.by, today, limit).await?;
        }
        if others_first || name.is_none() {
            let mut place = after.filter(|_| name.is_none()).cloned();
            let mut most = wanted.saturating_mul(2);
            while found.len() < wanted {
                let ranked = self.ranks(&page, order, place.as_ref(), chosen.as_ref(), today, most).await?;
                let ids: BTreeSet<String> = ranked.iter().map(|(id, _)| id.clone()).collect();
                if !ids.is_empty() {
                    let rows = fetch_all!(self, ContractorRow, page.select(Some(&ids), row_count(ids.len())))?;
                    let mut rows: BTreeMap<String, ContractorRow> =
                        rows.into_iter().map(|row| (row.id.clone(), row)).collect();
                    found.extend(ranked.iter().filter_map(|(id, key)| Some((rows.remove(id)?, key.clone()))));
                }
                if ranked.len() < most {
                    break;
                }
                place = ranked.into_iter().next_back().map(|(id, key)| Cursor { key, id });
                most = most.saturating_mul(8).min(MAX_RANKED);
            }
        }
        if !others_first && found.len() < wanted {
            found.extend(self.not_at_work(&page, name.as_ref(), chosen.as_ref(), order.by, today, limit).await?);
        }
        // A contractor whose last contract ended between two queries is in both results.
        let mut seen = BTreeSet::new();
        found.retain(|(row, _)| seen.insert(row.id.clone()));
        found.truncate(wanted);
        Ok(found)
    }

    /// Returns the contractors at work, with their ranks.
    async fn ranks(
        &self,
        page: &ListQuery<'_>,
        order: Order,
        after: Option<&Cursor>,
        chosen: Option<&BTreeSet<String>>,
        today: Date,
        most: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        if chosen.is_some_and(BTreeSet::is_empty) {
            return Ok(Vec::new());
        }
        let select = if order.by != SortKey::Active && chosen.is_none() {
            by_next_end(page, order, after, today, most)
        } else {
            by_all_of_theirs(page, order, after, chosen, today, most)
        };
        fetch_all!(self, (String, String), select)
    }

    /// Returns contractors without a contract that ranks them, in order of name, with their sort keys.
    async fn not_at_work(
        &self,
        page: &ListQuery<'_>,
        after: Option<&Cursor>,
        chosen: Option<&BTreeSet<String>>,
        by: SortKey,
        today: Date,
        limit: i64,
    ) -> Result<Vec<(ContractorRow, String)>, StoreError> {
        if chosen.is_some_and(BTreeSet::is_empty) {
            return Ok(Vec::new());
        }
        let mut page = page.clone().after(after);
        page.narrow.push(" and not exists (").append(&Source::Contracts.select("1"));
        page.narrow.push(" where contracts.contractor_id = contractors.id and contracts.is_test = ").bind(page.is_test);
        ranking(&mut page.narrow, by, today);
        page.narrow.push(")");
        let rows = fetch_all!(self, ContractorRow, page.select(chosen, limit))?;
        let key = |row: &ContractorRow| format!("{NOT_AT_WORK}{}", row.sort_key);
        Ok(rows
            .into_iter()
            .map(|row| {
                let key = key(&row);
                (row, key)
            })
            .collect())
    }
}

/// Scans the ends of all contracts in order, until enough are found: only the first ending contract of each contractor
/// counts.
fn by_next_end(page: &ListQuery<'_>, order: Order, after: Option<&Cursor>, today: Date, most: usize) -> Statement {
    // Written exactly as in the index; the bare column would not match it.
    const LAST_DAY: &str = "coalesce(contracts.ends_on, '9999')";
    let mut select = Statement::new("select contractor_id, ");
    select.push(LAST_DAY).push(" from ").push(Source::Contracts.from()).push(" where is_test = ").bind(page.is_test);
    select.push(" and contractor_id is not null");
    bound(&mut select, Source::Contracts.from(), today);
    select.push(" and ").push(LAST_DAY).push(" >= ").bind(&today.to_string());
    if let Some(cursor) = after {
        select.push(" and ").push(LAST_DAY).push(if order.descending { " <= " } else { " >= " }).bind(&cursor.key);
        select.push(" and (").push(LAST_DAY).push(", contractor_id");
        select.push(if order.descending { ") < (" } else { ") > (" }).bind(&cursor.key).push(", ").bind(&cursor.id);
        select.push(")");
    }
    select.push(" and not exists (select 1 from ").push(Source::Contracts.from()).push(" as others where ");
    select.push("others.contractor_id = contracts.contractor_id and others.is_test = ").bind(page.is_test);
    bound(&mut select, "others", today);
    select.push(" and (others.last_day, others.id) < (contracts.last_day, contracts.id))");
    let direction = if order.descending { " desc" } else { "" };
    select.push(" order by ").push(LAST_DAY).push(direction).push(", contractor_id").push(direction);
    select.push(" limit ").bind(row_count(most));
    select
}

/// Reads every contract that counts, or those of the candidates.
fn by_all_of_theirs(
    page: &ListQuery<'_>,
    order: Order,
    after: Option<&Cursor>,
    chosen: Option<&BTreeSet<String>>,
    today: Date,
    most: usize,
) -> Statement {
    let is_count = order.by == SortKey::Active;
    let measure = if is_count { "count(*)" } else { "min(last_day)" };
    let mut select = Statement::new("select contractor_id, cast(");
    select.push(measure).push(" as text) from ").push(Source::Contracts.from());
    select.push(" where contractor_id is not null and is_test = ").bind(page.is_test);
    ranking(&mut select, order.by, today);
    if let Some(ids) = chosen {
        select.push(" and contractor_id").push_in(ids.iter());
    }
    select.push(" group by contractor_id");
    if let Some(cursor) = after {
        let than = if order.descending { ", contractor_id) < (" } else { ", contractor_id) > (" };
        select.push(" having (").push(measure).push(than);
        match cursor.key.parse::<i64>().ok().filter(|_| is_count) {
            Some(count) => select.bind(count),
            None => select.bind(&cursor.key),
        };
        select.push(", ").bind(&cursor.id).push(")");
    }
    let direction = if order.descending { " desc" } else { "" };
    select.push(" order by ").push(measure).push(direction).push(", contractor_id").push(direction);
    select.push(" limit ").bind(row_count(most));
    select
}

/// Adds the condition on contracts that count for the order: running ones, or signed ones by their end.
fn ranking(select: &mut Statement, by: SortKey, today: Date) {
    match by {
        SortKey::Active => running(select, today),
        SortKey::Name
        | SortKey::NextEnd
        | SortKey::Last
        | SortKey::Title
        | SortKey::Start
        | SortKey::End
        | SortKey::Rate
        | SortKey::Amount => bound(select, Source::Contracts.from(), today),
    }
}

fn row_count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
