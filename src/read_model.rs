//! What is the answer to each question of the pages? The one place that knows both the store and the views.

mod changes;
mod check;
mod delivery;
mod overview;
mod past;
mod row;
mod story;
mod subject;

use crate::store::projections::list::Search;
use crate::store::{Store, StoreError};
use app::api::{ApiError, ReadModel};
use app::diff::Diff;
use app::id::{ContractId, ContractorId, RequisitionId, Subject};
use app::view::Page;
use app::view::catalog::EventTally;
use app::view::contractor::{ContractDetail, ContractSummary, ContractorDetail, ContractorSummary};
use app::view::delivery::{DeliveryDetail, DeliverySummary};
use app::view::filter::{ContractFilter, ContractorFilter, Cursor, DeliveryFilter, RequisitionFilter};
use app::view::moment::Moment;
use app::view::overview::Overview;
use app::view::spend::{RequisitionDetail, RequisitionSummary};
use async_trait::async_trait;
use jiff::Timestamp;

#[cfg(test)]
mod tests;

/// Rows of one page.
const PAGE: usize = 50;
/// One more row than a page has tells whether there is a next one.
const ASKED: i64 = 51;

/// Answers from the store.
#[derive(Clone, Debug)]
pub struct Reader {
    store: Store,
    webhook_url: String,
    warnings: Vec<String>,
}

impl Reader {
    /// `webhook_url` is what to paste into the YunoJuno portal; `warnings` are shown to admins as they are.
    pub fn new(store: Store, webhook_url: String, warnings: Vec<String>) -> Self {
        Self { store, webhook_url, warnings }
    }

    /// The place of the newest request in the log; 0 before the first.
    pub async fn last_seq(&self) -> Result<i64, ApiError> {
        answered(self.store.last_seq().await)
    }

    /// Whether the lists know every message of the log.
    pub async fn is_caught_up(&self) -> Result<bool, ApiError> {
        answered(self.store.count_waiting(1).await).map(|waiting| waiting == 0)
    }

    /// Requests that came after a place, oldest first, at most `rows`. The filter's cursor is not looked at.
    pub async fn deliveries_after(
        &self,
        filter: &DeliveryFilter,
        since: i64,
        rows: u32,
    ) -> Result<Vec<DeliverySummary>, ApiError> {
        let filter = DeliveryFilter { before: None, ..filter.clone() };
        answered(delivery::list(&self.store, &filter, Some(since), rows.into()).await)
    }

    /// The exact bytes of one request's body.
    pub async fn body(&self, seq: i64) -> Result<Option<Vec<u8>>, ApiError> {
        answered(self.store.find_delivery(seq).await.map(|found| found.map(|(_, kept)| kept.body)))
    }
}

/// The cause goes to the log, here and nowhere else; the reader is told that it is not their fault.
fn answered<T>(result: Result<T, StoreError>) -> Result<T, ApiError> {
    result.map_err(|error| {
        tracing::error!(%error, "a question could not be answered");
        ApiError::Unavailable
    })
}

fn found<T>(result: Result<Option<T>, StoreError>) -> Result<T, ApiError> {
    answered(result)?.ok_or(ApiError::NotFound)
}

/// Cuts what was asked for beyond a page, and says where the next one starts.
fn page<T>(mut items: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
    let has_more = items.len() > PAGE;
    items.truncate(PAGE);
    Page { next: items.last().filter(|_| has_more).map(cursor), items }
}

/// A cursor that cannot be read starts the list at its beginning, as any other filter that cannot be read.
fn after_instant(cursor: Option<&Cursor>) -> Option<(i64, &str)> {
    cursor.and_then(|cursor| Some((cursor.key.parse().ok()?, cursor.id.as_str())))
}

fn instant_key(last_at: Timestamp, id: &str) -> Cursor {
    Cursor { key: last_at.as_millisecond().to_string(), id: id.to_owned() }
}

#[async_trait]
impl ReadModel for Reader {
    async fn overview(&self, now: Timestamp) -> Result<Overview, ApiError> {
        answered(overview::overview(self, now).await)
    }

    async fn contractors(
        &self,
        filter: &ContractorFilter,
        moment: Moment,
    ) -> Result<Page<ContractorSummary>, ApiError> {
        answered(self.list_contractors(filter, moment).await)
    }

    async fn contractor(&self, id: &ContractorId, moment: Moment) -> Result<ContractorDetail, ApiError> {
        found(subject::contractor(&self.store, id, moment).await)
    }

    async fn contracts(&self, filter: &ContractFilter, moment: Moment) -> Result<Page<ContractSummary>, ApiError> {
        answered(self.list_contracts(filter, moment).await)
    }

    async fn contract(&self, id: &ContractId, moment: Moment) -> Result<ContractDetail, ApiError> {
        found(subject::contract(&self.store, id, moment).await)
    }

    async fn requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, ApiError> {
        answered(self.list_requisitions(filter, moment).await)
    }

    async fn requisition(&self, id: &RequisitionId, moment: Moment) -> Result<RequisitionDetail, ApiError> {
        found(subject::requisition(&self.store, id, moment).await)
    }

    async fn compare(&self, subject: &Subject, events: [i64; 2], moment: Moment) -> Result<Diff, ApiError> {
        found(changes::compare(&self.store, subject, events, moment).await)
    }

    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<DeliverySummary>, ApiError> {
        let rows = answered(delivery::list(&self.store, filter, None, ASKED).await)?;
        Ok(page(rows, |row| instant_key(row.received_at, &row.seq.to_string())))
    }

    async fn delivery(&self, seq: i64) -> Result<DeliveryDetail, ApiError> {
        found(delivery::find(&self.store, seq).await)
    }

    async fn tallies(&self) -> Result<Vec<EventTally>, ApiError> {
        answered(overview::tallies(self).await)
    }
}

impl Reader {
    async fn list_contractors(
        &self,
        filter: &ContractorFilter,
        moment: Moment,
    ) -> Result<Page<ContractorSummary>, StoreError> {
        let after = filter.after.as_ref().map(|cursor| (cursor.key.as_str(), cursor.id.as_str()));
        let search = Search { q: filter.q.as_deref(), is_test: filter.test, after, limit: ASKED };
        let rows = match moment.as_of {
            None => {
                let rows = self.store.list_contractors(search, filter.state).await?;
                page(rows, |row| Cursor { key: row.sort_key.clone(), id: row.id.clone() })
            }
            Some(_) => past::contractors(&self.store, search, filter.state, moment).await?,
        };
        let ids: Vec<&str> = rows.items.iter().map(|row| row.id.as_str()).collect();
        let theirs = row::contracts(&self.store.list_contracts_of(&ids, filter.test, moment).await?, moment.today())?;
        let items = rows.items.iter().map(|row| row::contractor(row, &theirs)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: rows.next })
    }

    async fn list_contracts(
        &self,
        filter: &ContractFilter,
        moment: Moment,
    ) -> Result<Page<ContractSummary>, StoreError> {
        let after = after_instant(filter.after.as_ref());
        let search = Search { q: filter.q.as_deref(), is_test: filter.test, after, limit: ASKED };
        let rows = self.store.list_contracts(search, filter.phase, moment).await?;
        Ok(page(row::contracts(&rows, moment.today())?, |row| instant_key(row.last_at, row.id.as_str())))
    }

    async fn list_requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, StoreError> {
        let after = after_instant(filter.after.as_ref());
        let search = Search { q: filter.q.as_deref(), is_test: filter.test, after, limit: ASKED };
        let rows = match moment.as_of {
            None => {
                let rows = self.store.list_requisitions(search, filter.state).await?;
                page(rows, |row| Cursor { key: row.last_at.to_string(), id: row.id.clone() })
            }
            Some(_) => past::requisitions(&self.store, search, filter.state, moment).await?,
        };
        Ok(Page { items: subject::summaries(&self.store, &rows.items, moment).await?, next: rows.next })
    }
}
