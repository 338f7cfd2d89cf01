//! Is the server alive, and can it do its work? For load balancers and supervisors: no session needed, nothing told.

use crate::ingest::writer::Writer;
use crate::store::Store;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::time::Duration;

/// A database that takes longer than this for `select 1` cannot serve anybody.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/healthz`: this process answers. `/readyz`: the database answers, and the writer takes work.
pub fn routes(store: Store, writer: Writer) -> Router {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).with_state((store, writer))
}

async fn ready(State((store, writer)): State<(Store, Writer)>) -> (StatusCode, &'static str) {
    if !writer.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the writer takes no more work\n");
    }
    match tokio::time::timeout(PATIENCE, store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
