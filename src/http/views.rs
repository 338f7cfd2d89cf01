//! Saved views of the list of deliveries: the forms that save and change them, and the one with which the list opens.

use super::form::form_on;
use super::session::local_path::local_path;
use super::session::unavailable;
use super::unavailable::failed;
use crate::store::Store;
use crate::store::people::Email;
use app::api::ApiError;
use app::view::viewer::Viewer;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Form, Router};
use domain::policy::{Thing, may_change_view};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::view::{MAX_QUERY, MAX_VIEWS, SavedView, name_of};
use serde::Deserialize;
use tower::ServiceExt as _;

/// The page of the list.
const LIST: &str = "/deliveries";
const FAILED: &str = "The view was not changed: the database did not answer.";

/// Returns the routes of the forms, and that of the list itself, which `page` renders.
pub fn routes(store: Store, page: MethodRouter) -> Router {
    Router::new()
        .route(LIST, get(open))
        .route("/deliveries/views", form_on(LIST, post(save)))
        .route("/deliveries/views/change", form_on(LIST, post(change)))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(Extension(ListPage(page)))
        .with_state(store)
}

#[derive(Clone)]
struct ListPage(MethodRouter);

/// Renders the list. Without any query string it leads to the viewer's own default view, if there is one.
async fn open(
    State(store): State<Store>,
    Extension(ListPage(page)): Extension<ListPage>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
) -> Response {
    if request.uri().query().is_none_or(str::is_empty)
        && let Some(email) = admitted(&viewer)
        // If the database does not answer, the page says so.
        && let Ok(views) = store.list_views(&email).await
        && let Some(view) = views.into_iter().find(|view| view.is_default)
    {
        return Redirect::to(&format!("{LIST}{}", view.filter.to_query())).into_response();
    }
    let Ok(response) = page.oneshot(request).await;
    response
}

/// Returns the address of a viewer who may save views.
fn admitted(viewer: &Viewer) -> Option<Email> {
    let person = viewer.person.as_ref().filter(|_| viewer.sees(Thing::DeliveryViews))?;
    Email::parse(&person.email)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    name: String,
    query: String,
    is_shared: String,
    is_default: String,
}

async fn save(
    State(store): State<Store>,
    Extension(viewer): Extension<Viewer>,
    Form(wanted): Form<Wanted>,
) -> Response {
    let Some(email) = admitted(&viewer) else { return failed(ApiError::Refused) };
    let is_shared = wanted.is_shared == "1";
    if is_shared && !viewer.sees(Thing::SharedDeliveryViews) {
        return failed(ApiError::Refused);
    }
    let filter = DeliveryFilter { before: None, ..DeliveryFilter::from_query(&wanted.query) };
    let query = filter.to_query();
    let back = Redirect::to(&format!("{LIST}{query}")).into_response();
    // The form requires a name in the browser; without one the page is shown again.
    let Some(name) = name_of(&wanted.name) else { return back };
    if query.len() > MAX_QUERY {
        let told = format!("The filters of a view have at most {MAX_QUERY} characters. Shorten the search.\n");
        return (StatusCode::PAYLOAD_TOO_LARGE, told).into_response();
    }
    let saved = async {
        let id = store.save_view(&email, &name, &filter, is_shared, viewer.now).await?;
        if let Some(id) = id.as_deref().filter(|_| wanted.is_default == "1") {
            store.set_default_view(&email, Some(id)).await?;
        }
        Ok(id.is_some())
    };
    match saved.await {
        Ok(true) => back,
        Ok(false) => {
            let told = format!("Nobody may save more than {MAX_VIEWS} views. Delete one first.\n");
            (StatusCode::CONFLICT, told).into_response()
        }
        Err(error) => unavailable("save view", &error, "The view was not saved: the database did not answer."),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Change {
    id: String,
    act: String,
    name: String,
    next: String,
}

async fn change(
    State(store): State<Store>,
    Extension(viewer): Extension<Viewer>,
    Form(change): Form<Change>,
) -> Response {
    let Some(email) = admitted(&viewer) else { return failed(ApiError::Refused) };
    let back = || Redirect::to(local_path(&change.next)).into_response();
    let views = match store.list_views(&email).await {
        Ok(views) => views,
        Err(error) => return unavailable("list views", &error, FAILED),
    };
    // One that is deleted meanwhile is not there to be changed, as one that the viewer does not see.
    let Some(view) = views.into_iter().find(|view| view.id == change.id) else { return back() };
    let may_change = |view: &SavedView| may_change_view(viewer.role(), view.is_own, view.is_shared);
    let changed = match change.act.as_str() {
        "open" => store.set_default_view(&email, Some(&view.id)).await,
        "close" => store.set_default_view(&email, None).await,
        "rename" | "delete" if !may_change(&view) => return failed(ApiError::Refused),
        "rename" => match name_of(&change.name) {
            Some(name) => store.rename_view(&view.id, &name).await.map(drop),
            None => Ok(()),
        },
        "delete" => store.delete_view(&view.id).await,
        _ => return (StatusCode::BAD_REQUEST, "A view is renamed, deleted, or opened by default.\n").into_response(),
    };
    match changed {
        Ok(()) => back(),
        Err(error) => unavailable("change view", &error, FAILED),
    }
}

#[cfg(test)]
mod tests;
