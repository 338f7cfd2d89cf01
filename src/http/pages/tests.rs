//! Tests of rendered pages: text that attempts HTML injection, and stores that do not answer.

mod addresses;
mod imported;
mod names;
mod search;

use super::*;
use crate::http::security::refuse_nul_in_path;
use crate::read_model::StoreReadModel;
use crate::store::Store;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{
    BOUNDS, TestMessage, at, body, contact, contract, log, log_and_project, project, refused, requisition,
};
use app::view::viewer::{Theme, Zone};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::middleware::from_fn;
use domain::account::Person;
use domain::account::Role;
use domain::event::catalog;
use domain::replay::KeptDays;
use http_body_util::BodyExt as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Text that closes every element in which text is not markup, and then opens one of its own.
const PLANTED: &str = "</title></textarea></script><b class=planted>\"'";

/// The pages of a store, rendered for either role.
struct Site(Router);

impl Site {
    fn new(store: &Store) -> Self {
        let reader =
            StoreReadModel::new(store.clone(), "https://hooks.example/webhooks/yunojuno".to_owned(), Vec::new())
                .with_search_time(std::time::Duration::from_mins(1));
        let assets = AssetUrls { css: "/pkg/a.css".to_owned(), webhook_urls: Vec::new() };
        Self(routes(handler(Arc::new(reader), assets, KeptDays(90), "junoscope")).layer(from_fn(refuse_nul_in_path)))
    }

    /// Returns status and HTML of a page, rendered a day after the last event.
    async fn get(&self, path: &str, role: Role) -> (u16, String) {
        let person = Person { name: PLANTED.to_owned(), email: "reader@example.com".to_owned(), role };
        let now = at(24 * 60);
        let viewer = Viewer { person: Some(person), theme: Theme::default(), zone: Zone::default(), now, as_of: None };
        let request = Request::get(path).extension(viewer).body(Body::empty()).unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let html = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(html.to_vec()).unwrap())
    }
}

fn in_path(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Replaces every text of a body, except those with a format of their own: dates, figures and currencies.
fn planted(value: &mut Value) {
    match value {
        Value::String(text) => {
            let is_read = text.parse::<jiff::civil::Date>().is_ok()
                || text.parse::<f64>().is_ok()
                || (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()));
            if !is_read {
                PLANTED.clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(planted),
        Value::Object(map) => map.values_mut().for_each(planted),
        _ => {}
    }
}

/// Stores one event of every type about one contractor, contract and requisition, one of an unknown type, an unreadable
/// one and a refused one. Every text is hostile, ids and type names included.
async fn plant(store: &Store) -> i64 {
    let mut told = Vec::new();
    for (place, entry) in (0..).zip(catalog::entries()) {
        let mut body: Value = serde_json::from_str(entry.sample).unwrap();
        planted(&mut body["data"]);
        told.push(TestMessage::new(&format!("{PLANTED}{place}"), place, &body));
    }
    let mut unknown = serde_json::from_str::<Value>(catalog::entries()[5].sample).unwrap();
    planted(&mut unknown);
    unknown["mode"] = "live".into();
    told.push(TestMessage::new(&format!("{PLANTED} unknown"), 20, &unknown));
    told.push(TestMessage {
        body: PLANTED.as_bytes().to_vec(),
        ..TestMessage::new(&format!("{PLANTED} unreadable"), 21, &Value::Null)
    });
    log(store, &told).await;
    store.append(&[], &[refused(PLANTED, 22, "bad_signature", PLANTED)], BOUNDS).await.unwrap();
    project(store).await;
    i64::try_from(told.len()).unwrap() + 1
}

/// Returns the content of the document's title element.
fn title(html: &str) -> &str {
    let (_, rest) = html.split_once("<title>").unwrap();
    rest.split_once("</title>").unwrap().0
}

fn assert_is_text(path: &str, html: &str) {
    assert!(!html.contains("<b class=planted"), "{path}: {html}");
    assert_eq!(html.matches("<textarea").count(), html.matches("</textarea>").count(), "{path}: {html}");
    assert_eq!(html.matches("<script").count(), html.matches("</script>").count(), "{path}: {html}");
    // One title of the document; those of drawings also come in pairs.
    assert_eq!(html.matches("<title").count(), html.matches("</title>").count(), "{path}: {html}");
    assert!(!title(html).contains(['<', '>']), "{path}: {}", title(html));
}

/// Stores these bodies in the log, a minute apart.
async fn tell(store: &Store, bodies: &[Value]) {
    let told: Vec<TestMessage> =
        (0..).zip(bodies).map(|(minute, body)| TestMessage::new(&format!("msg_{minute}"), minute, body)).collect();
    log_and_project(store, &told).await;
}

#[tokio::test]
async fn what_a_payload_says_is_text_on_every_page_and_for_every_reader() {
    each_database(async |store| {
        let last = plant(&store).await;
        let site = Site::new(&store);
        let id = in_path(PLANTED);
        let subjects = ["contractors", "contracts", "spend"].map(|list| format!("/{list}/{id}"));
        let mut paths: Vec<String> = subjects
            .iter()
            .flat_map(|path| {
                [path.clone(), format!("{path}?as_of=2026-03-03&from=6&to=8"), format!("{path}?from=6&to=8")]
            })
            .collect();
        for list in ["contractors", "contracts", "spend", "calendar", "findings", "deliveries", "catalog"] {
            paths.extend([
                format!("/{list}"),
                format!("/{list}?q={id}&hirer={id}&client={id}&field={id}&type={id}&sort={id}"),
            ]);
        }
        paths.extend(["/contractors", "/contracts", "/spend"].map(|list| {
            format!(
                "{list}?cols=id,job,contractor,contractor_id,client,hirers,fields,requisition,number,email,bookability"
            )
        }));
        paths.extend((1..=last).map(|seq| format!("/deliveries/{seq}")));
        paths.extend([
            "/".to_owned(),
            "/calendar?month=2025-09".to_owned(),
            format!("/nothing/{id}"),
            format!("/{id}"),
        ]);
        paths.extend(catalog::entries().iter().map(|entry| format!("/catalog/{}", entry.event_type)));
        paths.extend([format!("/catalog/{id}"), format!("/sign-in?next={id}&error={id}"), format!("/welcome/{id}")]);
        for path in &paths {
            for role in [Role::Admin, Role::Hirer] {
                let (status, html) = site.get(path, role).await;
                assert!([200, 403, 404].contains(&status), "{path}: {status}");
                assert_is_text(path, &html);
            }
        }
        for path in &subjects {
            for role in [Role::Admin, Role::Hirer] {
                let (status, html) = site.get(path, role).await;
                assert_eq!(status, 200, "{path}");
                assert!(html.contains("&lt;b class=planted&gt;"), "{path} shows the words as words");
                assert!(title(&html).starts_with("&lt;/title&gt;"), "{}", title(&html));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_cannot_be_read_offers_to_try_again_and_blames_nothing_else() {
    each_database(async |store| {
        let site = Site::new(&store);
        store.close().await;
        let (status, page) = site.get("/contracts?state=active&as_of=2026-09-01", Role::Hirer).await;
        assert_eq!(status, 503);
        let page = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
        let link = page.split("<a ").find(|link| link.contains("Try again")).unwrap();
        assert!(link.contains("href=\"/contracts?state=active&amp;as_of=2026-09-01\""), "{link}");
        for blamed in ["webhook", "Webhook", "Nothing is lost"] {
            assert!(!page.contains(blamed), "{blamed}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_described_of_a_person_is_in_no_answer_to_a_hirer() {
    each_database(async |store| {
        const SECRET: &str = "GB33-SECRET";
        let plain = contract("ct_1", "clct_1");
        let mut odd = plain.clone();
        odd["freelancer"]["bank_account"] = json!({ "iban": SECRET });
        odd["client_contact"]["notes"] = json!([SECRET]);
        odd["hirers"][0]["phone"] = json!(SECRET);
        let fields = |changes: Value| {
            let object = json!({ "client_contact_id": "clct_1" });
            let mut body = body("client.client_contact.custom_fields_updated", "live", &object);
            body["data"]["changes"] = changes;
            body
        };
        let mut person = contact("clct_1");
        person["iban"] = json!(SECRET);
        tell(
            &store,
            &[
                body("client.client_contact.created", "live", &contact("clct_1")),
                body("client.contract.offered", "live", &plain),
                body("client.contract.accepted", "live", &odd),
                body("client.contract.paid", "live", &odd),
                body("client.client_contact.registered", "live", &person),
                body("client.client_contact.paid", "live", &person),
                fields(json!({ "freelancer": { "bank_account": { "old": "x", "new": SECRET } } })),
                fields(json!([{ "field": "freelancer.iban", "old": SECRET, "new": SECRET }])),
            ],
        )
        .await;
        let site = Site::new(&store);
        let mut paths: Vec<String> = (1..=8).map(|seq| format!("/deliveries/{seq}")).collect();
        for path in
            ["/", "/contractors", "/contractors/clct_1", "/contracts/ct_1", "/contracts/ct_1?from=2&to=3", "/findings"]
        {
            paths.push(path.to_owned());
        }
        paths.push("/contractors?cols=fields,email".to_owned());
        for path in &paths {
            let (_, html) = site.get(path, Role::Hirer).await;
            assert!(!html.contains("SECRET") && !html.contains("ank account"), "{path}: {html}");
        }
        for path in ["/contracts/ct_1", "/contracts/ct_1?from=2&to=3", "/deliveries/3"] {
            let (_, html) = site.get(path, Role::Hirer).await;
            assert!(html.contains("ields Junoscope does not know"), "{path}: {html}");
            let (_, html) = site.get(path, Role::Admin).await;
            assert!(html.contains("ank account") && html.contains(SECRET), "{path}: {html}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_lists_say_how_far_lists_that_are_made_have_come() {
    each_database(async |store| {
        let bodies: Vec<Value> =
            (0..10).map(|n| body("client.contract.offered", "live", &contract(&format!("ct_{n}"), "clct_1"))).collect();
        tell(&store, &bodies).await;
        let site = Site::new(&store);
        let paths = ["/", "/contractors", "/contracts", "/spend", "/calendar", "/findings", "/deliveries", "/catalog"];
        let ten_seconds_ago = at(24 * 60).saturating_sub(jiff::SignedDuration::from_secs(10)).unwrap();
        store.remake_lists(None).await.unwrap();
        store.resume_making(ten_seconds_ago).await.unwrap();
        crate::projector::Projector::new(store.clone()).with_batch(4).step().await.unwrap();
        for path in paths {
            let (status, html) = site.get(path, Role::Admin).await;
            assert_eq!(status, 200, "{path}");
            assert!(html.contains("Lists are being made: 40 %, about 15 s"), "{path}: {html}");
        }
        project(&store).await;
        for path in paths {
            assert!(!site.get(path, Role::Admin).await.1.contains("Lists are being made"), "{path}");
        }
    })
    .await;
}
