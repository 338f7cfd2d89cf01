//! The routes of the server and their middleware.

use crate::client_address::{self, TrustedProxies};
use crate::http::assets::Assets;
use crate::http::curl::Curl;
use crate::http::export::Exports;
use crate::http::feeds::Feeds;
use crate::http::live::Live;
use crate::http::session::{self, Sessions};
use crate::http::{curl, export, feeds, findings, health, live, pages, security, views};
use crate::ingest::intake::Intake;
use crate::ingest::writer::Writer;
use crate::ingest::wrong_address;
use crate::store::Store;
use crate::telemetry::request;
use app::api::{Commands, SharedReadModel};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use domain::replay::KeptDays;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::trace::TraceLayer;

/// The parts of the router.
pub struct RouterParts {
    /// The webhook handler.
    pub intake: Intake,
    /// The writer, for `/readyz`.
    pub writer: Writer,
    /// The store, for `/readyz`.
    pub store: Store,
    /// The public origin, for checks of browser requests.
    pub site: security::Site,
    /// The proxies trusted for client addresses.
    pub trusted_proxies: TrustedProxies,
    /// Sessions and sign-in.
    pub sessions: Sessions,
    /// The queries of pages.
    pub read_model: SharedReadModel,
    /// The write operations of pages.
    pub commands: Arc<dyn Commands>,
    /// Live rows and raw bodies.
    pub live: Live,
    /// Stored messages as commands that send them again.
    pub curl: Curl,
    /// CSV exports.
    pub exports: Exports,
    /// Calendar feeds.
    pub feeds: Feeds,
    /// The browser's files.
    pub assets: Assets,
    /// Endpoint names with their full URLs, for pages that explain the setup.
    pub webhook_urls: Vec<(String, String)>,
    /// How many days the sender keeps payloads.
    pub replay_days: u16,
}

/// Builds the router. Webhooks bypass all layers meant for browsers: sessions, CSRF checks, compression and security
/// headers.
pub fn router(parts: RouterParts) -> Router {
    let urls = app::shell::Assets { css: parts.assets.css().to_owned(), webhook_urls: parts.webhook_urls };
    let page = pages::handler(parts.read_model, urls, KeptDays(parts.replay_days), parts.assets.output_name());
    let for_people = Router::new()
        .merge(session::routes(parts.sessions.clone()))
        .merge(findings::routes(parts.commands))
        .merge(live::routes(parts.live))
        .merge(curl::routes(parts.curl))
        .merge(export::routes(parts.exports))
        .merge(feeds::routes(parts.feeds, page.clone()))
        .merge(views::routes(parts.store.clone(), page.clone()))
        .merge(pages::routes(page))
        .layer(from_fn(security::refuse_nul_in_path))
        .layer(from_fn_with_state(parts.sessions.clone(), session::guard))
        .layer(from_fn_with_state(parts.site.clone(), security::refuse_foreign_forms))
        // Server-sent events must not wait in a compressor's buffer.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("text/event-stream"))),
        );
    let public = Router::new().merge(parts.assets.routes()).merge(health::routes(parts.store, parts.writer));
    let for_browsers = public
        .merge(for_people)
        .layer(from_fn_with_state(parts.site, security::security_headers))
        // Outside of all browser layers, as a webhook to a wrong address is no browser request.
        .layer(from_fn_with_state(parts.intake.unknown_endpoints(), wrong_address::catch));
    // No line per failed response: its handler has logged the cause, and an outage fails every request.
    let trace = TraceLayer::new_for_http().make_span_with(request::span).on_response(request::answered);
    for_browsers
        .merge(parts.intake.routes())
        .layer(from_fn_with_state(parts.trusted_proxies.clone(), client_address::find))
        .layer(trace.on_request(()).on_body_chunk(()).on_eos(()).on_failure(()))
        .layer(from_fn_with_state(parts.trusted_proxies, request::identify))
}
