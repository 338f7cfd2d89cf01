//! A stored request as the search sees it, and the terms by which the index finds it.

use crate::blocking::spawn_blocking;
use crate::collation::{searched_part, whole_search_form};
use crate::read_model::delivery::{self, summary};
use crate::store::deliveries::{Content, DeliveryQuery};
use crate::store::{Store, StoreError};
use app::view::delivery::DeliverySummary;
use domain::query::outcome::Outcome;
use domain::query::search::{Conditions, Context, Mention, Query, Request, Terms, matches, terms};

/// Calls `ask` with a request.
fn with_request<T>(row: &DeliverySummary, content: &Content, ask: impl FnOnce(&Request<'_>) -> T) -> T {
    // Only this program writes them; if they are unreadable all the same, nothing is found in them.
    let headers: Vec<(String, String)> = serde_json::from_str(&content.headers).unwrap_or_default();
    let mentions: Vec<Mention<'_>> = row
        .about
        .iter()
        .map(|about| Mention {
            subject: &about.subject,
            // As in lists, a name is found by its beginning.
            label: Some(searched_part(&about.label)).filter(|label| *label != about.subject.id()),
        })
        .collect();
    ask(&Request {
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
    })
}

/// Returns whether a request matches a search.
pub(in crate::read_model) fn is_match(
    query: &Query,
    row: &DeliverySummary,
    content: &Content,
    context: &Context<'_>,
) -> bool {
    with_request(row, content, |request| matches(query, request, context))
}

/// The terms of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestTerms {
    /// Its sequence number.
    pub(crate) seq: i64,
    /// Its arrival, in milliseconds since 1970.
    pub(crate) received_at: i64,
    /// Its terms.
    pub(crate) terms: Terms,
}

/// Returns the terms of all genuine requests with sequence numbers from `first` to before `end`, in their order.
pub(crate) async fn terms_between(store: &Store, first: i64, end: i64) -> Result<Vec<RequestTerms>, StoreError> {
    let is_genuine = |outcome: &Outcome| *outcome != Outcome::Refused;
    let outcomes = Outcome::ALL.into_iter().filter(is_genuine).collect();
    let mut wanted = DeliveryQuery {
        conditions: Conditions { outcomes: Some(outcomes), ..Conditions::default() },
        since: Some(first.saturating_sub(1)),
        head: end.saturating_sub(1),
        limit: end.saturating_sub(first).saturating_add(1),
        ..DeliveryQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let slice = store.list_candidates(&wanted).await?;
        let is_last = slice.is_last;
        let about = delivery::about(store, slice.rows.iter().filter_map(|row| row.message_seq).collect()).await?;
        let more = spawn_blocking(move || {
            let mut more = Vec::with_capacity(slice.rows.len());
            for row in slice.rows {
                let (seq, received_at) = (row.seq, row.received_at);
                let Some(content) = slice.contents.get(&seq) else { continue };
                let row = summary(row, &about)?;
                let terms = with_request(&row, content, |request| terms(request, &whole_search_form));
                more.extend(terms.map(|terms| RequestTerms { seq, received_at, terms }));
            }
            Ok::<_, StoreError>(more)
        })
        .await?;
        wanted.since = more.last().map(|last| last.seq).or(wanted.since);
        let is_stuck = more.is_empty();
        found.extend(more);
        if is_last || is_stuck {
            return Ok(found);
        }
    }
}
