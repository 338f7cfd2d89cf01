//! One page of contractors. Figures about their contracts depend on the day, so they are computed and never stored.

use super::searched::searched;
use super::with_contract::{with_contract, with_hirer};
use super::{ListQuery, carries, equals};
use crate::store::projections::row::ContractorRow;
use crate::store::projections::source::{Source, ending, running};
use crate::store::statement::fetch_all;
use crate::store::{Store, StoreError};
use domain::query::filter::{ContractorFilter, Has, Listing as _, SortKey};
use jiff::civil::Date;

impl Store {
    /// Returns at most `limit` matching contractors, each with its sort key for the cursor. `today` decides what runs,
    /// and what ends soon.
    pub async fn list_contractors(
        &self,
        filter: &ContractorFilter,
        today: Date,
        limit: i64,
    ) -> Result<Vec<(ContractorRow, String)>, StoreError> {
        let order = filter.order();
        let key = if order.by == SortKey::Last { "contractors.last_at" } else { "contractors.sort_key" };
        let mut page = ListQuery::new(Source::Contractors, key, order, filter.test).after(filter.after.as_ref());
        if let Some(text) = &filter.hirer {
            with_hirer(&mut page, &self.hirers_called(text, None).await?);
        }
        if let Some(field) = &filter.field {
            carries(&mut page, "contractor", field);
        }
        if let Some(client) = &filter.client {
            equals(&mut page, "contractors.client_id", client, true);
        }
        if let Some(days) = filter.ending {
            with_contract(&mut page, |select| ending(select, today, days));
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
