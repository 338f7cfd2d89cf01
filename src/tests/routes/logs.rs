//! What the log says of a request, and what it never holds.

use super::site::{SECRET, Site};
use super::*;
use crate::ingest::signature::SigningKey;
use crate::telemetry::tests::collect;
use crate::tests::support::history::{TestMessage, at, body, contract};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use std::net::SocketAddr;

/// An id that a proxy made.
const PROXYS: &str = "0b1f6c1e-9d5c-4c1e-8a53-1d2f3b4a5c6d";

const ACCESS: &str = "junoscope=debug";

/// Returns the request id of an answer.
fn id(page: &Page) -> &str {
    page.headers["x-request-id"].to_str().unwrap()
}

/// Returns the only line that contains these words.
fn line<'l>(log: &'l str, words: &str) -> &'l str {
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(words)).collect();
    assert_eq!(lines.len(), 1, "{words:?} in:\n{log}");
    lines[0]
}

#[test]
fn a_webhook_has_one_access_line_with_endpoint_and_message() {
    let now = at(20 * 24 * 60).as_second();
    let text = body("client.contract.offered", "live", &contract("ct_new", "clct_new")).to_string();
    let signature = SigningKey::parse(SECRET).unwrap().header("msg_new", now, text.as_bytes());
    let site = Site::new(&[]);
    let (log, _guard) = collect(ACCESS);
    let request = Request::post("/webhooks/yunojuno?token=s3cret")
        .header("svix-id", "msg_new")
        .header("svix-timestamp", now.to_string())
        .header("svix-signature", &signature)
        .body(Body::from(text))
        .unwrap();
    let answer = site.answer(request);
    assert_eq!(answer.status, 200);
    let log = log.text();
    let line = line(&log, "answered");
    for field in [
        "DEBUG request{",
        &format!("request_id=\"{}\"", id(&answer)),
        "method=\"POST\"",
        "route=\"/webhooks/{endpoint}\"",
        "endpoint=\"yunojuno\"",
        "message_id=\"msg_new\"",
        "status=200",
        "milliseconds=",
    ] {
        assert!(line.contains(field), "{field}: {line}");
    }
    for secret in ["s3cret", "ct_new", &signature[3..]] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn a_page_has_one_access_line_with_its_subject_and_without_cookie_or_search() {
    let site = site();
    let (log, _guard) = collect(ACCESS);
    let page = site.page(Role::Hirer, "/contracts/ct_brand?q=s3cret");
    let log = log.text();
    let line = line(&log, "answered");
    let fields = ["method=\"GET\" route=\"/contracts/{id}\" subject=\"ct_brand\"", "status=200", id(&page)];
    assert!(fields.iter().all(|field| line.contains(field)), "{line}");
    assert!(!log.contains("s3cret") && !log.contains("junoscope_session"), "{log}");
}

#[test]
fn secrets_in_addresses_are_in_no_line() {
    let site = site();
    let (log, _guard) = collect("trace");
    let token = site.feed.trim_start_matches("/feeds/").trim_end_matches(".ics");
    let paths = [
        site.feed.clone(),
        "/feeds/s3cret.ics".to_owned(),
        "/feeds/s3cret/more".to_owned(),
        "/welcome/s3cret".to_owned(),
        "/welcome/s3cret/".to_owned(),
        "/Welcome/s3cret".to_owned(),
        "//welcome/s3cret".to_owned(),
        "/%77elcome/s3cret".to_owned(),
        "/sign-in?next=s3cret".to_owned(),
        "/contracts?q=s3cret".to_owned(),
    ];
    for path in &paths {
        site.stranger(path);
    }
    let log = log.text();
    assert_eq!(log.lines().filter(|line| line.contains("answered")).count(), paths.len(), "{log}");
    assert!(!log.contains("s3cret") && !log.contains(token), "{log}");
    for route in
        ["/feeds/{file}", "/welcome/{token}", "/welcome/…", "/Welcome/…", "/%77elcome/…", "/sign-in", "/contracts"]
    {
        assert!(log.contains(&format!("route=\"{route}\"")), "{route}: {log}");
    }
}

#[test]
fn a_failed_question_is_logged_once_under_the_id_that_the_page_shows() {
    let site = Site::new(&[TestMessage::new(
        "msg_1",
        1,
        &body("client.contract.offered", "live", &contract("ct_1", "clct_1")),
    )]);
    let files = std::fs::read_dir(site.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let is_lists = |file: &std::path::PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.contains("-lists") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    let lists: Vec<_> = files.filter(is_lists).collect();
    assert_eq!(lists.len(), 1, "{lists:?}");
    rusqlite::Connection::open(&lists[0]).unwrap().execute_batch("drop table contracts").unwrap();
    let (log, _guard) = collect("info");
    let page = site.get(Role::Hirer, "/contracts");
    assert_eq!(page.status, 503);
    let log = log.text();
    let line = line(&log, "question=\"contracts\"");
    for field in ["ERROR request{", id(&page), "route=\"/contracts\"", "error=", "no such table"] {
        assert!(line.contains(field), "{field}: {line}");
    }
    page.says(&[&format!("The server’s log names the cause under request {}.", id(&page))]);
}

#[test]
fn the_id_of_a_trusted_proxy_is_kept_and_nobody_elses() {
    let site = site();
    let ask = |peer: [u8; 4], given: &str| {
        let request = Request::get("/healthz").header("x-request-id", given);
        let request = request.extension(ConnectInfo(SocketAddr::from((peer, 5_000)))).body(Body::empty()).unwrap();
        id(&site.answer_from(request)).to_owned()
    };
    assert_eq!(ask([127, 0, 0, 1], PROXYS), PROXYS);
    for (peer, given) in [
        ([198, 51, 100, 7], PROXYS),
        ([127, 0, 0, 1], ""),
        ([127, 0, 0, 1], "two words"),
        ([127, 0, 0, 1], "<b>"),
        ([127, 0, 0, 1], &"a".repeat(81)),
    ] {
        let made = ask(peer, given);
        assert!(made.len() == 16 && made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{given}: {made}");
    }
    assert_ne!(ask([198, 51, 100, 7], PROXYS), ask([198, 51, 100, 7], PROXYS), "no two requests share one");
}
