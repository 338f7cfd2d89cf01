//! Tests of signing, retries, repeats, forgeries and counts, against a small receiver that keeps its own counts.

use super::*;
use crate::simulate::{Plan, Traffic, TrafficMix, history};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap as Headers, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::event::Mode;
use std::collections::{BTreeMap, BTreeSet};

const SECRET: &str = "whsec_V2anVafTPcg5hDZOA1F1DNrLeecovhK1";

/// A received request.
struct Seen {
    id: String,
    body: Bytes,
    genuine: bool,
    status: StatusCode,
}

/// A receiver that refuses what is not signed with [`SECRET`], and fails first attempts if configured to.
#[derive(Default)]
struct Receiver {
    seen: Mutex<Vec<Seen>>,
    fails_every: Option<usize>,
    always: Option<StatusCode>,
}

impl Receiver {
    fn take(&self, headers: &Headers, body: Bytes) -> StatusCode {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(text("content-type"), "application/json");
        assert!(text("user-agent").starts_with("Svix-Webhooks/1."));
        assert_eq!(text("x-lock"), "open");
        let id = text("svix-id");
        let genuine = text("svix-signature") == expected(&id, &text("svix-timestamp"), &body);
        let mut seen = self.seen.lock().unwrap();
        let firsts: BTreeSet<&str> = seen.iter().filter(|s| s.genuine).map(|s| s.id.as_str()).collect();
        let fails = |every: usize| !firsts.contains(id.as_str()) && firsts.len().is_multiple_of(every);
        let status = match self.always {
            Some(status) => status,
            None if !genuine => StatusCode::UNAUTHORIZED,
            None if self.fails_every.is_some_and(fails) => StatusCode::SERVICE_UNAVAILABLE,
            None => StatusCode::OK,
        };
        seen.push(Seen { id, body, genuine, status });
        status
    }
}

/// Computes HMAC-SHA256 from its definition (RFC 2104), independently of the sender's code.
fn expected(id: &str, timestamp: &str, body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let secret = STANDARD.decode(SECRET.strip_prefix("whsec_").unwrap()).unwrap();
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(&secret);
    let pad = |byte: u8| key.map(|k| k ^ byte);
    let content = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(content).finalize();
    let outer = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    format!("v1,{}", STANDARD.encode(outer))
}

async fn receive(receiver: Receiver) -> (Url, Arc<Receiver>) {
    let receiver = Arc::new(receiver);
    let take = |State(receiver): State<Arc<Receiver>>, headers: Headers, body: Bytes| async move {
        receiver.take(&headers, body)
    };
    let app = Router::new().route("/hook", post(take)).with_state(Arc::clone(&receiver));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/hook", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (target, receiver)
}

fn sender(target: Url, connections: usize) -> Arc<Sender> {
    let mut headers = HeaderMap::new();
    headers.insert("x-lock", HeaderValue::from_static("open"));
    let key = SenderKey::parse(SECRET).unwrap();
    let sending = Sending { target, key, connections, rate: 0.0, retry_scale: 0.0001, headers, seed: 1 };
    let now = "2026-07-01T09:00:00Z".parse().unwrap();
    Arc::new(Sender::new(sending, Clock::fixed(now)).unwrap())
}

fn traffic(events: u64, shares: TrafficMix) -> impl Iterator<Item = Outgoing> + Send + 'static {
    let until = "2026-06-30T15:00:00Z".parse().unwrap();
    let plan = Plan {
        seed: 1,
        contractors: 5,
        months: 6,
        until,
        events: Some(events),
        unknown_percent: 5.0,
        mode: Mode::Live,
    };
    Traffic::new(history(&plan), shares, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_good_message_arrives_and_every_attempt_is_counted() {
    let (target, receiver) = receive(Receiver { fails_every: Some(7), ..Receiver::default() }).await;
    let sender = sender(target, 8);
    let shares = TrafficMix { duplicates: 5.0, reorder: 10.0, bad_signatures: 3.0 };
    sender.send(traffic(600, shares)).await;
    let summary = sender.summary();

    let seen = receiver.seen.lock().unwrap();
    let ok = |s: &&Seen| s.status == StatusCode::OK;
    let taken: BTreeSet<&str> = seen.iter().filter(ok).map(|s| s.id.as_str()).collect();
    assert_eq!((summary.messages, taken.len()), (600, 600));
    assert_eq!(summary.attempts, u64::try_from(seen.len()).unwrap());
    assert_eq!(summary.by_type.values().sum::<u64>(), 600);
    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
    for request in seen.iter() {
        *answers.entry(request.status.as_u16()).or_default() += 1;
    }
    assert_eq!(summary.answers, answers);
    assert!(summary.retries > 50 && summary.duplicates > 10 && summary.reordered > 30 && summary.unknown > 10);
    assert_eq!(summary.attempts, summary.messages + summary.duplicates + summary.bad + summary.retries);
    assert!(summary.bad > 5 && summary.bad == answers[&401] && summary.bad_refused == summary.bad);
    assert_eq!((summary.failed, summary.unanswered), (0, 0));
    assert!(summary.p50 > Duration::ZERO && summary.p50 <= summary.p99 && summary.p99 <= summary.took);

    let forged: Vec<&Seen> = seen.iter().filter(|s| !s.genuine).collect();
    let forged_ids: BTreeSet<&str> = forged.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(forged_ids.len(), forged.len(), "a forgery is sent once");
    assert!(forged_ids.is_disjoint(&taken));
    let mut bodies: BTreeMap<&str, &Bytes> = BTreeMap::new();
    for request in seen.iter() {
        assert_eq!(*bodies.entry(&request.id).or_insert(&request.body), &request.body, "the body never changes");
    }
}

#[tokio::test]
async fn one_connection_keeps_the_order_through_failures() {
    let (target, receiver) = receive(Receiver { fails_every: Some(3), ..Receiver::default() }).await;
    sender(target, 1).send(traffic(80, TrafficMix::default())).await;
    let seen = receiver.seen.lock().unwrap();
    let mut order: Vec<&str> = seen.iter().map(|request| request.id.as_str()).collect();
    assert!(order.len() > 90);
    order.dedup();
    let expected: Vec<String> = traffic(80, TrafficMix::default()).map(|outgoing| outgoing.id).collect();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn after_eight_attempts_a_message_is_given_up() {
    let (target, receiver) = receive(Receiver { always: Some(StatusCode::BAD_GATEWAY), ..Receiver::default() }).await;
    let sender = sender(target, 4);
    sender.send(traffic(3, TrafficMix::default())).await;
    let summary = sender.summary();
    assert_eq!((summary.messages, summary.failed, summary.attempts, summary.retries), (3, 3, 24, 21));
    assert!(!summary.all_well());
    assert_eq!(receiver.seen.lock().unwrap().len(), 24);
    assert_eq!(sender.hopeless(), None);
}

#[tokio::test]
async fn a_wrong_set_up_is_noticed_early() {
    let (target, _) = receive(Receiver { always: Some(StatusCode::NOT_FOUND), ..Receiver::default() }).await;
    let sender = sender(target, 4);
    sender.send(traffic(500, TrafficMix::default())).await;
    assert_eq!(sender.hopeless(), Some(404));
    assert!(sender.summary().attempts < 40);
}
