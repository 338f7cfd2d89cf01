//! One page of spend requisitions.

use super::searched::searched;
use super::{Page, carries, equals};
use crate::store::projections::row::RequisitionRow;
use crate::store::projections::source::Source;
use crate::store::projections::statement::fetch_all;
use crate::store::{Store, StoreError};
use app::view::filter::{Listing as _, RequisitionFilter, SortKey};

impl Store {
    /// Requisitions as the filter wants them, at most so many.
    pub async fn list_requisitions(
        &self,
        filter: &RequisitionFilter,
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
        let mut page = Page::new(Source::Requisitions, key, order, filter.test).after(filter.after.as_ref());
        if let Some(client) = &filter.client {
            page.narrow.push(" and exists (").append(&Source::Contracts.select("1"));
            page.narrow.push(" where contracts.requisition_id = requisitions.id and contracts.is_test = ");
            page.narrow.bind(filter.test).push(" and contracts.client_id = ").bind(client).push(")");
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
