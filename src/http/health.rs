//! Liveness and readiness probes for load balancers and supervisors. They need no session and disclose no internals.

use crate::ingest::writer::Writer;
use crate::store::{Store, StoreError};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::time::Duration;

/// Time limit of the readiness query: a database slower than this for `select 1` cannot serve anybody.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Returns the routes `/healthz` (the process answers) and `/readyz` (the database answers, the writer accepts
/// requests, and its last write succeeded).
pub fn routes(store: Store, writer: Writer) -> Router {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).with_state((store, writer))
}

async fn ready(State((store, writer)): State<(Store, Writer)>) -> (StatusCode, String) {
    let not_ready = |why: String| (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n"));
    if let Some(since) = writer.storage().borrow().as_ref() {
        return not_ready(format!(
            "cannot store since {}: {}",
            since.since.strftime("%H:%M:%S UTC on %-d %B %Y"),
            since.reason
        ));
    }
    if !writer.is_ready() {
        return not_ready("the writer takes no more work".to_owned());
    }
    match tokio::time::timeout(TIMEOUT, store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(Err(error @ StoreError::Replaced { .. })) => not_ready(format!("cannot store: {}", error.reason())),
        _ => not_ready("the database does not answer".to_owned()),
    }
}

#[cfg(test)]
mod tests;
