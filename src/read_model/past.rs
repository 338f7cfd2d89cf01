//! The lists of contractors and requisitions at a moment in the past.
//!
//! Contracts have a version for every event; contractors and requisitions do not, as each event of a contract would add
//! one to both. They are few enough to be folded on request: the rows of today's lists, in the order of today's names
//! and titles, each as it was then. Any other order would change with the next event, and with it what a shared link
//! shows. Subjects without an event by then are left out, and filters apply to the values of then.

use super::summaries::{self, contracts};
use super::{ASKED, PAGE};
use crate::store::projections::list::ContractCondition;
use crate::store::{Store, StoreError};
use crate::stories::list_rows::{self, client_id, pairs};
use crate::stories::load::happenings;
use app::view::Page;
use app::view::summary::{ContractSummary, ContractorSummary, RequisitionSummary};
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

/// A walk through today's rows until a page of the past is full.
struct Walk<T> {
    items: Vec<T>,
    /// The last row examined; `None` at the beginning, and after the end.
    place: Option<Cursor>,
    looked_at: usize,
    /// How many items there were before the rows examined last.
    before: usize,
}

impl<T> Walk<T> {
    fn after(place: Option<&Cursor>) -> Self {
        Self { items: Vec::new(), place: place.cloned(), looked_at: 0, before: 0 }
    }

    fn place(&self) -> Option<(&str, &str)> {
        self.place.as_ref().map(|cursor| (cursor.key.as_str(), cursor.id.as_str()))
    }

    /// Estimates how many rows to examine next from the share of matches so far. Each is folded, so no more than a page
    /// is likely to need.
    fn asked(&mut self) -> i64 {
        let found = self.items.len();
        let has_found_lately = found > std::mem::replace(&mut self.before, found);
        let likely = (PAGE + 1).saturating_sub(found).saturating_mul(self.looked_at).checked_div(found);
        let likely = likely.filter(|_| has_found_lately).and_then(|likely| i64::try_from(likely + likely / 8 + 4).ok());
        likely.map_or(ASKED, |likely| likely.min(ASKED))
    }

    fn is_full(&self) -> bool {
        self.items.len() == PAGE
    }

    /// Returns whether there are no more rows, or enough were examined for one page.
    fn is_over(&mut self, rows: usize, asked: i64) -> bool {
        self.looked_at += rows;
        let is_end = i64::try_from(rows).is_ok_and(|rows| rows < asked);
        if is_end {
            self.place = None;
        }
        is_end || self.looked_at >= LOOKED_AT
    }

    fn page(self) -> Page<T> {
        Page { items: self.items, next: self.place }
    }
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
    let mut walk = Walk::after(filter.after.as_ref());
    loop {
        let asked = walk.asked();
        // A subject's mode may have been different then, so both modes are examined.
        let rows = store.list_contractors_of_any_mode(walk.place(), filter.q.as_deref(), moment.as_of, asked).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let (mut told, theirs) = tokio::try_join!(
            happenings(store, SubjectKind::Contractor, &ids, moment),
            store.list_contracts_of(&ids, filter.test, moment)
        )?;
        let theirs = contracts(&theirs, moment.today())?;
        for today in &rows {
            if walk.is_full() {
                return Ok(walk.page());
            }
            let then = told.remove(&today.id).unwrap_or_default();
            if let Some(then) = timeline::contractor(&today.id.as_str().into(), &then) {
                let of_theirs: Vec<&ContractSummary> = theirs
                    .iter()
                    .filter(|contract| contract.contractor_id.as_ref().is_some_and(|id| *id == then.facts.id))
                    .collect();
                if fits(filter, &then, &of_theirs, &hirers, moment.today()) {
                    walk.items.push(summaries::contractor(&list_rows::contractor(&then), &theirs)?);
                }
            }
            walk.place = Some(Cursor { key: today.sort_key.clone(), id: today.id.clone() });
        }
        if walk.is_over(rows.len(), asked) {
            return Ok(walk.page());
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
    let mut walk = Walk::after(filter.after.as_ref());
    loop {
        let asked = walk.asked();
        let rows = store.list_requisitions_of_any_mode(walk.place(), filter.q.as_deref(), moment.as_of, asked).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let (then, fitting) = tokio::try_join!(as_they_were(store, &ids, moment), async {
            let mut fitting = Vec::new();
            for wanted in &wanted {
                fitting.push(store.list_requisitions_with(&ids, filter.test, moment, *wanted).await?);
            }
            Ok(fitting)
        })?;
        for today in &rows {
            if walk.is_full() {
                return Ok(walk.page());
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
            walk.items.extend(then.map(requisition).transpose()?);
            walk.place = Some(Cursor { key: today.title_key.clone(), id: today.id.clone() });
        }
        if walk.is_over(rows.len(), asked) {
            return Ok(walk.page());
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
        return store.list_requisitions_named(ids).await?.iter().map(summaries::requisition).collect();
    }
    let then = as_they_were(store, ids, moment).await?;
    let mut then = then.iter().map(requisition).collect::<Result<Vec<_>, _>>()?;
    then.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
    Ok(then)
}

fn requisition(story: &RequisitionStory) -> Result<RequisitionSummary, StoreError> {
    summaries::requisition(&list_rows::requisition(story))
}

async fn as_they_were(store: &Store, ids: &[&str], moment: Moment) -> Result<Vec<RequisitionStory>, StoreError> {
    let told = happenings(store, SubjectKind::Requisition, ids, moment).await?;
    let fold = |(id, told): (&String, &Vec<_>)| timeline::requisition(&id.as_str().into(), told);
    Ok(told.iter().filter_map(fold).collect())
}
