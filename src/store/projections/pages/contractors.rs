//! One page of contractors. What their contracts say of them depends on the day, so it is asked of the contracts and
//! never kept.

use super::searched::searched;
use super::{Page, carries, equals, has_hirer};
use crate::store::projections::row::ContractorRow;
use crate::store::projections::source::{Source, days_ahead, running};
use crate::store::projections::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError};
use app::view::filter::{ContractorFilter, Has, Listing as _, SortKey};
use jiff::civil::Date;

impl Store {
    /// Contractors as the filter wants them, at most so many, each with its key in the order: who begins after a row
    /// names it. `today` decides what runs, and what ends soon.
    pub async fn list_contractors(
        &self,
        filter: &ContractorFilter,
        today: Date,
        limit: i64,
    ) -> Result<Vec<(ContractorRow, String)>, StoreError> {
        let order = filter.order();
        let key = if order.by == SortKey::Last { "contractors.last_at" } else { "contractors.sort_key" };
        let mut page = Page::new(Source::Contractors, key, order, filter.test).after(filter.after.as_ref());
        if let Some(text) = &filter.hirer {
            let hirers = self.hirers_called(text).await?;
            with_contract(&mut page, |select| has_hirer(select, &hirers));
            page.hints.pop();
            // In this order: the contracts of one hirer are far fewer than all.
            let mut hint = Statement::new("select contractor_id from facets cross join ");
            hint.push(Source::Contracts.from()).push(" where contracts.id = facets.subject_id and is_test = ");
            hint.bind(filter.test).push(" and contractor_id is not null and facets.kind = 'contract' ");
            hint.push("and facets.facet = 'hirer' and facets.value in ");
            if hirers.is_empty() {
                hint.push("('')");
            } else {
                hint.list(hirers.iter());
            }
            page.hints.push(hint);
        }
        if let Some(field) = &filter.field {
            carries(&mut page, "contractor", field);
        }
        if let Some(client) = &filter.client {
            equals(&mut page, "contractors.client_id", client, true);
        }
        if let Some(days) = filter.ending {
            with_contract(&mut page, |select| {
                running(select, today);
                select.push(" and contracts.last_day <= ").bind(&days_ahead(today, days));
            });
        }
        if let Some(has) = filter.has {
            with_contract(&mut page, |select| match has {
                Has::Active => running(select, today),
                Has::Offers => {
                    select.push(" and contracts.state = 'offered'");
                }
            });
        }
        if let Some(currency) = &filter.currency {
            with_contract(&mut page, |select| {
                select.push(" and contracts.rate_currency = ").bind(currency.as_str());
            });
        }
        if let Some(state) = filter.state {
            equals(&mut page, "contractors.state", state.as_str(), false);
        }
        if let Some(q) = &filter.q {
            searched(&mut page, q, self.dialect());
        }
        match order.by {
            SortKey::Active | SortKey::NextEnd | SortKey::Start | SortKey::End => self.ranked(page, today, limit).await,
            SortKey::Last | SortKey::Name | SortKey::Title | SortKey::Rate | SortKey::Amount => {
                let Some(select) = self.page(page, limit).await? else { return Ok(Vec::new()) };
                let key = |row: &ContractorRow| {
                    if order.by == SortKey::Last { row.last_at.to_string() } else { row.sort_key.clone() }
                };
                let rows = fetch_all!(self, ContractorRow, select)?;
                Ok(rows
                    .into_iter()
                    .map(|row| {
                        let key = key(&row);
                        (row, key)
                    })
                    .collect())
            }
        }
    }
}

/// Adds that one of their contracts of the same mode fits.
fn with_contract(page: &mut Page<'_>, fits: impl Fn(&mut Statement)) {
    page.narrow.push(" and exists (").append(&Source::Contracts.select("1"));
    page.narrow.push(" where contracts.contractor_id = contractors.id and contracts.is_test = ").bind(page.is_test);
    fits(&mut page.narrow);
    page.narrow.push(")");
    let mut hint = Source::Contracts.select("contractor_id");
    hint.push(" where contractor_id is not null and is_test = ").bind(page.is_test);
    fits(&mut hint);
    page.hints.push(hint);
}
