//! Tests of the files of deliveries.

use super::*;
use crate::clock::Clock;
use crate::http::export::routes;
use crate::http::session::Sessions;
use crate::read_model::StoreReadModel;
use crate::store::Store;
use crate::store::people::Email;
use crate::store::people::sessions::ClientInfo;
use crate::store::people::token::Token;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{BOUNDS, TestMessage, at, body, contract, log_and_project, refused};
use app::view::viewer::{Theme, Zone};
use axum::http::Request;
use domain::account::{Person, Role, SessionLimits};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Site {
    exports: Exports,
    token: Token,
    role: Role,
}

impl Site {
    async fn new(store: &Store, role: Role) -> Self {
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let clock = Clock::fixed(at(700));
        let sessions = Sessions::new(store.clone(), clock.clone(), "http://hooks.example");
        let email = Email::parse("ana@example.com").unwrap();
        let id = store.add_person(&email, "Ana", role, at(0)).await.unwrap().unwrap();
        let link = store.make_link(&id, at(0)).await.unwrap();
        store.follow_link(&link, "hash", at(0)).await.unwrap();
        let session = store.start_session(&id, "hash", SessionLimits::default(), ClientInfo::default(), at(0));
        Self { exports: Exports::new(reader, sessions, clock), token: session.await.unwrap().unwrap(), role }
    }

    async fn open(&self, path: &str) -> Response {
        let person = Person { name: "Ana".into(), email: "ana@example.com".into(), role: self.role };
        let viewer = Viewer { person: Some(person), theme: Theme::System, zone: Zone::Local, now: at(0), as_of: None };
        let cookie = format!("junoscope_session={}", self.token.as_str());
        let request = Request::get(path).extension(viewer).header("cookie", cookie).body(Body::empty()).unwrap();
        routes(self.exports.clone()).oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> (u16, HeaderMap, String) {
        let (parts, body) = self.open(path).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }
}

fn told(count: i64) -> Vec<TestMessage> {
    let offered = |n: i64| {
        let mut object = contract(&format!("ct_{n:03}"), &format!("clct_{}", n % 7));
        object["title"] = json!(if n == 5 { "=cmd()".to_owned() } else { format!("Title {n}") });
        TestMessage::new(&format!("msg_{n}"), n, &body("client.contract.offered", "live", &object))
    };
    (0..count).map(offered).collect()
}

#[tokio::test]
async fn both_files_have_what_the_search_finds_oldest_first() {
    each_database(async |store| {
        log_and_project(&store, &told(450)).await;
        store.append(&[], &[refused("msg_9", 3, "bad_signature", "=Why")], BOUNDS).await.unwrap();
        let site = Site::new(&store, Role::Admin).await;
        let (status, headers, text) = site.get("/deliveries.jsonl?before=ignored~1").await;
        assert_eq!((status, &headers["content-type"]), (200, &"application/jsonl".parse().unwrap()));
        assert_eq!(headers["content-disposition"], "attachment; filename=\"deliveries-2026-03-02.jsonl\"");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 451);
        assert!(text.ends_with('\n') && lines.is_sorted_by_key(|line| line["seq"].as_i64()));
        assert_eq!(lines[7]["headers"][0], json!(["svix-id", "msg_7"]));

        // A file that was cut off in a line, and the rest of it.
        let cut = &text[..text.len() / 2];
        let whole = &cut[..=cut.rfind('\n').unwrap()];
        let last: Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
        let (_, _, rest) = site.get(&format!("/deliveries.jsonl?after={}", last["seq"])).await;
        assert_eq!(format!("{whole}{rest}"), text);

        let (_, headers, text) = site
            .get(
                "/deliveries.csv?q=contract%3A%22title+5%22+or+id%3Act_005+or+outcome%3Arefused\
                 &column=rate.value%0D%0A+title%0A&column=hirers%5B%5D.full_name",
            )
            .await;
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8; header=present");
        let text = text.strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(rows[0][..3], ["Seq", "Received", "Endpoint"]);
        assert_eq!(rows[0][9..], ["rate.value", "title", "hirers[].full_name"]);
        assert_eq!(rows[1][4], "'=cmd(); Name of clct_5; Priya Raman");
        assert_eq!(rows[1][9..], ["450.00", "'=cmd()", "Priya Raman"]);
        assert_eq!((rows[2][5].as_str(), rows[2][6].as_str(), rows[2][9].as_str()), ("Refused", "'=Why", ""));
        assert_eq!(rows.len(), 3);
        let (_, _, rest) = site.get("/deliveries.csv?after=450").await;
        assert!(rest.starts_with("451,\"2026-"), "a later part has no headings: {rest}");
    })
    .await;
}

#[tokio::test]
async fn a_mistake_is_shown_in_its_place() {
    each_database(async |store| {
        let site = Site::new(&store, Role::Admin).await;
        for (path, expected) in [
            ("/deliveries.jsonl?q=amara+outcom%3Arefused", "q: "),
            ("/deliveries.csv?column=rate.value&column=a+b", "column: This is not the path of a field"),
            ("/deliveries.jsonl?after=x", "after: a sequence number is expected.\n"),
        ] {
            let (status, _, text) = site.get(path).await;
            assert_eq!(status, 400, "{path}");
            assert!(text.starts_with(expected), "{text}");
            assert!(path.contains("after") || text.contains("\n^^^\n") || text.contains("\n      ^"), "{text}");
        }
        let (status, _, text) = site.get("/deliveries.jsonl").await;
        assert_eq!((status, text.as_str()), (200, ""));
    })
    .await;
}

#[tokio::test]
async fn a_file_is_for_admins_and_ends_unfinished_with_the_session() {
    each_database(async |store| {
        log_and_project(&store, &told(450)).await;
        let site = Site::new(&store, Role::Admin).await;
        let mut rest = site.open("/deliveries.jsonl").await.into_body().into_data_stream();
        assert!(rest.next().await.unwrap().unwrap().len() > 10_000);
        store.end_session(&site.token).await.unwrap();
        assert!(rest.next().await.unwrap().is_err());
    })
    .await;
    each_database(async |store| {
        let site = Site::new(&store, Role::Hirer).await;
        for path in ["/deliveries.jsonl", "/deliveries.csv"] {
            assert_eq!(site.get(path).await.0, 403, "{path}");
        }
    })
    .await;
}
