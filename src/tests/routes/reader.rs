//! `/deliveries?open={seq}` and `/deliveries/{seq}`: what admins read of a delivery, in parts of bounded size.

use super::site::Site;
use super::*;
use crate::store::log::NewRefusal;
use crate::tests::support::history::{TestMessage, body, contract, refused};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

/// The most that a page may have, in bytes.
const MOST: usize = 60_000;

fn told(minute: i64, event: &str, object: &Value) -> TestMessage {
    TestMessage::new(&format!("msg_{minute}"), minute, &body(&format!("client.{event}"), "live", object))
}

/// Three events of a contract, the second of which came four times; and refused requests, six of one sender.
fn small() -> Site {
    let offered = contract("ct_1", "clct_1");
    let mut accepted = offered.clone();
    accepted["end_date"] = json!("2026-06-26");
    accepted["hirers"][0]["email"] = json!("priya@example.com");
    let signed = told(20, "contract.accepted", &accepted);
    let again = |delay| TestMessage { delay, ..signed.clone() };
    let forged = |minute: i64, remote: &str, code| NewRefusal {
        remote: Some(remote.to_owned()),
        ..refused(&format!("msg_forged_{minute}"), minute, code, "Not so.")
    };
    let mut refusals: Vec<NewRefusal> =
        (100..106).map(|minute| forged(minute, "44.228.126.217", "bad_signature")).collect();
    refusals.push(forged(106, "44.228.126.217", "stale"));
    refusals.push(forged(107, "198.51.100.9", "stale"));
    // It claims the second event, and came before it was stored.
    refusals.push(NewRefusal { message_id: Some("msg_20".to_owned()), ..forged(20, "198.51.100.9", "bad_signature") });
    let messages = [
        told(10, "contract.offered", &offered),
        signed.clone(),
        told(30, "contract.completed", &accepted),
        again(251),
        again(300),
    ];
    Site::with_refused(&messages, &refusals)
}

#[test]
fn a_delivery_is_read_beside_its_list_and_links_keep_the_filter() {
    let site = small();
    let page = site.page(Role::Admin, "/deliveries?outcome=stored&open=2");
    page.says(&["Contract signed", "Signature check", "Payload", "End date settled"]);
    for link in [
        "/deliveries?outcome=stored&amp;open=1#d1",
        "/deliveries?outcome=stored&amp;open=3#d3",
        "/deliveries?outcome=stored&amp;open=2&amp;form=raw#payload",
        "/deliveries?outcome=stored#d2",
        "/deliveries/2",
    ] {
        assert!(page.html.contains(&format!("href=\"{link}\"")), "{link} in {}", page.html);
    }
    let rows: Vec<&str> = page.html.split("</tr>").filter(|row| row.contains(" data-seq=")).collect();
    assert_eq!(rows.iter().filter(|row| row.contains("aria-current")).count(), 1, "{rows:?}");
    assert!(page.html.contains("/live/deliveries?outcome=stored&amp;since="), "live rows go on");
    site.page(Role::Admin, "/deliveries?open=999").says(&["Delivery 999", "There is nothing of this number"]);
    site.page(Role::Admin, "/deliveries?open=x").keeps_quiet_about(&["Signature check"]);
    assert_eq!(site.get(Role::Hirer, "/deliveries?open=2").status, 403);
}

#[test]
fn the_head_says_what_it_did_and_on_which_attempt_it_was_stored() {
    let site = small();
    let page = site.page(Role::Admin, "/deliveries/2");
    page.says(&[
        "Title of ct_1 was signed by Name of clct_1",
        "See it in the timeline",
        "Stored on attempt 2 of 4, at 2 Mar 2026, 12:20:01.",
        "4 min 10 s later",
        "49 s later",
        "← Contract offered",
        "End date settled →",
    ]);
    assert!(page.html.contains("href=\"/contracts/ct_1#event-2\""), "{}", page.html);
    // The end date, and an address that the event before did not have.
    assert_eq!(page.html.matches("class=\"leaf is-changed\"").count(), 2, "{}", page.html);
    let hirer = site.page(Role::Hirer, "/deliveries/2");
    hirer.says(&["Contract signed", "End date"]).keeps_quiet_about(&["timeline", "Copy as curl", "→", "attempt 2"]);
}

#[test]
fn values_lead_to_other_deliveries_with_them() {
    let site = small();
    let page = site.page(Role::Admin, "/deliveries/1");
    let href = "/deliveries?q=rate.value+%3D+%22450.00%22";
    assert!(page.html.contains(&format!("href=\"{href}\"")), "{}", page.html);
    let found = site.page(Role::Admin, href);
    found.says(&["Contract offered", "Contract signed", "End date settled"]);
    assert!(!found.html.contains("data-refused="), "the refused ones are not among them");
}

#[test]
fn a_failed_check_says_what_to_do() {
    let page = small().page(Role::Admin, "/deliveries?outcome=refused&open=6");
    page.says(&["What to do:", "copy the signing secret of this endpoint"]).keeps_quiet_about(&["Copy as curl"]);
}

#[test]
fn refused_requests_of_one_sender_and_reason_are_one_row() {
    let site = small();
    let page = site.page(Role::Admin, "/deliveries");
    page.says(&["Refused requests ×6 since 2 Mar, 13:40 from 44.228.126.217, step: signature"]);
    assert_eq!(page.html.matches("class=\"refusals\"").count(), 1, "{}", page.html);
    assert!(!page.html.contains("<details open><summary><span class=\"mark\">"), "closed at first");
    assert_eq!(page.html.matches("data-refused=\"bad_signature 44.228.126.217\"").count(), 7);
    assert_eq!(page.html.matches("data-refused=\"stale").count(), 2, "of two senders");
}

#[test]
fn a_command_sends_the_same_message_again_and_is_for_admins() {
    let site = small();
    let page = site.post(Role::Admin, "/deliveries/1/curl");
    assert_eq!(page.status, 200, "{}", page.html);
    assert_eq!(page.headers["content-type"], "text/plain; charset=utf-8");
    assert!(page.html.starts_with("curl --include 'http://hooks.example/webhooks/yunojuno'"), "{}", page.html);
    assert!(page.html.contains("-H 'svix-id: msg_10'") && !page.html.contains("whsec_"), "{}", page.html);
    // Sent as the command says.
    let header = |name: &str| {
        let start = page.html.find(&format!("-H '{name}: ")).unwrap() + name.len() + 6;
        page.html[start..].split('\'').next().unwrap().to_owned()
    };
    let body = page.html.split("--data-binary '").nth(1).unwrap().trim_end().trim_end_matches('\'').to_owned();
    let again = ["svix-id", "svix-timestamp", "svix-signature"]
        .iter()
        .fold(Request::post("/webhooks/yunojuno"), |request, name| request.header(*name, header(name)));
    let answer = site.answer(again.body(Body::from(body)).unwrap());
    assert_eq!((answer.status, answer.html.contains("duplicate")), (200, true), "{}", answer.html);

    assert_eq!(site.post(Role::Admin, "/deliveries/6/curl").status, 404, "nothing refused is signed");
    assert_eq!(site.post(Role::Admin, "/deliveries/999/curl").status, 404);
    assert_eq!(site.post(Role::Hirer, "/deliveries/1/curl").status, 403);
    assert_eq!(site.get(Role::Admin, "/deliveries/1/curl").status, 303);
    let foreign = Request::post("/deliveries/1/curl").header("sec-fetch-site", "cross-site").body(Body::empty());
    assert_eq!(site.answer(foreign.unwrap()).status, 403);
}

/// Messages that are large in every way, with their names.
fn large() -> Vec<(&'static str, TestMessage)> {
    const MEGABYTE: usize = 1_000_000;
    let mut minute = 0;
    let mut of = |name, object: &Value| {
        minute += 10;
        (name, told(minute, "contract.offered", object))
    };
    let with = |id: &str, key: &str, value: Value| {
        let mut object = contract(id, "clct_1");
        object[key] = value;
        object
    };
    let flat: serde_json::Map<String, Value> =
        (0..MEGABYTE / 30).map(|n| (format!("field_{n}"), json!("some <text>"))).collect();
    let level = |inside: Value| json!({ "<deeper> & \"deeper\"": inside, "beside": [1, null, "é"] });
    let nested = (0..100).fold(json!("deep"), |inside, _| level(inside));
    let nested: Vec<Value> = (0..200).map(|_| nested.clone()).collect();
    let mut changed = contract("ct_changed", "clct_1");
    let fields = |object: &mut Value, value: &str| {
        for n in 0..30 {
            object[format!("field_{n}")] = json!(format!("{value} & <{n}> ").repeat(20));
        }
    };
    fields(&mut changed, "before");
    let before = of("before", &changed);
    fields(&mut changed, "after");
    let hirers: Vec<Value> =
        (0..2_000).map(|n| json!({ "hirer_id": format!("hp_{n}"), "full_name": "Priya" })).collect();
    let mut all = vec![
        of("flat", &with("ct_flat", "flat", Value::Object(flat))),
        of("nested", &with("ct_nested", "nested", json!(nested))),
        of("string", &with("ct_string", "string", json!("\"&<".repeat(MEGABYTE / 3)))),
        of("array", &with("ct_array", "array", json!((0..50_000).collect::<Vec<_>>()))),
        of("hirers", &with("ct_hirers", "hirers", json!(hirers))),
        before,
        of("changed", &changed),
    ];
    let (_, mut headers) = of("headers", &contract("ct_headers", "clct_1"));
    headers.headers = (0..100).map(|n| (format!("x-long-{n}"), "<&\"'> long".repeat(200))).collect();
    all.push(("headers", headers));
    let text = TestMessage { body: "<&> no JSON ".repeat(80_000).into_bytes(), ..told(500, "x", &Value::Null) };
    let bytes = TestMessage { body: vec![0xff; MEGABYTE], ..told(510, "x", &Value::Null) };
    all.extend([("text", text), ("bytes", bytes)]);
    all
}

#[test]
fn no_page_is_large_whatever_it_shows() {
    let named = large();
    let often = told(600, "contract.accepted", &contract("ct_often", "clct_1"));
    let repeats = (0..200).map(|n| TestMessage { delay: 1 + n * 61, ..often.clone() });
    let messages: Vec<TestMessage> = named.iter().map(|(_, message)| message.clone()).chain(repeats).collect();
    let mut refusal = refused("msg_refused", 700, "bad_signature", "No signature matches.");
    refusal.body = vec![b'<'; 65_536].into();
    let site = Site::with_refused(&messages, &[refusal]);
    let names = named.iter().map(|(name, _)| *name).chain(["often"]);
    let all: Vec<(&str, usize)> = names.zip(1..).chain([("refused", messages.len() + 1)]).collect();
    let mut too_large = Vec::new();
    let mut check = |name: &str, path: &str| {
        let page = site.page(Role::Admin, path);
        if page.html.len() > MOST {
            too_large.push(format!("{name} {} {path}", page.html.len()));
        }
        page
    };
    for (name, seq) in all {
        for query in ["", "?part=2", "?form=text", "?form=raw&part=9999", "?headers=2"] {
            check(name, &format!("/deliveries/{seq}{query}"));
        }
        check(name, &format!("/deliveries?once=1&open={seq}"));
    }
    assert_eq!(too_large, Vec::<String>::new());
    let page = site.page(Role::Admin, &format!("/deliveries/{}", 4));
    page.says(&["of 50,0", "Next →", "Last"]);
    let often = site.page(Role::Admin, &format!("/deliveries/{}", named.len() + 1));
    often.says(&["192 more", "All 200 attempts", "1 min 1 s later"]);
}

#[test]
fn a_full_list_with_a_large_delivery_beside_it_is_no_larger() {
    let object = |n: i64, value: &str| {
        let mut object = contract(&format!("ct_c3j7xl4ev7gf2goxh7di2{n}"), &format!("clct_c2k8wm3du8fe1fnxg6ch1{n}"));
        object["title"] = json!("Autumn campaign - senior designer");
        for field in 0..30 {
            object[format!("field_{field}")] = json!(format!("{value} & {field} ").repeat(20));
        }
        object
    };
    let mut messages: Vec<TestMessage> =
        (0..60).map(|n| told(n * 10, "contract.offered", &object(n, "before"))).collect();
    let mut last = told(700, "contract.accepted", &object(59, "after"));
    last.headers = (0..100).map(|n| (format!("x-long-{n}"), "<&\"'> long".repeat(200))).collect();
    let repeats = (0..200).map(|n| TestMessage { delay: 1 + n * 61, ..last.clone() });
    messages.extend(repeats);
    let site = Site::new(&messages);
    for query in ["?once=1", "?once=1&open=61", "?once=1&family=contract&outcome=stored&open=61"] {
        let page = site.page(Role::Admin, &format!("/deliveries{query}"));
        assert_eq!(page.html.matches("data-seq=").count(), 50);
        assert!(page.html.len() <= MOST, "{} {query}", page.html.len());
    }
}

#[test]
fn every_part_of_a_large_body_can_be_read() {
    let object = json!({ "contract_id": "ct_1", "numbers": (0..6_000).collect::<Vec<_>>() });
    let site = Site::new(&[told(0, "contract.offered", &object)]);
    let first = site.page(Role::Admin, "/deliveries/1");
    first.says(&["of 6,004"]).keeps_quiet_about(&["5999 Find"]);
    let last = site.page(Role::Admin, "/deliveries/1?part=9999");
    assert!(last.html.contains("data-path=\"data.object.numbers[5999]\""), "{}", last.html);
    last.says(&["6,004 of 6,004", "First", "← Previous"]).keeps_quiet_about(&["Next →"]);
    let page = site.page(Role::Admin, "/deliveries?open=1&form=raw&part=9");
    page.says(&["Part ", "]}}}"]);
}
