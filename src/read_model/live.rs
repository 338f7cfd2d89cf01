//! Rows of the delivery list that arrive while a page is open.

use super::{StoreReadModel, search};
use crate::store::StoreError;
use app::view::delivery::DeliverySummary;
use domain::query::filter::DeliveryFilter;
use jiff::Timestamp;
use std::time::Instant;

/// Rows that have arrived since a page was read.
#[derive(Debug)]
pub struct LiveDeliveries {
    /// The rows, oldest first.
    pub rows: Vec<DeliverySummary>,
    /// The position up to which none is left.
    pub until: i64,
    /// Whether more may follow already.
    pub is_behind: bool,
    /// Arrival and position of the first row, if others were left out before it.
    pub skipped: Option<(Timestamp, i64)>,
}

impl StoreReadModel {
    /// Returns the sequence number of the newest request in the log; 0 before the first. Failures are not logged.
    pub async fn head(&self) -> Result<i64, StoreError> {
        self.store.last_seq().await
    }

    /// Returns at most `rows` requests after a position, oldest first, and the position up to which none is left. The
    /// filter's cursor is ignored.
    #[cfg(test)]
    pub async fn deliveries_after(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        since: i64,
        rows: u32,
    ) -> Result<(Vec<DeliverySummary>, i64), StoreError> {
        // The head is read first: what commits between the following statements is left to the next call.
        let head = self.store.last_seq().await?;
        self.deliveries_between(filter, now, (since, head), rows).await
    }

    async fn deliveries_between(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        positions: (i64, i64),
        rows: u32,
    ) -> Result<(Vec<DeliverySummary>, i64), StoreError> {
        let filter = DeliveryFilter { before: None, ..filter.as_of(now) };
        search::after(&self.store, &filter, now, positions, rows, Instant::now() + self.search_time).await
    }

    /// Returns the rows after a position and up to `head`: at most `rows`, oldest first. Where
    /// more have arrived, the newest of them, and the place of the first of these, below which the others are.
    pub async fn live_deliveries(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        (since, head): (i64, i64),
        rows: u32,
    ) -> Result<LiveDeliveries, StoreError> {
        let (found, until) = self.deliveries_between(filter, now, (since, head), rows).await?;
        // A search is not looked for from both ends: what it finds is few.
        if until < head && filter.q.is_none() {
            let filter = DeliveryFilter { before: None, ..filter.as_of(now) };
            let newest = search::newest(&self.store, &filter, head, rows).await?;
            if let Some(first) = newest.first().filter(|first| first.seq > until) {
                let skipped = Some((first.received_at, first.seq));
                return Ok(LiveDeliveries { rows: newest, until: head, is_behind: false, skipped });
            }
        }
        Ok(LiveDeliveries { rows: found, until, is_behind: until < head, skipped: None })
    }
}
