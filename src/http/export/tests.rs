//! Tests that an export equals its list.

use super::*;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{Told, at, body, contract, log, project};
use app::api::ReadModel as _;
use app::view::viewer::{Theme, Zone};
use axum::body::Body;
use axum::http::Request;
use domain::account::{Person, Role};
use domain::query::filter::Query as _;
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;

fn viewer() -> Viewer {
    let person = Person { name: "Ana".into(), email: "ana@example.com".into(), role: Role::Hirer };
    Viewer { person: Some(person), theme: Theme::System, zone: Zone::Local, now: at(0), as_of: None }
}

async fn fetch(exports: &Exports, path: &str) -> (axum::http::HeaderMap, String) {
    let request = Request::get(path).extension(viewer()).body(Body::empty()).unwrap();
    let response = routes(exports.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let (parts, body) = response.into_parts();
    (parts.headers, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

fn read(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("a mark of the encoding");
    assert!(text.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn an_export_has_the_rows_columns_and_order_of_its_list() {
    let told: Vec<Told> = (0..620)
        .map(|n| {
            let mut object = contract(&format!("ct_{n:03}"), &format!("clct_{}", n % 70));
            object["title"] =
                json!(if n == 5 { "=HYPERLINK(\"x\"),\r\nüber".to_owned() } else { format!("Title {}", n % 9) });
            Told::new(&format!("msg_{n}"), n, &body("client.contract.accepted", "live", &object))
        })
        .collect();
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let exports = Exports::new(Arc::clone(&reader), Clock::fixed(at(700)));

        let (headers, text) = fetch(&exports, "/contracts.csv?sort=title&cols=id,rate,last&after=ignored~x").await;
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(headers["content-disposition"], "attachment; filename=\"contracts-2026-03-02.csv\"");
        let rows = read(&text);
        assert_eq!(rows[0], ["Contract", "Id", "Rate", "Rate currency", "Rate unit", "Last event"]);
        assert_eq!(rows.len(), 621);
        assert_eq!(rows[1][0], "'=HYPERLINK(\"x\"),\r\nüber");
        assert!(text.starts_with("\u{feff}\"Contract\",\"Id\",\"Rate\","), "every text stands in quotes: {text:.80}");
        assert!(text.contains("\",450.00,\"GBP\",\"DAY\",\""), "figures do not: {text:.400}");
        assert_eq!(rows[1][2..5], ["450.00", "GBP", "DAY"]);

        // Page by page, as a reader would.
        let mut filter = ContractFilter::from_query("sort=title&cols=id,rate,last");
        let columns = filter.columns();
        let mut walked = Vec::new();
        loop {
            let page = reader.contracts(&filter, at(700).into()).await.unwrap();
            walked.extend(page.items.iter().map(|row| record(&columns, row)));
            let Some(next) = page.next else { break };
            filter.after = Some(next);
        }
        assert_eq!(rows[1..], walked);

        let (_, text) = fetch(&exports, "/contracts.csv?q=%22title+3%22").await;
        assert_eq!(read(&text).len(), 70);
        let (_, text) = fetch(&exports, "/contractors.csv?ending=365").await;
        assert_eq!(read(&text).len(), 71);
        let (_, text) = fetch(&exports, "/spend.csv").await;
        assert_eq!(
            read(&text),
            [[
                "Requisition",
                "Number",
                "State",
                "Amount",
                "Currency",
                "Amount type",
                "Approved amount",
                "Approved currency",
                "Approved type",
                "Committed (estimate)",
                "Committed currency",
                "Committed note",
                "Left (estimate)",
                "Left currency",
                "Left note",
                "Contracts",
                "Last event"
            ]]
        );
    })
    .await;
}

#[test]
fn every_column_has_a_field_for_each_of_its_headings() {
    fn check<T>(columns: &[Column<T>], row: &T) {
        for column in columns {
            assert_eq!((column.cell)(row).fields().len(), column.headings.len(), "{}", column.key);
        }
        let mut keys: Vec<&str> = columns.iter().map(|column| column.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), columns.len());
    }
    let now = at(0);
    let contract = app::view::summary::ContractSummary {
        id: "ct_1".into(),
        title: "T".into(),
        job_title: None,
        contractor_id: None,
        contractor_name: None,
        client: None,
        hirers: Vec::new(),
        hirer_ids: Vec::new(),
        state: domain::lifecycle::contract::ContractState::Known,
        phase: domain::lifecycle::contract::Phase::Known,
        start_on: None,
        ends_on: None,
        planned_end_on: None,
        notice_by: None,
        rate: None,
        standing: domain::commitment::CommitmentState::Nothing,
        estimate: None,
        is_at_least: false,
        requisition_id: None,
        custom_fields: Vec::new(),
        findings: 0,
        is_test: false,
        last_at: now,
    };
    check(ContractFilter::CELLS, &contract);
}

#[test]
fn of_two_moments_the_last_one_counts_as_on_the_page() {
    let day = |query: &str| as_of(query).map(|as_of| as_of.at.to_string());
    assert_eq!(day("as_of=2026-06-01T00%3A00Z&q=a&as_of=2026-10-01T12%3A00Z").as_deref(), Some("2026-10-01T12:00:00Z"));
    assert_eq!(day("q=a"), None);
}
