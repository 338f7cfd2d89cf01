//! Server-side rendering of `app`'s pages: provides their context, and sets the headers that only the server knows.

use super::findings;
use crate::http::security::content_security_policy;
use crate::telemetry::request::current_id;
use app::api::{SharedReadModel, StatusLine};
use app::pages::routes::shell;
use app::shell::Assets as AssetUrls;
use app::view::account::{ThisSession, TypedEmail};
use app::view::calendar::NewFeed;
use app::view::viewer::{OpenFindingCount, Viewer};
use axum::Router;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use domain::progress::MakingProgress;
use domain::replay::KeptDays;
use leptos::config::{Env, LeptosOptions};
use leptos::context::{provide_context, use_context};
use leptos::nonce::use_nonce;
use leptos_axum::{ResponseOptions, render_app_async_with_context};
use std::sync::Arc;

/// Returns the routes of pages: every GET that no other route matches.
pub fn routes(page: MethodRouter) -> Router {
    // These two share their path with a form's POST, so the fallback never sees them.
    Router::new().route("/sign-in", page.clone()).route("/welcome/{token}", page.clone()).fallback_service(page)
}

/// Returns the handler of all pages, whose routes, including the 404 page, are in `app`. All data is awaited before the
/// first byte is sent, so that a page is complete without WASM and has the right status.
pub fn handler(read_model: SharedReadModel, urls: AssetUrls, kept: KeptDays, output_name: &str) -> MethodRouter {
    // Leptos requires a task executor; a second initialisation returns an error that can be ignored.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder().output_name(output_name).site_pkg_dir("pkg").env(Env::PROD).build();
    let counted = Arc::clone(&read_model);
    let context = move || {
        if let Some(id) = current_id() {
            provide_context(id);
        }
        provide_context(Arc::clone(&read_model));
        provide_context(urls.clone());
        provide_context(kept);
        let extensions = use_context::<Parts>().map(|parts| parts.extensions).unwrap_or_default();
        if let Some(viewer) = extensions.get::<Viewer>() {
            provide_context(viewer.clone());
        }
        if let Some(attention) = extensions.get::<OpenFindingCount>() {
            provide_context(*attention);
        }
        if let Some(making) = extensions.get::<MakingProgress>() {
            provide_context(*making);
        }
        if let Some(made) = extensions.get::<NewFeed>() {
            provide_context(made.clone());
        }
        if let Some(this) = extensions.get::<ThisSession>() {
            provide_context(this.clone());
        }
        if let Some(typed) = extensions.get::<TypedEmail>() {
            provide_context(typed.clone());
        }
        if let Some(response) = use_context::<ResponseOptions>() {
            let nonce = use_nonce();
            let policy = content_security_policy(nonce.as_ref().map(|nonce| nonce.as_inner().as_ref()));
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            provide_context(StatusLine(Arc::new(move |status| {
                if let Ok(status) = StatusCode::from_u16(status) {
                    response.set_status(status);
                }
            })));
        }
    };
    get(render_app_async_with_context(context, move || shell(options.clone())))
        .layer(from_fn_with_state(counted, findings::count))
}

#[cfg(test)]
mod tests;
