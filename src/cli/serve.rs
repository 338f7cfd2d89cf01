//! `junoscope serve`: starts the server, prints its addresses, and shuts it down gracefully.

use crate::background;
use crate::clock::Clock;
use crate::commands::StoreCommands;
use crate::config::Config;
use crate::http::assets::Assets;
use crate::http::curl::{Curl, signing_endpoints};
use crate::http::export::Exports;
use crate::http::feeds::Feeds;
use crate::http::live::Live;
use crate::http::security::Site;
use crate::http::session::Sessions;
use crate::indexer::Indexer;
use crate::ingest::intake::{Intake, VerifiedEndpoint};
use crate::ingest::signature::SigningKey;
use crate::ingest::writer::{Writer, run_checkpoints};
use crate::instances::Instance;
use crate::log_head;
use crate::projector::{self, Projector};
use crate::read_model::StoreReadModel;
use crate::router::{RouterParts, router};
use crate::serve::{self, Limits};
use crate::store::Store;
use crate::store::log::Bounds;
use crate::store::people::links::first_admin_link;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Time that requests in flight have to finish after the stop signal: as long as the intake allows them.
const LAST_REQUESTS: Duration = Duration::from_secs(12);

/// The reason why the server did not start or had to stop, in one plain sentence.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be opened.
    #[error("{0}")]
    Database(String),
    /// The database does not answer.
    #[error("{0}.")]
    Store(#[from] crate::store::StoreError),
    /// A secret is invalid.
    #[error("endpoint {endpoint}: {reason}")]
    Secret {
        /// The endpoint.
        endpoint: String,
        /// The cause.
        reason: crate::ingest::signature::BadSecret,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        reason: std::io::Error,
    },
    /// The accept loop failed.
    #[error("the server stopped: {0}")]
    Stopped(#[from] std::io::Error),
}

/// Runs until SIGTERM or Ctrl-C, then stops accepting connections, finishes requests in flight and drains the queue.
pub async fn run(config: Config) -> Result<(), ServeError> {
    // Before any write: a start that finds its port taken must not invalidate the sign-in link of the running server.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|reason| ServeError::Listen { address: config.listen, reason })?;
    let clock = Clock::system();
    crate::store::check_files(&config.database_url).await?;
    let store = super::open_store(&config).await.map_err(|failure| ServeError::Database(failure.0))?;
    let instance = Instance::enter(store.clone(), clock.clone()).await?;
    store.make_lists().await?;
    let endpoints = verified_endpoints(&config, &store, &clock).await?;
    store.limit_sessions(config.session_limits).await?;
    let first_link = first_admin_link(&store, &clock, &config.public_url).await?;

    projector::apply_limits(&store, config.limits).await?;
    store.resume_making(clock.now()).await?;

    let bounds = Bounds { requests: config.quarantine_requests, bytes: config.quarantine_bytes };
    let (writer, writing) = Writer::start(store.clone(), config.queue_length, bounds);
    let stop = CancellationToken::new();
    let keeper = tokio::spawn(run_checkpoints(store.clone()));
    let known = tokio::spawn(instance.run(stop.clone()));
    let head = log_head::watch(store.clone(), writer.committed(), stop.clone());
    let (committed, gate, stopping) = (head.clone(), writer.gate(), stop.clone());
    let limits = config.limits;
    let projecting = background::start("projector", store.clone(), move |store| {
        Projector::new(store).with_limits(limits).run(committed, gate, stopping)
    });
    let (committed, gate, stopping) = (head.clone(), writer.gate(), stop.clone());
    let indexing =
        background::start("indexer", store.clone(), move |store| Indexer::new(store).run(committed, gate, stopping));

    let webhook_urls: Vec<(String, String)> = config
        .endpoints
        .iter()
        .map(|endpoint| (endpoint.name.clone(), format!("{}/webhooks/{}", config.public_url, endpoint.name)))
        .collect();
    let warnings = config.warnings();
    let endpoint_names = config.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
    let reader = Arc::new(
        StoreReadModel::new(store.clone(), webhook_urls[0].1.clone(), warnings.clone())
            .with_limits(config.limits)
            .with_link_hosts(config.link_hosts.clone())
            .with_endpoints(endpoint_names)
            .with_storage(writer.storage()),
    );
    let signing = signing_endpoints(&webhook_urls, &endpoints.verified_endpoints);
    let sessions = Sessions::new(store.clone(), clock.clone(), &config.public_url).with_limits(config.session_limits);
    let parts = RouterParts {
        intake: Intake::new(endpoints.verified_endpoints, writer.clone(), clock.clone(), config.max_body_bytes)
            .at(&config.public_url),
        writer: writer.clone(),
        store: store.clone(),
        site: Site::new(&config.public_url),
        trusted_proxies: config.trusted_proxies.clone(),
        sessions: sessions.clone(),
        curl: Curl::new(Arc::clone(&reader), signing, clock.clone()),
        exports: Exports::new(Arc::clone(&reader), sessions.clone(), clock.clone()),
        feeds: Feeds::new(store.clone(), Arc::clone(&reader), clock.clone(), &config.public_url),
        live: Live::new(Arc::clone(&reader), sessions, head, clock.clone(), stop.clone())
            .within(config.max_connections),
        read_model: reader,
        commands: Arc::new(StoreCommands::new(store.clone())),
        assets: Assets::load(),
        webhook_urls: webhook_urls.clone(),
        replay_days: config.replay_days,
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        address = %listener.local_addr()?,
        public_url = config.public_url,
        database = config.database_url_masked(),
        max_connections = config.max_connections,
        "Junoscope listens"
    );
    for warning in &warnings {
        tracing::warn!(warning, "a setting deserves attention");
    }
    announce(&config, &webhook_urls, &endpoints.shown_secrets, first_link.as_deref());

    // Live streams end at the signal, as they would keep their connections open for ever.
    tokio::spawn({
        let stop = stop.clone();
        async move {
            stop_signal().await;
            stop.cancel();
        }
    });
    let limits = Limits::new(config.max_connections);
    let serving = tokio::spawn(serve::serve(listener, router(parts), limits, stop.clone(), LAST_REQUESTS));
    stop.cancelled().await;
    tracing::info!("stopping: finishing the requests in flight");
    match serving.await {
        Ok(0) => {}
        Ok(connections) => tracing::warn!(connections, "some connections did not finish in time"),
        Err(error) => tracing::error!(%error, "the server task broke off"),
    }
    drop(writer);
    if let Err(error) = tokio::time::timeout(LAST_REQUESTS, writing).await {
        tracing::error!(%error, "the queue was not emptied in time");
    }
    let _ = projecting.await;
    let _ = indexing.await;
    let _ = known.await;
    keeper.abort();
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

struct Endpoints {
    verified_endpoints: BTreeMap<String, VerifiedEndpoint>,
    /// Endpoint, secret and its origin, for the first lines on the terminal.
    shown_secrets: Vec<(String, String, &'static str)>,
}

async fn verified_endpoints(config: &Config, store: &Store, clock: &Clock) -> Result<Endpoints, ServeError> {
    let mut verified_endpoints = BTreeMap::new();
    let mut shown_secrets = Vec::new();
    for endpoint in &config.endpoints {
        let origin = if endpoint.secrets.is_empty() { "made here and kept in the database" } else { "as configured" };
        let secrets = store.secrets_in_use(endpoint, clock.now()).await?;
        let keys = secrets
            .iter()
            .map(|secret| {
                SigningKey::parse(&secret.0)
                    .map_err(|reason| ServeError::Secret { endpoint: endpoint.name.clone(), reason })
            })
            .collect::<Result<_, _>>()?;
        verified_endpoints.insert(
            endpoint.name.clone(),
            VerifiedEndpoint { keys, additional_check: endpoint.additional_check.clone() },
        );
        shown_secrets.extend(secrets.into_iter().map(|secret| (endpoint.name.clone(), secret.0, origin)));
    }
    Ok(Endpoints { verified_endpoints, shown_secrets })
}

/// Prints what a new user needs next to standard output, and not to the log, which may be JSON and may be stored.
fn announce(
    config: &Config,
    urls: &[(String, String)],
    secrets: &[(String, String, &'static str)],
    first_link: Option<&str>,
) {
    let is_terminal = std::io::stdout().is_terminal();
    println!("\n  Junoscope      {}", config.public_url);
    if let Some(link) = first_link {
        println!("  Sign in (once) {link}");
    }
    for (name, url) in urls {
        println!("  Webhook URL    {url}");
        for (_, secret, origin) in secrets.iter().filter(|(endpoint, ..)| endpoint == name) {
            if is_terminal {
                println!("  Signing secret {secret} ({origin})");
            } else {
                // When standard output is no terminal, it may be stored in a log, where no secret belongs.
                println!("  Signing secret {origin}; `junoscope endpoint secret` shows it");
            }
        }
    }
    println!();
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
