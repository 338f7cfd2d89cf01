//! Handlers of the forms to sign in, sign out, set a first password, and choose display preferences.

use super::attempts::{Admission, Attempt};
use super::device_name::device_name;
use super::local_path::local_path;
use super::{Sessions, new_password, password, unavailable};
use crate::client_address::ClientAddress;
use crate::http::cookies;
use crate::http::form::form_on;
use crate::store::StoreError;
use crate::store::people::devices::DEVICE_LIFETIME;
use crate::store::people::sessions::{ClientInfo, OpenSession};
use crate::store::people::token::Token;
use crate::store::people::{Email, PersonId};
use app::view::viewer::{Theme, Zone};
use axum::extract::{Extension, Path, State};
use axum::http::header::{self, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::time::Duration;

const YEAR: i64 = 365 * 24 * 60 * 60;
/// Lifetime of the cookie with the typed e-mail address, in seconds.
const LAST_EMAIL_SECONDS: i64 = 300;
/// Maximum length of an e-mail address; longer input is not kept.
const MAX_ADDRESS_LENGTH: usize = 254;

/// Returns the routes of the forms. Their pages are ordinary pages.
pub fn routes() -> Router<Sessions> {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-out", form_on("/", post(sign_out)))
        .route("/welcome/{token}", post(welcome))
        .route("/preferences", form_on("/", post(preferences)))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct SignIn {
    email: String,
    password: String,
    next: String,
}

async fn sign_in(
    State(sessions): State<Sessions>,
    client: ClientAddress,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, Refused> {
    let next = local_path(&form.next);
    let back = |error: &str| Ok(back_to_sign_in(&sessions, error, next, &form.email));
    let email = Email::parse(&form.email);
    // Text that is no e-mail address is not logged: it may be a password typed into the wrong field.
    let who = email.as_ref().map_or("(no address)", Email::as_str);
    let (attempt, is_known) = attempt(&sessions, &headers, client, email.as_ref()).await?;
    match sessions.attempts.admit(&attempt) {
        Admission::After(Duration::ZERO) => {}
        Admission::After(wait) => {
            tracing::warn!(who, from = %client, seconds = wait.as_secs(), "a sign-in is slowed: many were wrong");
            sessions.clock.sleep(wait).await;
        }
        Admission::Refused => {
            tracing::warn!(who, from = %client, "a sign-in was refused: too many were wrong");
            return back("limited");
        }
    }
    let failed = |why: &str| {
        tracing::warn!(who, from = %client, why, "a sign-in failed");
        back("wrong")
    };
    let found = match &email {
        Some(email) => sessions.store.find_person(email).await?,
        None => None,
    };
    let is_disabled = found.as_ref().is_some_and(|stored| stored.disabled_at.is_some());
    let stored = found.filter(|stored| stored.disabled_at.is_none());
    let hash = stored.as_ref().and_then(|stored| stored.password_hash.clone());
    let is_right = password::matches(form.password.clone(), hash.clone(), &sessions.hashing).await;
    let (stored, hash) = match (stored, hash) {
        (Some(stored), Some(hash)) if is_right => (stored, hash),
        (Some(_), Some(_)) => return failed("wrong password"),
        (Some(_), None) => return failed("no password was set yet"),
        (None, _) if is_disabled => return failed("the person is disabled"),
        (None, _) => return failed("nobody has this address"),
    };
    let Some(signed_in) = signed_in(&sessions, &headers, client, &stored.id, &hash, next).await? else {
        return failed("the password was changed meanwhile");
    };
    sessions.attempts.was_right(&attempt);
    let device = if is_known { "known" } else { "new" };
    tracing::info!(who, from = %client, device, "signed in");
    Ok(signed_in)
}

/// Returns the keys of this attempt, and whether the browser is a known device of this person.
async fn attempt(
    sessions: &Sessions,
    headers: &HeaderMap,
    client: ClientAddress,
    email: Option<&Email>,
) -> Result<(Attempt, bool), StoreError> {
    if let (Some(email), Some(device)) = (email, sessions.device(headers))
        && sessions.store.is_device_known(&device, email, sessions.clock.now()).await?
    {
        return Ok((Attempt::of_device(email, &device), true));
    }
    Ok((Attempt::of_stranger(email, client), false))
}

fn back_to_sign_in(sessions: &Sessions, error: &str, next: &str, typed: &str) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error)
        .append_pair("next", next)
        .finish();
    let typed: String = typed.trim().chars().take(MAX_ADDRESS_LENGTH).collect();
    let typed = utf8_percent_encode(&typed, NON_ALPHANUMERIC).to_string();
    let https = sessions.site.is_https();
    let cookie = cookies::set_for(cookies::LAST_EMAIL_PATH, cookies::LAST_EMAIL, &typed, LAST_EMAIL_SECONDS, https);
    redirect(&format!("/sign-in?{query}"), [cookie])
}

/// Responds with a new session in a new cookie, and marks the browser as known. The previous session of the browser
/// ends, which prevents session fixation. `None` if the person was disabled or has another password by now.
pub(super) async fn signed_in(
    sessions: &Sessions,
    headers: &HeaderMap,
    client: ClientAddress,
    person: &PersonId,
    password_hash: &str,
    next: &str,
) -> Result<Option<Response>, StoreError> {
    let now = sessions.clock.now();
    let (device, address) = seen_from(headers, client);
    let from = ClientInfo { device: &device, address: address.as_deref() };
    let started = sessions.store.start_session(person, password_hash, sessions.limits, from, now).await?;
    let Some(token) = started else { return Ok(None) };
    if let Some(old) = sessions.token(headers) {
        sessions.store.end_session(&old).await?;
    }
    let device = sessions.store.know_device(person, sessions.device(headers).as_ref(), now).await?;
    let https = sessions.site.is_https();
    let typed = cookies::named(headers, cookies::LAST_EMAIL)
        .and_then(|_| cookies::set_for(cookies::LAST_EMAIL_PATH, cookies::LAST_EMAIL, "", 0, https));
    let cookies = [
        cookies::set(cookies::session_name(https), token.as_str(), sessions.limits.lifetime.as_secs(), https),
        cookies::set(cookies::device_name(https), device.as_str(), DEVICE_LIFETIME.as_secs(), https),
        typed,
    ];
    Ok(Some(redirect(next, cookies)))
}

/// Returns the device and the address of a request, as they are stored with a session.
pub(super) fn seen_from(headers: &HeaderMap, client: ClientAddress) -> (String, Option<String>) {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    (device_name(user_agent), client.ip().map(|address| address.to_string()))
}

async fn sign_out(
    State(sessions): State<Sessions>,
    session: Option<Extension<OpenSession>>,
    client: ClientAddress,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    if let Some(token) = sessions.token(&headers) {
        sessions.store.end_session(&token).await?;
    }
    if let Some(Extension(session)) = session {
        tracing::info!(who = session.person.email, from = %client, "signed out");
    }
    Ok(cookies::signed_out(sessions.site.is_https()))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Welcome {
    password: String,
    again: String,
}

async fn welcome(
    State(sessions): State<Sessions>,
    Path(token): Path<String>,
    client: ClientAddress,
    headers: HeaderMap,
    Form(form): Form<Welcome>,
) -> Result<Response, Refused> {
    let token = Token::claimed(&token);
    let back = |query: &str| {
        let token = url::form_urlencoded::byte_serialize(token.as_str().as_bytes()).collect::<String>();
        Ok(Redirect::to(&format!("/welcome/{token}{query}")).into_response())
    };
    // Checked before any hashing, so that guessed links cost nothing.
    let Some(person) = sessions.store.find_link(&token, sessions.clock.now()).await? else {
        tracing::warn!(from = %client, "a password was not set: the one-time link is used up or was never made");
        return back("?error=expired");
    };
    if let Err(why) = new_password::check(&form.password, &form.again, &person, &sessions.hashing).await {
        return back(&why.to_query());
    }
    let hash = password::hash(form.password, &sessions.hashing).await.ok_or(Refused::Hash)?;
    let Some(id) = sessions.store.follow_link(&token, &hash, sessions.clock.now()).await? else {
        return back("?error=expired");
    };
    tracing::info!(who = person.email, from = %client, "a one-time link was used: the password is set");
    match signed_in(&sessions, &headers, client, &id, &hash, "/").await? {
        Some(response) => Ok(response),
        None => back("?error=expired"),
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Preferences {
    theme: Option<String>,
    zone: Option<String>,
    next: String,
}

/// Stores display preferences. A form may contain one of the two; the other stays unchanged.
async fn preferences(State(sessions): State<Sessions>, Form(form): Form<Preferences>) -> Response {
    let https = sessions.site.is_https();
    let theme = form.theme.and_then(|text| cookies::set(cookies::THEME, Theme::parse(&text).as_str(), YEAR, https));
    let zone = form.zone.and_then(|text| cookies::set(cookies::ZONE, Zone::parse(&text).as_str(), YEAR, https));
    redirect(local_path(&form.next), [theme, zone])
}

pub(super) fn redirect<const N: usize>(to: &str, cookies: [Option<HeaderValue>; N]) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The reason why a form could not be processed.
pub(super) enum Refused {
    /// The store did not answer.
    Store(StoreError),
    /// No hash could be computed.
    Hash,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Store(error) => {
                unavailable("account form", &error, "Nothing was changed: the database of the accounts did not answer.")
            }
            Self::Hash => {
                tracing::error!("a password could not be hashed");
                (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "The password could not be set. Try again.\n")
                    .into_response()
            }
        }
    }
}
