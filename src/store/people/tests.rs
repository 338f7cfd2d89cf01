//! Tests that one-time links work once, and that sessions expire.

use super::devices::DEVICE_LIFETIME;
use super::links::{LINK_LIFETIME, first_admin_link};
use super::sessions::ClientInfo;
use super::token::Token;
use super::*;
use crate::clock::Clock;
use crate::tests::support::database::each_database;
use domain::account::{SESSION_IDLE, SESSION_LIFETIME, SessionLimits};
use jiff::SignedDuration;

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

async fn start(store: &Store, id: &PersonId, hash: &str, now: Timestamp) -> Result<Option<Token>, StoreError> {
    store.start_session(id, hash, SessionLimits::default(), ClientInfo::default(), now).await
}

/// Creates an admin with a password, and a session.
async fn signed_in(store: &Store) -> (PersonId, Token) {
    let id = store.add_person(&email("amara@example.com"), "Amara", Role::Admin, now()).await.unwrap().unwrap();
    let link = store.make_link(&id, now()).await.unwrap();
    assert_eq!(store.follow_link(&link, "hash", now()).await.unwrap(), Some(id.clone()));
    let session = start(store, &id, "hash", now()).await.unwrap().unwrap();
    (id, session)
}

#[test]
fn an_email_is_one_word_around_an_at() {
    assert_eq!(email(" Amara@Example.COM ").as_str(), "amara@example.com");
    assert_eq!(email("admin@localhost").as_str(), "admin@localhost");
    let long = format!("{}@example.com", "a".repeat(250));
    for wrong in ["", "@", "a@", "@b", "a b@c", "a@b@c", "amara", "a@b\nc", long.as_str()] {
        assert_eq!(Email::parse(wrong), None, "{wrong:?}");
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_person() {
    each_database(async |store| {
        let address = email("amara@example.com");
        let id = store.add_person(&address, "Amara", Role::Hirer, now()).await.unwrap().unwrap();
        assert_eq!(store.add_person(&address, "Other", Role::Admin, now()).await.unwrap(), None);
        let found = store.find_person(&email("AMARA@example.com")).await.unwrap().unwrap();
        assert_eq!(found.id, id);
        assert_eq!((found.person.name.as_str(), found.person.role), ("Amara", Role::Hirer));
        assert_eq!((found.created_at, found.disabled_at, found.password_hash), (now(), None, None));
        assert!(store.find_person(&email("other@example.com")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_once() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        assert!(store.is_link_open(&link, now()).await.unwrap());
        assert_eq!(store.follow_link(&link, "first", now()).await.unwrap(), Some(id));
        assert!(!store.is_link_open(&link, now()).await.unwrap());
        assert_eq!(store.follow_link(&link, "second", now()).await.unwrap(), None);
        let found = store.find_person(&email("a@b")).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("first"));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_follow_a_link_at_once_one_gets_in() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        let (one, two) = tokio::join!(store.follow_link(&link, "one", now()), store.follow_link(&link, "two", now()));
        assert_eq!([one.unwrap(), two.unwrap()].into_iter().flatten().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_waits_72_hours_and_ends_with_the_next() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        assert!(store.is_link_open(&link, now() + LINK_LIFETIME - MILLISECOND).await.unwrap());
        assert!(!store.is_link_open(&link, now() + LINK_LIFETIME).await.unwrap());
        assert_eq!(store.follow_link(&link, "late", now() + LINK_LIFETIME).await.unwrap(), None);

        let next = store.make_link(&id, now()).await.unwrap();
        assert!(!store.is_link_open(&link, now()).await.unwrap());
        assert!(store.is_link_open(&next, now()).await.unwrap());
        assert!(!store.is_link_open(&Token::new(), now()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_7_days_unused_and_30_used_or_until_it_is_ended() {
    each_database(async |store| {
        let (_, session) = signed_in(&store).await;
        let found = store.find_session(&session, now() + SESSION_IDLE - MILLISECOND).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.role), ("Amara", Role::Admin));
        assert_eq!(store.find_session(&session, now() + SESSION_IDLE).await.unwrap(), None);
        let (limits, from) = (SessionLimits::default(), ClientInfo::default());
        for day in 1..30 {
            let day = now() + SignedDuration::from_hours(24 * day);
            let open = store.open_session(&session, day).await.unwrap().unwrap();
            store.use_session(&open, limits, from, day).await.unwrap();
        }
        assert!(store.find_session(&session, now() + SESSION_LIFETIME - MILLISECOND).await.unwrap().is_some());
        assert_eq!(store.find_session(&session, now() + SESSION_LIFETIME).await.unwrap(), None);
        assert_eq!(store.find_session(&Token::claimed("guess"), now()).await.unwrap(), None);
        store.end_session(&session).await.unwrap();
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn signing_in_sweeps_out_sessions_that_are_over() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let later = now() + SESSION_LIFETIME;
        start(&store, &id, "hash", later).await.unwrap().unwrap();
        // Asked as of then, it would still be found if it were still there.
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn no_session_begins_with_a_password_that_is_being_replaced() {
    each_database(async |store| {
        // SQLite has one writer at a time.
        let crate::store::Pool::Postgres(pool) = &store.pool else { return };
        let (id, _) = signed_in(&store).await;
        let mut link = pool.begin().await.unwrap();
        for statement in ["update people set password_hash = 'new'", "delete from sessions"] {
            sqlx::query(statement).execute(&mut *link).await.unwrap();
        }
        let session = tokio::spawn({
            let (store, id) = (store.clone(), id.clone());
            async move { start(&store, &id, "hash", now()).await.unwrap() }
        });
        let waits = "select exists (select 1 from pg_stat_activity where datname = current_database() \
                     and wait_event_type = 'Lock')";
        while !session.is_finished() && !sqlx::query_scalar::<_, bool>(waits).fetch_one(pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
        link.commit().await.unwrap();
        assert!(session.await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_disabled_person_is_signed_out_and_stays_out() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let link = store.make_link(&id, now()).await.unwrap();
        let address = email("amara@example.com");
        assert!(store.disable_person(&address, now()).await.unwrap());
        assert!(!store.disable_person(&address, now()).await.unwrap(), "there is nobody left to disable");
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(store.follow_link(&link, "new", now()).await.unwrap(), None);
        assert_eq!(start(&store, &id, "hash", now()).await.unwrap(), None);
        // Not even with a link that is made afterwards.
        let link = store.make_link(&id, now()).await.unwrap();
        assert_eq!(store.follow_link(&link, "new", now()).await.unwrap(), None);
        assert_eq!(store.find_person(&address).await.unwrap().unwrap().disabled_at, Some(now()));
    })
    .await;
}

#[tokio::test]
async fn adding_a_disabled_person_brings_them_back_without_their_password() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let address = email("amara@example.com");
        store.disable_person(&address, now()).await.unwrap();
        let again = store.add_person(&address, "Amara N", Role::Hirer, now()).await.unwrap();
        assert_eq!(again, Some(id.clone()));
        let found = store.find_person(&address).await.unwrap().unwrap();
        assert_eq!((found.password_hash, found.disabled_at, found.person.role), (None, None, Role::Hirer));
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(start(&store, &id, "hash", now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_holds_nothing_of_before() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let address = email("amara@example.com");
        let link = store.make_link(&id, now()).await.unwrap();
        let feed = store.add_feed(&address, "All", "", now()).await.unwrap().unwrap();
        let other = email("other@example.com");
        store.add_person(&other, "Other", Role::Hirer, now()).await.unwrap();
        let kept = store.add_feed(&other, "All", "", now()).await.unwrap().unwrap();

        store.disable_person(&address, now()).await.unwrap();
        assert!(store.list_feeds(&address).await.unwrap().is_empty(), "disabling ends calendar links for good");
        // A credential left by an older version, and one created meanwhile.
        let meanwhile = store.make_link(&id, now()).await.unwrap();
        let left = Token::new();
        crate::store::with_writer!(store, |pool| {
            sqlx::query("insert into feeds (id, token_hash, person_id, name, query, created_at) values ('feed_x', $1, $2, 'Old', '', 0)")
                .bind(left.hash())
                .bind(&id.0)
                .execute(pool)
                .await
                .unwrap();
            sqlx::query("insert into sessions (token_hash, person_id, created_at, expires_at) values ($1, $2, 0, $3)")
                .bind(left.hash())
                .bind(&id.0)
                .bind(i64::MAX)
                .execute(pool)
                .await
                .unwrap();
        });
        store.add_person(&address, "Amara", Role::Admin, now()).await.unwrap().unwrap();
        for token in [&feed, &left] {
            assert!(store.use_feed(token, now()).await.unwrap().is_none());
        }
        for token in [&session, &left] {
            assert_eq!(store.find_session(token, now()).await.unwrap(), None);
        }
        for token in [&link, &meanwhile] {
            assert!(!store.is_link_open(token, now()).await.unwrap());
        }
        assert!(store.use_feed(&kept, now()).await.unwrap().is_some(), "others keep theirs");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let link = store.make_link(&id, now()).await.unwrap();
        store.follow_link(&link, "new", now()).await.unwrap();
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(start(&store, &id, "hash", now()).await.unwrap(), None, "checked before, used after");
        assert!(start(&store, &id, "new", now()).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_use_is_noted_every_five_minutes() {
    each_database(async |store| {
        let (_, session) = signed_in(&store).await;
        let limits = SessionLimits::default();
        let from = ClientInfo { device: "Firefox on Linux", address: Some("192.0.2.1") };
        let seen = async |minutes| {
            let at = now() + SignedDuration::from_mins(minutes);
            let open = store.open_session(&session, at).await.unwrap().unwrap();
            store.use_session(&open, limits, from, at).await.unwrap();
            let listed = store.list_sessions(&email("amara@example.com"), at).await.unwrap();
            (listed[0].seen_at.duration_since(now()).as_mins(), listed[0].device.clone(), listed[0].address.clone())
        };
        assert_eq!(seen(4).await, (0, String::new(), None));
        assert_eq!(seen(5).await, (5, "Firefox on Linux".to_owned(), Some("192.0.2.1".to_owned())));
        assert_eq!(seen(9).await.0, 5);
        assert_eq!(seen(10).await.0, 10);
    })
    .await;
}

#[tokio::test]
async fn a_device_is_known_of_its_own_person_until_it_is_replaced_or_the_password_changes() {
    each_database(async |store| {
        let (id, _) = signed_in(&store).await;
        let amara = email("amara@example.com");
        let ben = store.add_person(&email("ben@example.com"), "Ben", Role::Hirer, now()).await.unwrap().unwrap();
        let known = async |token: &Token, at| store.is_device_known(token, &amara, at).await.unwrap();
        let first = store.know_device(&id, None, now()).await.unwrap();
        let of_ben = store.know_device(&ben, Some(&first), now()).await.unwrap();
        assert!(known(&first, now()).await, "what Ben does at the same browser takes nothing from Amara");
        assert!(!known(&of_ben, now()).await && !known(&Token::new(), now()).await);
        assert!(known(&first, now() + DEVICE_LIFETIME - MILLISECOND).await);
        assert!(!known(&first, now() + DEVICE_LIFETIME).await);
        let second = store.know_device(&id, Some(&first), now()).await.unwrap();
        assert!(!known(&first, now()).await && known(&second, now()).await);

        // Only the newest are kept.
        let mut newest = second.clone();
        for minute in 1..=20 {
            newest = store.know_device(&id, None, now() + SignedDuration::from_mins(minute)).await.unwrap();
        }
        assert!(!known(&second, now()).await && known(&newest, now()).await);

        assert!(!store.change_password(&id, "another hash", "new").await.unwrap());
        assert!(known(&newest, now()).await);
        assert!(store.change_password(&id, "hash", "new").await.unwrap());
        assert!(!known(&newest, now()).await);
        assert!(store.is_device_known(&of_ben, &email("ben@example.com"), now()).await.unwrap());

        for end in ["link", "disable"] {
            let device = store.know_device(&id, None, now()).await.unwrap();
            if end == "link" {
                let link = store.make_link(&id, now()).await.unwrap();
                store.follow_link(&link, "newer", now()).await.unwrap();
            } else {
                store.disable_person(&amara, now()).await.unwrap();
                store.add_person(&amara, "Amara", Role::Admin, now()).await.unwrap();
            }
            assert!(!known(&device, now()).await, "{end}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_admin_gets_links_until_an_admin_has_a_password() {
    each_database(async |store| {
        let clock = Clock::fixed(now());
        let link = first_admin_link(&store, &clock, "https://hooks.example").await.unwrap().unwrap();
        let first = link.strip_prefix("https://hooks.example/welcome/").unwrap().to_owned();
        let link = first_admin_link(&store, &clock, "https://hooks.example").await.unwrap().unwrap();
        let second = link.strip_prefix("https://hooks.example/welcome/").unwrap().to_owned();
        assert_ne!(first, second);
        let people = store.list_people().await.unwrap();
        assert_eq!(people.iter().map(|p| p.person.email.as_str()).collect::<Vec<_>>(), ["admin@localhost"]);
        assert_eq!(store.follow_link(&Token::claimed(&first), "hash", now()).await.unwrap(), None);
        assert!(store.follow_link(&Token::claimed(&second), "hash", now()).await.unwrap().is_some());
        assert_eq!(first_admin_link(&store, &clock, "https://hooks.example").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_admin_who_was_added_by_hand_is_the_first_admin() {
    each_database(async |store| {
        store.add_person(&email("hirer@b"), "H", Role::Hirer, now()).await.unwrap();
        let clock = Clock::fixed(now());
        assert_eq!(first_admin_link(&store, &clock, "http://x").await.unwrap(), None);
        store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap();
        assert!(first_admin_link(&store, &clock, "http://x").await.unwrap().is_some());
        assert_eq!(store.list_people().await.unwrap().len(), 2);
    })
    .await;
}
