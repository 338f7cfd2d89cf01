//! The search of deliveries: the index tells which requests may match, and these are looked at, the newest first, until a
//! page is full or its time is over. Where the index is far behind, every request is looked at.

mod indexed;
mod request;

pub(crate) use request::{RequestTerms, terms_between};

use super::delivery::{self, About, summary};
use super::{PAGE, instant_key, page};
use crate::blocking::spawn_blocking;
use crate::collation::whole_search_form;
use crate::store::deliveries::{Candidates, DeliveryQuery};
use crate::store::{Store, StoreError, instant};
use app::view::Page;
use app::view::delivery::{DeliveryPage, DeliverySummary, Searched};
use domain::query::filter::DeliveryFilter;
use domain::query::search::{Conditions, Context, Expr, Query, QueryError, Term, conditions, in_words, parse};
use indexed::{Beginning, Indexed};
use jiff::Timestamp;
pub(super) use request::is_match;
use std::sync::Arc;
use std::time::Instant;

/// Maximum number of requests read at once.
const SLICE: usize = 200;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The requests that match.
    pub(super) rows: Vec<DeliverySummary>,
    /// The number of requests looked at.
    pub(super) looked_at: u64,
    /// Arrival, in milliseconds, and sequence number of the last one looked at.
    pub(super) last: Option<(i64, i64)>,
    /// Whether none is left.
    pub(super) is_end: bool,
    /// Where each request was looked at, the number of those that are in no index.
    pub(super) unindexed: Option<u64>,
}

/// Returns one page of the delivery list. A search looks at no further request after the deadline.
pub(super) async fn deliveries(
    store: &Store,
    filter: &DeliveryFilter,
    now: Timestamp,
    deadline: Instant,
) -> Result<DeliveryPage, StoreError> {
    let head = store.last_seq().await?;
    let wanted = delivery::wanted(filter, head, super::ASKED);
    let query = match asked(store, filter, head).await? {
        None => {
            let rows = delivery::list(store, &wanted).await?;
            let rows = page(rows, PAGE, |row| instant_key(row.received_at, &row.seq.to_string()));
            return Ok(DeliveryPage { rows, head, search: None });
        }
        Some(Err(error)) => {
            return Ok(DeliveryPage { rows: Page { items: Vec::new(), next: None }, head, search: Some(Err(error)) });
        }
        Some(Ok(query)) => query,
    };
    let words = in_words(&query);
    let found = search(store, wanted, query, now, PAGE, deadline).await?;
    let last = found.last.map(|(at, seq)| instant(at).map(|at| (at, seq))).transpose()?;
    let next = last.filter(|_| !found.is_end).map(|(at, seq)| instant_key(at, &seq.to_string()));
    let looked_to = last.map(|(at, _)| at);
    let is_counted = found.is_end || found.rows.len() < PAGE || found.unindexed.is_some();
    let looked_at = is_counted.then_some(found.looked_at);
    let unindexed = found.unindexed.filter(|count| *count > 0);
    let searched = Searched { words, looked_at, looked_to, is_end: found.is_end, unindexed };
    Ok(DeliveryPage { rows: Page { items: found.rows, next }, head, search: Some(Ok(searched)) })
}

/// Returns at most `limit` requests after position `since` and up to `head`, oldest first, and the position up to which
/// none is left.
pub(super) async fn after(
    store: &Store,
    filter: &DeliveryFilter,
    now: Timestamp,
    (since, head): (i64, i64),
    limit: u32,
    deadline: Instant,
) -> Result<(Vec<DeliverySummary>, i64), StoreError> {
    let wanted = DeliveryQuery { since: Some(since), ..delivery::wanted(filter, head, limit.into()) };
    let (rows, last) = match asked(store, filter, head).await? {
        None => {
            let rows = delivery::list(store, &wanted).await?;
            let has_more = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
            let last = rows.last().map(|row| row.seq).filter(|_| has_more);
            (rows, last)
        }
        Some(Err(_)) => (Vec::new(), None),
        Some(Ok(query)) => {
            let rows = usize::try_from(limit).unwrap_or(usize::MAX);
            let found = search(store, wanted, query, now, rows, deadline).await?;
            (found.rows, found.last.map(|(_, seq)| seq).filter(|_| !found.is_end))
        }
    };
    Ok((rows, last.unwrap_or(head.max(since))))
}

/// Returns the newest requests up to `head` that a filter without a search admits, oldest first.
pub(super) async fn newest(
    store: &Store,
    filter: &DeliveryFilter,
    head: i64,
    limit: u32,
) -> Result<Vec<DeliverySummary>, StoreError> {
    let mut rows = delivery::list(store, &delivery::wanted(filter, head, limit.into())).await?;
    rows.reverse();
    Ok(rows)
}

/// Returns the search of a filter, parsed. A text that is exactly an id asks for this id.
pub(super) async fn asked(
    store: &Store,
    filter: &DeliveryFilter,
    head: i64,
) -> Result<Option<Result<Query, QueryError>>, StoreError> {
    let Some(text) = &filter.q else { return Ok(None) };
    let ids = Conditions { ids: Some(vec![text.clone()]), ..Conditions::default() };
    // Refused requests do not count: a stranger could claim any word as an id.
    let of_id = DeliveryQuery { conditions: ids, once: true, head, limit: 1, ..DeliveryQuery::default() };
    let is_id = is_message_id(text) || !store.list_deliveries(&of_id).await?.is_empty();
    let query = || Query { root: Some(Expr::Term(Term::Id(vec![text.clone()]))) };
    Ok(Some(if is_id { Ok(query()) } else { parse(text) }))
}

/// Returns whether a text has the form of a message id, known or not.
fn is_message_id(text: &str) -> bool {
    text.strip_prefix("msg_").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Looks at the requests of a list, one after another, for at most `rows` that match. At least one is looked at, however
/// soon the deadline is.
pub(super) async fn search(
    store: &Store,
    wanted: DeliveryQuery,
    query: Query,
    now: Timestamp,
    rows: usize,
    deadline: Instant,
) -> Result<Found, StoreError> {
    let search = |query| Search { store, query: Arc::new(query), now, rows, deadline };
    if wanted.since.is_some() {
        return search(query).one_by_one(wanted).await;
    }
    match Indexed::begin(store, &wanted, &query, now).await? {
        Beginning::Walk(indexed) => search(query).by_index(wanted, *indexed).await,
        Beginning::Behind(unindexed) => {
            let found = search(query).one_by_one(wanted).await?;
            Ok(Found { unindexed: Some(unindexed), ..found })
        }
    }
}

struct Search<'a> {
    store: &'a Store,
    query: Arc<Query>,
    now: Timestamp,
    rows: usize,
    deadline: Instant,
}

impl Search<'_> {
    /// Looks at every request.
    async fn one_by_one(&self, mut wanted: DeliveryQuery) -> Result<Found, StoreError> {
        wanted.conditions = conditions(&self.query, self.now);
        wanted.limit = i64::try_from(SLICE).unwrap_or(i64::MAX);
        let mut found = Found::default();
        loop {
            let is_last;
            let is_over;
            (found, is_last, is_over) = self.slice(found, &wanted).await?;
            if is_over || is_last || Instant::now() >= self.deadline {
                found.is_end = !is_over && is_last;
                return Ok(found);
            }
            match (&mut wanted.since, found.last) {
                (Some(since), Some((_, seq))) => *since = seq,
                _ => wanted.before = found.last,
            }
        }
    }

    /// Looks at the requests that may match by the index.
    async fn by_index(&self, mut wanted: DeliveryQuery, mut indexed: Indexed) -> Result<Found, StoreError> {
        let mut found = Found::default();
        // What fills the page, and one more, which tells that there is a next one; more if many do not match after all.
        let mut batch = self.rows.saturating_add(1).min(SLICE);
        loop {
            let candidates = indexed.next(self.store, batch, self.deadline).await?;
            let mut is_over = candidates.is_empty();
            if !is_over {
                (wanted.limit, wanted.only) = (i64::MAX, Some(candidates.iter().map(|(_, seq)| *seq).collect()));
                loop {
                    let is_last;
                    (found, is_last, is_over) = self.slice(found, &wanted).await?;
                    if is_over || is_last {
                        break;
                    }
                    wanted.before = found.last;
                }
            }
            batch = batch.saturating_mul(2).min(SLICE);
            let left = if is_over { candidates.iter().filter(|place| Some(**place) < found.last).count() } else { 0 };
            if !is_over {
                // The filters of the list may have left some out.
                found.last = candidates.last().copied();
            }
            if is_over || Instant::now() >= self.deadline {
                found.is_end = indexed.is_end() && candidates.is_empty();
                if candidates.is_empty() {
                    found.last = indexed.place();
                }
                let covered = indexed.covered().saturating_sub(u64::try_from(left).unwrap_or(u64::MAX));
                found.looked_at = found.looked_at.max(covered);
                return Ok(found);
            }
        }
    }

    /// Looks at the next requests of a list. Returns also whether no more follow in it, and whether the page is full or
    /// its time over before the last of them.
    async fn slice(&self, found: Found, wanted: &DeliveryQuery) -> Result<(Found, bool, bool), StoreError> {
        let slice = self.store.list_candidates(wanted).await?;
        let (count, is_last) = (slice.rows.len(), slice.is_last);
        let about = delivery::about(self.store, slice.rows.iter().filter_map(|row| row.message_seq).collect()).await?;
        let (query, now, rows, deadline) = (Arc::clone(&self.query), self.now, self.rows, self.deadline);
        let (found, looked) = spawn_blocking(move || look(found, slice, &about, &query, now, rows, deadline)).await?;
        Ok((found, is_last, looked < count))
    }
}

/// Looks at a slice, and returns the number of its requests that were looked at. The first match beyond `rows` is left
/// to the next page.
fn look(
    mut found: Found,
    slice: Candidates,
    about: &About,
    query: &Query,
    now: Timestamp,
    rows: usize,
    deadline: Instant,
) -> Result<(Found, usize), StoreError> {
    let context = Context { now, fold: &whole_search_form };
    let mut looked = 0;
    for row in slice.rows {
        if found.looked_at > 0 && Instant::now() >= deadline {
            break;
        }
        let place = (row.received_at, row.seq);
        let content = slice.contents.get(&row.seq);
        let row = summary(row, about)?;
        if content.is_some_and(|content| is_match(query, &row, content, &context)) {
            if found.rows.len() == rows {
                break;
            }
            found.rows.push(row);
        }
        found.last = Some(place);
        found.looked_at += 1;
        looked += 1;
    }
    Ok((found, looked))
}
