//! What happens when a form is sent: sign in, sign out, set a password, choose how pages look.

use super::local_path::local_path;
use super::{Sessions, cookies, password, unavailable};
use crate::client_address::ClientAddress;
use crate::store::StoreError;
use crate::store::people::sessions::SESSION_LIFETIME;
use crate::store::people::token::Token;
use crate::store::people::{Email, PersonId};
use app::view::viewer::{Theme, Zone};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

const YEAR: i64 = 365 * 24 * 60 * 60;

/// The forms. Their pages are pages like others.
pub fn routes(sessions: Sessions) -> Router {
    Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/welcome/{token}", post(welcome))
        .route("/preferences", post(preferences))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .with_state(sessions)
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
    let address = client.group();
    let email = Email::parse(&form.email);
    // The address first: who is out of attempts there must not use up the attempts of a person.
    let allowed = sessions.by_address.allow(&address)
        && email.as_ref().is_none_or(|email| sessions.by_email.allow(email.as_str()));
    if !allowed {
        return Ok(back_to_sign_in("limited", next));
    }
    let found = match &email {
        Some(email) => sessions.store.find_person(email).await?,
        None => None,
    };
    let found = found.filter(|stored| stored.disabled_at.is_none());
    let stored_hash = found.as_ref().and_then(|stored| stored.password_hash.clone());
    if !password::matches(form.password, stored_hash.clone(), &sessions.hashing).await {
        return Ok(back_to_sign_in("wrong", next));
    }
    let (Some(stored), Some(hash)) = (found, stored_hash) else { return Ok(back_to_sign_in("wrong", next)) };
    let Some(signed_in) = signed_in(&sessions, &headers, &stored.id, &hash, next).await? else {
        return Ok(back_to_sign_in("wrong", next));
    };
    sessions.by_email.forget(&stored.person.email);
    Ok(signed_in)
}

fn back_to_sign_in(error: &str, next: &str) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error)
        .append_pair("next", next)
        .finish();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

/// A new session in a new cookie; the one the browser came with ends, so that nobody can have planted it.
async fn signed_in(
    sessions: &Sessions,
    headers: &HeaderMap,
    person: &PersonId,
    password_hash: &str,
    next: &str,
) -> Result<Option<Response>, StoreError> {
    let now = sessions.clock.now();
    let Some(token) = sessions.store.start_session(person, password_hash, now).await? else { return Ok(None) };
    if let Some(old) = sessions.token(headers) {
        sessions.store.end_session(&old).await?;
    }
    let https = sessions.site.is_https();
    let cookie = cookies::set(cookies::session_name(https), token.as_str(), SESSION_LIFETIME.as_secs(), https);
    Ok(Some(redirect(next, [cookie])))
}

async fn sign_out(State(sessions): State<Sessions>, headers: HeaderMap) -> Result<Response, Refused> {
    if let Some(token) = sessions.token(&headers) {
        sessions.store.end_session(&token).await?;
    }
    let https = sessions.site.is_https();
    Ok(redirect("/sign-in", [cookies::set(cookies::session_name(https), "", 0, https)]))
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
    headers: HeaderMap,
    Form(form): Form<Welcome>,
) -> Result<Response, Refused> {
    let token = Token::claimed(&token);
    let back = |error: &str| {
        let token = url::form_urlencoded::byte_serialize(token.as_str().as_bytes()).collect::<String>();
        Ok(Redirect::to(&format!("/welcome/{token}?error={error}")).into_response())
    };
    // Before any hashing: a guessed link must cost nothing.
    if !sessions.store.is_link_open(&token, sessions.clock.now()).await? {
        return back("expired");
    }
    if form.password.chars().count() < password::SHORTEST {
        return back("short");
    }
    if form.password != form.again {
        return back("mismatch");
    }
    let hash = password::hash(form.password, &sessions.hashing).await.ok_or(Refused::Hash)?;
    let Some(person) = sessions.store.follow_link(&token, &hash, sessions.clock.now()).await? else {
        return back("expired");
    };
    match signed_in(&sessions, &headers, &person, &hash, "/").await? {
        Some(response) => Ok(response),
        None => back("expired"),
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

/// A form may hold one of the two; what it leaves out stays as it was.
async fn preferences(State(sessions): State<Sessions>, Form(form): Form<Preferences>) -> Response {
    let https = sessions.site.is_https();
    let theme = form.theme.and_then(|text| cookies::set(cookies::THEME, Theme::parse(&text).as_str(), YEAR, https));
    let zone = form.zone.and_then(|text| cookies::set(cookies::ZONE, Zone::parse(&text).as_str(), YEAR, https));
    redirect(local_path(&form.next), [theme, zone])
}

fn redirect<const N: usize>(to: &str, cookies: [Option<HeaderValue>; N]) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Why a form could not be dealt with at all.
enum Refused {
    Store(StoreError),
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
                unavailable(&error, "Nothing was changed: the database of the accounts did not answer.")
            }
            Self::Hash => {
                tracing::error!("a password could not be hashed");
                (axum::http::StatusCode::INTERNAL_SERVER_ERROR, "The password could not be set. Try again.\n")
                    .into_response()
            }
        }
    }
}
