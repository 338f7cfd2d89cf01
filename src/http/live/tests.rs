//! Tests of the event stream: its messages, and that it ends with its session or when it is displaced.

use super::streams::OF_ONE_SESSION;
use super::*;
use crate::http::session::guard;
use crate::store::Store;
use crate::store::people::Email;
use crate::store::people::sessions::ClientInfo;
use crate::store::people::token::Token;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{TestMessage, at, body, contact, log, project};
use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use domain::account::Role;
use domain::account::{SESSION_LIFETIME, SessionLimits};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const TIMEOUT: Duration = Duration::from_secs(30);
const ADDRESS: &str = "amara@example.com";

/// The stream routes behind the session guard.
struct Site {
    app: Router,
    store: Store,
    clock: Clock,
    commit: watch::Sender<i64>,
    stop: CancellationToken,
}

impl Site {
    fn new(store: &Store, connections: usize) -> Self {
        let clock = Clock::fixed(at(0));
        let (commit, committed) = watch::channel(0);
        let stop = CancellationToken::new();
        let sessions = Sessions::new(store.clone(), clock.clone(), "http://hooks.example");
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let live = Live::new(reader, sessions.clone(), committed, clock.clone(), stop.clone()).within(connections);
        let app = routes(live).layer(from_fn_with_state(sessions, guard));
        Self { app, store: store.clone(), clock, commit, stop }
    }

    /// Signs an admin in, setting a password if there is none yet.
    async fn signed_in(&self, address: &str) -> Token {
        let email = Email::parse(address).unwrap();
        self.store.add_person(&email, "Amara", Role::Admin, at(0)).await.unwrap();
        let id = self.store.find_person(&email).await.unwrap().unwrap().id;
        if self.store.find_person(&email).await.unwrap().unwrap().password_hash.is_none() {
            let link = self.store.make_link(&id, at(0)).await.unwrap();
            self.store.follow_link(&link, "hash", at(0)).await.unwrap();
        }
        self.store
            .start_session(&id, "hash", SessionLimits::default(), ClientInfo::default(), at(0))
            .await
            .unwrap()
            .unwrap()
    }

    async fn open(&self, token: &Token) -> Open {
        self.open_with(&format!("junoscope_session={}", token.as_str())).await
    }

    async fn open_with(&self, cookie: &str) -> Open {
        self.open_at("/live/deliveries?since=0", cookie).await
    }

    async fn open_at(&self, url: &str, cookie: &str) -> Open {
        let request = Request::get(url)
            .header("cookie", cookie)
            .header("accept", "text/event-stream")
            .body(Body::empty())
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut open = Open(response.into_body().into_data_stream(), String::new());
        assert_eq!(open.next().await.as_deref(), Some(": live\n\n"), "a byte comes at once");
        open
    }

    /// Logs one message and wakes the streams, as the writer does.
    async fn deliver(&self, id: &str) {
        log(
            &self.store,
            &[TestMessage::new(id, 0, &body("client.client_contact.created", "live", &contact("clct_1")))],
        )
        .await;
        project(&self.store).await;
        self.wake();
    }

    fn wake(&self) {
        self.commit.send_modify(|seq| *seq += 1);
    }
}

/// An open stream, and what was read of it beyond the last event.
struct Open(BodyDataStream, String);

impl Open {
    /// Returns the next event; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.1.find("\n\n") {
                let rest = self.1.split_off(end + 2);
                return Some(std::mem::replace(&mut self.1, rest));
            }
            let piece = tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("nothing came")?;
            self.1.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
    }

    /// Asserts that the stream sends this reason and ends.
    async fn ends(mut self, why: &str) {
        assert_eq!(self.next().await.as_deref(), Some(format!("event: ended\ndata: {why}\n\n").as_str()));
        assert_eq!(self.next().await, None);
    }

    async fn has_row(&mut self, seq: i64) {
        let piece = self.next().await.unwrap();
        assert!(piece.starts_with(&format!("id: {seq}\ndata: <tr data-seq=\"{seq}\"")), "{piece}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_whichever_way_that_ends() {
    each_database(async |store| {
        let site = Site::new(&store, 100);
        let email = Email::parse(ADDRESS).unwrap();
        for (n, way) in ["sign-out", "disabled", "new password", "expired"].into_iter().enumerate() {
            site.clock.set(at(0));
            let token = site.signed_in(ADDRESS).await;
            let other = site.signed_in("other@example.com").await;
            let (mut stream, mut others) = (site.open(&token).await, site.open(&other).await);
            let seq = i64::try_from(2 * n + 1).unwrap();
            site.deliver(&format!("msg_{seq}")).await;
            for earlier in 1..=seq {
                stream.has_row(earlier).await;
                others.has_row(earlier).await;
            }
            match way {
                "sign-out" => store.end_session(&token).await.unwrap(),
                "disabled" => assert!(store.disable_person(&email, at(0)).await.unwrap()),
                "new password" => {
                    let id = store.find_person(&email).await.unwrap().unwrap().id;
                    let link = store.make_link(&id, at(0)).await.unwrap();
                    store.follow_link(&link, "hash", at(0)).await.unwrap();
                }
                _ => site.clock.set(at(0) + SESSION_LIFETIME),
            }
            site.deliver(&format!("msg_{}", seq + 1)).await;
            // Not even the row that was committed before the stream looked again.
            stream.ends("signed-out").await;
            if way != "expired" {
                others.has_row(seq + 1).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_quiet_stream_ends_by_itself_when_its_session_does() {
    each_database(async |store| {
        let site = Site::new(&store, 100);
        let token = site.signed_in(ADDRESS).await;
        let stream = site.open(&token).await;
        store.end_session(&token).await.unwrap();
        // There is no commit here: another instance may have ended the session.
        stream.ends("signed-out").await;
        let again = site.open(&token).await;
        again.ends("signed-out").await;
        site.open_with("").await.ends("signed-out").await;
    })
    .await;
}

#[tokio::test]
async fn one_session_has_so_many_streams_and_the_newest_stay() {
    each_database(async |store| {
        let site = Site::new(&store, 1_000);
        let (token, other) = (site.signed_in(ADDRESS).await, site.signed_in("other@example.com").await);
        let mut others = site.open(&other).await;
        let mut open = Vec::new();
        for _ in 0..=OF_ONE_SESSION {
            open.push(site.open(&token).await);
        }
        open.remove(0).ends("elsewhere").await;
        // A released registration can be reused.
        drop(open.pop());
        open.push(site.open(&token).await);
        site.deliver("msg_1").await;
        others.has_row(1).await;
        for mut stream in open {
            stream.has_row(1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_server_holds_so_many_streams_and_the_newest_stay() {
    each_database(async |store| {
        // A quarter of these, but never fewer than one session may have.
        let site = Site::new(&store, 4);
        let first = site.open(&site.signed_in("first@example.com").await).await;
        let mut open = Vec::new();
        for n in 0..OF_ONE_SESSION {
            let token = site.signed_in(&format!("person{n}@example.com")).await;
            open.push(site.open(&token).await);
        }
        first.ends("crowded").await;
        site.stop.cancel();
        for mut stream in open {
            assert_eq!(stream.next().await, None, "a stop needs no word: the page asks again by itself");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_not_read_as_a_stream_is_told_by_status() {
    each_database(async |store| {
        let site = Site::new(&store, 100);
        let request = Request::get("/live/deliveries").body(Body::empty()).unwrap();
        let response = site.app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "Sign in first.\n");
    })
    .await;
}

#[tokio::test]
async fn after_many_rows_at_once_the_newest_come_and_a_link_to_the_others() {
    each_database(async |store| {
        let site = Site::new(&store, 100);
        let mut stream = site.open(&site.signed_in(ADDRESS).await).await;
        let ids: Vec<String> = (1..=450).map(|n| format!("msg_{n}")).collect();
        let contact = body("client.client_contact.created", "live", &contact("clct_1"));
        let messages: Vec<TestMessage> =
            ids.iter().zip(0..).map(|(id, minute)| TestMessage::new(id, minute, &contact)).collect();
        log(&store, &messages).await;
        project(&store).await;
        site.wake();
        let marker = stream.next().await.unwrap();
        assert!(marker.starts_with("id: 250\ndata: <tr data-seq=\"250\""), "{marker}");
        assert!(marker.contains("Show those before this row"), "{marker}");
        assert!(marker.contains("%7E251\""), "its page begins after the oldest row sent: {marker}");
        for seq in 251..=450 {
            stream.has_row(seq).await;
        }
        site.deliver("msg_last").await;
        stream.has_row(451).await;
    })
    .await;
}

#[tokio::test]
async fn streams_of_one_filter_share_what_is_read() {
    each_database(async |store| {
        log(
            &store,
            &[TestMessage::new("msg_1", 0, &body("client.client_contact.created", "live", &contact("clct_1")))],
        )
        .await;
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let (commit, head) = watch::channel(0);
        let shared = SharedRows::start(reader, head, Clock::fixed(at(0)), CancellationToken::new());
        let [mut one, mut other] = ["all=1", "all=1"].map(|query| shared.for_filter(DeliveryFilter::from_query(query)));
        let mut refused = shared.for_filter(DeliveryFilter::from_query("outcome=refused"));
        commit.send_replace(1);
        one.is_reached(1).await;
        let first = one.after(0).await.unwrap();
        assert!(first.events.starts_with(b"id: 1\ndata: <tr") && first.until == 1);
        assert!(Arc::ptr_eq(&first, &other.after(0).await.unwrap()));
        assert!(refused.after(0).await.unwrap().events.starts_with(b"event: counted"));
        assert!(one.after(1).await.unwrap().events.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_filter_leaves_out_is_reported_as_counted() {
    each_database(async |store| {
        let site = Site::new(&store, 100);
        let token = site.signed_in("admin@example.com").await;
        let cookie = format!("junoscope_session={}", token.as_str());
        let mut stream = site.open_at("/live/deliveries?since=0&outcome=refused", &cookie).await;
        site.deliver("msg_1").await;
        assert_eq!(stream.next().await.as_deref(), Some("event: counted\ndata: 1\n\n"));
    })
    .await;
}
