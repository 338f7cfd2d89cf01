//! Handlers of the account page's forms: change the password, end sessions.

use super::attempts::{Admission, Attempt};
use super::forms::{Refused, redirect, signed_in};
use super::new_password::{self, PasswordRejection};
use super::{Sessions, password};
use crate::client_address::ClientAddress;
use crate::http::cookies;
use crate::http::form::form_on;
use crate::store::people::Email;
use crate::store::people::sessions::OpenSession;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

const PAGE: &str = "/account";

/// Returns the routes of the forms. Their page is an ordinary page, and the guard requires a session for all of them.
pub fn routes() -> Router<Sessions> {
    Router::new()
        .route("/account/password", form_on(PAGE, post(change_password)))
        .route("/account/sessions/end", form_on(PAGE, post(end_session)))
        .route("/account/sessions/end-others", form_on(PAGE, post(end_others)))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct NewPassword {
    old: String,
    password: String,
    again: String,
}

async fn change_password(
    State(sessions): State<Sessions>,
    Extension(session): Extension<OpenSession>,
    client: ClientAddress,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Refused> {
    let back = |why: &PasswordRejection| Ok(Redirect::to(&format!("{PAGE}{}", why.to_query())).into_response());
    let who = &session.person.email;
    let Some(email) = Email::parse(who) else { return back(&PasswordRejection::because("old")) };
    // Counted as an attempt, so that the password cannot be guessed from an unattended browser.
    let attempt = Attempt::of_session(&email, &session.id);
    if sessions.attempts.admit(&attempt) == Admission::Refused {
        tracing::warn!(who, from = %client, "a new password was refused: too many wrong old ones");
        return back(&PasswordRejection::because("limited"));
    }
    let found = sessions.store.find_person(&email).await?.filter(|stored| stored.disabled_at.is_none());
    let old_hash = found.and_then(|stored| stored.password_hash);
    let is_right = password::matches(form.old.clone(), old_hash.clone(), &sessions.hashing).await;
    let (true, Some(old_hash)) = (is_right, old_hash) else {
        tracing::warn!(who, from = %client, "a new password was refused: the old one was wrong");
        return back(&PasswordRejection::because("old"));
    };
    sessions.attempts.was_right(&attempt);
    if form.password == form.old {
        return back(&PasswordRejection::because("same"));
    }
    if let Err(why) = new_password::check(&form.password, &form.again, &session.person, &sessions.hashing).await {
        return back(&why);
    }
    let hash = password::hash(form.password, &sessions.hashing).await.ok_or(Refused::Hash)?;
    if !sessions.store.change_password(&session.person_id, &old_hash, &hash).await? {
        return back(&PasswordRejection::because("old"));
    }
    tracing::info!(who, from = %client, "a password was changed, and every other session ended");
    // This browser continues with a new session.
    match signed_in(&sessions, &headers, client, &session.person_id, &hash, "/account?done=password").await? {
        Some(response) => Ok(response),
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct WhichSession {
    id: String,
}

async fn end_session(
    State(sessions): State<Sessions>,
    Extension(session): Extension<OpenSession>,
    client: ClientAddress,
    Form(form): Form<WhichSession>,
) -> Result<Response, Refused> {
    // A session that has already ended counts as ended.
    if sessions.store.end_session_of(&session.person_id, &form.id).await? {
        tracing::info!(who = session.person.email, from = %client, "a session was ended from the account page");
    }
    if form.id == session.id {
        return Ok(cookies::signed_out(sessions.site.is_https()));
    }
    Ok(redirect("/account?done=ended", []))
}

async fn end_others(
    State(sessions): State<Sessions>,
    Extension(session): Extension<OpenSession>,
    client: ClientAddress,
) -> Result<Response, Refused> {
    let ended = sessions.store.end_other_sessions(&session).await?;
    tracing::info!(who = session.person.email, from = %client, ended, "every other session was ended");
    Ok(redirect("/account?done=others", []))
}
