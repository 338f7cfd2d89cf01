//! Tests of calendar links: who may create, read and revoke them.

use super::*;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{Told, at, body, contract, log, project};
use app::view::viewer::{Theme, Zone};
use domain::account::Person;
use domain::account::Role;
use http_body_util::BodyExt as _;
use serde_json::json;

/// A stand-in for the calendar page, which shows the created URL.
fn page() -> MethodRouter {
    get(|made: Option<Extension<NewFeed>>, uri: axum::http::Uri| async move {
        format!("{uri} {}", made.map_or(String::new(), |Extension(NewFeed(address))| address))
    })
}

fn viewer(email: &str) -> Viewer {
    let person = Person { name: "Ana".into(), email: email.into(), role: Role::Hirer };
    Viewer { person: Some(person), theme: Theme::System, zone: Zone::Local, now: at(0), as_of: None }
}

async fn send(feeds: &Feeds, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = routes(feeds.clone(), page()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    (parts.status, parts.headers, String::from_utf8(bytes).unwrap())
}

async fn post_form(feeds: &Feeds, path: &str, form: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(viewer("ana@example.com"))
        .body(Body::from(form.to_owned()));
    send(feeds, request.unwrap()).await
}

async fn fetch(feeds: &Feeds, path: &str, tag: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header("if-none-match", tag).body(Body::empty());
    send(feeds, request.unwrap()).await
}

#[tokio::test]
async fn a_link_is_shown_once_fetched_without_a_session_and_revoked() {
    let mut cancelled = contract("ct_3", "clct_1");
    cancelled["notice_period_days"] = json!(14);
    let mut other = contract("ct_2", "clct_2");
    other["hirers"] = json!([{ "hirer_id": "hp_2", "full_name": "Zoë" }]);
    let told = [
        Told::new("msg_1", 0, &body("client.contract.accepted", "live", &contract("ct_1", "clct_1"))),
        Told::new("msg_2", 1, &body("client.contract.accepted", "live", &other)),
        Told::new("msg_3", 2, &body("client.contract.accepted", "live", &cancelled)),
        Told::new("msg_4", 3, &body("client.contract.cancelled", "live", &cancelled)),
    ];
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let ana = Email::parse("ana@example.com").unwrap();
        store.add_person(&ana, "Ana", Role::Hirer, at(0)).await.unwrap();
        let clock = Clock::fixed(at(60));
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let feeds = Feeds::new(store.clone(), reader, clock.clone(), "https://j.example/");

        let (status, headers, text) =
            post_form(&feeds, "/calendar/feeds", "name=Priya&query=%3Fhirer%3Dhp_1%26month%3D2026-01").await;
        assert_eq!((status, &headers["cache-control"]), (StatusCode::OK, &HeaderValue::from_static("no-store")));
        let (uri, address) = text.split_once(' ').unwrap();
        assert_eq!(uri, "/calendar?hirer=hp_1");
        let path = address.strip_prefix("https://j.example").unwrap().to_owned();

        let (status, headers, text) = fetch(&feeds, &path, "").await;
        assert_eq!(
            (status, &headers["content-type"]),
            (StatusCode::OK, &HeaderValue::from_static("text/calendar; charset=utf-8"))
        );
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("X-WR-CALNAME:Priya\r\n"));
        assert!(text.contains("UID:ct_1-start@junoscope") && text.contains("DTEND;VALUE=DATE:20260530"));
        assert!(!text.contains("ct_2") && !text.contains("ct_3"), "of another hirer, or cancelled: {text}");

        // The passage of time alone does not change the file.
        clock.set(at(120));
        let tag = headers["etag"].to_str().unwrap().to_owned();
        let (status, _, text) = fetch(&feeds, &path, &tag).await;
        assert_eq!((status, text.as_str()), (StatusCode::NOT_MODIFIED, ""));

        let kept = store.list_feeds(&ana).await.unwrap();
        let (status, headers, _) = post_form(&feeds, &format!("/calendar/feeds/{}/revoke", kept[0].id), "").await;
        assert_eq!((status, &headers["location"]), (StatusCode::SEE_OTHER, &HeaderValue::from_static("/calendar")));
        assert_eq!(fetch(&feeds, &path, "").await.0, StatusCode::NOT_FOUND);
        assert_eq!(fetch(&feeds, "/feeds/no-such", "").await.0, StatusCode::NOT_FOUND);
        let redirect = fetch(&feeds, "/calendar/feeds", "").await;
        assert_eq!(
            (redirect.0, &redirect.1["location"]),
            (StatusCode::SEE_OTHER, &HeaderValue::from_static("/calendar"))
        );
        let redirect = fetch(&feeds, "/calendar/feeds/feed_1/revoke", "").await;
        assert_eq!(
            (redirect.0, &redirect.1["location"]),
            (StatusCode::SEE_OTHER, &HeaderValue::from_static("/calendar"))
        );
    })
    .await;
}

#[tokio::test]
async fn those_who_guess_links_are_stopped_before_the_database_is_asked() {
    each_database(async |store| {
        let ana = Email::parse("ana@example.com").unwrap();
        store.add_person(&ana, "Ana", Role::Hirer, at(0)).await.unwrap();
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let feeds = Feeds::new(store.clone(), reader, Clock::fixed(at(60)), "https://j.example/");
        let token = store.add_feed(&ana, "All", "", at(0)).await.unwrap().unwrap();
        let good = format!("/feeds/{}.ics", token.as_str());
        for _ in 0..2 * UNKNOWN {
            assert_eq!(fetch(&feeds, &good, "").await.0, StatusCode::OK, "good ones are not counted");
        }
        for _ in 0..UNKNOWN {
            assert_eq!(fetch(&feeds, "/feeds/guessed.ics", "").await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(fetch(&feeds, &good, "").await.0, StatusCode::OK, "whoever else guesses at the same address");
        store.close().await;
        assert_eq!(fetch(&feeds, "/feeds/guessed.ics", "").await.0, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

/// Returns whether `robots.txt` allows a path: the longest matching rule decides.
fn is_allowed(path: &str) -> bool {
    let rules = include_str!("../../../public/robots.txt").lines().filter_map(|line| line.split_once(": "));
    let fitting = rules.filter(|(word, start)| matches!(*word, "Allow" | "Disallow") && path.starts_with(start));
    fitting.max_by_key(|(_, start)| start.len()).is_none_or(|(word, _)| word == "Allow")
}

#[test]
fn calendar_programs_that_obey_robots_txt_may_fetch_and_nothing_else_may_be() {
    assert!(is_allowed("/feeds/abc.ics"));
    for path in ["/", "/feeds", "/calendar", "/contracts", "/sign-in", "/welcome/abc"] {
        assert!(!is_allowed(path), "{path}");
    }
}

#[tokio::test]
async fn what_a_calendar_has_no_room_for_lies_behind_first_and_its_name_says_so() {
    let accepted = |n: i64, id: &str, days: (&str, &str)| {
        let mut object = contract(id, "clct_1");
        (object["start_date"], object["end_date"]) = (json!(days.0), json!(days.1));
        Told::new(&format!("msg_{n}"), n, &body("client.contract.accepted", "live", &object))
    };
    let behind = (0..5).map(|n| accepted(n, &format!("ct_behind_{n}"), ("2026-01-05", &format!("2026-02-2{n}"))));
    let ahead = (0..3).map(|n| accepted(5 + n, &format!("ct_ahead_{n}"), ("2026-04-01", &format!("2026-05-2{n}"))));
    let told: Vec<Told> = behind.chain(ahead).collect();
    each_database(async |store| {
        log(&store, &told).await;
        project(&store).await;
        let reader = Arc::new(StoreReadModel::new(store.clone(), String::new(), Vec::new()));
        let mut feeds = Feeds::new(store.clone(), reader, Clock::fixed(at(600)), "https://j.example/");
        let feed = Feed {
            id: "f".into(),
            name: "All".into(),
            role: Role::Hirer,
            query: String::new(),
            created_at: at(0),
            used_at: None,
        };
        let moment = Moment::from(at(600));
        let names =
            |text: &str, what: &str| (0..5).filter(|n| text.contains(&format!("UID:ct_{what}_{n}-end"))).count();
        for (most, ahead, behind, name) in
            [(5, 3, 5, "All"), (3, 3, 3, "All (not all that is past)"), (2, 2, 0, "All (the next 2 contracts)")]
        {
            feeds.most_contracts = most;
            let text = text(&feeds, &feed, moment, moment.today()).await.unwrap();
            assert_eq!((names(&text, "ahead"), names(&text, "behind")), (ahead, behind), "{most}");
            assert!(text.contains(&format!("X-WR-CALNAME:{name}\r\n")), "{most}: {text}");
        }
    })
    .await;
}
