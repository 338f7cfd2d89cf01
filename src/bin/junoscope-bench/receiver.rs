//! The two reference receivers: one that only verifies, and one that commits each request on its own.

use crate::sender::{Key, key, sign};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Part, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use junoscope::clock::Clock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

struct Receiver {
    key: Key,
    clock: Clock,
    store: Option<Mutex<SqliteConnection>>,
}

/// Serves until it is killed; without a file it stores nothing.
pub fn run(listen: SocketAddr, secret: &str, file: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let key = key(secret)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let store = match file {
            Some(file) => Some(Mutex::new(open(file).await?)),
            None => None,
        };
        let receiver = Arc::new(Receiver { key, clock: Clock::system(), store });
        let router = Router::new()
            .route("/healthz", get(async || StatusCode::OK))
            .route("/webhooks/{endpoint}", post(receive))
            .with_state(receiver);
        let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
            // Without it the kernel may delay a response by 40 ms, which would distort the measurement.
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}

/// Opens a database with Junoscope's durability, and the columns and indexes that a list of deliveries needs.
async fn open(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    sqlx::raw_sql(
        "create table messages (
            seq integer primary key, endpoint text not null, message_id text not null, received_at integer not null,
            sent_at integer not null, headers text not null, body blob not null, unique (endpoint, message_id)
        ) strict;
        create index messages_by_time on messages (received_at, seq);",
    )
    .execute(&mut connection)
    .await?;
    Ok(connection)
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    Part(endpoint): Part<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, sent_at) = (header("svix-id"), header("svix-timestamp"));
    let now = receiver.clock.now();
    let fresh = sent_at.parse::<i64>().ok().filter(|sent| sent.abs_diff(now.as_second()) <= 300);
    let (Some(sent_at_s), true) = (fresh, is_genuine(&receiver.key, id, sent_at, header("svix-signature"), &body))
    else {
        return (StatusCode::UNAUTHORIZED, "{}");
    };
    if let Some(store) = &receiver.store {
        let names: Vec<(&str, &str)> =
            headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
        let headers = serde_json::to_string(&names).unwrap_or_default();
        let row = (endpoint.as_str(), id, now.as_millisecond(), sent_at_s * 1000, headers.as_str(), &*body);
        if let Err(error) = keep(&mut *store.lock().await, row).await {
            eprintln!("{error}");
            return (StatusCode::SERVICE_UNAVAILABLE, "{}");
        }
    }
    (StatusCode::OK, r#"{"outcome":"stored"}"#)
}

async fn keep(store: &mut SqliteConnection, row: (&str, &str, i64, i64, &str, &[u8])) -> Result<(), sqlx::Error> {
    let mut transaction = store.begin().await?;
    let insert = sqlx::query(
        "insert into messages (endpoint, message_id, received_at, sent_at, headers, body)
         values ($1, $2, $3, $4, $5, $6) on conflict (endpoint, message_id) do nothing",
    );
    let insert = insert.bind(row.0).bind(row.1).bind(row.2).bind(row.3).bind(row.4).bind(row.5);
    insert.execute(&mut *transaction).await?;
    transaction.commit().await
}

fn is_genuine(key: &Key, id: &str, timestamp: &str, signatures: &str, body: &[u8]) -> bool {
    use hmac::Mac as _;
    signatures.split(' ').filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok()).any(
        |signature| {
            // In constant time.
            sign(key, id, timestamp, body).verify_slice(&signature).is_ok()
        },
    )
}
