//! The accept loop for HTTP/1.1 and HTTP/2. Everything that waits for a peer has a time limit, and the number of open
//! connections is bounded: at the bound, the longest idle one is closed for the next.

mod body;
mod connection;
mod limits;
mod registry;
mod stream;

pub use limits::{Limits, connections_files_allow, default_max_connections};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};
use axum::response::IntoResponse as _;
use body::{AnswerBody, RequestBody};
use connection::{Closing, Connection};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use registry::{Place, Registry};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use stream::TrackedSocket;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

/// Maximum size of a request's head, and of the read-ahead of a body, in bytes. Longer heads are answered 431.
const READ_BUFFER: usize = 64 * 1024;

/// HTTP/2 keep-alive: the interval between pings of a quiet peer, and the time limit of the reply.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// Maximum number of concurrent streams per HTTP/2 connection.
const STREAMS: u32 = 100;

/// The first and the longest delay after a failed accept; each doubles the one before.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Serves `app` until `stop` is cancelled. Then it accepts no new connections, closes idle ones, and gives requests in
/// flight `last_requests` to finish. Returns how many connections had to be aborted.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stop: CancellationToken,
    last_requests: Duration,
) -> usize {
    let registry = Arc::new(Registry::new(limits));
    let sweeping = tokio::spawn(sweep(Arc::clone(&registry)));
    // Each connection holds a sender, so the receiver ends with the last of them.
    let (alive, mut all_ended) = mpsc::channel::<()>(1);
    tokio::select! {
        () = stop.cancelled() => {}
        () = accept_all(&listener, &app, &registry, &alive) => {}
    }
    drop((listener, alive));
    registry.finish_all();
    let is_done = tokio::time::timeout(last_requests, all_ended.recv()).await.is_ok();
    let broken_off = if is_done { 0 } else { registry.close_all() };
    sweeping.abort();
    broken_off
}

/// Accepts connections, for ever.
async fn accept_all(listener: &TcpListener, app: &Router, registry: &Arc<Registry>, alive: &mpsc::Sender<()>) {
    let mut backoff = AcceptBackoff::default();
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                backoff.is_over();
                // Responses are one small packet: Nagle's algorithm would only delay them.
                if let Err(error) = socket.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY was not set");
                }
                let place = registry.admit().await;
                tokio::spawn(run(socket, peer, app.clone(), registry.limits, place, alive.clone()));
            }
            // The error concerns a single connection, which ended before it was accepted.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors or memory: closing an idle connection frees some of both.
                registry.close_longest_idle();
                tokio::time::sleep(backoff.wait(&error)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Consecutive failed accepts: the delay grows with each, and only the first is logged.
#[derive(Default)]
struct AcceptBackoff {
    failures: u32,
}

impl AcceptBackoff {
    /// Returns the delay before the next accept.
    fn wait(&mut self, error: &io::Error) -> Duration {
        if self.failures == 0 {
            tracing::error!(%error, "no connection can be taken in; idle ones are closed and it is tried again");
        }
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(MAX_WAIT);
        self.failures = self.failures.saturating_add(1);
        wait
    }

    fn is_over(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "connections are taken in again");
            self.failures = 0;
        }
    }
}

/// Closes connections that exceed a time limit, at intervals.
async fn sweep(registry: Arc<Registry>) {
    let mut beat = tokio::time::interval(registry.limits.sweep());
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        registry.close_overdue(Instant::now());
    }
}

/// Serves one connection to its end. `place` is declared before the socket's owner, so it is released after it.
async fn run(socket: TcpStream, peer: SocketAddr, app: Router, limits: Limits, place: Place, _alive: mpsc::Sender<()>) {
    let connection = Arc::clone(place.connection());
    let mut closing = connection.closing();
    let service = {
        let connection = Arc::clone(&connection);
        service_fn(move |request| answer(app.clone(), request, peer, Arc::clone(&connection), limits.body))
    };
    let builder = builder();
    let mut serving = pin!(builder.serve_connection(TokioIo::new(TrackedSocket::new(socket, connection)), service));
    loop {
        tokio::select! {
            ended = serving.as_mut() => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "a connection broke off");
                }
                return;
            }
            // The sender lives as long as the connection, which this task holds.
            _ = closing.changed() => match *closing.borrow_and_update() {
                Closing::No => {}
                Closing::WhenIdle => serving.as_mut().graceful_shutdown(),
                Closing::Now => return,
            }
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // hyper's own limit on a head also runs between two requests, and not before the protocol is known. The sweep
    // distinguishes these three cases.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(READ_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL)
        .max_concurrent_streams(STREAMS);
    builder
}

/// Passes one request to the application. The connection counts as busy until the whole response was sent, or the
/// request was dropped.
fn answer(
    mut app: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    connection: Arc<Connection>,
    body_limit: Duration,
) -> impl Future<Output = Result<Response<AnswerBody>, Infallible>> {
    let version = request.version();
    let in_flight = connection.begin(version == Version::HTTP_2, Instant::now());
    let is_late = Arc::new(AtomicBool::new(false));
    let mut request = request.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(RequestBody::new(body, connection, body_limit, Arc::clone(&is_late)))
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    async move {
        let response = match app.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        // The handler only saw the body break off, and its response may blame the client instead of the time limit.
        let response = if is_late.load(Ordering::Relaxed) && response.status().is_client_error() {
            too_late(response, version)
        } else {
            response
        };
        Ok(response.map(|body| AnswerBody::new(body, in_flight)))
    }
}

fn too_late(response: Response<Body>, version: Version) -> Response<Body> {
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        return response;
    }
    let mut response =
        (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time. Send it again.\n").into_response();
    if version <= Version::HTTP_11 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests;
