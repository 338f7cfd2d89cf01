//! The lists of contractors and requisitions at a moment in the past.
//!
//! Contracts have a version for every event; contractors and requisitions do not, as each event of a contract would add
//! one to both. They are few enough to be folded on request: the rows of today's lists, in the order of today's names
//! and titles, each as it was then. Any other order would change with the next event, and with it what a shared link
//! shows. Subjects without an event by then are left out, and filters apply to the values of then.

use super::row::{self, contracts};
use super::{ASKED, PAGE};
use crate::store::projections::list::ContractCondition;
use crate::store::{Store, StoreError};
use crate::stories::load::happenings;
use crate::stories::row::{self as list_row, client_id, pairs};
use app::view::Page;
use app::view::summary::RequisitionSummary;
use app::view::summary::{ContractSummary, ContractorSummary};
use domain::event::contact::{CustomField, tidy};
use domain::id::SubjectKind;
use domain::lifecycle::contract::Phase;
use domain::query::filter::{ContractorFilter, CurrentContracts, Cursor, RequisitionFilter};
use domain::query::moment::Moment;
use domain::timeline::{self, ContractorStory, RequisitionStory};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Maximum number of today's rows examined for one page of the past; the next page continues after them.
const LOOKED_AT: usize = 2_000;

/// Estimates how many of today's rows to examine next from the share of matches so far. Each is folded, so no more than
/// a page is likely to need.
fn still_asked(found: usize, looked_at: usize, lately: usize) -> i64 {
    let likely = (PAGE + 1).saturating_sub(found).saturating_mul(looked_at).checked_div(found).filter(|_| lately > 0);
    likely.and_then(|likely| i64::try_from(likely + likely / 8 + 4).ok()).map_or(ASKED, |likely| likely.min(ASKED))
}

/// Returns whether a custom field is among these, by the same rule as the SQL of the present.
fn carries(field: Option<&str>, kept: &[CustomField]) -> bool {
    let Some(field) = field.map(tidy) else { return true };
    let kept = pairs(kept);
    let is_whole = field.contains(':');
    kept.iter().any(|pair| {
        if is_whole { *pair == field } else { pair.strip_prefix(&field).is_some_and(|rest| rest.starts_with(':')) }
    })
}

/// Returns whether a contractor and their contracts, as they were, match the filter.
fn fits(
    filter: &ContractorFilter,
    story: &ContractorStory,
    theirs: &[&ContractSummary],
    hirers: &[String],
    today: Date,
) -> bool {
    let any = |fits: &dyn Fn(&ContractSummary) -> bool| theirs.iter().any(|contract| fits(contract));
    let last = filter.ending.map(|days| today.saturating_add(i64::from(days).days()));
    let client = || story.facts.client.as_ref().and_then(client_id);
    story.is_test == filter.test
        && filter.state.is_none_or(|state| story.state == state)
        && filter.client.as_ref().is_none_or(|wanted| client().as_ref() == Some(wanted))
        && carries(filter.field.as_deref(), &story.facts.custom_fields)
        && last.is_none_or(|last| any(&|one| one.phase.is_bound() && one.ends_on.is_some_and(|day| day <= last)))
        && filter.has.is_none_or(|has| match has {
            CurrentContracts::Active => any(&|one| one.phase.is_running()),
            CurrentContracts::Offers => any(&|one| one.phase == Phase::Offered),
        })
        && filter.currency.as_ref().is_none_or(|wanted| {
            any(&|one| one.rate.as_ref().is_some_and(|rate| rate.currency.as_ref() == Some(wanted)))
        })
        && (filter.hirer.is_none() || any(&|one| one.hirer_ids.iter().any(|id| hirers.contains(id))))
}

/// Returns one page of contractors, in the order of today's names, whatever order is requested.
pub(super) async fn contractors(
    store: &Store,
    filter: &ContractorFilter,
    moment: Moment,
) -> Result<Page<ContractorSummary>, StoreError> {
    let hirers = match &filter.hirer {
        Some(text) => store.hirers_called(text, moment.as_of).await?,
        None => Vec::new(),
    };
    let mut place = filter.after.as_ref().map(|cursor| (cursor.key.clone(), cursor.id.clone()));
    let mut items = Vec::new();
    let (mut looked_at, mut before) = (0, 0);
    loop {
        let after = place.as_ref().map(|(key, id)| (key.as_str(), id.as_str()));
        // A subject's mode may have been different then, so both modes are examined.
        let asked = still_asked(items.len(), looked_at, items.len() - before);
        before = items.len();
        let rows = store.list_contractors_of_any_mode(after, filter.q.as_deref(), moment.as_of, asked).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let (mut told, theirs) = tokio::try_join!(
            happenings(store, SubjectKind::Contractor, &ids, moment),
            store.list_contracts_of(&ids, filter.test, moment)
        )?;
        let theirs = contracts(&theirs, moment.today())?;
        for today in &rows {
            if items.len() == PAGE {
                let next = place.map(|(key, id)| Cursor { key, id });
                return Ok(Page { items, next });
            }
            let then = told.remove(&today.id).unwrap_or_default();
            if let Some(then) = timeline::contractor(&today.id.as_str().into(), &then) {
                let of_theirs: Vec<&ContractSummary> = theirs
                    .iter()
                    .filter(|contract| contract.contractor_id.as_ref().is_some_and(|id| *id == then.facts.id))
                    .collect();
                if fits(filter, &then, &of_theirs, &hirers, moment.today()) {
                    items.push(row::contractor(&list_row::contractor(&then), &theirs)?);
                }
            }
            place = Some((today.sort_key.clone(), today.id.clone()));
        }
        looked_at += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < asked {
            return Ok(Page { items, next: None });
        }
        if looked_at >= LOOKED_AT {
            return Ok(Page { items, next: place.map(|(key, id)| Cursor { key, id }) });
        }
    }
}

/// Returns one page of requisitions, in the order of today's titles, whatever order is requested.
pub(super) async fn requisitions(
    store: &Store,
    filter: &RequisitionFilter,
    moment: Moment,
) -> Result<Page<RequisitionSummary>, StoreError> {
    let hirers = match &filter.hirer {
        Some(text) => Some(store.hirers_called(text, moment.as_of).await?),
        None => None,
    };
    // Each condition may hold for a different contract, as in the current list.
    let wanted: Vec<ContractCondition<'_>> = [
        filter.client.as_deref().map(ContractCondition::OfClient),
        hirers.as_deref().map(ContractCondition::OfHirer),
        filter.ending.map(ContractCondition::EndingWithin),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut place = filter.after.as_ref().map(|cursor| (cursor.key.clone(), cursor.id.clone()));
    let mut items = Vec::new();
    let (mut looked_at, mut before) = (0, 0);
    let cursor = |place: Option<(String, String)>| place.map(|(key, id)| Cursor { key, id });
    loop {
        let after = place.as_ref().map(|(key, id)| (key.as_str(), id.as_str()));
        let asked = still_asked(items.len(), looked_at, items.len() - before);
        before = items.len();
        let rows = store.list_requisitions_of_any_mode(after, filter.q.as_deref(), moment.as_of, asked).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let (then, fitting) = tokio::try_join!(as_they_were(store, &ids, moment), async {
            let mut fitting = Vec::new();
            for wanted in &wanted {
                fitting.push(store.list_requisitions_with(&ids, filter.test, moment, *wanted).await?);
            }
            Ok(fitting)
        })?;
        for today in &rows {
            if items.len() == PAGE {
                return Ok(Page { items, next: cursor(place) });
            }
            let then = then.iter().find(|then| then.facts.id.as_str() == today.id).filter(|then| {
                let facts = &then.facts;
                then.is_test == filter.test
                    && filter.state.is_none_or(|state| then.state == state)
                    && carries(filter.field.as_deref(), &facts.custom_fields)
                    && filter.currency.as_ref().is_none_or(|wanted| facts.currency.as_ref() == Some(wanted))
                    && filter.amount_type.as_ref().is_none_or(|kind| facts.amount_type.as_ref() == Some(kind))
                    && fitting.iter().all(|ids| ids.contains(facts.id.as_str()))
            });
            items.extend(then.map(requisition).transpose()?);
            place = Some((today.title_key.clone(), today.id.clone()));
        }
        looked_at += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < asked {
            return Ok(Page { items, next: None });
        }
        if looked_at >= LOOKED_AT {
            return Ok(Page { items, next: cursor(place) });
        }
    }
}

/// Returns these requisitions as they were, newest event first.
pub(super) async fn requisitions_named(
    store: &Store,
    ids: &[&str],
    moment: Moment,
) -> Result<Vec<RequisitionSummary>, StoreError> {
    if moment.as_of.is_none() {
        return store.list_requisitions_named(ids).await?.iter().map(row::requisition).collect();
    }
    let then = as_they_were(store, ids, moment).await?;
    let mut then = then.iter().map(requisition).collect::<Result<Vec<_>, _>>()?;
    then.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
    Ok(then)
}

fn requisition(story: &RequisitionStory) -> Result<RequisitionSummary, StoreError> {
    row::requisition(&list_row::requisition(story))
}

async fn as_they_were(store: &Store, ids: &[&str], moment: Moment) -> Result<Vec<RequisitionStory>, StoreError> {
    let told = happenings(store, SubjectKind::Requisition, ids, moment).await?;
    let fold = |(id, told): (&String, &Vec<_>)| timeline::requisition(&id.as_str().into(), told);
    Ok(told.iter().filter_map(fold).collect())
}
