//! Who is it, and may they? Sign-in, sign-out, first password, preferences, and the guard before every page.
//!
//! Sessions live in the database (`store::people::sessions`); a cookie holds only the token.

pub mod access;
pub mod cookies;
pub mod forms;
pub mod limiter;
pub mod local_path;
pub mod password;

use self::access::Access;
use self::limiter::Limiter;
use super::security::Site;
use crate::clock::Clock;
use crate::store::Store;
use crate::store::people::token::Token;
use app::view::viewer::{Person, Role, Theme, Viewer, Zone};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;
use tokio::sync::Semaphore;

pub use forms::routes;

/// What signing in needs.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    site: Site,
    by_email: Limiter,
    by_address: Limiter,
    /// Each hash takes 19 MiB for as long as it runs: more at once would only be slower, and larger.
    hashing: Arc<Semaphore>,
}

impl Sessions {
    /// `public_url` decides whether cookies are for https only.
    pub fn new(store: Store, clock: Clock, public_url: &str) -> Self {
        let by_email = Limiter::new(clock.clone(), limiter::BY_EMAIL);
        let by_address = Limiter::new(clock.clone(), limiter::BY_ADDRESS);
        Self { store, clock, site: Site::new(public_url), by_email, by_address, hashing: Arc::new(Semaphore::new(2)) }
    }

    /// The token this browser holds, whoever it once belonged to.
    fn token(&self, headers: &HeaderMap) -> Option<Token> {
        cookies::named(headers, cookies::session_name(self.site.is_https())).map(Token::claimed)
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

/// Middleware: lets through who may, with a [`Viewer`] among the extensions of the request.
pub async fn guard(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    let access = access::of(request.uri().path());
    // These answer without a database, and must when it is down.
    if access == Access::Machine {
        return next.run(request).await;
    }
    let person = match sessions.token(request.headers()) {
        Some(token) => match sessions.store.find_session(&token, sessions.clock.now()).await {
            Ok(person) => person,
            Err(error) => return unavailable(&error, WHO),
        },
        None => None,
    };
    match (access, &person) {
        (Access::Page | Access::Answer | Access::Raw, None) => return sign_in_first(access, &request),
        (Access::Raw, Some(person)) if person.role != Role::Admin => {
            return (StatusCode::FORBIDDEN, "Only admins may see raw deliveries.\n").into_response();
        }
        (Access::Welcome, _) if is_reading(request.method()) => {
            match expired_welcome(&sessions, &request.uri().clone()).await {
                Ok(Some(redirect)) => return redirect,
                Ok(None) => {}
                Err(error) => return unavailable(&error, WHO),
            }
        }
        _ => {}
    }
    let viewer = sessions.viewer(request.headers(), person);
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    // What one person saw is not kept for the next at the same browser.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn sign_in_first(access: Access, request: &Request) -> Response {
    if access == Access::Page && is_reading(request.method()) {
        let wanted = request.uri().path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        let next = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>();
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    }
    (StatusCode::UNAUTHORIZED, "Sign in first.\n").into_response()
}

/// A link that opens nothing any more says so on its own page: the same address with `?error=expired`.
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

/// What a lookup in the guard failed to do.
const WHO: &str = "Junoscope could not look up who you are: the database of its accounts did not answer.";

/// 503 to a person; the cause goes to the log, `failed` says what was not done.
pub(super) fn unavailable(error: &crate::store::StoreError, failed: &'static str) -> Response {
    tracing::error!(%error, "the store did not answer about a session");
    super::unavailable::unavailable(failed)
}

#[cfg(test)]
mod tests;
