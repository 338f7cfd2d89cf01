//! What each role gets from the router of each thing that [`domain::policy`] decides about.

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
use crate::store::log::RefusedBatch;
use crate::store::people::Email;
use crate::store::people::sessions::ClientInfo;
use crate::store::people::token::Token;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{
    BOUNDS, TestMessage, at, body, contact, contract, log, project, refused, requisition,
};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use domain::account::{Role, SessionLimits};
use domain::health::CannotStore;
use domain::policy::{Sight, Thing, sight};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const HOME: &str = "http://hooks.example";
const TIMEOUT: Duration = Duration::from_secs(30);
const EVERYBODY: [Option<Role>; 3] = [Some(Role::Admin), Some(Role::Hirer), None];

/// Where a thing is met.
enum Place {
    /// At an address of its own, which is refused as a whole; with a text of it.
    Address(&'static str, &'static str),
    /// On a page that shows other things too: a text of it, and what stands there where it is masked.
    Part(&'static str, &'static str, Option<&'static str>),
    /// By sending a form, which leads to a page.
    Form(&'static str, &'static str, &'static str),
    /// By sending an empty form, which is answered with a text.
    Command(&'static str, &'static str),
    /// Behind a calendar link of the viewer.
    Link(&'static str),
}

/// Returns every place of a thing. A new one does not compile until it has a place.
fn places(thing: Thing) -> Vec<Place> {
    use Place::{Address, Command, Form, Link, Part};
    match thing {
        Thing::Overview => vec![Address("/", "Recent activity")],
        Thing::OperatorNotices => vec![
            Part("/", "Mind the gap.", None),
            Part("/", "the disk is full", Some("Cannot store since")),
            Part("/", "/webhook/typo", None),
        ],
        Thing::Contractors => vec![
            Address("/contractors", "Name of clct_1"),
            Address("/contractors/clct_1", "Name of clct_1"),
            Part("/", "data-page=\"/contractors\"", None),
        ],
        Thing::Contracts => vec![
            Address("/contracts", "Title of ct_1"),
            Address("/contracts/ct_1?from=3&to=4", "Title of ct_1"),
            Part("/", "data-page=\"/contracts\"", None),
        ],
        Thing::Requisitions => vec![
            Address("/spend", "Budget spreq_1"),
            Address("/spend/spreq_1", "Budget spreq_1"),
            Part("/", "data-page=\"/spend\"", None),
        ],
        Thing::Calendar => vec![Address("/calendar", "Title of ct_2"), Part("/", "data-page=\"/calendar\"", None)],
        Thing::ContractorExport => vec![Address("/contractors.csv", "Name of clct_1")],
        Thing::ContractExport => vec![Address("/contracts.csv", "Title of ct_1")],
        Thing::RequisitionExport => vec![Address("/spend.csv", "Budget spreq_1")],
        Thing::CalendarFeed => vec![Link("Title of ct_2")],
        Thing::Findings => vec![Address("/findings", "data-kind=\"missing\"")],
        Thing::TransportFindings => vec![Part("/findings", "data-kind=\"late\"", None)],
        Thing::FindingDismissal => vec![
            Part("/findings", "action=\"/findings/dismiss\"", None),
            Form("/findings/dismiss", "key=late.ct_1.3&reason=Known&next=%2Ffindings", "/findings"),
            Form("/findings/restore", "key=late.ct_1.3&next=%2Ffindings", "/findings"),
        ],
        Thing::Catalog => vec![
            Address("/catalog", "Contract offered"),
            Address("/catalog/client.contract.offered", "Contract offered"),
            Part("/", "data-page=\"/catalog\"", None),
        ],
        Thing::DeliveryList => vec![
            Address("/deliveries", "data-rows"),
            Address("/deliveries", "Requests over time"),
            Part("/", "data-page=\"/deliveries\"", None),
            Part("/", "href=\"/deliveries?", None),
            Part("/catalog/client.contract.offered", "href=\"/deliveries?", None),
        ],
        Thing::DeliveryViews => vec![
            Address("/deliveries?all=1", "Refused today"),
            Form("/deliveries/views", "name=Mine&query=%3Flate%3D1", "/deliveries?late=1"),
            Form("/deliveries/views/change", "id=view_0&act=open&next=%2Fdeliveries", "/deliveries"),
        ],
        Thing::SharedDeliveryViews => vec![
            Address("/deliveries?all=1", "name=\"is_shared\""),
            Form("/deliveries/views", "name=Ours&query=%3Flate%3D1&is_shared=1", "/deliveries?late=1"),
        ],
        Thing::LiveDeliveries => vec![Address("/live/deliveries?since=0", "data-seq")],
        Thing::DeliveryExport => {
            vec![Address("/deliveries.jsonl", "\"svix-signature\""), Address("/deliveries.csv", "\"Contract offered\"")]
        }
        Thing::DeliveryHistory => vec![Address("/deliveries/3", "Happened")],
        Thing::RawDelivery => vec![
            Address("/deliveries/3/body", "\"client.contract.offered\""),
            Part("/deliveries/3", "Signature check", None),
            Part("/deliveries/3", "svix-signature", None),
            Part("/deliveries/3", "clct_1@example.com", None),
        ],
        Thing::SignedRequest => vec![
            Command("/deliveries/3/curl", "svix-signature: v1,"),
            Part("/deliveries/3", "action=\"/deliveries/3/curl\"", None),
        ],
        Thing::UncountedDeliveries => {
            vec![Address("/deliveries/7", "Unreadable message"), Address("/deliveries/8", "Refused request")]
        }
        Thing::ContactChanges => vec![Part("/deliveries/2", "What changed", None)],
        Thing::UndescribedPersonFields => vec![
            Part("/contracts/ct_1", "GB33-BANK", Some("A field Junoscope does not know")),
            Part("/contracts/ct_1?from=3&to=4", "GB33-BANK", Some("Junoscope does not know")),
        ],
        Thing::PersonalValues => vec![Part("/contracts/ct_1", "1990", Some("<ins>not shown</ins>"))],
        Thing::OwnAccount => vec![Address("/account", "Where you are signed in")],
    }
}

/// Returns messages of which every thing has something to show; the last one and its refused neighbour count for
/// nothing.
fn messages() -> Vec<TestMessage> {
    let (plain, mut odd) = (contract("ct_1", "clct_1"), contract("ct_1", "clct_1"));
    odd["freelancer"]["bank_account"] = json!("GB33-BANK");
    odd["freelancer"]["date_of_birth"] = json!("1990-01-02");
    let mut changed = contact("clct_1");
    changed["freelancer"]["email"] = json!("changed@example.com");
    vec![
        TestMessage::new("msg_1", 0, &body("client.client_contact.created", "live", &contact("clct_1"))),
        TestMessage::new("msg_2", 1, &body("client.client_contact.registered", "live", &changed)),
        TestMessage { delay: 7_200, ..TestMessage::new("msg_3", 2, &body("client.contract.offered", "live", &plain)) },
        TestMessage::new("msg_4", 3, &body("client.contract.cancelled", "live", &odd)),
        TestMessage::new("msg_5", 4, &body("client.spend_request.approved", "live", &requisition("spreq_1"))),
        TestMessage::new("msg_6", 5, &body("client.contract.accepted", "live", &contract("ct_2", "clct_1"))),
        TestMessage { body: b"no JSON".to_vec(), ..TestMessage::new("msg_7", 6, &Value::Null) },
    ]
}

/// The whole router over a store, with an account of each role.
struct Site {
    app: Router,
    /// Session and calendar link of each role.
    keys: BTreeMap<Role, (Token, Token)>,
    _storage: tokio::sync::watch::Sender<Option<CannotStore>>,
}

impl Site {
    async fn new(store: &Store) -> Self {
        let now = at(24 * 60);
        log(store, &messages()).await;
        store.append(&[], &[refused("msg_8", 7, "bad_signature", "Not signed.")], BOUNDS).await.unwrap();
        let mut batch = RefusedBatch::default();
        batch.count_wrong_address(at(7), "/webhook/typo".to_owned());
        store.set_aside(&batch, BOUNDS).await.unwrap();
        project(store).await;

        let mut keys = BTreeMap::new();
        for role in Role::ALL {
            let email = Email::parse(&format!("{}@example.com", role.as_str())).unwrap();
            let id = store.add_person(&email, "Amara", role, now).await.unwrap().unwrap();
            let link = store.make_link(&id, now).await.unwrap();
            store.follow_link(&link, "hash", now).await.unwrap();
            let begun = store.start_session(&id, "hash", SessionLimits::default(), ClientInfo::default(), now).await;
            let feed = store.add_feed(&email, "All", "", now).await.unwrap().unwrap();
            keys.insert(role, (begun.unwrap().unwrap(), feed));
        }

        let clock = Clock::fixed(now);
        let (storage, state) =
            tokio::sync::watch::channel(Some(CannotStore { since: now, reason: "the disk is full".to_owned() }));
        let warnings = vec!["Mind the gap.".to_owned()];
        let reader = StoreReadModel::new(store.clone(), format!("{HOME}/webhooks/yunojuno"), warnings);
        let reader = Arc::new(reader.with_storage(state));
        let sessions = Sessions::new(store.clone(), clock.clone(), HOME);
        let (writer, _) = Writer::start(store.clone(), 16, BOUNDS);
        let stop = CancellationToken::new();
        let signers = vec![SigningKey::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap()];
        let signing =
            BTreeMap::from([("yunojuno".to_owned(), VerifiedEndpoint { keys: signers, additional_check: None })]);
        let urls = [("yunojuno".to_owned(), format!("{HOME}/webhooks/yunojuno"))];
        let parts = RouterParts {
            intake: Intake::new(BTreeMap::new(), writer.clone(), clock.clone(), 1 << 20),
            writer: writer.clone(),
            store: store.clone(),
            site: security::Site::new(HOME),
            trusted_proxies: crate::client_address::TrustedProxies::default(),
            sessions: sessions.clone(),
            curl: Curl::new(Arc::clone(&reader), signing_endpoints(&urls, &signing), clock.clone()),
            exports: Exports::new(Arc::clone(&reader), sessions.clone(), clock.clone()),
            feeds: Feeds::new(store.clone(), Arc::clone(&reader), clock.clone(), HOME),
            live: Live::new(Arc::clone(&reader), sessions, writer.committed(), clock, stop),
            read_model: reader,
            commands: Arc::new(StoreCommands::new(store.clone())),
            assets: Assets::load(),
            webhook_urls: Vec::new(),
            replay_days: 90,
        };
        Self { app: router(parts), keys, _storage: storage }
    }

    /// Returns status, redirect target and body. Of a stream, the first rows are enough.
    async fn send(&self, by: Option<Role>, path: &str, form: Option<&str>) -> (u16, String, String) {
        let request = match form {
            Some(_) => Request::post(path).header("content-type", "application/x-www-form-urlencoded"),
            None => Request::get(path),
        };
        let request = match by.and_then(|role| self.keys.get(&role)) {
            Some((session, _)) => request.header("cookie", format!("junoscope_session={}", session.as_str())),
            None => request,
        };
        let request = request
            .header("origin", HOME)
            .extension(ConnectInfo(SocketAddr::from(([198, 51, 100, 7], 5000))))
            .body(Body::from(form.unwrap_or_default().to_owned()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (location, is_stream) = (header(header::LOCATION), header(header::CONTENT_TYPE) == "text/event-stream");
        let mut body = response.into_body().into_data_stream();
        let mut text = Vec::new();
        while let Some(piece) = tokio::time::timeout(TIMEOUT, body.next()).await.expect("nothing came") {
            text.extend(piece.unwrap());
            if is_stream && text.windows(5).any(|window| window == b"data:") {
                break;
            }
        }
        (status, location, String::from_utf8(text).unwrap())
    }

    async fn check(&self, by: Option<Role>, thing: Thing, place: &Place) {
        let sight = sight(by, thing);
        let case = |path: &str| format!("{thing:?} at {path} for {by:?}");
        match place {
            Place::Address(path, shown) => {
                let (status, location, text) = self.send(by, path, None).await;
                Self::check_address(by, sight, (status, &location), &case(path));
                assert_eq!(text.contains(shown), sight != Sight::Refused, "{}: {shown} in {text}", case(path));
            }
            Place::Part(path, shown, masked) => {
                let (status, location, text) = self.send(by, path, None).await;
                let page = if by.is_some() { Sight::Seen } else { Sight::Refused };
                Self::check_address(by, page, (status, &location), &case(path));
                assert_eq!(text.contains(shown), sight == Sight::Seen, "{}: {shown} in {text}", case(path));
                if let Some(masked) = masked
                    && sight == Sight::Masked
                {
                    assert!(text.contains(masked), "{}: {masked} is not in {text}", case(path));
                }
            }
            Place::Form(path, form, page) => {
                let (status, location, _) = self.send(by, path, Some(form)).await;
                let expected = if sight == Sight::Seen { Some(*page) } else { None };
                assert_eq!((status == 303).then_some(location.as_str()), expected, "{}: {status}", case(path));
                assert!(sight == Sight::Seen || status == if by.is_some() { 403 } else { 401 }, "{}", case(path));
            }
            Place::Command(path, shown) => {
                let (status, _, text) = self.send(by, path, Some("")).await;
                let refused = if by.is_some() { 403 } else { 401 };
                assert_eq!(status, if sight == Sight::Seen { 200 } else { refused }, "{}", case(path));
                assert_eq!(text.contains(shown), sight == Sight::Seen, "{}: {text}", case(path));
            }
            Place::Link(shown) => {
                let token = by.and_then(|role| self.keys.get(&role)).map_or("none", |(_, feed)| feed.as_str());
                let (status, _, text) = self.send(None, &format!("/feeds/{token}.ics"), None).await;
                let expected = match (by, sight) {
                    (None, _) => 404,
                    (Some(_), Sight::Refused) => 403,
                    (Some(_), Sight::Seen | Sight::Masked) => 200,
                };
                assert_eq!(status, expected, "{}", case("a link"));
                assert_eq!(text.contains(shown), sight == Sight::Seen, "{}: {text}", case("a link"));
            }
        }
    }

    /// An address answers those who see it, refuses others, and leads nobody to signing in.
    fn check_address(by: Option<Role>, sight: Sight, (status, location): (u16, &str), case: &str) {
        match (by, sight) {
            (None, _) => {
                assert!(status == 401 || (status == 303 && location.starts_with("/sign-in?")), "{case}: {status}");
            }
            (Some(_), Sight::Refused) => assert_eq!(status, 403, "{case}"),
            (Some(_), Sight::Seen | Sight::Masked) => assert_eq!(status, 200, "{case}"),
        }
    }
}

#[tokio::test]
async fn each_role_gets_what_the_policy_says_and_nobody_gets_nothing() {
    each_database(async |store| {
        let site = Site::new(&store).await;
        for thing in Thing::ALL {
            for by in EVERYBODY {
                for place in places(*thing) {
                    site.check(by, *thing, &place).await;
                }
            }
        }
    })
    .await;
}
