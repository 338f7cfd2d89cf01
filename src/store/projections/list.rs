//! Queries of list rows other than list pages: a few rows by id, and counts from indexes.

use super::pages::searched::{called, is_called};
use super::pages::{has_hirer, id, told_by};
use super::row::{CommitmentRow, ContractRow, ContractorRow, RequisitionRow, Tally};
use super::source::{Source, ending, running};
use super::states::OPEN_OFFER;
use crate::store::statement::{Statement, fetch_all};
use crate::store::{Dialect, Store, StoreError, with_reader};
use domain::id::SubjectKind;
use domain::query::moment::{AsOf, Meaning, Moment};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A condition on the mode that no index matches, for queries by owner: SQLite would choose the index that begins with
/// the mode and scan half of it.
const OF_MODE: &str = " and coalesce(is_test, is_test) = ";

/// A condition on the contracts that draw on a requisition.
#[derive(Clone, Copy, Debug)]
pub enum ContractCondition<'a> {
    /// Of this client.
    OfClient(&'a str),
    /// With one of these hirers.
    OfHirer(&'a [String]),
    /// Running, with an end within this number of days.
    EndingWithin(u16),
}

impl Store {
    /// Returns contractors of both modes in order of name that match a search, by the names they had until a moment.
    pub async fn list_contractors_of_any_mode(
        &self,
        after: Option<(&str, &str)>,
        q: Option<&str>,
        as_of: Option<AsOf>,
        limit: i64,
    ) -> Result<Vec<ContractorRow>, StoreError> {
        let mut select = Source::Contractors.all();
        select.push(" where 1 = 1");
        if let Some((key, id)) = after {
            select.push(" and (sort_key, id) > (").bind(key).push(", ").bind(id).push(")");
        }
        was_called(&mut select, Source::Contractors, q, as_of, self.dialect());
        select.push(" order by sort_key, id limit ").bind(limit);
        Ok(fetch_all!(self, ContractorRow, select)?)
    }

    /// Returns requisitions of both modes in order of title that match a search, by the names they had until a moment.
    pub async fn list_requisitions_of_any_mode(
        &self,
        after: Option<(&str, &str)>,
        q: Option<&str>,
        as_of: Option<AsOf>,
        limit: i64,
    ) -> Result<Vec<RequisitionRow>, StoreError> {
        let mut select = Source::Requisitions.all();
        select.push(" where 1 = 1");
        if let Some((key, id)) = after {
            select.push(" and (title_key, id) > (").bind(key).push(", ").bind(id).push(")");
        }
        was_called(&mut select, Source::Requisitions, q, as_of, self.dialect());
        select.push(" order by title_key, id limit ").bind(limit);
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }

    /// Returns the contracts of these contractors of one mode, latest start first.
    pub async fn list_contracts_of(
        &self,
        ids: &[&str],
        is_test: bool,
        moment: Moment,
    ) -> Result<Vec<ContractRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::new("");
        if let Some((asked, versions)) = moment.as_of.zip(Statement::versions_of_chosen(moment)) {
            // The candidates come from an index alone; then one version of each is read.
            select.push(
                "with chosen (id) as materialized (select distinct id from contract_versions where contractor_id",
            );
            select.push_in(ids.iter().copied()).push(" and is_known = ").bind(asked.meaning == Meaning::Known);
            select.push(" and from_at <= ").bind(asked.at.as_millisecond()).push("), ").append(&versions).push(" ");
        }
        select.append(&Source::Contracts.all()).push(" where contractor_id").push_in(ids.iter().copied());
        select.push(OF_MODE).bind(is_test);
        select.push(" order by coalesce(start_on, '9999') desc, id desc");
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Returns the contracts of one mode that draw on a requisition, latest start first.
    pub async fn list_contracts_on(
        &self,
        requisition: &str,
        is_test: bool,
        moment: Moment,
    ) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Source::Contracts.all_at(moment);
        select.push(" where requisition_id = ").bind(requisition).push(OF_MODE).bind(is_test);
        select.push(" order by coalesce(start_on, '9999') desc, id desc");
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Returns these requisitions, newest event first.
    pub async fn list_requisitions_named(&self, ids: &[&str]) -> Result<Vec<RequisitionRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Source::Requisitions.all();
        select.push(" where id").push_in(ids.iter().copied()).push(" order by last_at desc, id desc");
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }

    /// Returns those of these requisitions on which a matching contract of this mode draws.
    pub async fn list_requisitions_with(
        &self,
        ids: &[&str],
        is_test: bool,
        moment: Moment,
        fits: ContractCondition<'_>,
    ) -> Result<BTreeSet<String>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut select =
            Statement::as_of(moment, "select distinct requisition_id from contracts where requisition_id in ");
        select.push_values(ids.iter().copied()).push(OF_MODE).bind(is_test);
        match fits {
            ContractCondition::OfClient(id) => _ = select.push(" and client_id = ").bind(id),
            ContractCondition::OfHirer(ids) => has_hirer(&mut select, ids),
            ContractCondition::EndingWithin(days) => ending(&mut select, moment.today(), days),
        }
        Ok(fetch_all!(self, (String,), select)?.into_iter().map(|(id,)| id).collect())
    }

    /// Returns the commitments of the contracts of one mode that draw on these requisitions, unordered. Exact decimals
    /// are text, so the caller adds them up.
    pub async fn list_draws(
        &self,
        ids: &[&str],
        is_test: bool,
        moment: Moment,
    ) -> Result<Vec<CommitmentRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::as_of(moment, "select ");
        select
            .columns::<CommitmentRow>("")
            .push(" from contracts where requisition_id in ")
            .push_values(ids.iter().copied())
            .push(OF_MODE)
            .bind(is_test);
        Ok(fetch_all!(self, CommitmentRow, select)?)
    }

    /// Returns at most `limit` values of a filter, ordered by their newest names; at a past moment, those known then by
    /// the names of then.
    pub async fn list_choices(
        &self,
        facet: &'static str,
        moment: Moment,
        limit: i64,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut select = Statement::new("select value, name from choices where facet = ");
        select.bind(facet);
        told_by(&mut select, "choices", moment.as_of);
        select.push(" and not exists (select 1 from choices as later where later.facet = choices.facet");
        select.push(" and later.value = choices.value");
        told_by(&mut select, "later", moment.as_of);
        // For the past only the first use of a name is known, and not its last.
        select.push(match moment.as_of {
            None => " and (later.named_at, later.message_id, later.name) > (choices.named_at, choices.message_id, choices.name))",
            Some(_) => " and (later.first_at, later.name) > (choices.first_at, choices.name))",
        });
        select.push(" order by sort_key, value limit ").bind(limit);
        Ok(fetch_all!(self, (String, String), select)?)
    }

    /// Returns the ids of all subjects of a kind that have or had a name with these words, and perhaps of others; `None`
    /// if there are more than `limit`.
    pub async fn list_ids_named(
        &self,
        kind: SubjectKind,
        words: &str,
        limit: usize,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let source = match kind {
            SubjectKind::Contractor => Source::Contractors,
            SubjectKind::Contract => Source::Contracts,
            SubjectKind::Requisition => Source::Requisitions,
        };
        let Some(candidates) = called(source, words, None, self.dialect()).pop() else { return Ok(Some(Vec::new())) };
        let mut select = Statement::new("select distinct * from (");
        select.append(&candidates).push(") as named limit ");
        select.bind(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX));
        let ids: Vec<String> = fetch_all!(self, (String,), select)?.into_iter().map(|(id,)| id).collect();
        Ok((ids.len() <= limit).then_some(ids))
    }

    /// Counts live contracts that run on a day, by state.
    pub async fn count_running(&self, today: Date) -> Result<Vec<(String, i64)>, StoreError> {
        let mut select = Source::Contracts.select("state, count(*)");
        select.push(" where is_test = ").bind(false);
        running(&mut select, today);
        select.push(" group by state");
        Ok(fetch_all!(self, (String, i64), select)?)
    }

    /// Counts live contractors.
    pub async fn count_contractors(&self) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select count(*) from contractors where is_test = $1")
                .bind(false)
                .fetch_one(pool)
                .await?
        }))
    }

    /// Returns live signed contracts that end within this number of days, soonest first.
    pub async fn list_ending(&self, today: Date, days: u16, limit: i64) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Source::Contracts.all();
        select.push(" where is_test = ").bind(false);
        ending(&mut select, today, days);
        // Written exactly as in the index, which makes the first few rows cheap.
        select.push(" and coalesce(contracts.ends_on, '9999') >= ").bind(&today.to_string());
        select.push(" order by coalesce(contracts.ends_on, '9999'), id limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Returns live unanswered offers, oldest last event first.
    pub async fn list_open_offers(&self, limit: i64) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Source::Contracts.all();
        select.push(" where state in ").push(OPEN_OFFER).push(" and is_test = ").bind(false);
        select.push(" order by last_at, id limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Counts live messages, late ones among them, and unreadable ones, from a minute on.
    pub async fn count_arrivals(&self, since_minute: i64) -> Result<[i64; 3], StoreError> {
        let (live, late, unreadable) = with_reader!(self, |pool| {
            // The sum of bigint is numeric on PostgreSQL, hence the casts.
            sqlx::query_as::<_, (i64, i64, i64)>(
                "select cast(coalesce(sum(live), 0) as bigint), cast(coalesce(sum(late), 0) as bigint), \
                 cast(coalesce(sum(unreadable), 0) as bigint) from arrivals where minute >= $1",
            )
            .bind(since_minute)
            .fetch_one(pool)
            .await?
        });
        Ok([live, late, unreadable])
    }

    /// Returns all tallies.
    pub async fn list_tallies(&self) -> Result<Vec<Tally>, StoreError> {
        let mut select = Statement::select::<Tally>("tallies");
        select.push(" order by event_type, mode");
        fetch_all!(self, Tally, select)
    }

    /// Counts contractors, contracts and requisitions, test ones included.
    pub async fn count_rows(&self) -> Result<[i64; 3], StoreError> {
        let (contractors, contracts, requisitions) = with_reader!(self, |pool| {
            sqlx::query_as::<_, (i64, i64, i64)>(
                "select (select count(*) from contractors), (select count(*) from contracts), \
                 (select count(*) from requisitions)",
            )
            .fetch_one(pool)
            .await?
        });
        Ok([contractors, contracts, requisitions])
    }
}

/// Adds the condition that the subject had names with all words of the text by a moment.
fn was_called(select: &mut Statement, source: Source, q: Option<&str>, as_of: Option<AsOf>, dialect: Dialect) {
    let Some(q) = q else { return };
    for found in called(source, q, as_of, dialect).into_iter().take(1) {
        select.push(" and id in (").append(&found).push(")");
    }
    is_called(select, (source.subject_literal(), id(source)), q, as_of);
}
