//! Sign-in, sign-out, passwords, preferences, the account page's forms, and the guard before every page.
//!
//! Sessions live in the database (`store::people::sessions`); a cookie holds only the token.

pub mod access;
mod account;
mod attempts;
mod device_name;
pub mod forms;
pub mod limiter;
pub mod local_path;
mod new_password;
pub mod password;

use self::access::Access;
use self::attempts::Attempts;
use super::cookies;
use super::security::Site;
use crate::client_address::ClientAddress;
use crate::clock::Clock;
use crate::outage::Outage;
use crate::store::Store;
use crate::store::people::sessions::{ClientInfo, OpenSession};
use crate::store::people::token::Token;
use crate::telemetry;
use app::view::account::{ThisSession, TypedEmail};
use app::view::viewer::{Theme, Viewer, Zone};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::account::{Person, Role, SessionLimits};
use domain::policy::{Sight, sight};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Returns the routes of all forms.
pub fn routes(sessions: Sessions) -> Router {
    forms::routes().merge(account::routes()).layer(DefaultBodyLimit::max(16 * 1024)).with_state(sessions)
}

/// The state of the session handlers.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    site: Site,
    attempts: Attempts,
    limits: SessionLimits,
    /// Limits concurrent hashes: each takes 19 MiB while it runs, and more at once would be no faster.
    hashing: Arc<Semaphore>,
}

impl Sessions {
    /// Creates the state. An https `public_url` makes cookies secure.
    pub fn new(store: Store, clock: Clock, public_url: &str) -> Self {
        let (attempts, limits) = (Attempts::new(&clock), SessionLimits::default());
        Self { store, clock, site: Site::new(public_url), attempts, limits, hashing: Arc::new(Semaphore::new(2)) }
    }

    /// Sets when sessions expire.
    #[must_use]
    pub fn with_limits(mut self, limits: SessionLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the session token of this request, valid or not.
    fn token(&self, headers: &HeaderMap) -> Option<Token> {
        cookies::named(headers, cookies::session_name(self.site.is_https())).map(Token::claimed)
    }

    /// Returns the device token of this request, valid or not.
    fn device(&self, headers: &HeaderMap) -> Option<Token> {
        cookies::named(headers, cookies::device_name(self.site.is_https())).map(Token::claimed)
    }

    /// Records the use of a session. Failure is logged and otherwise ignored.
    async fn note_use(&self, session: &OpenSession, headers: &HeaderMap, client: ClientAddress) {
        let (device, address) = forms::seen_from(headers, client);
        let from = ClientInfo { device: &device, address: address.as_deref() };
        if let Err(error) = self.store.use_session(session, self.limits, from, self.clock.now()).await {
            tracing::warn!(%error, "it could not be noted that a session is used");
        }
    }

    /// Returns the session of a request for later checks. `None` without a cookie.
    pub fn handle(&self, headers: &HeaderMap) -> Option<SessionHandle> {
        self.token(headers).map(|token| SessionHandle { store: self.store.clone(), clock: self.clock.clone(), token })
    }

    fn viewer(&self, headers: &HeaderMap, person: Option<Person>) -> Viewer {
        Viewer {
            person,
            theme: Theme::parse(cookies::named(headers, cookies::THEME).unwrap_or_default()),
            zone: Zone::parse(cookies::named(headers, cookies::ZONE).unwrap_or_default()),
            now: self.clock.now(),
            as_of: None,
        }
    }
}

/// The session under which a response continues after its request was admitted. Sign-out, a disabled account, a new
/// password and expiry end it on every instance, so each check queries the database.
#[derive(Clone)]
pub struct SessionHandle {
    store: Store,
    clock: Clock,
    token: Token,
}

impl SessionHandle {
    /// Returns the role of the person whose session it still is; `None` after its end.
    pub async fn role(&self) -> Result<Option<Role>, crate::store::StoreError> {
        let session = self.store.open_session(&self.token, self.clock.now()).await?;
        Ok(session.map(|session| session.person.role))
    }

    /// Returns whether both are the same session.
    pub fn is_same(&self, other: &Self) -> bool {
        self.token == other.token
    }
}

/// Middleware that admits requests by [`Access`] and stores a [`Viewer`] and, if signed in, the [`OpenSession`] in
/// their extensions.
pub async fn guard(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    let access = access::of(request.uri().path());
    // These must answer without a database, even when it is down.
    if access == Access::Unauthenticated {
        return next.run(request).await;
    }
    let client = ClientAddress::of(request.extensions());
    let session = match sessions.token(request.headers()) {
        Some(token) => match sessions.store.open_session(&token, sessions.clock.now()).await {
            Ok(session) => {
                LOOKUP_OUTAGE.worked();
                session
            }
            Err(error) => return unavailable(&error, LOOKUP_FAILED),
        },
        None => None,
    };
    match (access, &session) {
        (Access::Page | Access::Api | Access::Only(_), None) => return sign_in_first(access, &request, client),
        (Access::OneTimeLink, _) if is_reading(request.method()) => {
            match expired_welcome(&sessions, &request.uri().clone()).await {
                Ok(Some(redirect)) => return redirect,
                Ok(None) => {}
                Err(error) => return unavailable(&error, LOOKUP_FAILED),
            }
        }
        (Access::Unauthenticated | Access::Public | Access::OneTimeLink, _)
        | (Access::Page | Access::Api | Access::Only(_), Some(_)) => {}
    }
    let who = session.as_ref().map(|session| session.person.clone());
    if let Some(session) = session {
        // Automatic refreshes of a page must not keep an unused session alive.
        if !request.headers().contains_key("x-junoscope-refresh") {
            sessions.note_use(&session, request.headers(), client).await;
        }
        request.extensions_mut().insert(ThisSession(session.id.clone()));
        request.extensions_mut().insert(session);
    }
    if let Some(typed) = typed_email(&request) {
        request.extensions_mut().insert(typed);
    }
    let path = telemetry::redacted_path(request.uri().path()).to_owned();
    let viewer = sessions.viewer(request.headers(), who.clone());
    let is_refused = matches!(access, Access::Only(thing) if sight(viewer.role(), thing) == Sight::Refused);
    let mut response = if is_refused {
        (StatusCode::FORBIDDEN, "Your role does not see this.\n").into_response()
    } else {
        request.extensions_mut().insert(viewer);
        next.run(request).await
    };
    if response.status() == StatusCode::FORBIDDEN {
        let who = who.as_ref().map_or("nobody", |person| person.email.as_str());
        tracing::warn!(who, from = %client, path, "access was refused");
    }
    // No cache: neither the next person at this browser nor Back after sign-out may show the page.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Redirects page requests and expired form posts to the sign-in page, and answers others with 401.
fn sign_in_first(access: Access, request: &Request, client: ClientAddress) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = *request.method() == Method::POST && accept.contains("text/html");
    if access == Access::Page && (is_form || is_reading(request.method())) {
        let wanted = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        let next = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>();
        let error = if is_form { "error=ended&" } else { "" };
        return Redirect::to(&format!("/sign-in?{error}next={next}")).into_response();
    }
    if matches!(access, Access::Only(_)) && super::event_stream::is_stream(request) {
        return super::event_stream::signed_out();
    }
    let path = telemetry::redacted_path(request.uri().path());
    tracing::info!(from = %client, path, "access was refused: nobody is signed in");
    (StatusCode::UNAUTHORIZED, "Sign in first.\n").into_response()
}

/// Returns the e-mail address of a failed attempt, with which the sign-in form is filled.
fn typed_email(request: &Request) -> Option<TypedEmail> {
    if request.uri().path() != cookies::LAST_EMAIL_PATH {
        return None;
    }
    let typed = cookies::named(request.headers(), cookies::LAST_EMAIL)?;
    let typed = percent_encoding::percent_decode_str(typed).decode_utf8().ok()?;
    Some(TypedEmail(typed.chars().filter(|c| !c.is_control()).collect()))
}

/// Redirects an invalid one-time link to its own page with `?error=expired`.
async fn expired_welcome(sessions: &Sessions, uri: &Uri) -> Result<Option<Response>, crate::store::StoreError> {
    let path = uri.path();
    let query = uri.query().unwrap_or_default();
    if url::form_urlencoded::parse(query.as_bytes()).any(|(key, value)| key == "error" && value == "expired") {
        return Ok(None);
    }
    let token = Token::claimed(path.trim_start_matches("/welcome/"));
    if sessions.store.is_link_open(&token, sessions.clock.now()).await? {
        return Ok(None);
    }
    Ok(Some(Redirect::to(&format!("{path}?error=expired")).into_response()))
}

/// The error message of a failed lookup in the guard.
const LOOKUP_FAILED: &str = "Junoscope could not look up who you are: the database of its accounts did not answer.";

/// The outage of session lookups, which every page begins with.
static LOOKUP_OUTAGE: Outage = Outage::new("looking up sessions");

/// Responds 503 to a person. The cause is logged; `failed` says what was not done.
pub(super) fn unavailable(error: &crate::store::StoreError, failed: &'static str) -> Response {
    LOOKUP_OUTAGE.failed(error);
    super::unavailable::unavailable(failed)
}

#[cfg(test)]
mod tests;
