//! Tests of the account forms, and of what they log.

use super::*;

const NEW: &str = "otters juggle marmalade";

impl Site {
    async fn change(&self, cookie: &str, old: &str, new: &str, again: &str) -> Answer {
        self.send("POST", "/account/password", cookie, &format!("old={old}&password={new}&again={again}")).await
    }

    async fn sessions(&self, email: &str) -> Vec<domain::account::SessionSummary> {
        self.store.list_sessions(&Email::parse(email).unwrap(), self.clock.now()).await.unwrap()
    }
}

#[tokio::test]
async fn a_person_changes_their_own_password_with_the_old_one() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Hirer).await;
        let elsewhere = site.sign_in("amara@example.com", PASSWORD).await;
        site.change(&cookie, "wrong", NEW, NEW).await.leads_to("/account?error=old");
        site.change(&cookie, PASSWORD, "short", "short").await.leads_to("/account?error=short");
        site.change(&cookie, PASSWORD, NEW, PASSWORD).await.leads_to("/account?error=mismatch");
        site.change(&cookie, PASSWORD, PASSWORD, PASSWORD).await.leads_to("/account?error=same");
        let own = site.change(&cookie, PASSWORD, "amara@example.com", "amara@example.com").await;
        assert!(own.location.starts_with("/account?error=guessable&advice=yours"), "{own:?}");
        assert_eq!(site.get("/", &elsewhere.cookie()).await.status, 200, "nothing has happened yet");

        let changed = site.change(&cookie, PASSWORD, NEW, NEW).await;
        changed.leads_to("/account?done=password");
        assert_eq!(site.get("/", &changed.cookie()).await.status, 200, "this browser goes on");
        for ended in [&cookie, &elsewhere.cookie()] {
            assert_eq!(site.get("/", ended).await.status, 303);
        }
        let device = elsewhere.kept("junoscope_device").split_once('=').unwrap().1.to_owned();
        let email = Email::parse("amara@example.com").unwrap();
        assert!(!site.store.is_device_known(&Token::claimed(&device), &email, start()).await.unwrap());
        site.sign_in("amara@example.com", PASSWORD).await.leads_to("/sign-in?error=wrong&next=%2Fcontracts");
        site.sign_in("amara@example.com", NEW).await.leads_to("/contracts");
    })
    .await;
}

#[tokio::test]
async fn an_open_browser_does_not_give_away_the_password() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Hirer).await;
        for _ in 0..super::super::attempts::MAX_PER_PAIR {
            site.change(&cookie, "guess", NEW, NEW).await.leads_to("/account?error=old");
        }
        site.change(&cookie, PASSWORD, NEW, NEW).await.leads_to("/account?error=limited");
        // Signing in is no worse for it.
        site.sign_in("amara@example.com", PASSWORD).await.leads_to("/contracts");
    })
    .await;
}

#[tokio::test]
async fn people_see_their_sessions_and_end_them() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let here = site.signed_in("amara@example.com", Role::Hirer).await;
        let other = site.signed_in("ben@example.com", Role::Hirer).await;
        let form = format!("email=amara@example.com&password={PASSWORD}");
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let there = site.send_with("POST", "/sign-in", &form, &[("user-agent", firefox)], "203.0.113.5").await.cookie();
        let third = site.sign_in("amara@example.com", PASSWORD).await.cookie();

        let sessions = site.sessions("amara@example.com").await;
        assert_eq!(sessions.len(), 3);
        let firefox = sessions.iter().find(|one| one.device == "Firefox on Linux").unwrap();
        assert_eq!((firefox.address.as_deref(), firefox.created_at), (Some("203.0.113.5"), start()));

        let end = format!("id={}", firefox.id);
        site.send("POST", "/account/sessions/end", &other, &end).await.leads_to("/account?done=ended");
        assert_eq!(site.get("/", &there).await.status, 200, "nobody ends another's");
        site.send("POST", "/account/sessions/end", &here, &end).await.leads_to("/account?done=ended");
        assert_eq!(site.get("/", &there).await.status, 303);

        site.send("POST", "/account/sessions/end-others", &here, "").await.leads_to("/account?done=others");
        assert_eq!((site.get("/", &third).await.status, site.get("/", &here).await.status), (303, 200));
        assert_eq!(site.get("/", &other).await.status, 200);

        let own = format!("id={}", site.sessions("amara@example.com").await[0].id);
        let out = site.send("POST", "/account/sessions/end", &here, &own).await;
        out.leads_to("/sign-in");
        assert_eq!((out.cookie().as_str(), out.cleared.as_str()), ("junoscope_session=", "\"cache\""));
        assert_eq!(site.get("/", &here).await.status, 303);
        assert_eq!(site.post("/account/sessions/end-others", "").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_after_its_days_however_often_it_is_used() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Hirer).await;
        let idle = site.sign_in("amara@example.com", PASSWORD).await.cookie();
        let hours = |hours: i64| start() + SignedDuration::from_hours(hours);
        for day in [6, 12, 18, 24, 29] {
            site.clock.set(hours(day * 24));
            assert_eq!(site.get("/", &cookie).await.status, 200, "used on day {day}");
            if day > 6 {
                assert_eq!(site.get("/", &idle).await.status, 303, "idle since day 0");
            }
        }
        site.clock.set(hours(30 * 24));
        assert_eq!(site.get("/", &cookie).await.status, 303, "over, however often it was used");
    })
    .await;
}

#[tokio::test]
async fn stricter_limits_hold_for_the_sessions_there_are() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Hirer).await;
        site.store.limit_sessions(SessionLimits::new(30, 2)).await.unwrap();
        site.clock.set(start() + SignedDuration::from_mins(119));
        assert_eq!(site.get("/healthz", &cookie).await.status, 200, "a machine's address is no use of it");
        site.clock.set(start() + SignedDuration::from_mins(120));
        assert_eq!(site.get("/", &cookie).await.status, 303);
    })
    .await;
}

#[tokio::test]
async fn nothing_that_a_signed_in_person_saw_is_kept_by_the_browser() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Admin).await;
        for path in ["/", "/contracts", "/contracts.csv", "/live/deliveries", "/account", "/sign-in"] {
            assert_eq!(site.get(path, &cookie).await.cache, "no-store", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_address_of_a_form_opened_as_a_page_leads_to_its_page() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let cookie = site.signed_in("amara@example.com", Role::Hirer).await;
        for (path, page) in [
            ("/sign-out", "/"),
            ("/preferences", "/"),
            ("/account/password", "/account"),
            ("/account/sessions/end", "/account"),
            ("/account/sessions/end-others", "/account"),
        ] {
            site.get(path, &cookie).await.leads_to(page);
        }
        assert_eq!(site.get("/", &cookie).await.status, 200, "nobody is signed out by a link");
        // A form whose session has ended meanwhile leads back to its page by way of signing in.
        let html = [("accept", "text/html,application/xhtml+xml")];
        let sent = site.send_with("POST", "/account/password", "old=x", &html, "198.51.100.7").await;
        sent.leads_to("/sign-in?error=ended&next=%2Faccount%2Fpassword");
    })
    .await;
}

#[tokio::test]
async fn the_sign_in_page_is_told_what_was_typed() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        site.signed_in("amara@example.com", Role::Hirer).await;
        let form = "email=+Am%22ara%3C%40example.com&password=wrong";
        let typed = site.post("/sign-in", form).await.kept("junoscope_typed");
        let mut request = Request::get("/sign-in").header("cookie", &typed).body(Body::empty()).unwrap();
        assert_eq!(typed_email(&request), Some(TypedEmail("Am\"ara<@example.com".to_owned())));
        *request.uri_mut() = "/contracts".parse().unwrap();
        assert_eq!(typed_email(&request), None);
        let form = format!("email=amara@example.com&password={PASSWORD}");
        let signed_in = site.send("POST", "/sign-in", &typed, &form).await;
        assert_eq!(signed_in.kept("junoscope_typed"), "junoscope_typed=", "forgotten once it worked");
    })
    .await;
}

#[tokio::test]
async fn what_happens_to_accounts_is_logged_with_who_and_from_where_and_without_secrets() {
    each_database(async |store| {
        let (log, _guard) = crate::telemetry::tests::collect("info,sqlx=warn");
        let site = Site::new(store, "http://hooks.example");
        let link = site.invited("amara@example.com", Role::Hirer).await;
        let welcome = site.post(&link, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        site.post(&link, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        let cookie = site.sign_in("amara@example.com", PASSWORD).await.cookie();
        site.get("/deliveries/5/body", &cookie).await;
        site.post("/sign-in", "email=my+secret+password&password=x").await;
        for _ in 0..=super::super::attempts::MAX_PER_PAIR {
            site.sign_in("amara@example.com", "guess number one").await;
        }
        let form = "email=amara@example.com&password=guess+number+one";
        site.send_with("POST", "/sign-in", form, &[], "203.0.113.5").await;
        let changed = site.change(&cookie, PASSWORD, NEW, NEW).await.cookie();
        site.send("POST", "/account/sessions/end-others", &changed, "").await;
        site.send("POST", "/sign-out", &changed, "").await;

        let text = log.text();
        for expected in [
            "a one-time link was used",
            "the one-time link is used up",
            "signed in who=\"amara@example.com\" from=198.51.100.7 device=\"new\"",
            "access was refused who=\"amara@example.com\" from=198.51.100.7",
            "a sign-in failed who=\"(no address)\"",
            "a sign-in failed who=\"amara@example.com\" from=198.51.100.7 why=\"wrong password\"",
            "a sign-in was refused: too many were wrong who=\"amara@example.com\"",
            "a sign-in is slowed: many were wrong who=\"amara@example.com\" from=203.0.113.5 seconds=1",
            "a password was changed",
            "every other session was ended",
            "signed out who=\"amara@example.com\"",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let token = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
        let link = link.trim_start_matches("/welcome/").to_owned();
        let device = token(&welcome.kept("junoscope_device"));
        let secrets = [PASSWORD.to_owned(), NEW.to_owned(), "guess number".to_owned(), "secret".to_owned()];
        for secret in secrets.into_iter().chain([link, device, token(&cookie), token(&changed)]) {
            assert!(!text.contains(&secret), "{secret}: {text}");
        }
    })
    .await;
}
