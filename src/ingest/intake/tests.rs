//! Tests of the response and the stored row for every kind of request to an endpoint.

use super::*;
use crate::config::Secret;
use crate::store::log::Bounds;
use crate::store::{Pool, Store, with_reader};
use crate::tests::support::database::each_database;
use axum::body::Body;
use tower::ServiceExt;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW: i64 = 1_764_000_000;
const BODY: &[u8] = include_bytes!("../../../app/domain/fixtures/contract.offered.json");

struct Desk {
    app: Router,
    store: Store,
}

fn desk(store: &Store, lock: Option<Lock>, most: usize) -> Desk {
    let bounds = Bounds { requests: 1_000, bytes: 1 << 24 };
    let (writer, _) = Writer::start(store.clone(), 64, bounds);
    let door = Door { keys: vec![Key::parse(SECRET).unwrap()], lock };
    let clock = Clock::fixed(Timestamp::from_second(NOW).unwrap());
    let app = Intake::new(BTreeMap::from([("yunojuno".to_owned(), door)]), writer, clock, most)
        .at("https://hooks.example.com")
        .routes();
    Desk { app, store: store.clone() }
}

fn signed(id: &str, timestamp: i64, body: &[u8]) -> axum::http::request::Builder {
    Request::post("/webhooks/yunojuno")
        .header("svix-id", id)
        .header("svix-timestamp", timestamp.to_string())
        .header("svix-signature", Key::parse(SECRET).unwrap().header(id, timestamp, body))
}

impl Desk {
    async fn send(&self, request: Request) -> (u16, String, HeaderMap) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        (parts.status.as_u16(), String::from_utf8(body.to_vec()).unwrap(), parts.headers)
    }

    async fn post(&self, builder: axum::http::request::Builder, body: &[u8]) -> (u16, String) {
        let (status, text, _) = self.send(builder.body(Body::from(body.to_vec())).unwrap()).await;
        (status, text)
    }

    async fn count(&self, sql: &'static str) -> i64 {
        with_reader!(self.store, |pool| sqlx::query_scalar(sql).fetch_one(pool).await.unwrap())
    }

    /// Waits for `many` refused requests, and returns code, stored length and true length of each, in this order.
    async fn rows(&self, many: usize) -> Vec<(String, i64, Option<i64>)> {
        loop {
            let rows: Vec<(String, i64, Option<i64>)> = with_reader!(self.store, |pool| {
                let sql = "select code, cast(length(body) as bigint), body_length from quarantine";
                sqlx::query_as(sql).fetch_all(pool).await.unwrap()
            });
            if rows.len() >= many {
                let mut rows = rows;
                rows.sort();
                return rows;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until refused requests are written, by storing a good message through the same writer.
    async fn settled(&self) {
        while self.count("select seq from log_head").await == 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_genuine_message_is_stored_and_its_repeat_is_a_duplicate() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let stored = desk.post(signed("msg_1", NOW, BODY), BODY).await;
        assert_eq!(stored, (200, r#"{"status":"stored"}"#.to_owned()));
        let repeated = desk.post(signed("msg_1", NOW + 5, BODY), BODY).await;
        assert_eq!(repeated, (200, r#"{"status":"duplicate"}"#.to_owned()));
        assert_eq!(desk.count("select count(*) from messages where outcome = 'stored'").await, 1);
        assert_eq!(desk.count("select count(*) from attempts").await, 1);
    })
    .await;
}

#[tokio::test]
async fn both_spellings_of_the_url_take_the_message_without_a_redirect() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let mut request = signed("msg_1", NOW, BODY).body(Body::from(BODY)).unwrap();
        *request.uri_mut() = "/webhooks/yunojuno/".parse().unwrap();
        assert_eq!(desk.send(request).await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn genuine_but_unreadable_bodies_are_stored_marked_and_answered_200() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let bodies: [&[u8]; 6] = [
            b"not json",
            b"",
            b"\xff\xfe",
            b"[1,2]",
            br#"{"event_type":"client.contract.offered","data":{}}"#,
            br#"{"event_type":"client.contract.offered","data":{"object":{}},"mode":"live"}"#,
        ];
        for (n, body) in bodies.iter().enumerate() {
            assert_eq!(desk.post(signed(&format!("msg_{n}"), NOW, body), body).await.0, 200, "{n}");
        }
        let marked = "select count(*) from messages where outcome = 'unreadable' and reason is not null";
        assert_eq!(desk.count(marked).await, 6);
        assert_eq!(desk.count("select count(*) from messages where event_type = 'client.contract.offered'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_event_type_is_stored() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let body = br#"{"event_type":"client.invoice.raised","data":{"object":{"x":1}},"mode":"live"}"#;
        assert_eq!(desk.post(signed("msg_1", NOW, body), body).await.0, 200);
        assert_eq!(desk.count("select count(*) from messages where outcome = 'stored'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_says_why_and_is_kept_aside() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let unsigned = Request::post("/webhooks/yunojuno");
        assert_eq!(desk.post(unsigned, BODY).await.0, 400);
        assert_eq!(desk.post(Request::post("/webhooks/yunojuno").header("svix-id", "m"), BODY).await.0, 400);
        assert_eq!(desk.post(signed("msg_1", NOW, b"other"), BODY).await.0, 401);
        assert_eq!(desk.post(signed("msg_1", NOW - 301, BODY), BODY).await.0, 401);
        let (status, text) = desk.post(signed("msg_1", NOW + 301, BODY), BODY).await;
        assert_eq!((status, text.contains("301 seconds in the future")), (401, true));
        while desk.count("select count(*) from quarantine").await < 5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(desk.count("select count(*) from quarantine where code = 'missing_header'").await, 2);
        assert_eq!(desk.count("select count(*) from messages").await, 0);
    })
    .await;
}

#[tokio::test]
async fn other_methods_and_other_endpoints_are_told_so() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let request = Request::builder().method(method).uri("/webhooks/yunojuno").body(Body::empty()).unwrap();
            let (status, _, headers) = desk.send(request).await;
            assert_eq!((status, headers[header::ALLOW].to_str().unwrap()), (405, "POST"));
        }
        // Another method with a sender's headers gets the same response, and is kept.
        let mut request = signed("msg_1", NOW, BODY).body(Body::from(BODY)).unwrap();
        *request.method_mut() = Method::PUT;
        assert_eq!(desk.send(request).await.0, 405);
        assert_eq!(desk.rows(1).await, [("wrong_method".to_owned(), 0, None)]);
        for (method, path) in [
            (Method::POST, "/webhooks/elsewhere"),
            (Method::GET, "/webhooks/elsewhere"),
            (Method::POST, "/webhooks/YunoJuno/"),
            (Method::POST, "/webhooks/%ff"),
        ] {
            let mut request = signed("msg_1", NOW, BODY).body(Body::from(BODY)).unwrap();
            (*request.method_mut(), *request.uri_mut()) = (method, path.parse().unwrap());
            let (status, text, _) = desk.send(request).await;
            assert_eq!(status, 404, "{path}");
            assert!(text.contains("https://hooks.example.com/webhooks/NAME"), "{text}");
        }
        let since = Timestamp::from_second(NOW).unwrap();
        while store.find_wrong_addresses(since).await.unwrap().count < 4 {
            tokio::task::yield_now().await;
        }
        let found = store.find_wrong_addresses(since).await.unwrap();
        assert_eq!(found.last_path.as_deref(), Some("/webhooks/%ff"));
        assert_eq!(found.last_minute, Some(NOW / 60));
        assert_eq!(desk.count("select count(*) from messages").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_headers_alone_condemn_is_refused_before_the_body_is_read() {
    let lock = Lock::Header { name: "x-webhook-auth".to_owned(), value: Secret("sesame".to_owned()) };
    each_database(async |store| {
        let desk = desk(&store, Some(lock.clone()), 1 << 20);
        let base = || Request::post("/webhooks/yunojuno").header("x-webhook-auth", "sesame");
        let claims = |id: &str, timestamp: &str, signature: &str| {
            let claims = [("svix-id", id), ("svix-timestamp", timestamp), ("svix-signature", signature)];
            claims.into_iter().fold(base(), |request, (name, value)| request.header(name, value))
        };
        let now = NOW.to_string();
        let requests = [
            (base(), "missing_header"),
            (claims("", &now, "v1,x"), "bad_header"),
            (claims("msg_1", "soon", "v1,x"), "bad_timestamp"),
            (claims("msg_1", &(NOW - 301).to_string(), "v1,x"), "stale"),
            (claims("msg_1", &(NOW + 301).to_string(), "v1,x"), "future"),
            (claims("msg_1", &now, "v1,too-short"), "no_signature"),
            (signed("msg_1", NOW, b"anything").header("x-webhook-auth", "open"), "lock"),
        ];
        let many = requests.len();
        for (request, _) in requests {
            // This body never ends.
            let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
            let request = request.header("content-length", "5000").body(body).unwrap();
            assert!(matches!(desk.send(request).await.0, 400 | 401));
        }
        let rows = desk.rows(many).await;
        let codes: Vec<&str> = rows.iter().map(|(code, ..)| code.as_str()).collect();
        assert_eq!(codes, ["bad_header", "bad_timestamp", "future", "lock", "missing_header", "no_signature", "stale"]);
        assert!(rows.iter().all(|(_, kept, length)| (*kept, *length) == (0, Some(5_000))), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn of_a_long_refused_body_the_beginning_is_kept_and_its_length() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let long = vec![b'x'; 100_000];
        assert_eq!(desk.post(signed("msg_1", NOW, b"other"), &long).await.0, 401);
        assert_eq!(desk.post(signed("msg_2", NOW, b"other"), b"{}").await.0, 401);
        let expected = [("bad_signature".to_owned(), 2, Some(2)), ("bad_signature".to_owned(), 65_536, Some(100_000))];
        assert_eq!(desk.rows(2).await, expected);
        // With a valid signature it is stored in full.
        assert_eq!(desk.post(signed("msg_1", NOW, &long), &long).await.0, 200);
        assert_eq!(desk.count("select cast(length(body) as bigint) from messages").await, 100_000);
    })
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_long_or_breaks_off_leaves_a_row_without_it() {
    each_database(async |store| {
        let desk = desk(&store, None, 100);
        let announced = signed("msg_1", NOW, b"x").header("content-length", "101");
        assert_eq!(desk.post(announced, &[b'x'; 101]).await.0, 413);
        let breaks = || {
            let pieces = [Ok(Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))];
            Body::from_stream(futures_util::stream::iter(pieces))
        };
        let (status, ..) = desk.send(signed("msg_2", NOW, b"x").body(breaks()).unwrap()).await;
        assert_eq!(status, 400);
        // The connection closes, and the request with it, before a response is possible.
        let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let request = signed("msg_3", NOW, b"x").header("content-length", "50").body(never).unwrap();
        let mut answer = Box::pin(desk.app.clone().oneshot(request));
        assert!(futures_util::poll!(&mut answer).is_pending());
        drop(answer);
        let expected = [
            ("broken_off".to_owned(), 0, None),
            ("broken_off".to_owned(), 0, Some(50)),
            ("too_large".to_owned(), 0, Some(101)),
        ];
        assert_eq!(desk.rows(3).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_whether_announced_or_chunked() {
    each_database(async |store| {
        let desk = desk(&store, None, 100);
        let body = vec![b'x'; 101];
        let announced = signed("msg_1", NOW, &body).header("content-length", "101");
        assert_eq!(desk.post(announced, &body).await.0, 413);
        let pieces: Vec<Result<Bytes, std::io::Error>> =
            (0..11).map(|_| Ok(Bytes::from_static(b"0123456789"))).collect();
        let chunked = signed("msg_1", NOW, &body).body(Body::from_stream(futures_util::stream::iter(pieces))).unwrap();
        assert_eq!(desk.send(chunked).await.0, 413);
        let fits = vec![b'x'; 100];
        assert_eq!(desk.post(signed("msg_2", NOW, &fits), &fits).await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn the_second_lock_is_asked_for_besides_the_signature() {
    let header_lock = Lock::Header { name: "x-webhook-auth".to_owned(), value: Secret("sesame".to_owned()) };
    let basic_lock = Lock::Basic { user: "juno".to_owned(), password: Secret("sesame".to_owned()) };
    each_database(async |store| {
        let desk = desk(&store, Some(header_lock.clone()), 1 << 20);
        assert_eq!(desk.post(signed("msg_1", NOW, BODY), BODY).await.0, 401);
        assert_eq!(desk.post(signed("msg_1", NOW, BODY).header("x-webhook-auth", "sesam"), BODY).await.0, 401);
        assert_eq!(desk.post(signed("msg_1", NOW, BODY).header("X-Webhook-Auth", "sesame"), BODY).await.0, 200);
        desk.settled().await;
        let shown: String = with_reader!(store, |pool| {
            sqlx::query_scalar("select headers from messages").fetch_one(pool).await.unwrap()
        });
        assert!(shown.contains("x-webhook-auth") && !shown.contains("sesame"), "{shown}");
    })
    .await;
    each_database(async |store| {
        let desk = desk(&store, Some(basic_lock.clone()), 1 << 20);
        assert_eq!(desk.post(signed("msg_1", NOW, BODY), BODY).await.0, 401);
        let right = signed("msg_1", NOW, BODY).header("authorization", "Basic anVubzpzZXNhbWU=");
        assert_eq!(desk.post(right, BODY).await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_down_asks_the_sender_to_try_again() {
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        store.close().await;
        let request = signed("msg_1", NOW, BODY).body(Body::from(BODY)).unwrap();
        let (status, text, headers) = desk.send(request).await;
        assert_eq!((status, headers[header::RETRY_AFTER].to_str().unwrap()), (503, "5"));
        assert!(!text.contains("sql") && !text.contains("pool"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_asks_the_sender_to_try_again() {
    each_database(async |store| {
        // A queue of one, and a writer that is blocked: on SQLite its thread waits for the write lock, on PostgreSQL
        // its task has not run yet, as all requests are queued before the first await.
        let held = match store.pool() {
            Pool::Sqlite { write_lock, .. } => Some(write_lock.lock().await),
            Pool::Postgres(_) => None,
        };
        let bounds = Bounds { requests: 1, bytes: 1 };
        let (writer, _) = Writer::start(store.clone(), 1, bounds);
        let door = Door { keys: vec![Key::parse(SECRET).unwrap()], lock: None };
        let clock = Clock::fixed(Timestamp::from_second(NOW).unwrap());
        let app = Intake::new(BTreeMap::from([("yunojuno".to_owned(), door)]), writer, clock, 1 << 20).routes();
        let desk = Desk { app, store: store.clone() };
        let sends = (0..8).map(|n| {
            let id = format!("msg_{n}");
            let request = signed(&id, NOW, BODY).body(Body::from(BODY)).unwrap();
            desk.send(request)
        });
        let (answers, ()) = tokio::join!(futures_util::future::join_all(sends), async { drop(held) });
        let full = answers.iter().filter(|(status, ..)| *status == 503).count();
        let stored = answers.iter().filter(|(status, ..)| *status == 200).count();
        assert!(full > 0 && stored > 0 && full + stored == 8, "{full} full, {stored} stored");
        assert_eq!(desk.count("select count(*) from messages").await, i64::try_from(stored).unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_senders_address_is_the_one_a_trusted_proxy_names() {
    use crate::client_address::{TrustedProxies, find};
    use axum::extract::ConnectInfo;
    each_database(async |store| {
        let desk = desk(&store, None, 1 << 20);
        let app = desk.app.clone().layer(axum::middleware::from_fn_with_state(TrustedProxies::default(), find));
        for (id, peer, forwarded) in
            [("msg_1", "127.0.0.1", "9.9.9.9, 203.0.113.9"), ("msg_2", "198.51.100.7", "203.0.113.9")]
        {
            let peer = std::net::SocketAddr::new(peer.parse().unwrap(), 4711);
            let request = signed(id, NOW, BODY).header("x-forwarded-for", forwarded).extension(ConnectInfo(peer));
            assert_eq!(app.clone().oneshot(request.body(Body::from(BODY)).unwrap()).await.unwrap().status(), 200);
        }
        let kept: Vec<String> = with_reader!(store, |pool| {
            sqlx::query_scalar("select remote from messages order by message_id").fetch_all(pool).await.unwrap()
        });
        assert_eq!(kept, ["203.0.113.9", "198.51.100.7"]);
    })
    .await;
}
