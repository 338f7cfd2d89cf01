//! Handlers that dismiss and restore findings, and the count of open findings shown on every page.

use super::form::form_on;
use super::session::local_path::local_path;
use super::unavailable::form_failed;
use app::api::{ApiError, Commands, SharedReadModel};
use app::view::viewer::{OpenFindingCount, Viewer};
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use domain::account::Person;
use domain::policy::Thing;
use serde::Deserialize;
use std::sync::Arc;

/// Maximum length of a reason; longer ones are cut.
const MAX_REASON_LENGTH: usize = 500;
/// Maximum length of a finding's key: ids that are part of one have at most 500 bytes.
const MAX_KEY_LENGTH: usize = 700;

/// Returns the routes of the two forms.
pub fn routes(commands: Arc<dyn Commands>) -> Router {
    Router::new()
        .route("/findings/dismiss", form_on("/findings", post(dismiss)))
        .route("/findings/restore", form_on("/findings", post(restore)))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .with_state(commands)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Act {
    key: String,
    reason: String,
    next: String,
}

/// Returns the person who sent the form, if they may dismiss findings.
fn dismisser(viewer: Viewer) -> Option<Person> {
    let may_dismiss = viewer.sees(Thing::FindingDismissal);
    viewer.person.filter(|_| may_dismiss)
}

fn forbidden() -> Response {
    (StatusCode::FORBIDDEN, "Only admins may dismiss findings.\n").into_response()
}

fn answered(done: Result<(), ApiError>, next: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(local_path(next)).into_response(),
        Err(_) => form_failed("The finding was not changed: the database did not answer.", local_path(next)),
    }
}

async fn dismiss(
    State(commands): State<Arc<dyn Commands>>,
    Extension(viewer): Extension<Viewer>,
    Form(act): Form<Act>,
) -> Response {
    let now = viewer.now;
    let Some(by) = dismisser(viewer) else { return forbidden() };
    let reason: String = act.reason.replace('\0', " ").trim().chars().take(MAX_REASON_LENGTH).collect();
    if reason.is_empty() || act.key.is_empty() || act.key.len() > MAX_KEY_LENGTH || act.key.contains('\0') {
        // The form requires a reason in the browser; without one the page is shown again.
        return Redirect::to(local_path(&act.next)).into_response();
    }
    answered(commands.dismiss(&act.key, &reason, &by, now).await, &act.next)
}

async fn restore(
    State(commands): State<Arc<dyn Commands>>,
    Extension(viewer): Extension<Viewer>,
    Form(act): Form<Act>,
) -> Response {
    let now = viewer.now;
    let Some(by) = dismisser(viewer) else { return forbidden() };
    if act.key.contains('\0') {
        return Redirect::to(local_path(&act.next)).into_response();
    }
    answered(commands.restore(&act.key, &by, now).await, &act.next)
}

/// Middleware that counts open findings for the navigation of pages. If the count fails, pages are shown without it.
pub async fn count(State(model): State<SharedReadModel>, mut request: Request, next: Next) -> Response {
    let viewer = request.extensions().get::<Viewer>();
    let asked = viewer.filter(|viewer| viewer.person.is_some() && request.method() == Method::GET);
    if let Some((now, role)) = asked.map(|viewer| (viewer.now, viewer.role()))
        && let Ok(count) = model.attention(now, role).await
    {
        request.extensions_mut().insert(OpenFindingCount(count));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests;
