//! One page of a list, for the screen and, with larger pages, for an export.

use super::{StoreReadModel, answered, findings, page, past, subject, summaries};
use crate::store::{Store, StoreError};
use app::api::ApiError;
use app::view::Page;
use app::view::summary::{ContractSummary, ContractorSummary, RequisitionSummary};
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::rules::Limits;
use domain::query::filter::{ContractFilter, ContractorFilter, Cursor, Listing as _, RequisitionFilter, SortKey};
use domain::query::moment::Moment;
use jiff::ToSpan as _;

/// Rows per read of an export.
const EXPORTED: usize = 500;
/// The sort key of a row without a day.
const NO_DAY: &str = "9999";

/// One row more than a page, which tells whether there is a next one.
fn asked(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX).saturating_add(1)
}

impl StoreReadModel {
    /// Returns the next rows of an export, in the order of the list.
    pub async fn export_contractors(
        &self,
        filter: &ContractorFilter,
        moment: Moment,
    ) -> Result<Page<ContractorSummary>, ApiError> {
        answered("export_contractors", contractors(&self.store, filter, moment, EXPORTED).await)
    }

    /// Returns the next rows of an export, in the order of the list.
    pub async fn export_contracts(
        &self,
        filter: &ContractFilter,
        moment: Moment,
    ) -> Result<Page<ContractSummary>, ApiError> {
        answered("export_contracts", contracts_tagged(&self.store, filter, moment, EXPORTED, self.limits).await)
    }

    /// Returns the next rows of an export, in the order of the list.
    pub async fn export_requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, ApiError> {
        answered("export_requisitions", requisitions(&self.store, filter, moment, EXPORTED).await)
    }
}

fn day_key(day: Option<&String>) -> String {
    day.cloned().unwrap_or_else(|| NO_DAY.to_owned())
}

pub(super) async fn contractors(
    store: &Store,
    filter: &ContractorFilter,
    moment: Moment,
    rows: usize,
) -> Result<Page<ContractorSummary>, StoreError> {
    let today = moment.today();
    if moment.as_of.is_some() {
        return past::contractors(store, filter, moment).await;
    }
    let mut found = store.list_contractors(filter, today, asked(rows)).await?;
    let has_more = found.len() > rows;
    found.truncate(rows);
    let ids: Vec<&str> = found.iter().map(|(row, _)| row.id.as_str()).collect();
    let theirs = summaries::contracts(&store.list_contracts_of(&ids, filter.test, moment).await?, today)?;
    let items = found.iter().map(|(row, _)| summaries::contractor(row, &theirs)).collect::<Result<Vec<_>, _>>()?;
    let last = found.pop().filter(|_| has_more);
    let next = last.map(|(row, key)| Cursor { key, id: row.id });
    Ok(Page { items, next })
}

pub(super) async fn contracts(
    store: &Store,
    filter: &ContractFilter,
    moment: Moment,
    rows: usize,
) -> Result<Page<ContractSummary>, StoreError> {
    let today = moment.today();
    let by = filter.order().by;
    let found = page(store.list_contracts(filter, moment, asked(rows)).await?, rows, |row| Cursor {
        key: match by {
            SortKey::Title | SortKey::Name => row.title_key.clone(),
            SortKey::Start => day_key(row.start_on.as_ref()),
            SortKey::End | SortKey::NextEnd => day_key(row.ends_on.as_ref()),
            SortKey::Rate | SortKey::Amount => row.rate_key.clone(),
            SortKey::Last | SortKey::Active => row.last_at.to_string(),
        },
        id: row.id.clone(),
    });
    Ok(Page { items: summaries::contracts(&found.items, today)?, next: found.next })
}

/// The same, each row with the number of its open findings.
pub(super) async fn contracts_tagged(
    store: &Store,
    filter: &ContractFilter,
    moment: Moment,
    rows: usize,
    limits: Limits,
) -> Result<Page<ContractSummary>, StoreError> {
    let mut page = contracts(store, filter, moment, rows).await?;
    let is_past = moment.as_of.is_some();
    // Without findings in events, an open offer or an end soon, there can be none.
    let soon = moment.today().saturating_add(i64::from(limits.ending_days).days());
    let may_have = |one: &&ContractSummary| {
        let ends_soon = one.ends_on.is_some_and(|last| (moment.today()..=soon).contains(&last));
        !is_past || one.findings > 0 || one.state == ContractState::Offered || ends_soon
    };
    let ids: Vec<&str> = page.items.iter().filter(may_have).map(|one| one.id.as_str()).collect();
    let open = if is_past {
        findings::count_of_contracts_then(store, &ids, filter.test, moment, limits).await?
    } else {
        findings::count_of_contracts(store, &ids, moment.at()).await?
    };
    for one in &mut page.items {
        one.findings = open.get(one.id.as_str()).copied().unwrap_or_default();
    }
    Ok(page)
}

pub(super) async fn requisitions(
    store: &Store,
    filter: &RequisitionFilter,
    moment: Moment,
    rows: usize,
) -> Result<Page<RequisitionSummary>, StoreError> {
    if moment.as_of.is_some() {
        let found = past::requisitions(store, filter, moment).await?;
        return Ok(Page { items: subject::summaries(store, found.items, moment).await?, next: found.next });
    }
    let by = filter.order().by;
    let found = page(store.list_requisitions(filter, moment.today(), asked(rows)).await?, rows, |row| Cursor {
        key: match by {
            SortKey::Title | SortKey::Name => row.title_key.clone(),
            SortKey::Amount | SortKey::Rate => row.amount_key.clone(),
            SortKey::Last | SortKey::Start | SortKey::End | SortKey::NextEnd | SortKey::Active => {
                row.last_at.to_string()
            }
        },
        id: row.id.clone(),
    });
    let items = found.items.iter().map(summaries::requisition).collect::<Result<Vec<_>, _>>()?;
    Ok(Page { items: subject::summaries(store, items, moment).await?, next: found.next })
}
