//! One page of spend requisitions.

use super::searched::searched;
use super::with_contract::{with_contract, with_hirer};
use super::{ListQuery, carries, equals};
use crate::store::projections::row::RequisitionRow;
use crate::store::projections::source::{Source, ending};
use crate::store::statement::fetch_all;
use crate::store::{Store, StoreError};
use domain::query::filter::{Listing as _, RequisitionFilter, SortKey};
use jiff::civil::Date;

impl Store {
    /// Returns at most `limit` matching requisitions. `today` decides which contracts run.
    pub async fn list_requisitions(
        &self,
        filter: &RequisitionFilter,
        today: Date,
        limit: i64,
    ) -> Result<Vec<RequisitionRow>, StoreError> {
        let order = filter.order();
        let key = match order.by {
            SortKey::Title | SortKey::Name => "requisitions.title_key",
            SortKey::Amount | SortKey::Rate => "requisitions.amount_key",
            SortKey::Last | SortKey::Start | SortKey::End | SortKey::NextEnd | SortKey::Active => {
                "requisitions.last_at"
            }
        };
        let mut page = ListQuery::new(Source::Requisitions, key, order, filter.test).after(filter.after.as_ref());
        if let Some(client) = &filter.client {
            with_contract(&mut page, |select| _ = select.push(" and contracts.client_id = ").bind(client));
        }
        if let Some(text) = &filter.hirer {
            with_hirer(&mut page, &self.hirers_called(text, None).await?);
        }
        if let Some(days) = filter.ending {
            with_contract(&mut page, |select| ending(select, today, days));
        }
        if let Some(field) = &filter.field {
            carries(&mut page, "requisition", field);
        }
        if let Some(currency) = &filter.currency {
            equals(&mut page, "requisitions.currency", currency.as_str(), false);
        }
        if let Some(kind) = &filter.amount_type {
            equals(&mut page, "requisitions.amount_type", kind.as_str(), false);
        }
        if let Some(state) = filter.state {
            equals(&mut page, "requisitions.state", state.as_str(), false);
        }
        if let Some(q) = &filter.q {
            searched(&mut page, q, self.dialect());
        }
        let Some(select) = self.page(page, limit).await? else { return Ok(Vec::new()) };
        Ok(fetch_all!(self, RequisitionRow, select)?)
    }
}
