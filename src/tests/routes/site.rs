//! One small site for all tests of routes: the whole router on `SQLite`, with two people signed in.

use super::text;
use crate::client_address::TrustedProxies;
use crate::clock::Clock;
use crate::commands::StoreCommands;
use crate::http::assets::Assets;
use crate::http::curl::{Curl, signing_endpoints};
use crate::http::export::Exports;
use crate::http::feeds::Feeds;
use crate::http::live::Live;
use crate::http::security;
use crate::http::session::Sessions;
use crate::ingest::intake::{Intake, VerifiedEndpoint};
use crate::ingest::signature::SigningKey;
use crate::ingest::writer::Writer;
use crate::read_model::StoreReadModel;
use crate::router::{RouterParts, router};
use crate::store::Store;
use crate::store::log::NewRefusal;
use crate::store::people::Email;
use crate::store::people::sessions::ClientInfo;
use crate::tests::support::database::setting;
use crate::tests::support::history::{
    BOUNDS, TestMessage, at, body, contact, contract, log, project, refused, requisition,
};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use domain::account::{Role, SessionLimits};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(super) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const URL: &str = "http://hooks.example";
const DAY: i64 = 24 * 60;

/// Returns the site that all tests share; they only read from it.
pub(super) fn site() -> &'static Site {
    static SITE: LazyLock<Site> = LazyLock::new(|| Site::new(&events()));
    &SITE
}

/// A site with a runtime and a database of its own. Its day is 22 March 2026.
pub(super) struct Site {
    // Dropped before the runtime, which waits for the threads that the store ends.
    router: Router,
    runtime: Runtime,
    /// The session cookies of Amara Admin and Hiro Hirer.
    cookies: [(Role, String); 2],
    /// The path of a calendar feed that the hirer made.
    pub(super) feed: String,
    pub(super) folder: TempDir,
}

/// An answer, with its text where it is a page.
pub(super) struct Page {
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) html: String,
    pub(super) text: String,
}

impl Site {
    /// Creates a site that has received these messages, and one refused request.
    pub(super) fn new(messages: &[TestMessage]) -> Self {
        Self::with_refused(messages, &[refused("msg_forged", 7, "bad_signature", "No signature matches.")])
    }

    /// Creates a site that has received these messages, and then these refused requests.
    pub(super) fn with_refused(messages: &[TestMessage], forged: &[NewRefusal]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (router, cookies, feed) = runtime.block_on(async {
            let store = Store::connect(&format!("sqlite://{}/site.db", folder.path().display())).await.unwrap();
            store.migrate().await.unwrap();
            log(&store, messages).await;
            store.append(&[], forged, BOUNDS).await.unwrap();
            project(&store).await;
            let admin = signed_in(&store, "Amara Admin", Role::Admin).await;
            let hirer = signed_in(&store, "Hiro Hirer", Role::Hirer).await;
            let owner = Email::parse("hirer@example.com").unwrap();
            let feed = store.add_feed(&owner, "Everything", "", at(0)).await.unwrap().unwrap();
            let cookies = [(Role::Admin, admin), (Role::Hirer, hirer)];
            (router(parts(&store)), cookies, format!("/feeds/{}.ics", feed.as_str()))
        });
        Self { router, runtime, cookies, feed, folder }
    }

    /// Answers a request of a stranger.
    pub(super) fn answer(&self, mut request: Request<Body>) -> Page {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([198, 51, 100, 7], 5_000))));
        self.answer_from(request)
    }

    /// Answers a request with the peer that it names.
    pub(super) fn answer_from(&self, request: Request<Body>) -> Page {
        let path = request.uri().to_string();
        self.runtime.block_on(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
            Page { path, status: parts.status.as_u16(), headers: parts.headers, text: text::of(&html), html }
        })
    }

    /// Asks without a session.
    pub(super) fn stranger(&self, path: &str) -> Page {
        self.answer(Request::get(path).body(Body::empty()).unwrap())
    }

    /// Sends an empty form as the person of this role.
    pub(super) fn post(&self, role: Role, path: &str) -> Page {
        let cookie = &self.cookies.iter().find(|(of, _)| *of == role).unwrap().1;
        let form = Request::post(path).header("cookie", cookie).header("sec-fetch-site", "same-origin");
        self.answer(form.body(Body::empty()).unwrap())
    }

    /// Asks as the person of this role.
    pub(super) fn get(&self, role: Role, path: &str) -> Page {
        let cookie = &self.cookies.iter().find(|(of, _)| *of == role).unwrap().1;
        self.answer(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap())
    }

    /// Asks for a page that the role may see.
    pub(super) fn page(&self, role: Role, path: &str) -> Page {
        let page = self.get(role, path);
        assert_eq!(page.status, 200, "{path}\n{}", page.html);
        page
    }
}

impl Page {
    /// Requires each of these in the page's text.
    pub(super) fn says(&self, words: &[&str]) -> &Self {
        for words in words {
            assert!(self.text.contains(words), "{} does not say {words:?}:\n{}", self.path, self.text);
        }
        self
    }

    /// Requires that none of these is in the page's text.
    pub(super) fn keeps_quiet_about(&self, words: &[&str]) -> &Self {
        for words in words {
            assert!(!self.text.contains(words), "{} says {words:?}:\n{}", self.path, self.text);
        }
        self
    }

    /// Compares the page's text with the file of this name beside the tests.
    pub(super) fn reads_as(&self, name: &str) -> &Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/routes").join(name);
        if setting("WRITE_PAGES").is_some() {
            std::fs::write(&file, &self.text).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            self.text == expected,
            "{} does not read as src/tests/routes/{name}, which WRITE_PAGES=1 writes anew. It reads:\n{}",
            self.path,
            self.text
        );
        self
    }
}

async fn signed_in(store: &Store, name: &str, role: Role) -> String {
    let email = Email::parse(&format!("{}@example.com", role.as_str())).unwrap();
    let id = store.add_person(&email, name, role, at(0)).await.unwrap().unwrap();
    let link = store.make_link(&id, at(0)).await.unwrap();
    store.follow_link(&link, "hash", at(0)).await.unwrap();
    let from = ClientInfo { device: "Firefox on Linux", address: Some("203.0.113.9") };
    let token = store.start_session(&id, "hash", SessionLimits::default(), from, at(20 * DAY - 3)).await.unwrap();
    format!("junoscope_session={}", token.unwrap().as_str())
}

fn parts(store: &Store) -> RouterParts {
    let clock = Clock::fixed(at(20 * DAY));
    let (writer, _) = Writer::start(store.clone(), 64, BOUNDS);
    let url = format!("{URL}/webhooks/yunojuno");
    let reader =
        StoreReadModel::new(store.clone(), url.clone(), Vec::new()).with_endpoints(vec!["yunojuno".to_owned()]);
    let reader = Arc::new(reader);
    let sessions = Sessions::new(store.clone(), clock.clone(), URL);
    let endpoint = VerifiedEndpoint { keys: vec![SigningKey::parse(SECRET).unwrap()], additional_check: None };
    let endpoints = BTreeMap::from([("yunojuno".to_owned(), endpoint)]);
    let urls = vec![("yunojuno".to_owned(), url)];
    let signing = signing_endpoints(&urls, &endpoints);
    let stop = CancellationToken::new();
    RouterParts {
        intake: Intake::new(endpoints, writer.clone(), clock.clone(), 1 << 20),
        store: store.clone(),
        site: security::Site::new(URL),
        trusted_proxies: TrustedProxies::default(),
        curl: Curl::new(Arc::clone(&reader), signing, clock.clone()),
        exports: Exports::new(Arc::clone(&reader), sessions.clone(), clock.clone()),
        feeds: Feeds::new(store.clone(), Arc::clone(&reader), clock.clone(), URL),
        live: Live::new(Arc::clone(&reader), sessions.clone(), writer.committed(), clock, stop),
        writer,
        sessions,
        read_model: reader,
        commands: Arc::new(StoreCommands::new(store.clone())),
        assets: Assets::load(),
        webhook_urls: urls,
        replay_days: 90,
    }
}

/// The events of a small client: Okoye with a signed contract and an open offer, both on one requisition; Lindqvist with a
/// contract that ended early; a test event, one of an unknown type, and one that cannot be read.
fn events() -> Vec<TestMessage> {
    let work = |id: &str, title: &str, contractor: &str, name: &str| {
        let mut object = contract(id, contractor);
        object["title"] = json!(title);
        object["freelancer"]["full_name"] = json!(name);
        object["fee_schedule"] = json!({ "periods": [{
            "effective_from": "2026-03-02",
            "fees": [{ "name": "Platform fee", "percentage": "12", "currency": "GBP", "value": "54.00" }],
            "total_fees": { "currency": "GBP", "value": "54.00" },
            "total_cost": { "currency": "GBP", "value": "504.00" },
        }] });
        object
    };
    let mut okoye = contact("clct_okoye");
    okoye["freelancer"]["full_name"] = json!("Ada Okoye");
    let mut design = requisition("spreq_design");
    design["title"] = json!("Design 2026");
    let on_design = |mut object: Value| {
        object["spend_request"] = design.clone();
        object
    };
    let brand = on_design(work("ct_brand", "Brand refresh", "clct_okoye", "Ada Okoye"));
    let website = on_design(work("ct_site", "New website", "clct_okoye", "Ada Okoye"));
    let film = work("ct_film", "Launch film", "clct_lindqvist", "Jonas Lindqvist");
    let mut ended = film.clone();
    ended["actual_end_date"] = json!("2026-03-13");
    let told = |minute: i64, event: &str, object: &Value| {
        let mode = if event.ends_with("#test") { "test" } else { "live" };
        let event = event.trim_end_matches("#test");
        TestMessage::new(&format!("msg_{minute}"), minute, &body(&format!("client.{event}"), mode, object))
    };
    vec![
        told(0, "client_contact.created", &okoye),
        told(10, "client_contact.registered", &okoye),
        told(20, "spend_request.created", &design),
        told(30, "spend_request.approved", &design),
        told(100, "contract.approved", &brand),
        told(110, "contract.offered", &brand),
        told(200, "contract.accepted", &brand),
        told(300, "contract.offered", &website),
        told(400, "contract.accepted", &film),
        told(500, "contract.offered#test", &work("ct_test", "A test", "clct_test", "Tess Test")),
        told(600, "contract.paid", &brand),
        TestMessage { body: b"not JSON".to_vec(), ..TestMessage::new("msg_700", 700, &Value::Null) },
        told(11 * DAY, "contract.completed", &ended),
    ]
}
