//! What did the lists of contractors and requisitions look like at a moment of the past?
//!
//! Contracts keep a version for every event; contractors and requisitions do not, because each event of a contract would
//! make one of both. They are few enough to be folded when asked: those the lists know today, in the order of today's
//! list, each as it was then. What then had no event is left out, and filters look at what was true then.

use super::story::happenings;
use super::{ASKED, PAGE};
use crate::projector::gather::Kind;
use crate::projector::row;
use crate::store::projections::list::Search;
use crate::store::projections::row::{ContractorRow, RequisitionRow};
use crate::store::{Store, StoreError};
use app::lifecycle::contact::ContactState;
use app::lifecycle::spend::RequisitionState;
use app::timeline;
use app::view::Page;
use app::view::filter::Cursor;
use app::view::moment::Moment;

/// So many rows of today's list are looked at for one page of the past; the next page goes on where this one stopped.
const LOOKED_AT: usize = 2_000;

/// Whether a row is one that the search asks for.
fn is_found(q: Option<&str>, id: &str, search: &str, is_test: bool, wanted_test: bool) -> bool {
    is_test == wanted_test && q.is_none_or(|q| id == q || search.contains(&q.to_lowercase()))
}

/// One page of contractors, in the order of today's names.
pub(super) async fn contractors(
    store: &Store,
    search: Search<'_, &str>,
    state: Option<ContactState>,
    moment: Moment,
) -> Result<Page<ContractorRow>, StoreError> {
    let mut place = search.after.map(|(key, id)| (key.to_owned(), id.to_owned()));
    let mut items = Vec::new();
    let mut looked_at = 0;
    loop {
        let after = place.as_ref().map(|(key, id)| (key.as_str(), id.as_str()));
        // Test traffic of today may have been all there was, and live traffic not have begun: both are looked at.
        let rows = store.list_contractors_of_any_mode(after, ASKED).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let mut told = happenings(store, Kind::Contractor, &ids, moment).await?;
        for today in &rows {
            if items.len() == PAGE {
                let next = place.map(|(key, id)| Cursor { key, id });
                return Ok(Page { items, next });
            }
            let then = told.remove(&today.id).unwrap_or_default();
            let story = timeline::contractor(&today.id.as_str().into(), &then);
            let then = story.as_ref().map(row::contractor).filter(|then| {
                is_found(search.q, &then.id, &then.search, then.is_test, search.is_test)
                    && state.is_none_or(|state| then.state == state.as_str())
            });
            items.extend(then);
            place = Some((today.sort_key.clone(), today.id.clone()));
        }
        looked_at += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < ASKED {
            return Ok(Page { items, next: None });
        }
        if looked_at >= LOOKED_AT {
            return Ok(Page { items, next: place.map(|(key, id)| Cursor { key, id }) });
        }
    }
}

/// One page of requisitions, in the order of today's last events.
pub(super) async fn requisitions(
    store: &Store,
    search: Search<'_, i64>,
    state: Option<RequisitionState>,
    moment: Moment,
) -> Result<Page<RequisitionRow>, StoreError> {
    let mut place = search.after.map(|(key, id)| (key, id.to_owned()));
    let mut items = Vec::new();
    let mut looked_at = 0;
    let cursor = |place: Option<(i64, String)>| place.map(|(key, id)| Cursor { key: key.to_string(), id });
    loop {
        let after = place.as_ref().map(|(key, id)| (*key, id.as_str()));
        let rows = store.list_requisitions_of_any_mode(after, ASKED).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let then = as_they_were(store, &ids, moment).await?;
        for today in &rows {
            if items.len() == PAGE {
                return Ok(Page { items, next: cursor(place) });
            }
            items.extend(then.iter().find(|then| then.id == today.id).cloned().filter(|then| {
                is_found(search.q, &then.id, &then.search, then.is_test, search.is_test)
                    && state.is_none_or(|state| then.state == state.as_str())
            }));
            place = Some((today.last_at, today.id.clone()));
        }
        looked_at += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < ASKED {
            return Ok(Page { items, next: None });
        }
        if looked_at >= LOOKED_AT {
            return Ok(Page { items, next: cursor(place) });
        }
    }
}

/// These requisitions, newest event first, as they were.
pub(super) async fn requisitions_named(
    store: &Store,
    ids: &[&str],
    moment: Moment,
) -> Result<Vec<RequisitionRow>, StoreError> {
    if moment.as_of.is_none() {
        return store.list_requisitions_named(ids).await;
    }
    let mut rows = as_they_were(store, ids, moment).await?;
    rows.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
    Ok(rows)
}

async fn as_they_were(store: &Store, ids: &[&str], moment: Moment) -> Result<Vec<RequisitionRow>, StoreError> {
    let told = happenings(store, Kind::Requisition, ids, moment).await?;
    let fold = |(id, told): (&String, &Vec<_>)| timeline::requisition(&id.as_str().into(), told);
    Ok(told.iter().filter_map(fold).map(|story| row::requisition(&story)).collect())
}
