//! Tests of sign-in: who gets a session, with which cookie, and how others are refused.

mod account;
mod limits;

use super::*;
use crate::client_address::{self, TrustedProxies};
use crate::store::people::Email;
use crate::tests::support::database::each_database;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use domain::account::Role;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use std::net::SocketAddr;
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

/// The forms and some pages behind the guard.
struct Site {
    app: Router,
    store: Store,
    clock: Clock,
}

fn start() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

async fn page(viewer: Option<axum::Extension<Viewer>>) -> String {
    viewer.map_or("nobody looked".to_owned(), |axum::Extension(viewer)| {
        let name = viewer.person.map_or("stranger".to_owned(), |person| person.name);
        format!("{name} {} {} {}", viewer.theme.as_str(), viewer.zone.as_str(), viewer.now)
    })
}

impl Site {
    fn new(store: Store, public_url: &str) -> Self {
        let clock = Clock::fixed(start());
        let sessions = Sessions::new(store.clone(), clock.clone(), public_url);
        let app = routes(sessions.clone())
            .merge(
                Router::new()
                    .route("/sign-in", get(page))
                    .route("/welcome/{token}", get(page))
                    .route("/webhooks/yunojuno", any(page))
                    .route("/healthz", get(page))
                    .fallback(page),
            )
            .layer(from_fn_with_state(sessions, guard))
            .layer(from_fn_with_state(TrustedProxies::default(), client_address::find));
        Self { app, store, clock }
    }

    async fn send(&self, method: &str, path: &str, cookie: &str, form: &str) -> Answer {
        self.send_with(method, path, form, &[("cookie", cookie)], "198.51.100.7").await
    }

    async fn send_with(&self, method: &str, path: &str, form: &str, headers: &[(&str, &str)], peer: &str) -> Answer {
        let peer = SocketAddr::new(peer.parse().unwrap(), 5000);
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .extension(ConnectInfo(peer))
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let header = |name| {
            let values = parts.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned());
            values.collect::<Vec<_>>()
        };
        Answer {
            status: parts.status.as_u16(),
            location: header(header::LOCATION).pop().unwrap_or_default(),
            cookies: header(header::SET_COOKIE),
            cache: header(header::CACHE_CONTROL).join(", "),
            cleared: header(header::HeaderName::from_static("clear-site-data")).join(", "),
            text: String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send("GET", path, cookie, "").await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.send("POST", path, "", form).await
    }

    /// Adds a person without a password, and returns the path of their one-time link.
    async fn invited(&self, email: &str, role: Role) -> String {
        let id = self.store.add_person(&Email::parse(email).unwrap(), "Amara", role, start()).await.unwrap().unwrap();
        format!("/welcome/{}", self.store.make_link(&id, start()).await.unwrap().as_str())
    }

    /// Adds a person with a password, and returns their session cookie.
    async fn signed_in(&self, email: &str, role: Role) -> String {
        let path = self.invited(email, role).await;
        self.post(&path, &format!("password={PASSWORD}&again={PASSWORD}")).await.cookie()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &format!("email={email}&password={password}&next=/contracts")).await
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    location: String,
    cookies: Vec<String>,
    cache: String,
    cleared: String,
    text: String,
}

impl Answer {
    /// Returns the session cookie, as the browser sends it back.
    fn cookie(&self) -> String {
        self.kept("junoscope_session")
    }

    /// Returns the cookie of this name, with or without the prefix of https, as the browser sends it back.
    fn kept(&self, name: &str) -> String {
        let found: Vec<_> = self.cookies.iter().filter(|cookie| cookie.contains(&format!("{name}="))).collect();
        assert_eq!(found.len(), 1, "{self:?}");
        found[0].split(';').next().unwrap().to_owned()
    }

    fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.location.as_str()), (303, path), "{self:?}");
    }
}

#[tokio::test]
async fn a_link_leads_to_a_password_and_that_to_a_session() {
    each_database(async |store| {
        let site = Site::new(store, "https://hooks.example");
        let link = site.invited("amara@example.com", Role::Admin).await;
        assert_eq!(site.get(&link, "").await.status, 200);
        site.post(&link, "password=short&again=short").await.leads_to(&format!("{link}?error=short"));
        let other = format!("password={PASSWORD}&again={PASSWORD}x");
        site.post(&link, &other).await.leads_to(&format!("{link}?error=mismatch"));
        let guessable = site.post(&link, "password=passwordpassword&again=passwordpassword").await;
        assert!(guessable.location.starts_with(&format!("{link}?error=guessable&advice=")), "{guessable:?}");

        let welcome = site.post(&link, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        welcome.leads_to("/");
        let attributes = welcome.cookies[0].split_once(';').unwrap().1;
        assert!(welcome.cookie().starts_with("__Host-junoscope_session="));
        assert_eq!(attributes, " Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(site.get("/", &welcome.cookie()).await.text.starts_with("Amara system local "));

        // The link works once.
        let again = site.post(&link, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        again.leads_to(&format!("{link}?error=expired"));
        assert!(again.cookies.is_empty());
        site.get(&link, "").await.leads_to(&format!("{link}?error=expired"));
        assert_eq!(site.get(&format!("{link}?error=expired"), "").await.status, 200, "told once, not for ever");
        site.get("/welcome/guess", "").await.leads_to("/welcome/guess?error=expired");

        let signed_in = site.sign_in("AMARA@example.com", PASSWORD).await;
        signed_in.leads_to("/contracts");
        assert_eq!(site.get("/contracts", &signed_in.cookie()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn without_https_the_cookie_is_not_bound_to_it() {
    each_database(async |store| {
        let site = Site::new(store, "http://127.0.0.1:3000");
        let link = site.invited("a@b", Role::Admin).await;
        let welcome = site.post(&link, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        assert!(welcome.cookie().starts_with("junoscope_session="));
        assert!(welcome.cookies[0].ends_with("; Path=/; HttpOnly; SameSite=Lax"));
    })
    .await;
}

#[tokio::test]
async fn nothing_tells_an_unknown_address_from_a_wrong_password() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        site.signed_in("amara@example.com", Role::Admin).await;
        site.invited("new@example.com", Role::Admin).await;
        site.signed_in("gone@example.com", Role::Admin).await;
        site.store.disable_person(&Email::parse("gone@example.com").unwrap(), start()).await.unwrap();
        for (email, password) in [
            ("amara@example.com", "correct horse batterz"),
            ("nobody@example.com", PASSWORD),
            ("new@example.com", ""),
            ("gone@example.com", PASSWORD),
            ("nonsense", PASSWORD),
            ("", ""),
        ] {
            let answer = site.sign_in(email, password).await;
            answer.leads_to("/sign-in?error=wrong&next=%2Fcontracts");
            assert!(answer.text.is_empty());
            // Only the typed address is kept.
            let typed = email.replace('@', "%40").replace('.', "%2E");
            let kept = format!("junoscope_typed={typed}; Max-Age=300; Path=/sign-in; HttpOnly; SameSite=Lax");
            assert_eq!(answer.cookies, [kept]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_leads_to_no_other_site() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("a@b", Role::Admin).await;
        for (next, led) in [("//evil.example", "/"), ("/%5Cevil.example", "/"), ("/spend?a=1", "/spend?a=1"), ("", "/")]
        {
            site.post("/sign-in", &format!("email=a@b&password={PASSWORD}&next={next}")).await.leads_to(led);
            site.send("POST", "/preferences", &cookie, &format!("theme=dark&next={next}")).await.leads_to(led);
        }
        let wrong = site.post("/sign-in", "email=a@b&password=x&next=https://evil.example").await;
        wrong.leads_to("/sign-in?error=wrong&next=%2F");
    })
    .await;
}

#[tokio::test]
async fn without_a_session_pages_lead_to_sign_in_and_the_rest_says_no() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let turned_away = site.get("/deliveries?type=a&b=%2F", "junoscope_session=guess").await;
        turned_away.leads_to("/sign-in?next=%2Fdeliveries%3Ftype%3Da%26b%3D%252F");
        for (method, path) in [("POST", "/deliveries"), ("GET", "/live/deliveries"), ("GET", "/deliveries/5/body")] {
            let answer = site.send(method, path, "", "").await;
            assert_eq!((answer.status, answer.text.as_str()), (401, "Sign in first.\n"), "{method} {path}");
        }
        assert!(site.get("/sign-in", "").await.text.starts_with("stranger "));
        assert_eq!(site.get("/healthz", "").await.text, "nobody looked");
        assert_eq!(site.post("/webhooks/yunojuno", "").await.text, "nobody looked");
    })
    .await;
}

#[tokio::test]
async fn a_hirer_sees_pages_but_no_raw_deliveries() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let hirer = site.signed_in("hirer@example.com", Role::Hirer).await;
        let admin = site.signed_in("admin@example.com", Role::Admin).await;
        assert_eq!(site.get("/contractors", &hirer).await.status, 200);
        for path in ["/live/deliveries", "/deliveries/5/body", "/deliveries/5/%62ody"] {
            assert_eq!(site.get(path, &hirer).await.status, 403, "{path}");
            assert_eq!(site.get(path, &admin).await.status, 200, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_sign_out_by_disabling_by_time_and_by_the_next_one() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("a@b", Role::Admin).await;
        let out = site.send("POST", "/sign-out", &cookie, "").await;
        out.leads_to("/sign-in");
        assert_eq!(out.cookies, ["junoscope_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"]);
        assert_eq!(out.cleared, "\"cache\"", "Back shows nothing; the known device and the looks stay");
        assert_eq!(site.get("/", &cookie).await.status, 303, "the token itself is worth nothing any more");

        let first = site.sign_in("a@b", PASSWORD).await.cookie();
        let form = format!("email=a@b&password={PASSWORD}");
        let second = site.send("POST", "/sign-in", &first, &form).await.cookie();
        assert_eq!(site.get("/", &first).await.status, 303, "replaced");
        assert_eq!(site.get("/", &second).await.status, 200);

        site.store.disable_person(&Email::parse("a@b").unwrap(), start()).await.unwrap();
        assert_eq!(site.get("/", &second).await.status, 303, "disabled");
    })
    .await;
}

#[tokio::test]
async fn preferences_are_kept_for_a_year_and_reach_the_pages() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let session = site.signed_in("a@b", Role::Admin).await;
        let both = site.send("POST", "/preferences", &session, "theme=dark&zone=utc&next=/spend").await;
        both.leads_to("/spend");
        assert_eq!(
            both.cookies,
            [
                "junoscope_theme=dark; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax",
                "junoscope_zone=utc; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
            ]
        );
        let page = site.get("/", &format!("{session}; junoscope_theme=dark; junoscope_zone=utc")).await;
        assert_eq!(page.text, "Amara dark utc 2026-03-01T09:00:00Z");
        let odd = site.send("POST", "/preferences", &session, "theme=%3Cscript%3E").await;
        assert_eq!(odd.kept("junoscope_theme"), "junoscope_theme=system");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_down_is_said_plainly() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("a@b", Role::Admin).await;
        site.store.close().await;
        let page = site.get("/", &cookie).await;
        assert_eq!(page.status, 503);
        assert!(page.text.contains("could not look up who you are"), "{}", page.text);
        assert!(page.text.contains(">Try again</a>"), "{}", page.text);
        assert_eq!(site.sign_in("a@b", PASSWORD).await.status, 503);
        assert_eq!(site.get("/healthz", &cookie).await.status, 200);
        assert_eq!(site.send("POST", "/webhooks/yunojuno", &cookie, "").await.status, 200);
    })
    .await;
}
