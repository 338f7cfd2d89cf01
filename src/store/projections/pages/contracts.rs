//! One page of contracts.

use super::searched::searched;
use super::{ListQuery, carries, equals, has_hirer};
use crate::store::projections::row::ContractRow;
use crate::store::projections::source::{Source, at_work, days_ahead, ending, has_day, within};
use crate::store::projections::states::PROPOSED_OR_SIGNED;
use crate::store::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError};
use domain::query::filter::{ContractFilter, Listing as _, SortKey};
use domain::query::moment::Moment;
use jiff::civil::Date;

impl Store {
    /// Returns at most `limit` matching contracts. What runs and what ends soon depends on the day of the moment.
    pub async fn list_contracts(
        &self,
        filter: &ContractFilter,
        moment: Moment,
        limit: i64,
    ) -> Result<Vec<ContractRow>, StoreError> {
        let order = filter.order();
        let key = match order.by {
            SortKey::Title | SortKey::Name => "contracts.title_key",
            SortKey::Start => "coalesce(contracts.start_on, '9999')",
            SortKey::End | SortKey::NextEnd => "coalesce(contracts.ends_on, '9999')",
            SortKey::Rate | SortKey::Amount => "contracts.rate_key",
            SortKey::Last | SortKey::Active => "contracts.last_at",
        };
        let mut page = ListQuery::new(Source::Contracts, key, order, filter.test).after(filter.after.as_ref());
        page.moment = Some(moment);
        self.narrow_contracts(&mut page, filter, moment).await?;
        let Some(select) = self.page(page, limit).await? else { return Ok(Vec::new()) };
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    /// Returns matching contracts whose start, end or notice deadline is between two days. If there are more than
    /// `limit`, those whose first such day is earliest.
    pub async fn list_contracts_between(
        &self,
        filter: &ContractFilter,
        moment: Moment,
        first: Date,
        last: Date,
        limit: i64,
    ) -> Result<Vec<ContractRow>, StoreError> {
        let mut page = ListQuery::new(Source::Contracts, "contracts.last_at", filter.order(), filter.test);
        self.narrow_contracts(&mut page, filter, moment).await?;
        let mut select = Statement::new("with ");
        if let Some(versions) = Statement::versions(moment) {
            select.append(&versions).push(", ");
        }
        // Three indexes contain these days; without this, SQLite reads every contract of a state instead.
        select.push("chosen (id, day) as materialized (select id, min(day) from (");
        for (place, day) in
            ["coalesce(contracts.start_on, '9999')", "coalesce(contracts.ends_on, '9999')", "contracts.notice_on"]
                .into_iter()
                .enumerate()
        {
            select.push(if place == 0 { "" } else { " union all " }).push("select id, day from (select contracts.id, ");
            select.push(day).push(" as day from ").push(Source::Contracts.from());
            select.push(" where is_test = ").bind(filter.test).push(" and ").push(day).push(" between ");
            select.bind(&first.to_string()).push(" and ").bind(&last.to_string());
            // Each index is read only until enough are found.
            select.push(" and state in ").push(PROPOSED_OR_SIGNED);
            select
                .append(&page.narrow)
                .push(" order by ")
                .push(day)
                .push(", contracts.id limit ")
                .bind(limit)
                .push(") as found");
        }
        select.push(") as days group by id) select ");
        page.source.push_columns(&mut select).push(" from chosen cross join ").push(page.source.from());
        select.push(" where contracts.id = chosen.id order by chosen.day, contracts.id limit ").bind(limit);
        Ok(fetch_all!(self, ContractRow, select)?)
    }

    async fn narrow_contracts(
        &self,
        page: &mut ListQuery<'_>,
        filter: &ContractFilter,
        moment: Moment,
    ) -> Result<(), StoreError> {
        let today = moment.today();
        if let Some(text) = &filter.hirer {
            let hirers = self.hirers_called(text, moment.as_of).await?;
            has_hirer(&mut page.narrow, &hirers);
            let mut candidates = Statement::new(
                "select subject_id from facets where kind = 'contract' and facet = 'hirer' and value in ",
            );
            if hirers.is_empty() {
                candidates.push("('')");
            } else {
                candidates.push_values(hirers.iter());
            }
            page.index_candidates.push(candidates);
        }
        if let Some(field) = &filter.field {
            carries(page, "contract", field);
        }
        if let Some(client) = &filter.client {
            equals(page, "contracts.client_id", client, true);
        }
        if let Some(currency) = &filter.currency {
            equals(page, "contracts.rate_currency", currency.as_str(), true);
        }
        if let Some(days) = filter.ending {
            ending(&mut page.narrow, today, days);
            page.index_candidates.push(candidates(filter.test, |select| ending(select, today, days)));
        }
        if let Some(days) = filter.starting {
            let starts = |select: &mut Statement| {
                select.push(" and coalesce(contracts.start_on, '9999') between ").bind(&today.to_string());
                select.push(" and ").bind(&days_ahead(today, days));
            };
            starts(&mut page.narrow);
            page.index_candidates.push(candidates(filter.test, starts));
        }
        let [first_day, last_day] = ["coalesce(contracts.start_on, '9999')", "contracts.last_day"];
        for (day, range) in [(first_day, filter.starts), (last_day, filter.ends)] {
            if !range.is_open() {
                has_day(&mut page.narrow, day, range);
                page.index_candidates.push(candidates(filter.test, |select| has_day(select, day, range)));
            }
        }
        if !filter.work.is_open() {
            at_work(&mut page.narrow, filter.work);
            page.index_candidates.push(candidates(filter.test, |select| at_work(select, filter.work)));
        }
        if let Some(phase) = filter.phase {
            within(&mut page.narrow, phase, today);
            page.index_candidates.push(candidates(filter.test, |select| within(select, phase, today)));
        }
        if let Some(q) = &filter.q {
            searched(page, q, self.dialect());
        }
        Ok(())
    }
}

fn candidates(is_test: bool, fits: impl FnOnce(&mut Statement)) -> Statement {
    let mut candidates = Source::Contracts.select("contracts.id");
    candidates.push(" where is_test = ").bind(is_test);
    fits(&mut candidates);
    candidates
}
