//! Calendar feeds: handlers that create and revoke a feed's secret link, and serve its iCalendar file.

use super::form::form_on;
use super::session::limiter::Limiter;
use super::session::unavailable;
use super::unavailable::failed;
use crate::client_address::ClientAddress;
use crate::clock::Clock;
use crate::read_model::StoreReadModel;
use crate::store::people::Email;
use crate::store::people::feeds::MAX_FEEDS;
use crate::store::people::token::Token;
use crate::store::{Store, StoreError};
use app::api::ApiError;
use app::view::calendar::{CalendarFilter, NewFeed, calendar_days, ics};
use app::view::viewer::Viewer;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Form, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::id::ContractId;
use domain::policy::{Thing, sees};
use domain::query::feed::Feed;
use domain::query::filter::{ContractFilter, Query as _};
use domain::query::moment::Moment;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tower::ServiceExt as _;

/// Maximum number of unknown links from one address in 15 minutes. Tokens cannot be guessed; this saves the database
/// load.
const UNKNOWN: usize = 30;
/// Maximum number of links remembered as valid. Beyond it the set is cleared and built again.
const MAX_GOOD: usize = 10_000;
/// The range of days a feed covers, before and after today.
const BACK: i64 = 92;
const AHEAD: i64 = 732;
const MAX_NAME_LENGTH: usize = 100;
/// Maximum number of contracts in a feed, ahead and again in the past: more than calendar programs read reliably.
const MAX_CONTRACTS: usize = 5_000;

/// The state of the feed handlers.
#[derive(Clone)]
pub struct Feeds {
    store: Store,
    reader: Arc<StoreReadModel>,
    clock: Clock,
    home: Arc<str>,
    unknown: Limiter,
    /// Links that worked when they were last fetched: they are exempt from the limit, whoever else shares the address.
    good: Arc<Mutex<HashSet<Token>>>,
    most_contracts: usize,
}

impl Feeds {
    /// Creates the state. Links begin with `public_url`.
    pub fn new(store: Store, reader: Arc<StoreReadModel>, clock: Clock, public_url: &str) -> Self {
        let unknown = Limiter::new(clock.clone(), UNKNOWN);
        let home = public_url.trim_end_matches('/').into();
        Self { store, reader, clock, home, unknown, good: Arc::default(), most_contracts: MAX_CONTRACTS }
    }

    /// Returns the feed of this link; `Err` after too many unknown links from this address. The limit is checked first,
    /// so that guesses cause no database query.
    async fn find(&self, token: &Token, client: ClientAddress, now: Timestamp) -> Result<Option<Feed>, Unanswered> {
        let (is_good, address) = (self.good().contains(token), client.group());
        if !is_good && !self.unknown.allow(&address) {
            return Err(Unanswered::TooMany);
        }
        let found = self.store.use_feed(token, now).await?;
        if found.is_none() {
            self.good().remove(token);
        } else if !is_good {
            self.unknown.take_back(&address);
            let mut good = self.good();
            if good.len() >= MAX_GOOD {
                good.clear();
            }
            good.insert(token.clone());
        }
        Ok(found)
    }

    fn good(&self) -> std::sync::MutexGuard<'_, HashSet<Token>> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reason why a link was not looked up.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error("too many unknown links from this address")]
    TooMany,
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Returns the routes of the calendar page's forms, and of the files. `page` renders the calendar page.
pub fn routes(feeds: Feeds, page: MethodRouter) -> Router {
    Router::new()
        .route("/calendar/feeds", form_on("/calendar", post(make)))
        .route("/calendar/feeds/{id}/revoke", form_on("/calendar", post(revoke)))
        .route("/feeds/{file}", get(file))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(Extension(CalendarPage(page)))
        .with_state(feeds)
}

#[derive(Clone)]
struct CalendarPage(MethodRouter);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    name: String,
    query: String,
}

/// Creates a link and responds with the calendar page, which shows the URL this once: in a redirect it would remain in
/// the browser history and in the logs of proxies.
async fn make(
    State(feeds): State<Feeds>,
    Extension(CalendarPage(page)): Extension<CalendarPage>,
    Extension(viewer): Extension<Viewer>,
    client: ClientAddress,
    Form(wanted): Form<Wanted>,
) -> Response {
    let Some(email) = email(&viewer) else { return StatusCode::UNAUTHORIZED.into_response() };
    if !viewer.sees(Thing::CalendarFeed) {
        return failed(ApiError::Refused);
    }
    let contracts = CalendarFilter::from_query(&wanted.query).contracts;
    let query = contracts.to_query();
    let name: String = wanted.name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_LENGTH).collect();
    let name = if name.is_empty() { "Contracts".to_owned() } else { name };
    let token = match feeds.store.add_feed(&email, &name, &query, feeds.clock.now()).await {
        Ok(Some(token)) => token,
        Ok(None) => {
            let told = format!("Nobody may have more than {MAX_FEEDS} calendar links. Revoke one first.\n");
            return (StatusCode::CONFLICT, told).into_response();
        }
        Err(error) => return unavailable(&error, "The calendar link was not made: the database did not answer."),
    };
    tracing::info!(who = email.as_str(), from = %client, "a calendar link was made");
    let made = NewFeed(format!("{}/feeds/{}.ics", feeds.home, token.as_str()));
    let request =
        Request::builder().method(Method::GET).uri(format!("/calendar{query}")).extension(viewer).extension(made);
    let Ok(request) = request.body(Body::empty()) else { return StatusCode::BAD_REQUEST.into_response() };
    let Ok(mut response) = page.oneshot(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn revoke(
    State(feeds): State<Feeds>,
    Extension(viewer): Extension<Viewer>,
    client: ClientAddress,
    Path(id): Path<String>,
) -> Response {
    let Some(email) = email(&viewer) else { return StatusCode::UNAUTHORIZED.into_response() };
    match feeds.store.revoke_feed(&email, &id).await {
        // A link that no longer exists counts as revoked.
        Ok(is_ended) => {
            if is_ended {
                tracing::info!(who = email.as_str(), from = %client, "a calendar link was revoked");
            }
            Redirect::to("/calendar").into_response()
        }
        Err(error) => unavailable(&error, "The calendar link was not revoked: the database did not answer."),
    }
}

fn email(viewer: &Viewer) -> Option<Email> {
    Email::parse(&viewer.person.as_ref()?.email)
}

/// `GET /feeds/{token}.ics`. Whoever has the link sees the days of contracts as its owner does.
async fn file(
    State(feeds): State<Feeds>,
    client: ClientAddress,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let now = feeds.clock.now();
    let nobody = || (StatusCode::NOT_FOUND, "There is no such calendar, or its link was revoked.\n").into_response();
    let Some(token) = name.strip_suffix(".ics") else { return nobody() };
    let feed = match feeds.find(&Token::claimed(token), client, now).await {
        Ok(Some(feed)) if sees(Some(feed.role), Thing::CalendarFeed) => feed,
        Ok(Some(_)) => return failed(ApiError::Refused),
        Ok(None) => return nobody(),
        Err(Unanswered::TooMany) => {
            tracing::info!(from = %client, "a calendar link was not looked up: too many unknown ones");
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "900")], "Too many.\n").into_response();
        }
        Err(Unanswered::Store(error)) => {
            return unavailable(&error, "The calendar could not be read: the database did not answer.");
        }
    };
    let moment = Moment::from(now);
    match text(&feeds, &feed, moment, moment.today()).await {
        Ok(text) => answer(text, &headers),
        Err(error) => failed(error),
    }
}

async fn text(feeds: &Feeds, feed: &Feed, moment: Moment, today: Date) -> Result<String, ApiError> {
    let filter = ContractFilter::from_query(&feed.query);
    let (first, last) = (today.saturating_sub(BACK.days()), today.saturating_add(AHEAD.days()));
    // Future contracts first: where there are more than a feed holds, past ones are dropped.
    let most = feeds.most_contracts;
    let (mut contracts, has_more) = feeds.reader.feed_contracts(&filter, (today, last), moment, most).await?;
    let mut lacks_days_gone_by = false;
    if !has_more {
        let ahead: BTreeSet<ContractId> = contracts.iter().map(|contract| contract.id.clone()).collect();
        let yesterday = today.saturating_sub(1.days());
        let (behind, has_more_behind) = feeds.reader.feed_contracts(&filter, (first, yesterday), moment, most).await?;
        lacks_days_gone_by = has_more_behind;
        contracts.extend(behind.into_iter().filter(|contract| !ahead.contains(&contract.id)));
    }
    // The name is the only text about a feed as a whole that every calendar program shows.
    let name = match (has_more, lacks_days_gone_by) {
        (true, _) => format!("{} (the next {} contracts)", feed.name, contracts.len()),
        (false, true) => format!("{} (not all that is past)", feed.name),
        (false, false) => feed.name.clone(),
    };
    Ok(ics::calendar(&name, &calendar_days(&contracts, first, last), &feeds.home))
}

/// Responds with the file, or 304 if the client's copy is current.
fn answer(text: String, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*");
    let cached = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"contracts.ics\""),
    ];
    (cached, kind, text).into_response()
}

#[cfg(test)]
mod tests;
