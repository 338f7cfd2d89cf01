//! The search of deliveries: one stored request after another is looked at, until a page is full or its time is over.

use super::delivery::{self, About, summary};
use super::{PAGE, instant_key, page};
use crate::collation::whole_search_form;
use crate::store::deliveries::{Candidates, Content, DeliveryQuery};
use crate::store::{Store, StoreError, instant};
use app::view::Page;
use app::view::delivery::{DeliveryPage, DeliverySummary, Searched};
use domain::query::filter::DeliveryFilter;
use domain::query::search::{
    Conditions, Context, Expr, Mention, Query, QueryError, Request, Term, conditions, in_words, matches, parse,
};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Instant;

/// Maximum number of requests read at once.
const SLICE: i64 = 200;

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
    let searched = Searched { words, looked_at: found.looked_at, looked_to, is_end: found.is_end };
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
    mut wanted: DeliveryQuery,
    query: Query,
    now: Timestamp,
    rows: usize,
    deadline: Instant,
) -> Result<Found, StoreError> {
    wanted.conditions = conditions(&query, now);
    wanted.limit = SLICE;
    let query = Arc::new(query);
    let mut found = Found::default();
    loop {
        let slice = store.list_candidates(&wanted).await?;
        let (count, is_last) = (slice.rows.len(), slice.is_last);
        let about = delivery::about(store, slice.rows.iter().filter_map(|row| row.message_seq).collect()).await?;
        let query = Arc::clone(&query);
        let looked;
        (found, looked) = spawn_blocking(move || look(found, slice, &about, &query, now, rows, deadline)).await?;
        if looked < count || is_last || Instant::now() >= deadline {
            found.is_end = looked == count && is_last;
            return Ok(found);
        }
        match (&mut wanted.since, found.last) {
            (Some(since), Some((_, seq))) => *since = seq,
            _ => wanted.before = found.last,
        }
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

pub(super) fn is_match(query: &Query, row: &DeliverySummary, content: &Content, context: &Context<'_>) -> bool {
    // Only this program writes them; if they are unreadable all the same, nothing is found in them.
    let headers: Vec<(String, String)> = serde_json::from_str(&content.headers).unwrap_or_default();
    let mentions: Vec<Mention<'_>> = row
        .about
        .iter()
        .map(|about| Mention {
            subject: &about.subject,
            label: Some(about.label.as_str()).filter(|label| *label != about.subject.id()),
        })
        .collect();
    let request = Request {
        endpoint: &row.endpoint,
        received_at: row.received_at,
        outcome: row.outcome,
        // Of a further attempt with another body it says this, which is not a reason of the language.
        reason: row.reason.as_deref().filter(|_| !row.outcome.is_event()),
        event_type: row.event_type.as_ref().map(domain::event::EventType::as_str),
        mode: row.mode,
        message_id: row.message_id.as_deref(),
        occurred_at: row.occurred_at,
        attempts: content.attempts.and_then(|count| u32::try_from(count).ok()),
        headers: &headers,
        mentions: &mentions,
        body: content.body.as_deref().unwrap_or_default(),
    };
    matches(query, &request, context)
}

/// Runs work of many milliseconds outside the threads that serve requests.
pub(super) async fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down, and this task with it.
            Err(_) => std::future::pending().await,
        },
    }
}
