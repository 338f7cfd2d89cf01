//! What pages ask of the list rows: one page of a list, a few rows by id, counts from indexes.

use super::row::{ContractRow, ContractorRow, DrawRow, RequisitionRow, Tally};
use super::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError, with_reader};
use app::lifecycle::contact::ContactState;
use app::lifecycle::contract::Phase;
use app::lifecycle::spend::RequisitionState;
use app::view::moment::Moment;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// One page of a list: what is looked for, and after which row it starts.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a, K> {
    /// Part of what the list is searched by, or a whole id.
    pub q: Option<&'a str>,
    /// Test subjects instead of live ones.
    pub is_test: bool,
    /// The sort key and id of the last row of the page before.
    pub after: Option<(K, &'a str)>,
    /// Rows wanted.
    pub limit: i64,
}

impl<K> Search<'_, K> {
    fn narrow(&self, select: &mut Statement) {
        let Some(q) = self.q else { return };
        let mut pattern = String::from("%");
        for character in q.to_lowercase().chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern.push('%');
        select.push(" and (search like ").bind(pattern.as_str()).push(" escape '\\' or id = ").bind(q).push(")");
    }
}

/// Adds what [`Phase::on`] says as conditions on columns; a property test holds the two together.
fn within(select: &mut Statement, phase: Phase, today: Date) {
    let today = today.to_string();
    let running = |select: &mut Statement, state: &'static str| {
        select.push(" and state = ").bind(state).push(" and (ends_on is null or ends_on >= ").bind(&today).push(")");
    };
    match phase {
        Phase::Known | Phase::Approved | Phase::Offered | Phase::Revoked | Phase::Cancelled | Phase::Deleted => {
            select.push(" and state = ").bind(phase.as_str());
        }
        Phase::Completed => {
            select.push(" and state in ('accepted', 'notice_served', 'end_known') and ends_on < ").bind(&today);
        }
        Phase::UnderNotice => running(select, "notice_served"),
        Phase::Ending => running(select, "end_known"),
        Phase::Upcoming => {
            running(select, "accepted");
            select.push(" and start_on > ").bind(&today);
        }
        Phase::Active => {
            running(select, "accepted");
            select.push(" and (start_on is null or start_on <= ").bind(&today).push(")");
        }
    }
}

const CONTRACTOR: &str = "select id, name, email, client, state, bookability, findings, is_test, last_at, sort_key, \
                          search from contractors";
const CONTRACT: &str = "select id, contractor_id, contractor_name, title, job_title, client, state, start_on, \
                        ends_on, planned_end_on, rate_amount, rate_currency, rate_unit, requisition_id, renewal_ids, \
                        findings, is_test, last_at, search, standing, commitment_amount, commitment_per_day, \
                        commitment_currency from contracts";
const REQUISITION: &str = "select id, title, external_id, amount, currency, amount_type, state, versions, findings, \
                           is_test, last_at, search from requisitions";
/// What [`Phase::is_running`] says, as far as columns can: the last day is added by the caller.
const RUNNING: &str = " and state in ('accepted', 'notice_served', 'end_known') \
                       and (state <> 'accepted' or start_on is null or start_on <= ";

impl Store {
    /// Contractors in order of name.
    pub async fn list_contractors(
        &self,
        search: Search<'_, &str>,
        state: Option<ContactState>,
    ) -> Result<Vec<ContractorRow>, StoreError> {
        let mut select = Statement::new(CONTRACTOR);
        select.push(" where is_test = ").bind(search.is_test);
        if let Some(state) = state {
            select.push(" and state = ").bind(state.as_str());
        }
        search.narrow(&mut select);
        if let Some((key, id)) = search.after {
            select.push(" and (sort_key, id) > (").bind(key).push(", ").bind(id).push(")");
        }
        select.push(" order by sort_key, id limit ").bind(search.limit);
        Ok(fetch_all!(self, ContractorRow, select)?)
    }

    /// Contracts, newest event first.
    pub async fn list_contracts(
        &self,
        search: Search<'_, i64>,
        phase: Option<Phase>,
        moment: Moment,
    ) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Statement::told(moment, CONTRACT);
        select.push(" where is_test = ").bind(search.is_test);
        if let Some(phase) = phase {
            within(&mut select, phase, moment.today());
        }
        search.narrow(&mut select);
        if let Some((key, id)) = search.after {
            select.push(" and (last_at, id) < (").bind(key).push(", ").bind(id).push(")");
        }
        select.push(" order by last_at desc, id desc limit ").bind(search.limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Requisitions, newest event first.
    pub async fn list_requisitions(
        &self,
        search: Search<'_, i64>,
        state: Option<RequisitionState>,
    ) -> Result<Vec<RequisitionRow>, StoreError> {
        let mut select = Statement::new(REQUISITION);
        select.push(" where is_test = ").bind(search.is_test);
        if let Some(state) = state {
            select.push(" and state = ").bind(state.as_str());
        }
        search.narrow(&mut select);
        if let Some((key, id)) = search.after {
            select.push(" and (last_at, id) < (").bind(key).push(", ").bind(id).push(")");
        }
        select.push(" order by last_at desc, id desc limit ").bind(search.limit);
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }

    /// Contractors in order of name, live and test ones, whatever is searched for.
    pub async fn list_contractors_of_any_mode(
        &self,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ContractorRow>, StoreError> {
        let mut select = Statement::new(CONTRACTOR);
        if let Some((key, id)) = after {
            select.push(" where (sort_key, id) > (").bind(key).push(", ").bind(id).push(")");
        }
        select.push(" order by sort_key, id limit ").bind(limit);
        Ok(fetch_all!(self, ContractorRow, select)?)
    }

    /// Requisitions, newest event first, live and test ones, whatever is searched for.
    pub async fn list_requisitions_of_any_mode(
        &self,
        after: Option<(i64, &str)>,
        limit: i64,
    ) -> Result<Vec<RequisitionRow>, StoreError> {
        let mut select = Statement::new(REQUISITION);
        if let Some((key, id)) = after {
            select.push(" where (last_at, id) < (").bind(key).push(", ").bind(id).push(")");
        }
        select.push(" order by last_at desc, id desc limit ").bind(limit);
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }

    /// The contracts of these contractors, latest start first, of one mode.
    pub async fn list_contracts_of(
        &self,
        ids: &[&str],
        is_test: bool,
        moment: Moment,
    ) -> Result<Vec<ContractRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::told(moment, CONTRACT);
        select.push(" where contractor_id in ").list(ids.iter().copied()).push(" and is_test = ").bind(is_test);
        select.push(" order by coalesce(start_on, '9999') desc, id desc");
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// These contracts, in order of id.
    pub async fn list_contracts_named(&self, ids: &[&str], moment: Moment) -> Result<Vec<ContractRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::told(moment, CONTRACT);
        select.push(" where id in ").list(ids.iter().copied()).push(" order by id");
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// The contracts that draw on a requisition, latest start first, of one mode.
    pub async fn list_contracts_on(
        &self,
        requisition: &str,
        is_test: bool,
        moment: Moment,
    ) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Statement::told(moment, CONTRACT);
        select.push(" where requisition_id = ").bind(requisition).push(" and is_test = ").bind(is_test);
        select.push(" order by coalesce(start_on, '9999') desc, id desc");
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// These requisitions, newest event first.
    pub async fn list_requisitions_named(&self, ids: &[&str]) -> Result<Vec<RequisitionRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::new(REQUISITION);
        select.push(" where id in ").list(ids.iter().copied()).push(" order by last_at desc, id desc");
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }

    /// What the contracts of one mode that draw on these requisitions bind, in no particular order. Exact decimals are
    /// text, so they are added up by the caller.
    pub async fn list_draws(&self, ids: &[&str], is_test: bool, moment: Moment) -> Result<Vec<DrawRow>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::told(
            moment,
            "select requisition_id, standing, commitment_amount, commitment_per_day, commitment_currency \
             from contracts where requisition_id in ",
        );
        select.list(ids.iter().copied()).push(" and is_test = ").bind(is_test);
        Ok(fetch_all!(self, DrawRow, select)?)
    }

    /// Live contracts running on a day.
    pub async fn count_running(&self, today: Date) -> Result<i64, StoreError> {
        let mut select = Statement::new("select count(*) from contracts where is_test = ");
        select.bind(false).push(RUNNING).bind(&today.to_string());
        select.push(") and (ends_on is null or ends_on >= ").bind(&today.to_string()).push(")");
        Ok(fetch_all!(self, (i64,), select)?.into_iter().map(|(count,)| count).sum())
    }

    /// Live contractors.
    pub async fn count_contractors(&self) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select count(*) from contractors where is_test = $1")
                .bind(false)
                .fetch_one(pool)
                .await?
        }))
    }

    /// Live contracts that run and end within so many days, soonest first.
    pub async fn list_ending(&self, today: Date, days: i32, limit: i64) -> Result<Vec<ContractRow>, StoreError> {
        let last = today.saturating_add(days.days());
        let mut select = Statement::new(CONTRACT);
        select.push(" where is_test = ").bind(false).push(RUNNING).bind(&today.to_string());
        select.push(") and ends_on >= ").bind(&today.to_string()).push(" and ends_on <= ").bind(&last.to_string());
        select.push(" order by ends_on, id limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Live offers nobody has answered, oldest first.
    pub async fn list_open_offers(&self, limit: i64) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Statement::new(CONTRACT);
        select.push(" where state = 'offered' and is_test = ").bind(false);
        select.push(" order by last_at, id limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Live contracts with findings, newest event first.
    pub async fn list_contracts_with_findings(&self, limit: i64) -> Result<Vec<ContractRow>, StoreError> {
        let mut select = Statement::new(CONTRACT);
        select.push(" where findings > 0 and is_test = ").bind(false);
        select.push(" order by last_at desc, id desc limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Genuine live messages, late ones among them, and unreadable ones, from a minute on.
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

    /// Every tally.
    pub async fn list_tallies(&self) -> Result<Vec<Tally>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_as("select event_type, mode, count, first_at, last_at from tallies order by event_type, mode")
                .fetch_all(pool)
                .await?
        }))
    }

    /// How many contractors, contracts and requisitions there are, test ones included.
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
